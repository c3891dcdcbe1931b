"""What the sandbox's journal says of a load: where time went on its side, cases by how they ended, money, what was lost or doubled."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from loadtests.recorder import Histogram

PEOPLE: Final = ("buyer", "seller", "clerk")
_OF = "FROM journal WHERE case_no BETWEEN ? AND ?"
_TIMES: Final = f"""
SELECT kind, receiver, sender IN ('buyer', 'seller', 'clerk') AS of_people, CAST(json_extract(answered, '$.ms') AS INTEGER) AS ms,
       count(*) {_OF} AND source = 'out' AND ms IS NOT NULL GROUP BY 1, 2, 3, 4"""
_DOUBLED: Final = f"""
SELECT kind, sender, count(*) FROM (
  SELECT kind, sender, case_no, json_extract(answered, '$.theirs') AS theirs, count(*) AS n
  {_OF} AND source = 'in' AND outcome = 'ok' AND theirs IS NOT NULL GROUP BY 1, 2, 3, 4 HAVING n > 1) GROUP BY 1, 2"""
_ENDS: Final = f"""
SELECT json_extract(body, '$.outcome'), count(DISTINCT case_no) {_OF} AND kind = 'person.case_over' AND receiver = 'buyer'
GROUP BY 1"""
_MONEY: Final = (
    f"SELECT kind, count(*), sum(amount_fen) {_OF} AND outcome = 'ok' AND amount_fen != 0 GROUP BY 1 ORDER BY 1"
)
_NOT_OK: Final = (
    f"SELECT kind, receiver, outcome, count(*) {_OF} AND outcome != 'ok' GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT 200"
)
_ROWS: Final = f"SELECT count(*), count(CASE WHEN source != '' THEN 1 END) {_OF}"
QUESTIONS: Final = {
    "rows": _ROWS, "times": _TIMES, "ends": _ENDS, "money": _MONEY, "doubled": _DOUBLED, "not_ok": _NOT_OK,
}  # fmt: skip


def evidence(journals: Sequence[Path], first: int, last: int) -> dict[str, Any]:
    """Everything the report takes from the sandboxes' journals of these cases."""
    found: dict[str, list[list[tuple[Any, ...]]]] = {name: [] for name in QUESTIONS}
    for journal in journals:
        reads = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
        try:
            for name, query in QUESTIONS.items():
                found[name].append(reads.execute(query, (first, last)).fetchall())
        finally:
            reads.close()
    rows = {name: _added(each) for name, each in found.items()}
    (count, crossed) = (sum(each[0][n] for each in found["rows"]) for n in (0, 1))
    return {
        "rows": count, "exchanges": crossed, "peers": _peers(rows["times"]), "ends": dict(rows["ends"]),
        "money": [{"kind": kind, "n": n, "fen": fen} for kind, n, fen in _money(found["money"])],
        "doubled": [{"kind": kind, "sender": sender, "n": n} for kind, sender, n in rows["doubled"]],
        "not_ok": [{"kind": k, "receiver": r, "outcome": o, "n": n} for k, r, o, n in rows["not_ok"]],
    }  # fmt: skip


def _added(answers: list[list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """Answers of several journals as one: the last column is a count."""
    if len(answers) == 1:
        return answers[0]
    counted: Counter[tuple[Any, ...]] = Counter()
    for each in answers:
        for *key, n in each:
            counted[tuple(key)] += n
    return [(*key, n) for key, n in counted.items()]


def _money(answers: list[list[tuple[Any, ...]]]) -> list[tuple[str, int, int]]:
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for kind, n, fen in (row for each in answers for row in each):
        counts[kind] += n
        sums[kind] += fen
    return [(kind, counts[kind], sums[kind]) for kind in sorted(counts)]


def _peers(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """How long the systems outside took to answer, as the sandbox saw it; `of_people` are the calls that it carried."""
    found: dict[tuple[str, str, int], Histogram] = {}
    sums: Counter[tuple[str, str, int]] = Counter()
    for kind, receiver, of_people, ms, count in rows:
        histogram = Histogram()
        histogram.note(ms)
        key = (kind, receiver, of_people)
        found.setdefault(key, Histogram()).update(dict.fromkeys(histogram, count))
        sums[key] += ms * count
    return [
        {"kind": kind, "receiver": receiver, "of_people": bool(of_people), "n": each.total(),
         "mean_ms": round(sums[kind, receiver, of_people] / each.total(), 1),
         **{f"p{share}": each.percentile(share / 100) for share in (50, 95, 99)}}
        for (kind, receiver, of_people), each in sorted(found.items())
    ]  # fmt: skip


def lost(outboxes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What no attempt brought across, by seat, out of what `GET …/outbox` tells of every run."""
    seats: Counter[str] = Counter()
    for outbox in outboxes:
        seats.update({seat: states.get("given_up", 0) for seat, states in outbox["seats"].items()})
    given_up = [each for outbox in outboxes for each in outbox["messages"] if each["state"] == "given_up"]
    total = seats.total() + sum(outbox["given_up_not_listed"] for outbox in outboxes)
    return {"seats": dict(+seats), "n": total, "sample": given_up[:20]}
