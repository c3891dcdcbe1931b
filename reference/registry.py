"""The registry of a county unit: accepts, has taxes and fees settled, reviews, records, certifies (steps ⑥–⑩)."""

from contract.data_exchange import DataReturned, FilingDone, Stored
from contract.data_exchange import Receive as PushRecord
from contract.errors import APPLICANTS_MISSING
from contract.gov_platform import CertifyTitle, TitleCertified
from contract.hub import ChargesCancelled, ChargesLapsed, ChargesReady, ChargesReturned, PaymentSettled, PushCharges
from contract.notify import Sms
from contract.people import Task
from contract.portal import Accepted, Closed, CorrectionAsked, NotAccepted
from contract.registry import (
    HOME_BUSY,
    NO_TASK,
    NOT_SETTLED,
    SEALS_MISSING,
    SEIZED,
    TITLE_UNKNOWN,
    UNIT_ELSEWHERE,
    Accept,
    Approve,
    AskCorrection,
    Certify,
    Corrected,
    Decline,
    Receive,
    ReceiveAtWindow,
    Record,
    RefuseRegistration,
    Seize,
    Withdraw,
)
from reference.registry_charges import (
    FactsTurnedDown,
    NothingDue,
    PushChargesAgain,
    TaxCorrected,
    charge_again,
    charges_ready,
    correct_tax,
    not_charged,
    nothing_due,
    push_charges,
    returned,
    settled,
)
from reference.registry_ends import (
    close_lapsed,
    close_refused,
    close_withdrawn,
    refuse_registration,
    seize,
    seize_too_late,
    too_late,
    withdraw_charges,
)
from reference.registry_files import ITEMS, RegistryFile, Settings
from reference.registry_linked import BY_HAND, DEPARTMENTS, AllClosed, close_item, item_track
from reference.registry_reflow import REFLOW, REVIEW, open_review, progress, report, report_recording
from sim.calendar import DAY_MS, HOUR_MS
from sim.days import compact_day, year_of
from sim.dossier import ITEMS as ORDER
from sim.identifiers import OLD_DISTRICTS, acceptance_number, canonical_title, title_number
from sim.message import Message, refused, timer
from sim.posts import NOTHING, Post, Posts, later, refuse, send
from sim.table import Part, Role, State, Track, ignored, row

CORRECTION_TERM_MS = 30 * DAY_MS
"""How long a case waits for its correction before it lapses: chosen, no document gives a figure."""


@timer("registry.correction_overdue", "补正逾期")
class CorrectionOverdue(Message):
    """The applicants have not corrected their application in time."""


@timer("registry.push_record_again", "数据补齐后重推")
class PushRecordAgain(Message):
    """The data exchange found the two sets of data incomplete."""


CORRECTION_OVERDUE, PUSH_RECORD_AGAIN = CorrectionOverdue(), PushRecordAgain()
COMPLETED_MS = HOUR_MS
"""How soon data that the exchange turned down are completed: chosen, no document gives a figure."""
COMPLETED_TIMES = 7 * 24
"""So often turned down, data are left to people; the case is listed as open: a week, chosen."""


# ---- receiving and accepting ------------------------------------------------------------------------------------------
def receive(file: RegistryFile, heard: Receive | ReceiveAtWindow) -> Posts:
    if not heard.seal_no:
        return refuse(SEALS_MISSING)
    if not (heard.application.buyers and heard.application.sellers):
        return refuse(APPLICANTS_MISSING)
    unit_code = heard.application.home.unit_code
    if unit_code[:6] not in (file.registry.code, OLD_DISTRICTS.get(file.registry.code)):
        return refuse(UNIT_ELSEWHERE)
    entry = file.settings.register.get(unit_code)
    if file.seized or (entry is not None and entry.seized):
        return refuse(SEIZED)
    if unit_code in file.party.ledgers.get("unit_code", ()):
        return refuse(HOME_BUSY)
    home, register = heard.application.home, entry or file.dossier
    if home.unit_code != register.unit_code or canonical_title(home.title_no) != canonical_title(register.title_no):
        return refuse(TITLE_UNKNOWN)
    file.enter("unit_code", unit_code)
    file.application, file.receipt_code = heard.application, heard.receipt_code
    file.seal_no, file.authorisation = heard.seal_no, heard.authorisation
    return [*_prechecks(file), send("clerk", Task("accept"))]


def _prechecks(file: RegistryFile) -> list[Post]:
    form = file.application
    owner = form.sellers[0].name
    return [
        send(item, DEPARTMENTS[item].Precheck(form.accounts[ORDER.index(item)], owner, file.authorisation))
        for item in form.items
        if item != "housing_fund"
    ]


