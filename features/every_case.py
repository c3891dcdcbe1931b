"""What holds in every case, whatever its scenario is about (通则): a scenario tells of it only where its case breaks it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from features.evidence import Check, Seen, UnseenError
from features.promptness import prompt, said_ms
from features.steps.handing_on import added, is_question
from features.steps.linked import said_first, statuses
from features.steps.words import ITEM_NAMES
from sim.calendar import DAY_MS
from sim.dossier import ITEMS
from sim.journal.record import Record
from sim.judge.verdict import Result

TOLD_WITHIN_MS: Final = 7 * DAY_MS
"""No document says how soon a result is to be fetched: chosen, with room for holidays."""
AT_ONCE_MS: Final = 100
"""Sooner than any answer comes."""
SYSTEMS: Final = (("portal", "申请系统"), ("registry", "登记系统"), ("hub", "总对总"))
BY_DEPARTMENTS: Final = ITEMS
NAMES: Final = frozenset(name for name, _ in SYSTEMS)
QUOTED: Final = (
    ("registry", "accept_no", BY_DEPARTMENTS), ("hub", "accept_no", BY_DEPARTMENTS),
    ("portal", "receipt", ("buyer", "clerk", "gov_platform")), ("hub", "numbers", ("tax", "non_tax")),
)  # fmt: skip
"""(who, in which field, by whom it is given): numbers that a system quotes."""
BY_HUB: Final = ("power", "cable_tv", "housing_fund")
REJECTED: Final = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """What is to hold, in words, and how it is seen."""

    title: str
    check: Callable[[Seen], Check]


def said_once(seen: Seen, seat: str) -> Check:
    """A seat says nothing twice at once, whether it is taken in or turned away; what comes later may follow an answer that it
    could not use."""
    said = [
        row for row in seen.rows if row.sender == seat and row.receiver != seat and not row.outcome.startswith("fault")
    ]
    last: dict[tuple[str, str, str | None], Record] = {}
    again = []
    for row in said:
        before = last.get(key := (row.receiver, row.kind, row.body))
        last[key] = row
        if before is not None and row.t_ms - before.t_ms < AT_ONCE_MS and not is_question(seen, row):
            again.append(row)
    return seen.check(not again, "没有重复", seen.story(again), again)


def nothing_added(seen: Seen, seat: str) -> Check:
    """A seat's messages have the fields that were agreed, and nothing is slipped in beside them."""
    more = [row for row in seen.rows if row.sender == seat and row.receiver != seat and added(seen, row)]
    return seen.check(not more, "没有约定以外的栏目", seen.story(more), more)


def orders_agree(seen: Seen) -> Check:
    """What people are shown of an order is the amount it was made for."""
    made = {
        seen.body(row)["order_no"]: seen.body(row)["amount_fen"]
        for row in seen.messages(frozenset({"unionpay.create_order"}))
    }
    other = [
        row for row in seen.rows
        if row.sender in ("hub", "local_hub") and row.receiver in ("buyer", "seller")
        and (body := seen.body(row)).get("order_no") in made
        and body.get("amount_fen", made[body["order_no"]]) != made[body["order_no"]]
    ]  # fmt: skip
    return seen.check(not other, "与下单的金额相同", seen.story(other), other)


def refusals_explained(seen: Seen) -> Check:
    """Who tells that an item was sent back says by which code, and why."""
    bare = [
        row for item in BY_HUB for row in seen.messages(frozenset({f"hub.{item}_result"}))
        if (body := seen.body(row)).get("status") == REJECTED and not (body.get("reason_code") and body.get("reason"))
    ]  # fmt: skip
    return seen.check(not bare, "退回写明代码与理由", seen.story(bare), bare)


def results_told(seen: Seen) -> Check:
    """What the hub hears last of an item, the registry hears soon after."""
    seen.messages(frozenset(f"hub.{item}_result" for item in BY_HUB))  # where nobody can see them, nobody is blamed
    late = [row for item in BY_HUB if (row := _last_heard(seen, item)) is not None and not _told(seen, item, row)]
    names = "、".join(ITEM_NAMES[row.kind.partition(".")[0]] for row in late)
    return seen.check(not late, "七日内登记系统得知", f"{names}的结果没有及时回报", late)


