"""How tests talk to a utility: one town with the company in it, and the words of a story about an account."""

from dataclasses import replace
from types import ModuleType
from typing import Any

from contract.records import Transfer
from fake_departments import cable_tv, gas, power, water
from sim.calendar import DAY_MS, HOUR_MS
from sim.dossier import ITEMS, Dossier
from sim.durations import Duration
from sim.polls import PollPlan
from tests.town import START_MS, Town, a_dossier

COMPANIES: dict[str, ModuleType] = {"power": power, "water": water, "gas": gas, "cable_tv": cable_tv}
ACCOUNTS = ("3501234567890", "00123456", "0012345678", "8350000123456789", "000123456789")
HANDLING_MS = 2 * DAY_MS


def fixed(ms: int) -> Duration:
    return Duration((ms,) * 1024, working=True, source="测试")


def spread(low_ms: int, high_ms: int) -> Duration:
    """From low to high, evenly."""
    steps = tuple(low_ms + (high_ms - low_ms) * step // 1024 for step in range(1024))
    return Duration(steps, working=True, source="测试")


class Office(Town):
    """A town with one utility, whose clerks take two days, whom the hub and the registry push to and poll hourly."""

    def __init__(self, name: str, share: float = 0.0, takes: Duration | None = None, **changes: Any) -> None:
        module = COMPANIES[name]
        self.name, self.said, self.bit = name, module.ROLE.parts[0].file.contract, ITEMS.index(name)
        plans: dict[tuple[str, str], PollPlan] = {}
        if name != "water":
            plans = {(f"{name}.fetch_results", seat): PollPlan(self.said.FetchResults) for seat in ("hub", "registry")}
        settings = module.Settings(takes or fixed(HANDLING_MS), share, fixed(1_000))
        dossier = a_dossier(**{"accounts": ACCOUNTS, **changes})
        super().__init__({name: module.ROLE}, {name: settings}, polls=plans, dossier=dossier, sample_every=0)

    def transfer(self, case: int = 1, **changes: Any) -> Transfer:
        """The facts as an honest registry pushes them."""
        dossier: Dossier = self.open(case).dossier
        asked = Transfer(
            dossier.accounts[self.bit], dossier.unit_code, dossier.title_no, dossier.address, dossier.head,
            dossier.sellers[0].name, START_MS,
        )  # fmt: skip
        return replace(asked, **changes)

    def push(self, account: str = "", seat: str = "hub", case: int = 1, **changes: Any) -> str:
        """Push; returns the acceptance number last heard, or the error's code."""
        asked = self.transfer(case, **changes)
        self.say(seat, self.name, self.said.Push(account or asked.account, asked), case)
        self.run(ms=200)
        last = self.heard(seat, case=case)[-1]
        return last.accept_no if isinstance(last, self.said.PushAccepted) else last.error

    def attach(self, accept_no: str, seat: str = "hub", case: int = 1) -> Any:
        """Push the attachment; returns what came back."""
        self.say(seat, self.name, self.said.Attach(accept_no, ("登记簿.pdf",)), case)
        self.run(ms=200)
        return self.heard(seat, case=case)[-1]

    def ask(self, kind: str, *fields: Any, seat: str = "hub") -> Any:
        """Send any other request; returns what came back."""
        self.say(seat, self.name, getattr(self.said, kind)(*fields))
        self.run(minutes=2)
        return self.heard(seat)[-1]

    def results(self, seat: str = "hub", case: int = 1) -> list[Any]:
        """The results that came to this seat."""
        return self.heard(seat, self.said.Result, case)

    def now_in(self, case: int = 1) -> str:
        """The name of the state the account is in."""
        return self.state(self.name, self.name, case=case).name

    def whole_story(self, seat: str = "hub", case: int = 1, **changes: Any) -> Any:
        """Push and attach, and wait; returns the result."""
        self.attach(self.push(seat=seat, case=case, **changes), seat, case)
        self.run(days=4)
        return self.results(seat, case)[-1]


def many_cases(office: Office, count: int, dossiers: list[Dossier]) -> list[Any]:
    """The results of many cases, dealt the dossiers in turn, each pushed once with its attachment."""
    for case in range(1, count + 1):
        office.open(case, dossiers[case % len(dossiers)])
        office.say("hub", office.name, office.said.Push(ACCOUNTS[office.bit], office.transfer(case)), case)
    office.run(hours=1)
    for case in range(1, count + 1):
        (accepted,) = office.heard("hub", office.said.PushAccepted, case)
        office.say("hub", office.name, office.said.Attach(accepted.accept_no, ()), case)
    office.run(days=6)
    return [office.results(case=case)[0] for case in range(1, count + 1)]


__all__ = ["ACCOUNTS", "COMPANIES", "DAY_MS", "HANDLING_MS", "HOUR_MS", "Office", "fixed", "many_cases", "spread"]
