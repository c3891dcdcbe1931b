"""The clerk at the window: collects an application once, for both parties who stand there, and hands it in signed."""

from contract.gov_platform import Sign
from contract.people import CaseOver, JoinInvited, PackageReady, SignInvited, Visit
from contract.portal import Apply, Join, NotAccepted
from contract.records import BUYER, SELLER
from contract.registry import ReceiveAtWindow
from people.clerk_files import ClerkFile, Settings, turned_away
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Posts, later, send, work
from sim.table import State, Track, ignored, row


@timer("clerk.collected", "窗口收件完毕")
class Collected(Message):
    """The form is in the system."""


@timer("clerk.signatures_given", "双方当面签署")
class SignaturesGiven(Message):
    """Both parties have signed on the pad."""


COLLECTED, SIGNATURES_GIVEN = Collected(), SignaturesGiven()


def visited(file: ClerkFile, heard: Visit) -> Posts:
    file.application, file.authorisation = heard.application, heard.authorisation
    settings: Settings = file.settings
    return [work("accept", settings.desk_accept.at(file.draw(b"clerk.desk_window")), COLLECTED)]


def apply_for_them(file: ClerkFile, heard: Collected) -> Posts:
    return [send("portal", Apply(file.application, file.authorisation))]


def send_home(file: ClerkFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    return NOTHING if heard.error == "not_now" else [send("buyer", CaseOver("declined"))]


def join_for_seller(file: ClerkFile, heard: JoinInvited) -> Posts:
    return [send("portal", Join(f"SQS{file.case.number}"))]


def have_signed(file: ClerkFile, heard: SignInvited) -> Posts:
    if file.signing:
        return NOTHING
    file.signing = True
    settings: Settings = file.settings
    return [later(settings.signing_human.at(file.draw(b"clerk.signing")), SIGNATURES_GIVEN)]


def sign(file: ClerkFile, heard: SignaturesGiven) -> Posts:
    return [send("gov_platform", Sign(BUYER)), send("gov_platform", Sign(SELLER))]


def hand_in(file: ClerkFile, heard: PackageReady) -> Posts:
    return [
        send("registry", ReceiveAtWindow(heard.receipt_code, heard.application, heard.seal_no, heard.authorisation))
    ]


def not_received(file: ClerkFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    return NOTHING if heard.error == "not_now" else [send("portal", NotAccepted(heard.detail))]


NO_VISITOR = State("no_visitor", "无人到窗口", end=True)
COLLECTING = State("collecting", "窗口收件中")
ENTERED = State("entered", "已录入网上申请系统", end=True)
HANDED_IN = State("handed_in", "已提交登记系统", end=True)
KNOWN = (ENTERED, HANDED_IN)

# fmt: off
WINDOW = Track("window", "窗口收件", NO_VISITOR, [
    # while at the window   we hear                   it becomes  and we
    row(NO_VISITOR,         Visit,                    COLLECTING, visited),
    row(COLLECTING,         Collected,                ENTERED,    apply_for_them),
    row(ENTERED,            refused(Apply),           None,       send_home),
    row(KNOWN,              JoinInvited,              None,       join_for_seller),
    row(KNOWN,              SignInvited,              None,       have_signed),
    row(KNOWN,              SignaturesGiven,          None,       sign),
    row(ENTERED,            PackageReady,             HANDED_IN,  hand_in),
    row(HANDED_IN,          refused(ReceiveAtWindow), None,       not_received),
    row(KNOWN,              refused(Join),            None,       turned_away),
    row(KNOWN,              refused(Sign),            None,       turned_away),
    ignored(HANDED_IN,      PackageReady,             "重复的申请包通知"),
])
# fmt: on