def _last_heard(seen: Seen, item: str) -> Record | None:
    """The last result that the hub heard of what this department accepted, where it was said first."""
    pushed = [row for row in seen.rows if row.kind in (f"{item}.push", f"{item}.push_accepted")]
    numbers = {body.get("accept_no") for row in pushed for body in (seen.body(row), seen.reply(row))} - {None}
    heard = [(status, row) for status, row in statuses(seen, item) if "hub" in (row.sender, row.receiver)]
    own = [
        (status, row)
        for status, row in heard
        if not numbers.isdisjoint(each.get("accept_no") for each in (seen.body(row), seen.reply(row)))
    ]
    return said_first(seen, own)


def _told(seen: Seen, item: str, heard: Record) -> bool:
    """Whether it was told soon, or still may be; what was lost or held up on the way was told when it was sent."""
    told = [row for row in seen.rows if row.kind == f"hub.{item}_result" and row.t_ms >= heard.t_ms]
    return said_ms(seen, told[0]) <= heard.t_ms + TOLD_WITHIN_MS if told else not seen.ended


def own_numbers(seen: Seen) -> Check:
    """What a system quotes it was given in this case, by a department that accepted it or by those who applied."""
    fields = [(seat, name) for seat, name, by in QUOTED if seat not in seen.remote or not {*by} & {*seen.remote}]
    given: set[str] = set()
    other = []
    for row in seen.rows:
        body = seen.body(row)
        quoted = {text for seat, name in fields if seat == row.sender for text in _texts(body.get(name))}
        if not quoted <= given and _meant(seen, row):
            other.append(row)
        given.update(_texts(seen.reply(row)))
        if row.sender not in NAMES:
            given.update(_texts(body))
    return seen.check(not other, "只引用本件的编号", seen.story(other), other)


def _texts(value: Any) -> Iterator[str]:
    """Every text in it, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _meant(seen: Seen, row: Record) -> bool:
    """Whether a system said this itself: what was arranged to go wrong on the way may be turned away."""
    return row.outcome == "ok" or (row.outcome.startswith("refused") and not seen.played.circumstances.faults)


def one_phone_each(seen: Seen) -> Check:
    """Everything that a party of one person is sent in a case goes to one and the same phone."""
    dossier, phones = seen.played.dossier, dict[str, str]()
    alone = [role for role, people in (("buyer", dossier.buyers), ("seller", dossier.sellers)) if len(people) == 1]
    other = []
    for row in seen.messages(frozenset({"notify.sms"}), sender="registry"):
        to, phone = (seen.body(row).get(name) for name in ("to", "masked_phone"))
        if to in alone and phone and phones.setdefault(to, phone) != phone:
            other.append(row)
    return seen.check(not other, "都发给同一部手机", seen.story(other), other)


RULES: Final = (
    *(Rule(f"{title}没有重复发出报文", partial(said_once, seat=seat)) for seat, title in SYSTEMS),
    *(Rule(f"{title}所发报文没有约定以外的栏目", partial(nothing_added, seat=seat)) for seat, title in SYSTEMS),
    Rule("各系统引用的受理编号、授权编号、票据都是本件里给出过的", own_numbers),
    Rule("当事人看到的订单金额都与下单时相同", orders_agree),
    Rule("总对总回报的退回都写明代码与理由", refusals_explained),
    Rule("登记系统发给同一当事人的短信都是同一部手机", one_phone_each),
    Rule("上一环节一到，十分钟内办下一环节", prompt),
    Rule("总对总得知的联办结果，七日内登记系统得知", results_told),
)


def broken(seen: Seen) -> Iterator[tuple[Rule, Check]]:
    """The rules that a case breaks; what cannot be seen breaks none."""
    for rule in RULES:
        try:
            check = rule.check(seen)
        except UnseenError:
            continue
        if check.result is Result.BROKEN:
            yield rule, check
