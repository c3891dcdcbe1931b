"""The pytest plugin: `def test_pay(sandbox): …` gets a fresh run on a server of the test session's own.

Settings of the run come from the command line (`--sandbox-seed 7`), else from the ini file (`sandbox_seed = 7`), and for one
test from its marker: `@pytest.mark.sandbox(seed=7, remote={"hub": "http://127.0.0.1:9000/hub"})`.
"""

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # the server's modules are read when a test asks for one
    from liantiao.sandbox_client import SandboxRun, SandboxServer

START_MS = 1_772_413_200_000
"""Monday, 2 March 2026, nine o'clock in Beijing: every run begins then unless told otherwise, so that it repeats."""
SETTINGS = {
    "package": ("套餐编号", "fujian-2024-55"), "seed": ("随机种子", "2024"), "pace": ("live 实时，stepped 步进", "stepped"),
    "handling": ("部门与人的办理用时：instant、short、real", "real"),
    "remote": ("由被测系统接入的席位，如 hub=http://…；逗号分隔，地址留空为收件箱", "portal=,registry=,hub="),
}  # fmt: skip
_NUMBERS = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the settings."""
    group = parser.getgroup("liantiao", "联调沙箱")
    for name, (meaning, default) in SETTINGS.items():
        group.addoption(f"--sandbox-{name}", default=None, help=meaning)
        parser.addini(f"sandbox_{name}", meaning, default=default)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", "sandbox(**settings): settings of this test's run, as POST /runs takes them")


def settings_of(config: pytest.Config) -> dict[str, Any]:
    """The settings of a session's runs."""
    said = {name: config.getoption(f"--sandbox-{name}") or config.getini(f"sandbox_{name}") for name in SETTINGS}
    seats = [each.partition("=") for each in said["remote"].split(",") if each]
    remote = {seat.strip(): address.strip() for seat, _, address in seats}
    return said | {"seed": int(said["seed"]), "remote": remote}


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[SandboxServer]":
    """One server for the whole session, on a free port of this machine."""
    from liantiao.sandbox_client import SandboxServer

    server = SandboxServer(tmp_path_factory.mktemp("sandbox"))
    yield server
    server.stop()


@pytest.fixture
def sandbox(sandbox_server: "SandboxServer", request: pytest.FixtureRequest) -> "Iterator[SandboxRun]":
    """A run of this test's own: nobody has applied yet, and the journal is empty."""
    marker = request.node.get_closest_marker("sandbox")
    defaults = {"start_ms": START_MS, "office_hours": False, "cases": 1_000}
    settings = {**defaults, **settings_of(request.config), **(marker.kwargs if marker is not None else {})}
    run = sandbox_server.create(f"test-{next(_NUMBERS)}", **settings)
    yield run
    run.delete()