def accept(file: RegistryFile, heard: Accept) -> Posts:
    if file.seized:
        return refuse(SEIZED)
    file.acceptance_no = acceptance_number(file.registry.code, compact_day(file.now_ms), file.case.number)
    return [
        send("portal", Accepted(file.acceptance_no)),
        *progress("accepted"),
        report(file, "accepted"),
        push_charges(file),
    ]


def ask_correction(file: RegistryFile, heard: AskCorrection) -> Posts:
    file.corrections += 1
    return [send("portal", CorrectionAsked(heard.what)), later(CORRECTION_TERM_MS, CORRECTION_OVERDUE)]


def corrected(file: RegistryFile, heard: Corrected) -> Posts:
    return [send("clerk", Task("accept"))]


def decline(file: RegistryFile, heard: Decline) -> Posts:
    return [send("portal", NotAccepted(heard.reason)), *progress("closed")]


# ---- review, recording, certificate -------------------------------------------------------------------------------------
def approve(file: RegistryFile, heard: Approve) -> Posts:
    return [send("clerk", Task("record"))]


def record(file: RegistryFile, heard: Record) -> Posts:
    if file.seized:
        return refuse(SEIZED)
    if not file.settled:
        return refuse(NOT_SETTLED)
    file.recorded_ms = file.now_ms
    file.title_no = title_number(year_of(file.now_ms), file.registry.cert_place, file.case.number)
    file.open_items = len(file.application.items) + 2  # and the filing of the contract, and the certificate
    return [push_record(file), *progress("recorded"), send("clerk", Task("certify")), *report_recording(file)]


def push_record(file: RegistryFile) -> Post:
    """Send trade and registration data to the data exchange together (FJ-37)."""
    form = file.application
    buyers, sellers = tuple([p.name for p in form.buyers]), tuple([p.name for p in form.sellers])
    return send(
        "data_exchange",
        PushRecord(
            file.title_no, form.home.unit_code, form.contract_no, form.price_fen, buyers, sellers, file.recorded_ms
        ),
    )


def certify(file: RegistryFile, heard: Certify) -> Posts:
    if not file.recorded_ms:
        return refuse(NO_TASK, "尚未登簿，不能缮证")
    form = file.application
    return [
        send("gov_platform", CertifyTitle(file.title_no, form.home.unit_code, tuple([p.name for p in form.buyers])))
    ]


def item_closed(file: RegistryFile, heard: Message) -> Posts:
    return close_item(file)


def complete_record(file: RegistryFile, heard: Message) -> Posts:
    file.completed += 1
    return [later(COMPLETED_MS, PUSH_RECORD_AGAIN)] if file.completed <= COMPLETED_TIMES else NOTHING


def push_again(file: RegistryFile, heard: DataReturned) -> Posts:
    """Send it again; the return may be heard before the answer to what was sent."""
    return [push_record(file)] if file.recorded_ms else NOTHING


def push_completed(file: RegistryFile, heard: PushRecordAgain) -> Posts:
    return [push_record(file)] if file.recorded_ms else NOTHING


def close_done(file: RegistryFile, heard: AllClosed) -> Posts:
    outcome = "partly_done" if "退回" in file.results.values() else "done"
    return [send("portal", Closed(outcome)), *progress("closed"), report(file, "done"), open_review(file)]


NONE = State("none", "未收件", end=True)
WAITING = State("waiting", "待受理")
CORRECTING = State("correcting", "待补正")
DECLINED = State("declined", "不予受理", end=True)
CHARGING = State("charging", "计税计费中")
TAX_CORRECTING = State("tax_correcting", "涉税补正中")
AWAITING = State("awaiting_payment", "待缴税费")
REVIEWING = State("reviewing", "审核中")
RECORDING = State("recording", "待登簿")
RECORDED = State("recorded", "已登簿，联办中")
WITHDRAWING = State("withdrawing", "撤回处理中")
REFUSING = State("refusing", "不予登记处理中")
DONE = State("done", "办结", end=True)
WITHDRAWN = State("withdrawn", "已撤回", end=True)
REFUSED = State("refused", "不予登记", end=True)
LAPSED = State("lapsed", "逾期终止", end=True)

CHARGED = (CHARGING, TAX_CORRECTING, AWAITING, REVIEWING, RECORDING)
UNDOING = (WITHDRAWING, REFUSING)

