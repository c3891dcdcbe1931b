"""The channel's combined bill: one query for a payer's taxes and fee, asked of both departments (税费同缴 步骤5-7)."""

from typing import Any

from contract.non_tax import FeeBill, QueryFee
from contract.records import FEE, Charge
from contract.tax import QueryBill as QueryTaxBill
from contract.tax import TaxBill
from contract.unionpay import BILL_INCOMPLETE, BillFound, QueryBill
from fake_departments.unionpay_settings import Settings, ordinal
from sim.calendar import SECOND_MS
from sim.message import Message, Refused, refused, timer
from sim.party import File, Party
from sim.posts import NOTHING, Asked, Post, Posts, answer, later, refuse, send
from sim.table import Part, State, Track, row

PATIENCE_MS = 30 * SECOND_MS
"""How long the payer waits before the list is shown without the department that does not answer: chosen."""


@timer("unionpay.all_heard", "税费清单齐备")
class AllHeard(Message):
    """Every department asked has answered or refused."""


@timer("unionpay.waited_enough", "清单查询等待超时")
class WaitedEnough(Message):
    """Somebody has not answered in time; the payer sees what there is."""


ALL_HEARD, WAITED_ENOUGH = AllHeard(), WaitedEnough()


class BillFile(File):
    """One combined query: who asked, what for, what has been found and how many legs were refused."""

    __slots__ = ("askers", "found", "query", "refusals")

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.query: QueryBill
        self.askers: list[Asked] = []
        self.found: dict[str, Charge] = {}
        self.refusals = 0


def _has_elements(charge: Charge) -> bool:
    return bool(charge.number and (charge.sort == FEE or (charge.office and charge.payer_id_no)))


def ask(file: BillFile, heard: QueryBill) -> Posts:
    if not heard.charges or not all(map(_has_elements, heard.charges)):
        return refuse(BILL_INCOMPLETE)
    file.query, file.askers, file.found, file.refusals = heard, [file.asked], {}, 0
    posts = [
        send("non_tax", QueryFee(charge.number)) if charge.sort == FEE else send("tax", QueryTaxBill(charge.number))
        for charge in heard.charges
    ]
    posts.append(later(PATIENCE_MS, WAITED_ENOUGH))
    return posts


def ask_too(file: BillFile, heard: QueryBill) -> Posts:
    file.askers.append(file.asked)
    return NOTHING


def leg_found(file: BillFile, heard: FeeBill | TaxBill) -> Posts:
    file.found[heard.charge.number] = heard.charge
    return _when_all_heard(file)


def leg_refused(file: BillFile, heard: Refused) -> Posts:
    file.refusals += 1
    return _when_all_heard(file)


def _is_all_heard(file: BillFile) -> bool:
    return len(file.found) + file.refusals >= len(file.query.charges)


def _when_all_heard(file: BillFile) -> Posts:
    if not _is_all_heard(file):
        return NOTHING
    settings: Settings = file.settings
    return [later(settings.bill_query.at(file.draw(b"unionpay.bill_query", ordinal(file))), ALL_HEARD)]


def answer_bill(file: BillFile, heard: Message) -> list[Post]:
    query, found = file.query, file.found
    charges = tuple([found[charge.number] for charge in query.charges if charge.number in found])
    bill = BillFound(query.query_no, query.payer, charges, len(charges) == len(query.charges))
    askers, file.askers = file.askers, []
    return [answer(asker, bill) for asker in askers]


def answer_partly(file: BillFile, heard: WaitedEnough) -> Posts:
    """The last answer may have come while the list was being made up: then nothing more is to come."""
    posts = answer_bill(file, heard)
    return [*posts, later(0, ALL_HEARD)] if _is_all_heard(file) else posts


UNASKED = State("unasked", "未查询", end=True)
ASKING = State("asking", "查询税费清单中")
PARTLY = State("partly_answered", "已返回部分清单")
ANSWERED = State("answered", "清单已返回", end=True)
OPEN = (ASKING, PARTLY)

# fmt: off
BILL = Track("bill", "缴费查询", UNASKED, [
    row((UNASKED, ANSWERED), QueryBill,                ASKING,   ask),
    row(OPEN,                QueryBill,                None,     ask_too),
    row(OPEN,                FeeBill,                  None,     leg_found),
    row(OPEN,                TaxBill,                  None,     leg_found),
    row(OPEN,                refused(QueryFee),        None,     leg_refused),
    row(OPEN,                refused(QueryTaxBill),    None,     leg_refused),
    row(ASKING,              WaitedEnough,             PARTLY,   answer_partly),
    row(OPEN,                AllHeard,                 ANSWERED, answer_bill),
])
# fmt: on
