"""The registry's linked items: pushed after recording, by the region's own link or by the provincial service (附件4)."""

from types import ModuleType
from typing import Any

from contract import cable_tv, gas, housing_fund, hub, notify, power, water
from contract.gov_platform import ReportItem
from contract.people import LinkedStuck
from contract.records import Transfer, Withdrawal
from contract.registry import NOT_PENDING, RESULT_UNKNOWN, SettleItem
from reference.registry_files import RegistryFile, Settings
from sim.calendar import DAY_MS, HOUR_MS
from sim.dossier import ITEMS as ORDER
from sim.masking import mask_phone
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Post, Posts, later, refuse, send
from sim.table import Row, State, Track, row

TITLES = {
    "power": "用电过户",
    "water": "用水过户",
    "gas": "用气过户",
    "cable_tv": "广电过户",
    "housing_fund": "公积金提取",
}
DEPARTMENTS: dict[str, ModuleType] = {
    "power": power, "water": water, "gas": gas, "cable_tv": cable_tv, "housing_fund": housing_fund,
}  # fmt: skip
BY_HUB: dict[str, tuple[Any, Any, Any]] = {
    "power": (hub.PushPower, hub.PowerResult, hub.QueryPower),
    "cable_tv": (hub.PushCableTv, hub.CableTvResult, hub.QueryCableTv),
    "housing_fund": (hub.PushHousingFund, hub.HousingFundResult, hub.QueryHousingFund),
}
DONE, REJECTED = 3, 4
SETTLED, GIVEN_UP = "办结", "退回"
"""How a clerk says that an item ended."""
OVERDUE_MS = 20 * DAY_MS
"""When the registry asks by number for a result that no poll has brought. No document gives a figure: chosen."""
PATIENCE = 3
"""After so many queries without a result a clerk sees to it by hand (FJ-3.2-09): chosen."""
RECALL_MS = 2 * HOUR_MS
"""How soon after recording a correction is noticed: chosen, no document gives a figure."""
FUND_SHARE_PERCENT = 30
"""Part of the price that buyers ask the housing fund for: chosen, no document gives a figure."""


@timer("registry.all_closed", "全部事项已办结")
class AllClosed(Message):
    """The join of a case: every item of it has come to an end."""


ALL_CLOSED = AllClosed()


def close_item(file: RegistryFile) -> list[Post]:
    """One more item has come to an end; the last one closes the case."""
    file.open_items -= 1
    return [later(0, ALL_CLOSED)] if not file.open_items else []


class _Timers:
    """The messages an item's track sends to itself, declared once per item so that each names its track."""

    def __init__(self, item: str) -> None:
        def declare(name: str, title: str) -> type[Message]:
            made = type(name, (Message,), {"__doc__": f"{TITLES[item]}：{title}。", "__annotations__": {}})
            return timer(f"registry.{item}_{name.lower()}", f"{TITLES[item]}：{title}", item=item)(made)

        self.start = declare("Start", "开始推送")
        self.finished = declare("Finished", "办结")
        self.sent_back = declare("SentBack", "退回，待补齐再推")
        self.given_up = declare("GivenUp", "退回，不再推送")
        self.resubmit = declare("Resubmit", "补齐后再次推送")
        self.overdue = declare("Overdue", "久无结果，按编号查询")
        self.recall = declare("Recall", "登簿后更正，先撤后推")


TIMERS = {item: _Timers(item) for item in TITLES}


def start_items(file: RegistryFile) -> list[Post]:
    """Set every chosen item going, each on its own track."""
    return [later(0, TIMERS[item].start()) for item in file.application.items]


def _is_direct(file: RegistryFile, item: str) -> bool:
    settings: Settings = file.settings
    return item not in BY_HUB or item in settings.region.direct_items


def _payload(file: RegistryFile, item: str) -> Transfer | Withdrawal:
    form, at = file.application, ORDER.index(item)
    home, account, head = form.home, form.accounts[at], form.buyers[0]
    if item == "housing_fund":
        asked_fen = form.price_fen * FUND_SHARE_PERCENT // 100
        return Withdrawal(account, file.dossier.fund_centre, head, home.unit_code, file.title_no, form.price_fen, asked_fen,
                          head.name, file.recorded_ms)  # fmt: skip
    return Transfer(account, home.unit_code, file.title_no, home.address, head, form.sellers[0].name, file.recorded_ms)


