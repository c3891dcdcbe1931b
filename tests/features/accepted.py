"""A small acceptance for tests of reports: scenarios that fail on purpose beside one that passes and one for a person."""

from dataclasses import dataclass
from pathlib import Path

from features.accepting import Acceptance, accept_in_process
from features.reading import Scenario, read_feature
from liantiao.acceptance.files import write_reports
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")
HERE = Path(__file__).parent


@dataclass
class Accepted:
    """The folder, and what was judged."""

    folder: Path
    acceptance: Acceptance

    @property
    def record(self) -> dict[str, object]:
        return self.acceptance.as_dict()


def wrong_on_purpose() -> tuple[Scenario, ...]:
    return read_feature(HERE / "wrong_on_purpose.feature")


def accept_into(folder: Path, scenarios: tuple[Scenario, ...] | None = None) -> Accepted:
    acceptance = accept_in_process(
        wrong_on_purpose() if scenarios is None else scenarios, PACKAGE, 2024, folder, lambda *told: None
    )
    write_reports(folder, acceptance, PACKAGE)
    return Accepted(folder, acceptance)
