"""How the buyers come by the receipts of what they paid."""

from contract.gov_platform import AskReceipts, MyCase
from contract.people import ReceiptsReady
from contract.records import BUYER, SELLER
from people.applicant import turned_away
from people.buyer_files import SEE_WHETHER_SETTLED, WANT_RECEIPTS, BuyerFile, SeeWhetherSettled, Settings, WantReceipts
from people.paying import PAID
from sim.calendar import DAY_MS
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Posts, later, send
from sim.table import State, Track, row


@timer("buyer.forgo_receipts", "不再申请票据")
class ForgoReceipts(Message):
    """The application is over."""


FORGO_RECEIPTS = ForgoReceipts()


def ask_receipts(file: BuyerFile, heard: WantReceipts) -> Posts:
    if file.outcome:
        return [later(0, FORGO_RECEIPTS)]
    settings: Settings = file.settings
    if not file.asks and file.luck(b"asks_for_sellers") < settings.asks_for_sellers:
        return [send("gov_platform", AskReceipts(SELLER))]
    return [send("gov_platform", AskReceipts(BUYER))]


def see_whether_settled(file: BuyerFile, heard: SeeWhetherSettled) -> Posts:
    """Look at “我的办件”, and again every day or so until the other side has paid too."""
    if file.outcome:
        return [later(0, FORGO_RECEIPTS)]
    file.asks += 1
    again = later(_some_days(file), SEE_WHETHER_SETTLED)
    return [again] if file.state("pay") is not PAID else [send("gov_platform", MyCase(BUYER)), again]


def ask_later(file: BuyerFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    if file.outcome:
        return NOTHING
    file.asks += 1
    return [later(_some_days(file), WANT_RECEIPTS)]


def _some_days(file: BuyerFile) -> int:
    settings: Settings = file.settings
    return max(settings.receipt_request.at(file.draw(b"buyer.receipt_request", file.asks)), DAY_MS)


def receive(file: BuyerFile, heard: ReceiptsReady) -> Posts:
    file.receipts = heard.numbers
    return NOTHING


NO_RECEIPTS = State("no_receipts", "未申请票据", end=True)
RECEIPTS_ASKED = State("receipts_asked", "已申请票据")
RECEIVED = State("received", "已取得票据", end=True)
FORGONE = State("forgone", "未取票据", end=True)

# fmt: off
RECEIPTS = Track("receipts", "取票", NO_RECEIPTS, [
    row(NO_RECEIPTS,        SeeWhetherSettled,   None,       see_whether_settled),
    row(NO_RECEIPTS,        WantReceipts,        RECEIPTS_ASKED, ask_receipts),
    row(RECEIPTS_ASKED,     refused(AskReceipts), NO_RECEIPTS, ask_later),
    row((RECEIPTS_ASKED, RECEIVED, FORGONE), ReceiptsReady, RECEIVED, receive),
    row((NO_RECEIPTS, RECEIPTS_ASKED), ForgoReceipts, FORGONE),
    row(FORGONE,            refused(AskReceipts), None,      turned_away),
])
# fmt: on
