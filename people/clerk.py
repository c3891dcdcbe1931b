"""The registry's clerks: at four posts they accept, review, record and certify; at the window they collect applications."""

from collections.abc import Callable

from contract.people import NO_SUCH_POST, ChargesStuck, LinkedStuck, Task
from contract.registry import (
    SEIZED,
    Accept,
    Approve,
    AskCorrection,
    Certify,
    Decline,
    Record,
    RefuseRegistration,
    SettleItem,
)
from people.clerk_files import ClerkFile, Settings, turned_away
from people.window import WINDOW
from sim.calendar import HOUR_MS, MINUTE_MS
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Post, Posts, later, refuse, send, work, working
from sim.table import Part, Role, State, Track, ignored, row

SEIZED_REASON = "不动产已被依法查封"
"""Why a clerk declines or refuses what the registry's ledger of seizures does not let pass."""
BY_HAND_MS = 4 * HOUR_MS
"""Office time in which a linked item is seen to by hand: chosen."""
EARLY_MS = 10 * MINUTE_MS
"""How soon after accepting a clerk tries to record: before any bureau has assessed."""
CORRECTION = "婚姻状况证明与申请表不一致，请补正"


@timer("clerk.accepts", "决定受理")
class Accepts(Message):
    """Everything is there."""


@timer("clerk.asks_correction", "决定要求补正")
class AsksCorrection(Message):
    """Something must be put right first."""


@timer("clerk.declines", "决定不予受理")
class Declines(Message):
    """The application cannot be taken."""

    reason: str


@timer("clerk.approves", "决定审核通过")
class Approves(Message):
    """Everything is in order."""


@timer("clerk.refuses", "决定不予登记")
class Refuses(Message):
    """The transfer cannot be registered."""

    reason: str


@timer("clerk.records", "登簿操作")
class Records(Message):
    """The register is opened at this home."""


@timer("clerk.certifies", "缮证操作")
class Certifies(Message):
    """The certificate is made out."""


@timer("clerk.settles", "办妥转人工的联办事项")
class Settles(Message):
    """The department has been called, and the item is done at its counter."""

    item: str


ACCEPTS, ASKS_CORRECTION, DECLINES = Accepts(), AsksCorrection(), Declines("申请材料不符合受理条件")
APPROVES, REFUSES, RECORDS, CERTIFIES = Approves(), Refuses("权属来源材料与登记簿不一致"), Records(), Certifies()
DECLINES_SEIZED, REFUSES_SEIZED = Declines(SEIZED_REASON), Refuses(SEIZED_REASON)


# ---- taking work up: which decision follows is drawn as the file is opened -------------------------------------------------
def take(file: ClerkFile, heard: Task) -> Posts:
    begin = POSTS.get(heard.post)
    if begin is None:
        return refuse(NO_SUCH_POST, f"没有“{heard.post}”岗")
    if file.state(heard.post) not in UNDONE:  # told twice of a task that is done
        return NOTHING
    return [begin(file, file.settings, file.time(heard.post))]


def _look_over(file: ClerkFile, settings: Settings, n: int) -> Post:
    decision: Message = ACCEPTS
    if not n and file.draw(b"clerk.correction_asked") < settings.correction_asked:
        decision = ASKS_CORRECTION
    elif file.draw(b"clerk.not_accepted", n) < settings.not_accepted:
        decision = DECLINES
    return work("accept", settings.desk_accept.at(file.draw(b"clerk.desk_accept", n)), decision)


def _examine(file: ClerkFile, settings: Settings, n: int) -> Post:
    decision = REFUSES if file.draw(b"clerk.review_refused", n) < settings.review_refused else APPROVES
    return work("review", settings.desk_review.at(file.draw(b"clerk.desk_review", n)), decision)


def _open_register(file: ClerkFile, settings: Settings, n: int) -> Post:
    return work("record", settings.desk_record.at(file.draw(b"clerk.desk_record", n)), RECORDS)


def _make_certificate(file: ClerkFile, settings: Settings, n: int) -> Post:
    return work("certify", settings.desk_certify.at(file.draw(b"clerk.desk_certify", n)), CERTIFIES)


POSTS: dict[str, Callable[[ClerkFile, Settings, int], Post]] = {
    "accept": _look_over,
    "review": _examine,
    "record": _open_register,
    "certify": _make_certificate,
}


# ---- deciding ----------------------------------------------------------------------------------------------------------------
def accept(file: ClerkFile, heard: Accepts) -> Posts:
    """And now and then somebody tries to record what is not even paid for."""
    settings: Settings = file.settings
    if file.draw(b"clerk.records_early") < settings.records_early:
        return [send("registry", ACCEPT), later(EARLY_MS, RECORDS)]
    return [send("registry", ACCEPT)]


