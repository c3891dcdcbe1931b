"""The hub's linked items: what registries push goes on to the department, its polled result lies ready for them (附件4)."""

from types import ModuleType
from typing import Any

from contract import cable_tv, housing_fund, hub, power
from contract.records import Transfer, Withdrawal
from reference.hub_file import HubFile, Linked
from sim.calendar import DAY_MS
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Post, Posts, hold, later, refuse, send
from sim.table import Row, State, Track, ignored, row

OVERDUE_MS = 10 * DAY_MS
"""When the hub asks by acceptance number for a result that no poll has brought: chosen, no document gives a figure."""
IN_PROGRESS, REJECTED = 2, 4
FILES = ("登记簿", "不动产权证书")


class _Relay:
    """One linked item: both sides' messages, the hub's own timers, and the actions of its track."""

    def __init__(self, item: str, title: str, department: ModuleType, push: Any, result: Any, query: Any) -> None:
        self.item, self.title, self.department = item, title, department
        self.push, self.result, self.query = push, result, query
        self.not_this_one, self.overdue, self.found = [
            self._declare(name, what) for name, what in (
                ("not_this_one", "送达的不是本次受理的结果"), ("overdue", "久无结果，按编号查询"), ("found", "查得结果"),
            )
        ]  # fmt: skip

    def _declare(self, name: str, what: str) -> type[Message]:
        made = type(name, (Message,), {"__doc__": f"{self.title}：{what}。", "__annotations__": {}})
        return timer(f"hub.{self.item}_{name}", f"{self.title}：{what}", item=self.item)(made)

    def relay(self, file: HubFile, heard: Any) -> Posts:
        """Send on what a registry pushes; only a recorded title may be pushed."""
        payload: Transfer | Withdrawal = heard.withdrawal if hasattr(heard, "withdrawal") else heard.transfer
        if not payload.title_no or not 0 < payload.recorded_ms <= file.now_ms:
            return refuse(hub.NOT_RECORDED)
        file.linked[self.item] = Linked()
        return [send(self.item, self.department.Push(payload.account, payload))]

    def accepted(self, file: HubFile, heard: Any) -> Posts:
        known = file.linked[self.item]
        known.accept_no = heard.accept_no
        posts = [later(OVERDUE_MS, self.overdue())]
        if hasattr(self.department, "Attach"):
            posts.append(send(self.item, self.department.Attach(heard.accept_no, FILES)))
        if known.early is not None and known.early.accept_no == heard.accept_no:
            known.outcome = (known.early.status, known.early.reason_code, known.early.reason)
            posts.append(later(0, self.found()))
        return posts

    def turned_away(self, file: HubFile, heard: Refused) -> Posts:
        file.linked[self.item].outcome = (REJECTED, heard.error, heard.detail)
        return self.lay_ready(file, heard)

    def attached(self, file: HubFile, heard: Message) -> Posts:
        file.linked[self.item].attached = True
        return NOTHING

    def not_attached(self, file: HubFile, heard: Message) -> Posts:
        file.linked[self.item].attached = False
        return NOTHING

    def early(self, file: HubFile, heard: Any) -> Posts:
        """A result before its acceptance number: kept until we know whose it is."""
        file.linked[self.item].early = heard
        return NOTHING

    def result_here(self, file: HubFile, heard: Any) -> Posts:
        known = file.linked[self.item]
        if heard.accept_no != known.accept_no:
            return [later(0, self.not_this_one())]
        known.outcome = (heard.status, heard.reason_code, heard.reason)
        return self.lay_ready(file, heard)

    def wait_on(self, file: HubFile, heard: Message) -> Posts:
        return [later(OVERDUE_MS, self.overdue())]

    def lay_ready(self, file: HubFile, heard: Message) -> Posts:
        """Lie ready for the registry's next batch poll; asked for again, lie ready again."""
        return [hold("registry", self.result(*file.linked[self.item].outcome))]

    def latest(self, file: HubFile, heard: Any) -> Posts:
        """A result after the result: told again only if it says something else about the same acceptance."""
        known, outcome = file.linked[self.item], (heard.status, heard.reason_code, heard.reason)
        if heard.accept_no != known.accept_no or outcome == known.outcome or heard.status == IN_PROGRESS:
            return NOTHING
        known.outcome = outcome
        return self.lay_ready(file, heard)

    def ask_overdue(self, file: HubFile, heard: Message) -> Posts:
        return [*self.ask(file, heard), later(OVERDUE_MS, self.overdue())]

    def ask(self, file: HubFile, heard: Message) -> list[Post]:
        return [send(self.item, self.department.QueryStatus(file.linked[self.item].accept_no))]

    def status_here(self, file: HubFile, heard: Any) -> Posts:
        known = file.linked[self.item]
        if heard.status == IN_PROGRESS or heard.accept_no != known.accept_no:
            return NOTHING
        known.outcome = (heard.status, heard.reason_code, heard.reason)
        return [later(0, self.found())]


def _track(act: _Relay) -> Track:
    """The track of one linked item."""
    item, title, dept = act.item, act.title, act.department
    idle = State(f"{item}_idle", f"{title}未推送", end=True)
    pushing = State(f"{item}_pushing", f"{title}已转推，待受理")
    awaiting = State(f"{item}_awaiting", f"{title}已受理，待结果")
    done = State(f"{item}_done", f"{title}结果已备", end=True)
    # fmt: off
    rows: list[list[Row]] = [
        row((idle, done),     act.push,             pushing,  act.relay),
        row(pushing,          dept.PushAccepted,    awaiting, act.accepted),
        row(pushing,          refused(dept.Push),   done,     act.turned_away),
        row(pushing,          dept.Result,          None,     act.early),
        row(awaiting,         dept.Result,          done,     act.result_here),
        row(done,             act.not_this_one,     awaiting, act.wait_on),
        row(done,             dept.Result,          None,     act.latest),
        row(awaiting,         act.overdue,          None,     act.ask_overdue),
        row(awaiting,         act.query,            None,     act.ask),
        row(awaiting,         dept.Status,          None,     act.status_here),
        row(awaiting,         act.found,            done,     act.lay_ready),
        row(done,             dept.Status,          None,     act.latest),
        row(done,             act.query,            None,     act.lay_ready),
        ignored(pushing,      act.query,            "尚未受理，有结果即备取"),
    ]
    if hasattr(dept, "Attach"):
        rows += [
            row((pushing, awaiting, done), dept.Attached,        None, act.attached),
            row((pushing, awaiting, done), refused(dept.Attach), None, act.not_attached),
        ]
    # fmt: on
    return Track(item, title, idle, rows)


LINKED = [
    _track(_Relay("power", "用电过户", power, hub.PushPower, hub.PowerResult, hub.QueryPower)),
    _track(_Relay("cable_tv", "广电过户", cable_tv, hub.PushCableTv, hub.CableTvResult, hub.QueryCableTv)),
    _track(
        _Relay(
            "housing_fund", "公积金提取", housing_fund, hub.PushHousingFund, hub.HousingFundResult, hub.QueryHousingFund
        )
    ),
]