MAIN = Track("main", "转移登记", NONE, [
    # while the case is            we hear              it becomes      and we
    row(NONE,                      Receive,             WAITING,        receive),
    row(NONE,                      ReceiveAtWindow,     WAITING,        receive),
    row(WAITING,                   Accept,              CHARGING,       accept),
    row(WAITING,                   AskCorrection,       CORRECTING,     ask_correction),
    row(WAITING,                   Decline,             DECLINED,       decline),
    row(CORRECTING,                Corrected,           WAITING,        corrected),
    row(CORRECTING,                CorrectionOverdue,   LAPSED,         close_lapsed),
    row((CHARGING, TAX_CORRECTING), ChargesReady,       AWAITING,       charges_ready),
    row(CHARGING,                  ChargesReturned,     TAX_CORRECTING, returned),
    row(CHARGING,                  refused(PushCharges), None,          not_charged),
    row(CHARGING,                  FactsTurnedDown,     TAX_CORRECTING, correct_tax),
    row(CHARGING,                  PushChargesAgain,    None,           charge_again),
    row(TAX_CORRECTING,            TaxCorrected,        CHARGING,       charge_again),
    row(AWAITING,                  NothingDue,          REVIEWING,      nothing_due),
    row(AWAITING,                  PaymentSettled,      REVIEWING,      settled),
    row(AWAITING,                  ChargesReturned,     TAX_CORRECTING, returned),
    row((CHARGING, TAX_CORRECTING, AWAITING), ChargesLapsed, LAPSED,    close_lapsed),
    row(REVIEWING,                 Approve,             RECORDING,      approve),
    row((REVIEWING, RECORDING),    RefuseRegistration,  REFUSING,       refuse_registration),
    row(RECORDING,                 Record,              RECORDED,       record),
    row(RECORDED,                  AllClosed,           DONE,           close_done),
    row((WAITING, CORRECTING),     Withdraw,            WITHDRAWN,      close_withdrawn),
    row(CHARGED,                   Withdraw,            WITHDRAWING,    withdraw_charges),
    row((RECORDED, DONE),          Withdraw,            None,           too_late),
    row(WITHDRAWING,               ChargesCancelled,    WITHDRAWN,      close_withdrawn),
    row(REFUSING,                  ChargesCancelled,    REFUSED,        close_refused),
    row((NONE, WAITING, CORRECTING, *CHARGED, *UNDOING), Seize, None,   seize),
    row((DECLINED, WITHDRAWN, REFUSED, LAPSED),          Seize, None,   seize),
    row((RECORDED, DONE),          Seize,               None,           seize_too_late),
    ignored(UNDOING,               ChargesReady,        "撤回或不予登记处理中，途中到达的计费结果作罢"),
    ignored(UNDOING,               PaymentSettled,      "撤回或不予登记处理中，缴款由省级服务退回"),
    ignored(UNDOING,               ChargesReturned,     "撤回或不予登记处理中，无须再补正"),
    ignored(UNDOING,               ChargesLapsed,       "撤回或不予登记处理中，以取消结果为准"),
    ignored((AWAITING, REVIEWING), ChargesReady,        "重复的计费结果"),
    ignored((AWAITING, RECORDED),  refused(Sms),        "短信发不到的，公众号消息已同时发出"),
])  # fmt: skip

UNFILED = State("unfiled", "未备案", end=True)
FLOWING = State("flowing", "待住建回流")
FILED = State("filed", "视同网签备案", end=True)
FILING = Track("filing", "网签备案", UNFILED, [
    row(UNFILED,                   Stored,              FLOWING),
    ignored(FLOWING,               Stored,              "退回后重新入库，仍待住建回流"),
    row((UNFILED, FLOWING),        FilingDone,          FILED,          item_closed),
    row((UNFILED, FLOWING),        DataReturned,        None,           push_again),
    row((UNFILED, FLOWING),        refused(PushRecord), None,           complete_record),
    row((UNFILED, FLOWING),        PushRecordAgain,     None,           push_completed),
    ignored(FILED,                 refused(PushRecord), "备案已完成，先前的退回已无关系"),
    ignored(FILED,                 FilingDone,          "重复的备案回执"),
    ignored(FILED,                 Stored,              "备案回执先到，入库应答后到"),
])  # fmt: skip

UNCERTIFIED = State("uncertified", "未缮证", end=True)
CERTIFYING = State("certifying", "制证中")
CERTIFIED = State("certified", "已缮证", end=True)
CERTIFICATE = Track("certificate", "缮证", UNCERTIFIED, [
    row(UNCERTIFIED,               Certify,             CERTIFYING,     certify),
    row(CERTIFYING,                TitleCertified,      CERTIFIED,      item_closed),
])  # fmt: skip

ROLE = Role(
    "registry",
    "登记机构",
    (Part(RegistryFile, [MAIN, *(item_track(item) for item in ITEMS), BY_HAND, FILING, CERTIFICATE, REFLOW, REVIEW]),),
    Settings,
)
