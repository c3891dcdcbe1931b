"""Tax certificates and the fee's e-receipt: which were had, for how much, and whether they stay the same."""

from collections import defaultdict
from typing import Any

from features.evidence import Check, Seen
from features.steps.money import WRITE_OFFS, moving, yuan
from features.vocabulary import VOCABULARY
from sim.journal.record import Record

SUBJECT = "票据"
FETCHED = frozenset({"tax.fetch_certificate", "non_tax.fetch_receipt"})
READY = frozenset({"person.receipts_ready"})


def _number(said: dict[str, Any]) -> str:
    return str(said.get("certificate_no") or said.get("receipt_no"))


def _got(seen: Seen) -> list[Record]:
    return [row for row in seen.messages(FETCHED) if row.reply_body]


@VOCABULARY.checks(
    SUBJECT, "买方取得票据{int}张，与税务、非税所出逐张相符", "买方取得票据2张，与税务、非税所出逐张相符"
)
def receipts_had(seen: Seen, count: int) -> Check:
    """最后一次上架的票据号码，都是税务或非税答复过的。"""
    rows, source = seen.messages(READY, receiver="buyer"), _got(seen)
    numbers = seen.body(rows[-1])["numbers"] if rows else []
    known = {_number(seen.reply(row)) for row in source}
    holds = len(numbers) == count and len(set(numbers)) == count and set(numbers) <= known
    return seen.awaited(holds, f"{count} 张，逐张相符", "、".join(numbers) or "没有票据", [*rows, *source])


@VOCABULARY.checks(SUBJECT, "先上架票据{int}张，补齐后共{int}张", "先上架票据1张，补齐后共2张")
def some_first(seen: Seen, first: int, all_of_them: int) -> Check:
    """一方迟迟不出票，另一方的票先能下载。"""
    rows = seen.messages(READY, receiver="buyer")
    counts = [len(seen.body(row)["numbers"]) for row in rows]
    said = "、".join(map(str, counts)) or "没有上架"
    return seen.awaited(
        len(counts) > 1 and (counts[0], counts[-1]) == (first, all_of_them),
        f"先 {first} 张后 {all_of_them} 张",
        said,
        rows,
    )


@VOCABULARY.checks(SUBJECT, "同一笔款的票据号码前后一致", "同一笔款的票据号码前后一致")
def stable_numbers(seen: Seen) -> Check:
    """重复申请、重复取票得到的还是那一张。"""
    known: dict[Any, set[str]] = defaultdict(set)
    rows = _got(seen)
    for row in rows:
        known[row.ref].add(_number(seen.reply(row)))
    twice = [number for number, documents in known.items() if len(documents) > 1]
    return seen.awaited(bool(rows) and not twice, "一致", f"取票 {len(rows)} 次，不一致 {len(twice)} 笔", rows)


@VOCABULARY.checks(SUBJECT, "票面金额逐张等于销账", "票面金额逐张等于销账")
def face_values(seen: Seen) -> Check:
    """每张票最后取回的金额与这笔款的销账逐分相等。"""
    rows = {row.ref: row for row in _got(seen)}
    paid = {row.ref: row.amount_fen for row in moving(seen.messages(WRITE_OFFS))}
    values = {ref: seen.reply(row)["amount_fen"] for ref, row in rows.items()}
    holds = bool(values) and all(paid.get(ref) == fen for ref, fen in values.items())
    return seen.awaited(holds, "逐张相等", "、".join(yuan(fen) for fen in values.values()) or "没有票据", rows.values())