def take_back(file: RegistryFile, item: str, why: str) -> list[Post]:
    """Take a push back by its number (FJ-A4-01, FJ-3.2-09); one that has not been answered has none, and is taken back once it has."""
    number = file.accept_nos.get(item)
    if not number:
        file.taken_back[item] = why
        return []
    return [send(item, DEPARTMENTS[item].Cancel(number, why))]


class _Item:
    """The actions of one item's track."""

    def __init__(self, item: str) -> None:
        self.item, self.contract, self.timers = item, DEPARTMENTS[item], TIMERS[item]

    def push(self, file: RegistryFile, heard: Message) -> Posts:
        attempt = file.attempts.get(self.item, 0) + 1
        file.attempts[self.item] = attempt
        file.taken_back.pop(self.item, None)
        payload = _payload(file, self.item)
        overdue = later(OVERDUE_MS, self.timers.overdue())
        if _is_direct(file, self.item):
            posts = [send(self.item, self.contract.Push(payload.account, payload)), overdue]
            recalled = attempt == 1 and file.draw(b"registry.recall." + self.item.encode()) < file.settings.recalled
            return [*posts, later(RECALL_MS, self.timers.recall())] if recalled else posts
        return [send("hub", BY_HUB[self.item][0](payload)), overdue]

    def accepted(self, file: RegistryFile, heard: Any) -> Posts:
        file.accept_nos[self.item] = heard.accept_no
        if why := file.taken_back.pop(self.item, ""):
            return take_back(file, self.item, why)
        if self.item == "housing_fund":
            return NOTHING
        return [send(self.item, self.contract.Attach(heard.accept_no, ("登记簿", "不动产权证书")))]

    def noted(self, file: RegistryFile, heard: Message) -> Posts:
        file.noted += 1
        return NOTHING

    def is_foreign(self, file: RegistryFile, heard: Any) -> bool:
        """Whether a department speaks of a number that is not the one it gave this case."""
        own, told = file.accept_nos.get(self.item), getattr(heard, "accept_no", None)
        return own is not None and told is not None and told != own

    def result(self, file: RegistryFile, heard: Any) -> Posts:
        if self.is_foreign(file, heard):
            return self.noted(file, heard)
        file.taken_back.pop(self.item, None)
        file.reasons[self.item] = heard.reason
        if heard.status == DONE:
            return [later(0, self.timers.finished())]
        return self._back(file) if heard.status == REJECTED else NOTHING

    def latest(self, file: RegistryFile, heard: Any) -> Posts:
        """A result after the result: the latest one stands and the earlier one stays in the journal (FJ-A4-06)."""
        if self.is_foreign(file, heard):
            return self.noted(file, heard)
        file.results[self.item] = "办结" if heard.status == DONE else "退回"
        return NOTHING

    def turned_away(self, file: RegistryFile, heard: Refused) -> Posts:
        file.reasons[self.item] = heard.detail
        return self._back(file)

    def _back(self, file: RegistryFile) -> Posts:
        settings: Settings = file.settings
        attempt = file.attempts[self.item]
        again = attempt < 3 and file.draw(b"registry.resubmit." + self.item.encode(), attempt) < settings.resubmitted
        return [later(0, self.timers.sent_back() if again else self.timers.given_up())]

    def wait_for_applicant(self, file: RegistryFile, heard: Message) -> Posts:
        settings: Settings = file.settings
        wait_ms = settings.resubmission.at(
            file.draw(b"registry.resubmission." + self.item.encode(), file.attempts[self.item])
        )
        return [later(wait_ms, self.timers.resubmit())]

    def ask(self, file: RegistryFile, heard: Message) -> Posts:
        again = later(OVERDUE_MS, self.timers.overdue())
        if _is_direct(file, self.item):
            number = file.accept_nos.get(self.item)
            if not number:
                return [again]
            posts = [send(self.item, self.contract.QueryStatus(number)), again]
        else:
            posts = [send("hub", BY_HUB[self.item][2]()), again]
        times = file.queried[self.item] = file.queried.get(self.item, 0) + 1
        return [*posts, send("clerk", LinkedStuck(self.item))] if times == PATIENCE else posts

    def cancel(self, file: RegistryFile, heard: Message) -> Posts:
        """What was recorded is being corrected: take the push back, to push again with the corrected facts (FJ-A4-01)."""
        return take_back(file, self.item, "登簿后更正")

    def push_soon(self, file: RegistryFile, heard: Message) -> Posts:
        return [later(0, self.timers.resubmit())]

    def finished(self, file: RegistryFile, heard: Message) -> Posts:
        return self._close(file, "办结")

    def given_up(self, file: RegistryFile, heard: Message) -> Posts:
        return self._close(file, "退回")

    def _close(self, file: RegistryFile, result: str) -> Posts:
        file.results[self.item] = result
        head, settings = file.application.buyers[0], file.settings
        why = file.reasons.get(self.item, "") if result == "退回" else ""
        text = f"您的{TITLES[self.item]}已{result}" + (f"，原因：{why}" if why else "")
        posts = [send("notify", notify.Sms("item_result", "buyer", mask_phone(head.phone), text)), *close_item(file)]
        if settings.region.reflow_mode == 1:
            posts.append(send("city_platform", ReportItem(self.item, result)))
        return posts

    def prechecked(self, file: RegistryFile, heard: Any) -> Posts:
        file.passed[self.item] = heard.passed
        return NOTHING


