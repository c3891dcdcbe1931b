"""What is due: taxes, fee, the elements to pay them by, and who asked whom for them."""

from collections.abc import Iterable
from typing import Any, Final

from features.evidence import Check, Seen
from features.steps.money import ASSESSED, PAY_CODE, Charge, charges, issued, yuan
from features.steps.words import PACKAGE
from features.vocabulary import VOCABULARY
from sim.journal.record import Record

SUBJECT = "计税计费"
TAX_TITLES: Final = ("契税", "增值税及附加", "个人所得税", "土地增值税", "印花税")
VOCABULARY.word("税种", "|".join(TAX_TITLES), str)
QUERY: Final = frozenset({"unionpay.query_bill"})
ORDER: Final = frozenset({"unionpay.create_order"})
PUSHED, DECLARED, READY = frozenset({"hub.push_charges"}), frozenset({"tax.declare"}), frozenset({"hub.charges_ready"})
PROVINCIAL: Final = ("tax.declare", "non_tax.issue_pay_code", "unionpay.query_bill", "unionpay.create_order")
VOIDS: Final = frozenset({"tax.void", "non_tax.void"})


def same(one: Iterable[Charge], other: Iterable[Charge]) -> bool:
    """Whether two lists hold the same charges, value by value, in whatever order."""
    return sorted(map(str, map(_plain, one))) == sorted(map(str, map(_plain, other)))


def _plain(charge: Charge) -> list[tuple[str, Any]]:
    return sorted(charge.items())


def told(each: Iterable[Charge]) -> str:
    """Charges as people read them."""
    return "、".join(f"{charge['title']}{yuan(charge['amount_fen'])}" for charge in each) or "没有"


@VOCABULARY.checks(SUBJECT, "{税种}应缴{金额}", "契税应缴15000元")
def tax_of_title(seen: Seen, title: str, amount_fen: int) -> Check:
    """核定的这一税种；没有这张税票的为零。"""
    found, rows = charges(seen)
    total = sum(each["amount_fen"] for each in found if each["title"] == title)
    return seen.awaited(
        bool(rows) and total == amount_fen,
        f"{title} {yuan(amount_fen)}",
        yuan(total) if rows else "没有核定应缴",
        rows,
    )


@VOCABULARY.checks(SUBJECT, "税款全部免征，没有税票", "税款全部免征，没有税票")
def all_exempt(seen: Seen) -> Check:
    """税务答复免税或不征，写明理由，一张税票也没有。"""
    rows, vouchers = seen.messages(frozenset({"tax.exempted"})), seen.messages(ASSESSED)
    reasons = "、".join(str(each) for row in rows for each in seen.body(row)["reasons"])
    return seen.awaited(bool(reasons) and not vouchers, "免征并写明理由", reasons or "没有免征结果", [*rows, *vouchers])


@VOCABULARY.checks(SUBJECT, "每张税票三要素齐全且互不相同", "每张税票三要素齐全且互不相同")
def elements_complete(seen: Seen) -> Check:
    """纳税人识别号、税务机关代码、应征凭证序号都不为空，序号不重复。"""
    found, rows = charges(seen)
    whole = all(each["payer_id_no"] and each["office"] and each["number"] for each in found)
    unlike = len({each["number"] for each in found}) == len(found)
    return seen.awaited(bool(found) and whole and unlike, "三要素齐全", told(found), rows)


@VOCABULARY.checks(
    SUBJECT, "缴费查询原样带着税务的三要素与非税的缴款书号", "缴费查询原样带着税务的三要素与非税的缴款书号"
)
def bundle_is_what_was_issued(seen: Seen) -> Check:
    """推给银联的各包合起来，与税务、非税最后所开的逐值相等，没有多也没有少。"""
    rows = seen.messages(QUERY)
    asked = {charge["number"]: charge for row in rows for charge in seen.body(row)["charges"]}
    due = issued(seen)
    current = [asked[each["number"]] for each in due if each["number"] in asked]
    return seen.awaited(bool(due) and same(current, due), told(due), told(current), rows)


@VOCABULARY.checks(SUBJECT, "每次缴费查询同时含税与费的要素", "每次缴费查询同时含税与费的要素")
def both_in_each_query(seen: Seen) -> Check:
    """一个包里既有税票也有缴款书号。"""
    rows = seen.messages(QUERY)
    sorts = [{charge["sort"] for charge in seen.body(row)["charges"]} for row in rows]
    said = "；".join("、".join(sorted(each)) for each in sorts) or "没有查询"
    return seen.awaited(bool(rows) and all(each == {"tax", "fee"} for each in sorts), "税与费", said, rows)


@VOCABULARY.checks(SUBJECT, "登记机构收到的应缴与税务、非税所开逐项相等", "登记机构收到的应缴与税务、非税所开逐项相等")
def told_what_was_issued(seen: Seen) -> Check:
    """总对总返回属地的每一项，号码、缴款人、金额都与开具的一致，合计也一致。"""
    rows, due = seen.messages(READY), issued(seen)
    got: dict[str, Any] = seen.body(rows[-1]) if rows else {"charges": [], "total_fen": -1}
    holds = bool(due) and same(got["charges"], due) and got["total_fen"] == sum(each["amount_fen"] for each in due)
    return seen.awaited(holds, told(due), told(got["charges"]), rows[-1:])


