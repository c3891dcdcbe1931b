"""What the sandbox's journal says of a load: where time went on its side, cases by how they ended, money, what was lost or doubled."""

import sqlite3
from collections import Counter
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


def evidence(journal: Path, first: int, last: int) -> dict[str, Any]:
    """Everything the report takes from the journal of these cases."""
    reads = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    try:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return reads.execute(query, (first, last)).fetchall()

        count, crossed = rows(_ROWS)[0]
        return {
            "rows": count, "exchanges": crossed, "peers": _peers(rows(_TIMES)), "ends": dict(rows(_ENDS)),
            "money": [{"kind": kind, "n": n, "fen": fen} for kind, n, fen in rows(_MONEY)],
            "doubled": [{"kind": kind, "sender": sender, "n": n} for kind, sender, n in rows(_DOUBLED)],
            "not_ok": [{"kind": k, "receiver": r, "outcome": o, "n": n} for k, r, o, n in rows(_NOT_OK)],
        }  # fmt: skip
    finally:
        reads.close()


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


def lost(outbox: dict[str, Any]) -> dict[str, Any]:
    """What no attempt brought across, by seat, out of what `GET …/outbox` tells."""
    seats = {seat: states.get("given_up", 0) for seat, states in outbox["seats"].items() if states.get("given_up")}
    total = sum(seats.values()) + outbox["given_up_not_listed"]
    return {
        "seats": seats,
        "n": total,
        "sample": [each for each in outbox["messages"] if each["state"] == "given_up"][:20],
    }
