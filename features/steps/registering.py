"""Acceptance and recording: by whom, or not at all, and what the register says afterwards."""

from features.evidence import Check, Seen
from features.steps.words import PACKAGE
from features.vocabulary import VOCABULARY

SUBJECT = "受理与登簿"
ACCEPTED, CHARGES = frozenset({"portal.accepted"}), frozenset({"hub.push_charges"})
RECORD, SHARED, CERTIFIED = (
    frozenset({"registry.record"}), frozenset({"data_exchange.receive"}), frozenset({"gov_platform.certify_title"}),
)  # fmt: skip
PUSHED = frozenset(
    f"{item}.push" for item in ("power", "water", "gas", "cable_tv", "housing_fund")
) | {"hub.push_power", "hub.push_cable_tv", "hub.push_housing_fund"}  # fmt: skip


def _accepted_by(seen: Seen, code: str) -> Check:
    accepted, charges = seen.messages(ACCEPTED), seen.messages(CHARGES)
    told = {seen.body(row)["registry_code"] for row in charges}
    name = PACKAGE.registries[code].name
    said = "、".join(PACKAGE.registries[each].name if each in PACKAGE.registries else each for each in sorted(told))
    holds = bool(accepted) and told == {code}
    return seen.awaited(holds, f"由{name}受理", said or "没有受理", [*accepted, *charges])


@VOCABULARY.checks(SUBJECT, "由房屋所在地的登记机构受理", "由房屋所在地的登记机构受理")
def accepted_at_home(seen: Seen) -> Check:
    """有受理通知，而且推送计税计费信息的正是房屋所在县区的登记机构。"""
    return _accepted_by(seen, list(PACKAGE.registries)[seen.played.dossier.registry])


@VOCABULARY.checks(SUBJECT, "由{登记机构}受理", "由平潭综合实验区不动产登记中心受理")
def accepted_by(seen: Seen, code: str) -> Check:
    """有受理通知，而且推送计税计费信息的正是这个登记机构。"""
    return _accepted_by(seen, code)


@VOCABULARY.checks(SUBJECT, "没有登簿", "没有登簿")
def not_recorded(seen: Seen) -> Check:
    """试图登簿的都被退回，或根本没有人登簿。"""
    rows = seen.messages(RECORD)
    if not rows and not seen.ended:
        return seen.awaited(False, "没有登簿", "目前没有")
    return seen.check(not rows, "没有登簿", seen.story(rows), rows)


@VOCABULARY.checks(SUBJECT, "没有推送任何联办事项", "没有推送任何联办事项")
def nothing_pushed(seen: Seen) -> Check:
    """水、电、气、广电、公积金一项也没有推送，送到没送到都算。"""
    rows = [row for row in seen.rows if row.kind in PUSHED]
    if not rows and not seen.ended:
        return seen.awaited(False, "没有推送", "目前没有")
    return seen.check(not rows, "没有推送", seen.story(rows), rows)


@VOCABULARY.checks(SUBJECT, "新证权利人为买方，且换发新证号", "新证权利人为买方，且换发新证号")
def new_title(seen: Seen) -> Check:
    """电子证照与共享的登记数据都以全体买方为权利人，证号与原证不同且两处相同。"""
    certified, shared = seen.messages(CERTIFIED), seen.messages(SHARED)
    rows, dossier = [*certified, *shared], seen.played.dossier
    if not certified or not shared:
        return seen.awaited(False, "权利人为买方", "没有签发证照或没有共享登记数据", rows)
    buyers = [each.name for each in dossier.buyers]
    told, registered = seen.body(certified[-1]), seen.body(shared[-1])
    numbers = {told["title_no"], registered["title_no"]}
    holds = list(told["holders"]) == buyers == list(registered["buyers"])
    holds = holds and len(numbers) == 1 and dossier.title_no not in numbers
    return seen.check(
        holds, "权利人为买方，证号为新", f"{'、'.join(told['holders'])}，{'、'.join(sorted(numbers))}", rows
    )


@VOCABULARY.checks(SUBJECT, "共享的登簿时间就是登簿之时", "共享的登簿时间就是登簿之时")
def business_date(seen: Seen) -> Check:
    """推送的登记数据所载登簿时间，与登记机构登簿的时刻相同，不随推送早晚而变。"""
    recorded, shared = seen.messages(RECORD), seen.messages(SHARED)
    if not recorded or not shared:
        return seen.awaited(False, "登簿时间相同", "没有登簿或没有共享", [*recorded, *shared])
    told = {seen.body(row)["recorded_ms"] for row in shared}
    away = max(abs(each - recorded[0].t_ms) for each in told)
    return seen.check(away < 1_000, "登簿时间相同", f"相差 {away} 毫秒", [*recorded, *shared])


@VOCABULARY.checks(SUBJECT, "网签备案只有一条，备案号不变", "网签备案只有一条，备案号不变")
def one_filing(seen: Seen) -> Check:
    """查得的、共享的、备案所载的都是原有的网签合同，住建只回一个备案号。"""
    found = seen.messages(frozenset({"housing.find_net_sign"}))
    shared, receipts = seen.messages(SHARED), seen.messages(frozenset({"data_exchange.filing_receipt"}))
    rows, own = [*found, *shared, *receipts], seen.played.dossier.contract_no
    if not shared or not receipts:
        return seen.awaited(False, "一条备案", "没有共享或没有备案回执", rows)
    contracts = {seen.reply(row)["contract_no"] for row in found if row.reply_body}
    contracts |= {seen.body(row)["contract_no"] for row in shared}
    numbers = {seen.body(row)["filing_no"] for row in receipts if seen.body(row)["filed"]}
    holds = bool(own) and contracts == {own} and len(numbers) == 1 and own in next(iter(numbers))
    said = f"合同 {'、'.join(sorted(contracts))}，备案 {'、'.join(sorted(numbers))}"
    return seen.check(holds, f"合同 {own} 的一条备案", said, rows)


@VOCABULARY.checks(SUBJECT, "共享的交易数据不带网签备案号", "共享的交易数据不带网签备案号")
def no_contract(seen: Seen) -> Check:
    """住建查无此号的，不当作已备案往下传。"""
    shared = seen.messages(SHARED)
    told = [seen.body(row)["contract_no"] for row in shared]
    return seen.awaited(bool(told) and not any(told), "不带网签备案号", "、".join(told) or "没有", shared)


@VOCABULARY.checks(SUBJECT, "查控反馈为未控制，因该不动产已转移", "查控反馈为未控制，因该不动产已转移")
def too_late_to_seize(seen: Seen) -> Check:
    """登簿之后才送达的查封裁定：原权利人名下已没有这套房屋。"""
    rows = [row for row in seen.messages(frozenset({"registry.seize"})) if row.reply_body]
    told = [seen.reply(row) for row in rows]
    holds = bool(told) and all(each["status"] == 2 and each["reason"] for each in told)
    said = "、".join(f"{each['status']} {each['reason']}" for each in told)
    return seen.awaited(holds, "未控制并说明原因", said or "没有送达裁定", rows)
