"""The platform among its callers, for its tests."""

from typing import Any

from contract import gov_platform as said
from fake_departments.gov_platform import ROLE, Settings
from sim.durations import Duration
from sim.message import Message, Refused
from sim.package.places import Region, Registry
from tests.town import Town

BOTH = ("buyer", "seller")
ITEMS = ("transfer", "tax", "filing", "power", "water")
REGISTRY = Registry("350102", "fuzhou", "福州市鼓楼区不动产登记中心", "福州市", True, 7, "standard", 1.0, 1.0)
CODE = "350102-20230306-000001"
FIRST_CODE = "SJ3501022023030629876543"


def fixed(ms: int) -> Duration:
    return Duration((ms,) * 1024, working=False, source="测试")


def some_settings(mode: int = 2, identity_failed: float = 0.0, certificate_missing: float = 0.0) -> Settings:
    times = [fixed(ms) for ms in (500, 2_000, 2_000, 300, 9_000, 3_000, 30_000)]
    region = Region("fuzhou", "3501", "福州市", 1.0, "province", mode, ())
    return Settings(identity_failed, certificate_missing, *times, region, (REGISTRY,))


class Platform(Town):
    """A town with one platform at the provincial seat, and stubs around it."""

    def __init__(self, mode: int = 2, answers: Any = None, let_go: bool = False, **changes: Any) -> None:
        super().__init__(
            {"gov_platform": ROLE}, {"gov_platform": some_settings(mode, **changes)}, answers=answers, let_go=let_go
        )

    def answers_to(self, message: Message, seat: str = "portal", case: int = 1) -> list[Any]:
        """Send a message and wait; returns what came back."""
        before = len(self.heard(seat, case=case))
        self.say(seat, "gov_platform", message, case)
        self.run(ms=20_000)
        return self.heard(seat, case=case)[before:]

    def ask(self, message: Message, seat: str = "portal", case: int = 1) -> Any:
        """The first that came back, or None."""
        return next(iter(self.answers_to(message, seat, case)), None)

    def error(self, message: Message, seat: str = "portal", case: int = 1) -> str:
        """The error a message was refused with, or "" if it was not."""
        back = self.answers_to(message, seat, case)
        return next((each.error for each in back if isinstance(each, Refused)), "")

    def now_in(self, track: str) -> str:
        return self.state("gov_platform", track).name

    def start_signing(self, channel: str = "online_hall", case: int = 1) -> str:
        """Take a receipt code and invite both to sign; returns the code."""
        code: str = self.ask(said.IssueReceiptCode(channel, ITEMS), case=case).receipt_code
        assert not self.error(said.StartSigning(code, ("申请表", "买卖合同"), BOTH), case=case)
        return code


def main(stage: str, at_ms: int, items: tuple[str, ...] = ITEMS, code: str = CODE) -> said.ReportMain:
    return said.ReportMain(code, stage, at_ms, items)


def package(
    stage: str, at_ms: int, items: tuple[str, ...] = ITEMS, code: str = CODE, results: tuple[str, ...] = ()
) -> said.ReportPackage:
    return said.ReportPackage(code, stage, at_ms, items, results)
