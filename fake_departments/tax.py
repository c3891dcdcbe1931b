"""The tax bureau: a person assesses each declaration, and every payer's taxes become vouchers 三要素 or are exempt."""

from dataclasses import dataclass
from typing import ClassVar, Final

from contract.records import BUYER, SELLER, TAX, Charge
from contract.tax import (
    ALREADY_DECLARED,
    FOREIGN_SENDER,
    PRICE_MISSING,
    REGISTRY_DIFFERS,
    Assessed,
    CancelDeclaration,
    Declare,
    Exempted,
    QueryBill,
    Returned,
    Void,
    VoucherVoided,
)
from fake_departments.tax_by_hand import ASSUMED, by_hand
from fake_departments.tax_law import Local, NotSupported, Sale, TaxLine, assess
from fake_departments.tax_vouchers import VOUCHERS, Ended, Issue, query_bill
from sim.days import year_of
from sim.durations import Duration
from sim.identifiers import tax_office, tax_voucher
from sim.message import Message, refused, timer
from sim.package.places import Registry
from sim.party import File, Party
from sim.posts import Posts, refuse, send, working
from sim.table import Part, Role, State, Track, ignored, row


@dataclass(frozen=True, slots=True)
class Settings:
    """How often, how long, and where; `local` holds the rates a place sets itself, some of them assumed."""

    tax_returned: float
    tax_assessment: Duration
    write_off: Duration
    receipt: Duration
    bill_validity: Duration
    tax_refund: Duration
    registries: tuple[Registry, ...]
    tax_relieved: float = 0.0
    local: ClassVar[Local] = ASSUMED


UNDECLARED = State("undeclared", "未申报", end=True)
ASSESSING = State("assessing", "核税中")
ASSESSED = State("assessed", "已核税", end=True)
RETURNED = State("returned", "已退回补正", end=True)
CANCELLED = State("cancelled", "已撤销申报", end=True)

HOMES_DIFFER: Final = "家庭住房套数与查询结果不一致，核实后重新申报"
GROUPS: Final = (
    (1, BUYER, "契税"),
    (2, SELLER, "增值税及附加"),
    (3, SELLER, "个人所得税"),
    (4, SELLER, "土地增值税"),
    (5, BUYER, "印花税"),
    (6, SELLER, "印花税"),
)
"""What shares a voucher: one payer's taxes of one group of treasury lines, in the order of the nine lines. The last three
fall on other buildings and companies only."""


@timer("tax.assessment_done", "核税完成", inventory=("FJ-13",), item="tax")
class AssessmentDone(Message):
    """The person at the bureau has assessed the sale."""


@timer("tax.assessment_stopped", "核税发现需补正", inventory=("FJ-13",), item="tax")
class AssessmentStopped(Message):
    """The person at the bureau has found something to be put right first."""


DONE, STOPPED = AssessmentDone(), AssessmentStopped()


class TaxFile(File):
    """What the bureau knows of a sale; `live` are the vouchers that count: to be paid, or paid and not given back."""

    __slots__ = ("declared", "declared_ms", "flaw", "live", "round")

    def __init__(self, party: Party, case: object, part: "Part[TaxFile]") -> None:
        super().__init__(party, case, part)
        self.declared: Declare
        self.declared_ms = 0
        self.round = -1
        self.flaw = ""
        self.live: tuple[str, ...] = ()


# ---- declaring -------------------------------------------------------------------------------------------------------
def declare(file: TaxFile, heard: Declare) -> Posts:
    """Also anew: after a return, a cancellation, or once every voucher of before is void, lapsed or refunded."""
    settings: Settings = file.settings
    if file.sender != file.party.links.get("tax_hub", "tax_hub"):
        return refuse(FOREIGN_SENDER)
    if file.live:
        return refuse(ALREADY_DECLARED)
    if heard.price_fen <= 0:
        return refuse(PRICE_MISSING)
    if heard.registry_code != settings.registries[file.dossier.registry].code:
        return refuse(REGISTRY_DIFFERS)
    file.round += 1
    file.declared, file.declared_ms = heard, file.now_ms
    file.flaw = _flaw(heard, file.now_ms)
    if not file.flaw and file.draw(b"tax.return", file.round) < settings.tax_returned:
        file.flaw = HOMES_DIFFER
    return (working(settings.tax_assessment.at(file.draw(b"tax.assess", file.round)), STOPPED if file.flaw else DONE),)


def already_declared(file: TaxFile, heard: Declare) -> Posts:
    return refuse(ALREADY_DECLARED)


def _flaw(declared: Declare, now_ms: int) -> str:
    """Why a declaration cannot be assessed as it stands, or nothing."""
    facts = declared.facts
    if facts.price_fen != declared.price_fen:
        return "申报成交价与合同成交价不一致"
    if facts.acquired_ms > now_ms:
        return "取得房屋的日期晚于申报日期"
    if facts.area_m2_x100 <= 0 or facts.original_price_fen < 0:
        return "建筑面积或原值填写有误"
    return "买方家庭住房套数填写有误" if facts.buyer_home_count < 1 else ""