def ask_correction(file: ClerkFile, heard: AsksCorrection) -> Posts:
    return [send("registry", AskCorrection(CORRECTION))]


def decline(file: ClerkFile, heard: Declines) -> Posts:
    return [send("registry", Decline(heard.reason))]


def approve(file: ClerkFile, heard: Approves) -> Posts:
    return [send("registry", APPROVE)]


def refuse_registration(file: ClerkFile, heard: Refuses) -> Posts:
    return [send("registry", RefuseRegistration(heard.reason))]


def record(file: ClerkFile, heard: Records) -> Posts:
    return [send("registry", RECORD)]


def certify(file: ClerkFile, heard: Certifies) -> Posts:
    return [send("registry", CERTIFY)]


def not_accepted(file: ClerkFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    return [later(0, DECLINES_SEIZED)] if heard.error == SEIZED.code else NOTHING


def not_recorded(file: ClerkFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    return [later(0, REFUSES_SEIZED)] if heard.error == SEIZED.code else NOTHING


def look_into(file: ClerkFile, heard: LinkedStuck) -> Posts:
    return [working(BY_HAND_MS, Settles(heard.item))]


def settle_item(file: ClerkFile, heard: Settles) -> Posts:
    return [send("registry", SettleItem(heard.item, "办结"))]


ACCEPT, APPROVE, RECORD, CERTIFY = Accept(), Approve(), Record(), Certify()

ON_DUTY = State("on_duty", "在岗", end=True)
UNACCEPTED = State("unaccepted", "未受理", end=True)
ACCEPTED = State("accepted", "已受理", end=True)
CORRECTING = State("correcting", "已要求补正", end=True)
DECLINED = State("declined", "已不予受理", end=True)
UNREVIEWED = State("unreviewed", "未审核", end=True)
APPROVED = State("approved", "审核通过", end=True)
REFUSED = State("refused", "不予登记", end=True)
UNRECORDED = State("unrecorded", "未登簿", end=True)
RECORDED = State("recorded", "已登簿", end=True)
UNCERTIFIED = State("uncertified", "未缮证", end=True)
CERTIFIED = State("certified", "已缮证", end=True)
UNDONE = (UNACCEPTED, CORRECTING, UNREVIEWED, UNRECORDED, UNCERTIFIED)
"""Where a post takes a task up."""

# fmt: off
TASKS = Track("tasks", "待办任务", ON_DUTY, [
    row(ON_DUTY,                  Task,                        None,        take),
    row(ON_DUTY,                  LinkedStuck,                 None,        look_into),
    ignored(ON_DUTY,              ChargesStuck,                "与税费服务方的人商量，系统里无事可做"),
    row(ON_DUTY,                  Settles,                     None,        settle_item),
    row(ON_DUTY,                  refused(SettleItem),         None,        turned_away),
])

# A refused decision leaves the task undone; what is found seized is then declined or refused.
ACCEPTING = Track("accept", "受理岗", UNACCEPTED, [
    # while the case is           we hear                      it becomes   and we
    row((UNACCEPTED, CORRECTING), Accepts,                     ACCEPTED,    accept),
    row(UNACCEPTED,               AsksCorrection,              CORRECTING,  ask_correction),
    row((UNACCEPTED, CORRECTING), Declines,                    DECLINED,    decline),
    row(ACCEPTED,                 refused(Accept),             UNACCEPTED,  not_accepted),
    row(CORRECTING,               refused(AskCorrection),      UNACCEPTED,  turned_away),
    row(DECLINED,                 refused(Decline),            UNACCEPTED,  turned_away),
])

REVIEWING = Track("review", "审核岗", UNREVIEWED, [
    row(UNREVIEWED,               Approves,                    APPROVED,    approve),
    row((UNREVIEWED, APPROVED),   Refuses,                     REFUSED,     refuse_registration),
    row(APPROVED,                 refused(Approve),            UNREVIEWED,  turned_away),
    row(REFUSED,                  refused(RefuseRegistration), UNREVIEWED,  turned_away),
])

RECORDING = Track("record", "登簿岗", UNRECORDED, [
    row(UNRECORDED,               Records,                     RECORDED,    record),
    row(RECORDED,                 refused(Record),             UNRECORDED,  not_recorded),
])

CERTIFYING = Track("certify", "缮证岗", UNCERTIFIED, [
    row(UNCERTIFIED,              Certifies,                   CERTIFIED,   certify),
    row(CERTIFIED,                refused(Certify),            UNCERTIFIED, turned_away),
])
# fmt: on

ROLE = Role(
    "clerk", "登记人员", (Part(ClerkFile, [WINDOW, TASKS, ACCEPTING, REVIEWING, RECORDING, CERTIFYING]),), Settings
)