@VOCABULARY.checks(SUBJECT, "税务收到的涉税信息与登记机构所推逐值相等", "税务收到的涉税信息与登记机构所推逐值相等")
def declared_what_was_pushed(seen: Seen) -> Check:
    """总对总转给税务的，与属地推来的一字不差。"""
    pushed, declared = seen.messages(PUSHED), seen.messages(DECLARED)
    one, other = [seen.body(rows[-1]) if rows else {} for rows in (pushed, declared)]
    holds = (
        bool(one) and bool(other) and one["facts"] == other["facts"] and one["registry_code"] == other["registry_code"]
    )
    return seen.awaited(holds, "逐值相等", "相等" if holds else "不相等或没有", [*pushed[-1:], *declared[-1:]])


@VOCABULARY.checks(
    SUBJECT,
    "税务、非税、银联只听到总对总，登记机构编码与属地一致",
    "税务、非税、银联只听到总对总，登记机构编码与属地一致",
)
def only_the_hub_asks(seen: Seen) -> Check:
    """申报、开缴款书、缴费查询、下单都有，都由省登记系统发出，所带编码是本件登记机构的。"""
    rows = [row for kind in PROVINCIAL for row in seen.messages(frozenset({kind}))]
    own = list(PACKAGE.registries)[seen.played.dossier.registry]
    codes = {seen.body(row)["registry_code"] for row in rows if row.kind in PROVINCIAL[:2]}
    senders, kinds = {row.sender for row in rows}, {row.kind for row in rows}
    holds = senders == {"hub"} and codes == {own} and kinds == set(PROVINCIAL)
    return seen.awaited(
        holds,
        f"由总对总发出，编码 {own}",
        f"由 {'、'.join(sorted(senders)) or '无'} 发出，编码 {'、'.join(sorted(codes))}",
        rows,
    )


@VOCABULARY.checks(SUBJECT, "开出缴款书{int}份，其中作废{int}份", "开出缴款书2份，其中作废1份")
def pay_codes(seen: Seen, count: int, void: int) -> Check:
    """应答里有号的算开出；同一号答几次算一份。"""
    rows = seen.messages(PAY_CODE)
    codes = {seen.reply(row)["pay_code"] for row in rows if row.reply_body} - {""}
    voided = {row.ref for row in seen.messages(frozenset({"non_tax.void"}))}
    said = f"开出 {len(codes)} 份，作废 {len(voided & codes)} 份"
    return seen.awaited(
        len(codes) == count and len(voided & codes) == void, f"开出 {count} 份，作废 {void} 份", said, rows
    )


@VOCABULARY.checks(SUBJECT, "作废的税票与缴款书没有再进入缴费查询和订单", "作废的税票与缴款书没有再进入缴费查询和订单")
def void_is_not_payable(seen: Seen) -> Check:
    """作废之后的每次查询和下单都不含它们。"""
    voids = {row.ref: row for row in seen.messages(VOIDS)}
    later = [row for row in [*seen.messages(QUERY), *seen.messages(ORDER)] if _has_void(seen, row, voids)]
    return seen.awaited(
        bool(voids) and not later, "没有", seen.story(later) if voids else "没有作废", [*voids.values(), *later]
    )


def _has_void(seen: Seen, row: Record, voids: dict[str | None, Record]) -> bool:
    numbers = [charge["number"] for charge in seen.body(row)["charges"]]
    return any(number in voids and voids[number].t_ms < row.t_ms for number in numbers)


@VOCABULARY.checks(SUBJECT, "{系统}恰收到{int}条待缴短信，已脱敏且写明指引", "买方恰收到1条待缴短信，已脱敏且写明指引")
def told_to_pay(seen: Seen, seat: str, times: int) -> Check:
    """手机号脱敏，正文说明从哪里缴。"""
    rows = [
        row for row in seen.messages(frozenset({"notify.sms"})) if row.ref == "payment" and seen.body(row)["to"] == seat
    ]
    sound = all("****" in seen.body(row)["masked_phone"] and "我的办件" in seen.body(row)["text"] for row in rows)
    return seen.awaited(
        len(rows) == times and sound, f"{times} 条", f"{len(rows)} 条{'' if sound else '，未脱敏或无指引'}", rows
    )


@VOCABULARY.checks(SUBJECT, "重核后的税款比原来多{金额}", "重核后的税款比原来多20000元")
def more_after_reassessment(seen: Seen, amount_fen: int) -> Check:
    """最后一次核定与第一次核定之差。"""
    rows = seen.messages(ASSESSED)
    totals = [sum(charge["amount_fen"] for charge in seen.body(row)["charges"]) for row in rows]
    more = totals[-1] - totals[0] if totals else 0
    return seen.awaited(
        len(totals) > 1 and more == amount_fen, yuan(amount_fen), f"核定 {len(totals)} 次，相差 {yuan(more)}", rows
    )


@VOCABULARY.checks(SUBJECT, "{系统}恰一次得知应缴", "买方恰一次得知应缴")
def reached_once(seen: Seen, seat: str) -> Check:
    """短信或公众号，送到的只有一条。"""
    rows = seen.messages(frozenset({"person.told"}), receiver=seat)
    return seen.awaited(len(rows) == 1, "一次", f"{len(rows)} 次", rows)