# ---- assessing -------------------------------------------------------------------------------------------------------
def finish(file: TaxFile, heard: AssessmentDone) -> Posts:
    """Exempt when no line leaves anything to pay; otherwise a voucher per payer and group, none for nothing."""
    lines = lines_of(file)
    charges = _charges(file, lines)
    if not charges:
        reasons = dict.fromkeys(f"{line.title}：{line.exempt or '税额为零'}" for line in lines)
        return (send("tax_hub", Exempted(tuple(reasons))),)
    seat = file.party.seat
    posts = [send("tax_hub", Assessed(charges, sum([charge.amount_fen for charge in charges])))]
    for charge in charges:
        number = charge.number
        posts.append(send(seat, Issue(number, int(number[-3:]), charge)))
    file.live = tuple([charge.number for charge in charges])
    return posts


def stop(file: TaxFile, heard: AssessmentStopped) -> Posts:
    return (send("tax_hub", Returned(file.flaw)),)


def lines_of(file: TaxFile) -> tuple[TaxLine, ...]:
    """By the rules in force on the day of the declaration; by hand 人工核定 at assumed rates where they state none.

    So companies, and other buildings after the last rule we hold, are assessed like everyone and can finish.
    """
    settings: Settings = file.settings
    facts = file.declared.facts
    sale = Sale(
        declared_ms=file.declared_ms,
        acquired_ms=facts.acquired_ms,
        price_fen=facts.price_fen,
        area_m2_x100=facts.area_m2_x100,
        residential=facts.residential,
        buyer_home_count=facts.buyer_home_count,
        sole_home=facts.sole_home,
        has_cost_documents=facts.has_cost_documents,
        original_price_fen=facts.original_price_fen,
        city_percent=settings.registries[file.dossier.registry].city_tax_percent,
        buyer_is_company=facts.buyer.is_company,
        seller_is_company=facts.seller.is_company,
    )
    try:
        return assess(sale, settings.local)
    except NotSupported:
        return by_hand(sale, settings.local)


def _charges(file: TaxFile, lines: tuple[TaxLine, ...]) -> tuple[Charge, ...]:
    """Three elements each: the payer's number, the tax office of the registry's district, the voucher's number."""
    due = [line.amount_fen for line in lines]
    settings: Settings = file.settings
    if file.draw(b"tax.relieved") < settings.tax_relieved:
        due[0] = 0  # 契税免征：征收安置购房
    amounts = (due[0], sum(due[1:5]), *due[5:])
    facts, office = file.declared.facts, tax_office(file.declared.registry_code)
    year, serial = year_of(file.now_ms), file.case.number * 1_000 + file.round * 10
    charges = []
    for (group, payer, title), amount_fen in zip(GROUPS, amounts, strict=True):
        if amount_fen:
            id_no = facts.buyer.id_no if payer is BUYER else facts.seller.id_no
            charges.append(Charge(TAX, payer, id_no, office, tax_voucher(year, serial + group), title, amount_fen))
    return tuple(charges)


# ---- cancelling ------------------------------------------------------------------------------------------------------
def cancel_vouchers(file: TaxFile, heard: CancelDeclaration) -> Posts:
    """The assessment was already on its way when the case was withdrawn: its vouchers are void as well."""
    return [send(file.party.seat, Void(number, heard.reason)) for number in file.live]


def forget(file: TaxFile, heard: Ended | VoucherVoided) -> Posts:
    file.live = tuple([number for number in file.live if number != heard.voucher_no])
    return ()


# fmt: off
DECLARATION = Track("declaration", "涉税申报", UNDECLARED, [
    row((UNDECLARED, ASSESSED, RETURNED, CANCELLED), Declare, ASSESSING, declare),
    row(ASSESSING,                        Declare,           None,      already_declared),
    row(ASSESSING,                        AssessmentDone,    ASSESSED,  finish),
    row(ASSESSING,                        AssessmentStopped, RETURNED,  stop),
    row((ASSESSING, RETURNED),            CancelDeclaration, CANCELLED),
    ignored(CANCELLED,                    CancelDeclaration, "重复的撤销申请，申报已撤销"),
    row(ASSESSED,                         CancelDeclaration, CANCELLED, cancel_vouchers),
    row((ASSESSED, CANCELLED),            Ended,             None,      forget),
    row(CANCELLED,                        VoucherVoided,     None,      forget),
    ignored(CANCELLED, refused(Void), "撤销前已缴，由申请退库办理"),
])
# fmt: on

ROLE = Role("tax", "税务", (Part(TaxFile, [DECLARATION]), VOUCHERS), Settings, {QueryBill: query_bill})