def item_track(item: str) -> Track:
    """The track of one linked item."""
    act, own, dept = _Item(item), TIMERS[item], DEPARTMENTS[item]
    idle = State(f"{item}_idle", f"{TITLES[item]}未开始", end=True)
    pushed = State(f"{item}_pushed", f"{TITLES[item]}已推送")
    waiting = State(f"{item}_waiting", f"{TITLES[item]}待补齐")
    done = State(f"{item}_done", f"{TITLES[item]}办结", end=True)
    failed = State(f"{item}_failed", f"{TITLES[item]}退回", end=True)
    recalling = State(f"{item}_recalling", f"{TITLES[item]}撤销中")
    over = (waiting, done, failed)
    rows: list[list[Row]] = [
        row(idle, own.start, pushed, act.push),
        row(pushed, dept.PushAccepted, None, act.accepted),
        row((recalling, *over), dept.PushAccepted, None, act.accepted),
        row(pushed, refused(dept.Push), None, act.turned_away),
        row(pushed, dept.Result, None, act.result),
        row(pushed, dept.Status, None, act.result),
        row(pushed, own.finished, done, act.finished),
        row(pushed, own.sent_back, waiting, act.wait_for_applicant),
        row(pushed, own.given_up, failed, act.given_up),
        row(waiting, own.resubmit, pushed, act.push),
        row(pushed, own.overdue, None, act.ask),
        row(pushed, own.recall, recalling, act.cancel),
        row(recalling, dept.Cancelled, waiting, act.push_soon),
        row(recalling, refused(dept.Cancel), pushed),
        row(recalling, refused(dept.Push), pushed, act.turned_away),
        row(over, refused(dept.Push), None, act.noted),
        row(recalling, dept.Result, pushed, act.result),
        row((pushed, *over), dept.Cancelled, None, act.noted),
        row((pushed, *over), refused(dept.Cancel), None, act.noted),
        row(over, dept.Result, None, act.latest),
        row(over, dept.Status, None, act.latest),
    ]
    if item != "housing_fund":
        rows.append(row((pushed, recalling, *over), dept.Attached, None, act.noted))
        rows.append(row((pushed, recalling, *over), refused(dept.Attach), None, act.noted))
    if hasattr(dept, "Prechecked"):
        rows.append(row((idle, pushed, recalling, *over), dept.Prechecked, None, act.prechecked))
    if item in BY_HUB:
        rows += [
            row(pushed, refused(BY_HUB[item][0]), None, act.turned_away),
            row(over, refused(BY_HUB[item][0]), None, act.noted),
            row(pushed, BY_HUB[item][1], None, act.result),
            row(over, BY_HUB[item][1], None, act.latest),
        ]
    return Track(item, TITLES[item], idle, rows)


# ---- by hand ----------------------------------------------------------------------------------------------------------
def settle(file: RegistryFile, heard: SettleItem) -> Posts:
    """A clerk knows how an item ended that no query brings: close it, and take back what went straight to a department
    (FJ-3.2-09). What the hub pushed is the hub's: it has no operation to take it back."""
    if heard.result not in (SETTLED, GIVEN_UP):
        return refuse(RESULT_UNKNOWN, f"没有联办结果“{heard.result}”")
    if heard.item not in TIMERS or file.state(heard.item).name != f"{heard.item}_pushed":
        return refuse(NOT_PENDING)
    own = TIMERS[heard.item]
    closing = later(0, own.finished() if heard.result == SETTLED else own.given_up())
    if not _is_direct(file, heard.item):
        return [closing]
    return [*take_back(file, heard.item, "已线下办理，人工补录"), closing]


HANDY = State("handy", "联办可人工补录", end=True)
BY_HAND = Track("by_hand", "联办转人工", HANDY, [row(HANDY, SettleItem, None, settle)])
