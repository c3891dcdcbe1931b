"""The house rules, held by an ordinary test: who imports whom, sizes, names, time and luck, words.

The rules are the tables at the top. Each rule yields what is wrong as (line, what); each is also fed bad code below.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("liantiao", "sim", "contract", "fake_departments", "reference", "people", "dashboards")
PYTHON = (*PRODUCT, "features", "loadtests", "benchmarks", "tests", "scenarios", "docs")
UNTRACKED = set(".git .venv out build dist __pycache__ .mypy_cache .ruff_cache .pytest_cache .hypothesis".split())

# A core hears messages and answers with messages; it has no clock, luck or line of its own.
CORE = (
    *(
        "contract",
        "sim.message",
        "sim.party",
        "sim.posts",
        "sim.table",
        "sim.dossier",
        "sim.draws",
        "sim.durations",
        "sim.days",
        "sim.identifiers",
    ),
    *("sim.masking", "sim.package.places", "sim.calendar"),
)
IMPURE = frozenset({"time", "datetime", "random", "asyncio", "socket", "threading"})
RUNTIME = (
    "sim.sandbox",
    "sim.clock",
    "sim.desks",
    "sim.faults",
    "sim.party",
    "sim.posts",
    "sim.table",
    "sim.gate",
    "sim.route",
)
RUNTIME_ALONE = ("sim.sandbox", "sim.desks", "sim.posts", "sim.table", "sim.gate", "sim.route")
CONSTANTS_ONLY = ("sim.calendar",)  # a core takes its units from there, and asks it nothing


@dataclass(frozen=True)
class Reach:
    """What one package may import of this repo besides itself, what of that it may not, and what from outside."""

    ours: tuple[str, ...] = ()
    not_ours: tuple[str, ...] = ()
    third_party: bool = True
    not_stdlib: frozenset[str] = frozenset()


IMPORTS = {
    "contract": Reach(("sim.message", "sim.dossier"), third_party=False),
    "fake_departments": Reach(CORE, third_party=False, not_stdlib=IMPURE),
    "reference": Reach(CORE, third_party=False, not_stdlib=IMPURE),
    "people": Reach(CORE, third_party=False, not_stdlib=IMPURE),
    "sim": Reach(),
    "dashboards": Reach(("sim",), not_ours=RUNTIME, third_party=False),
    "features": Reach(("liantiao", "sim", "contract"), not_ours=RUNTIME_ALONE),
    "loadtests": Reach(("liantiao", "sim", "contract"), not_ours=RUNTIME_ALONE),
}  # liantiao, tests and benchmarks import what they like
DYNAMIC_IMPORT = re.compile(r"(?:importlib\.)?(?:import_module|__import__)\('([\w.]+)'.*", re.DOTALL)

FILE_LINES, MEDIAN_LINES, FUNCTION_LINES = 300, 150, 60

BANNED_WORDS = {"util", "utils", "helper", "helpers", "common", "base", "misc", "manager", "handler"}
BANNED_LAST_WORDS = {"service"}  # ServiceHours is the field's word, TaxService says nothing

CLOCK_FILE = "sim/clock.py"
WALL_CLOCK = (
    *[f"time.{name}" for name in "time time_ns monotonic monotonic_ns sleep localtime gmtime".split()],
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("random", "numpy.random", "secrets", "uuid.uuid1", "uuid.uuid4", "os.urandom", "asyncio.sleep"),
)
STOPWATCH, MAY_HOLD_STOPWATCH = ("time.perf_counter", "time.perf_counter_ns"), ("liantiao", "benchmarks")

# Built by concatenation, so that this file does not match itself.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
MACHINE_PATHS = ["/wor" + r"k/(main|shared|\.)", "/roo" + "t/", "/hom" + "e/[a-z]", "/op" + "t/(pypi|wheels)"]
BESIDE = ["/tm" + "p/v/", r"\.\./sha" + "red"]
HOSTS = [
    "pyp" + r"i\.org",
    "python" + "hosted",
    "npm" + r"js\.(org|com)",
    "deb" + r"ian\.(org|net)/",
    r"tsinghua\.e" + "du",
]
MACHINE = re.compile("|".join(MACHINE_PATHS + BESIDE + HOSTS))

Complaints = Iterator[tuple[int, str]]


class Source:
    """One file: where it is in the repo, its text, and its tree if it is Python."""

    def __init__(self, path: str, text: str) -> None:
        self.path = PurePosixPath(path)
        self.text = text
        self.package = self.path.parts[0]
        self.lines = text.splitlines()

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    def imports(self) -> Iterator[tuple[int, str, str, str]]:
        """Line, module, name taken from it ("" for the module itself) and the name it goes by here."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name, "", alias.asname or alias.name.partition(".")[0]
            elif isinstance(node, ast.ImportFrom):
                package = ".".join(self.path.parts[: len(self.path.parts) - node.level]) if node.level else ""
                module = ".".join(filter(None, [package, node.module]))
                for alias in node.names:
                    yield node.lineno, module, alias.name, alias.asname or alias.name
            elif isinstance(node, ast.Call) and DYNAMIC_IMPORT.match(call := ast.unparse(node)):
                yield node.lineno, DYNAMIC_IMPORT.sub(r"\1", call), "", ""


def within(name: str, *prefixes: str) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def import_directions(source: Source) -> Complaints:
    reach = IMPORTS.get(source.package)
    if reach is None:
        return
    for line, module, name, _ in source.imports():
        full = ".".join(filter(None, [module, name]))
        top = full.partition(".")[0]
        if top in sys.stdlib_module_names:
            if top in reach.not_stdlib:
                yield line, f"{source.package} must not import {top}"
        elif top not in PYTHON:
            if not reach.third_party:
                yield line, f"{source.package} imports nothing from outside, but {full}"
        elif not (within(module, source.package, *reach.ours) or within(full, *reach.ours)):
            yield line, f"{source.package} must not import {full}"
        elif within(full, *reach.not_ours):
            yield line, f"{source.package} must not import the runtime, {full}"
        elif reach.ours == CORE and within(full, *CONSTANTS_ONLY) and not name.isupper():
            yield line, f"{source.package} may take constants of {' '.join(CONSTANTS_ONLY)} only, not {full}"


def file_size(source: Source) -> Complaints:
    if len(source.lines) > FILE_LINES:
        yield FILE_LINES + 1, f"{len(source.lines)} lines; a file has at most {FILE_LINES}"


def function_size(source: Source) -> Complaints:
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node) is not None:
                lines -= (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
            if lines > FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {lines} lines; a function has at most {FUNCTION_LINES}"


def names_that_say_nothing(source: Source) -> Complaints:
    names = [(1, part.removesuffix(".py")) for part in source.path.parts]
    names += [(node.lineno, node.name) for node in source.nodes if isinstance(node, ast.ClassDef)]
    for line, name in names:
        words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
        for word in {*BANNED_WORDS.intersection(words), *BANNED_LAST_WORDS.intersection(words[-1:])}:
            yield line, f"the name {name!r} contains {word!r}, which says nothing"


def wall_clock_and_luck(source: Source) -> Complaints:
    if str(source.path) == CLOCK_FILE:
        return
    banned = WALL_CLOCK if source.package in MAY_HOLD_STOPWATCH else WALL_CLOCK + STOPWATCH
    known_as = {}
    for line, module, name, alias in source.imports():
        full = ".".join(filter(None, [module, name]))
        known_as[alias] = full if name or alias != module.partition(".")[0] else alias
        if name and within(full, *banned):
            yield line, f"{full}: time and luck come from {CLOCK_FILE} and sim/draws.py"
    for node in source.nodes:
        if isinstance(node, ast.Attribute):
            head, _, rest = ast.unparse(node).partition(".")
            full = f"{known_as.get(head, '')}.{rest}"
            if within(full, *banned):
                yield node.lineno, f"{full}: time and luck come from {CLOCK_FILE} and sim/draws.py"


def module_docstring(source: Source) -> Complaints:
    if not ast.get_docstring(source.tree):
        yield 1, "a module opens with a sentence on what it is for"


def printing(source: Source) -> Complaints:
    if source.package == "liantiao":
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno, "only liantiao/ talks to the terminal"


def unfinished_work(source: Source) -> Complaints:
    for line, text in enumerate(source.lines, 1):
        if found := UNFINISHED.search(text):
            yield line, f"{found[0]}: finish it, or say in docs/why.md why not"


def foreign_identifiers(source: Source) -> Complaints:
    if not str(source.path).isascii():
        yield 1, "a module's name is ASCII"
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.NAME and not token.string.isascii():
            yield token.start[0], f"the identifier {token.string} is not ASCII"


def data_only(source: Source) -> Complaints:
    if source.package == "scenarios" and source.path.name != "__init__.py":
        yield 1, "scenarios/ holds data; logic is elsewhere"


def this_machine(source: Source) -> Complaints:
    for line, text in enumerate(source.lines, 1):
        if found := MACHINE.search(text):
            yield line, f"{found[0]!r} is a place of one machine or a package registry"


def median_size(sources: list[Source]) -> str:
    middle = median(len(source.lines) for source in sources) if sources else 0
    return f"the median file has {middle:g} lines; at most {MEDIAN_LINES}" if middle > MEDIAN_LINES else ""


def python_in(*packages: str) -> list[Source]:
    paths = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    return [read(path) for path in paths if not UNTRACKED.intersection(path.parts[len(ROOT.parts) :])]


def every_text_file() -> list[Source]:
    """What git tracks or would track; without git, every file that is no by-product."""
    git = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(git, capture_output=True, check=True).stdout.decode().split("\0")
        paths = [ROOT / name for name in sorted(set(listed)) if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in ROOT.rglob("*") if not UNTRACKED.intersection(path.parts[len(ROOT.parts) :])]
    return [read(path) for path in paths if path.is_file() and b"\0" not in path.read_bytes()]


@cache
def read(path: Path) -> Source:
    return Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8", errors="replace"))


RULES: dict[Callable[[Source], Complaints], Callable[[], list[Source]]] = {
    import_directions: lambda: python_in(*IMPORTS),
    file_size: lambda: python_in(*PRODUCT),
    function_size: lambda: python_in(*PRODUCT),
    names_that_say_nothing: lambda: python_in(*PRODUCT, "features", "loadtests"),
    wall_clock_and_luck: lambda: python_in(*PRODUCT, "features", "benchmarks"),
    module_docstring: lambda: python_in(*PYTHON),
    printing: lambda: python_in(*PRODUCT),
    unfinished_work: lambda: python_in(*PYTHON),
    foreign_identifiers: lambda: python_in(*PYTHON),
    data_only: lambda: python_in("scenarios"),
    this_machine: every_text_file,
}

BAD = [
    (import_directions, "contract/tax.py", "import sim.party"),
    (import_directions, "contract/tax.py", "from sim import party"),
    (import_directions, "contract/tax.py", "import numpy"),
    (import_directions, "fake_departments/tax.py", "from reference.hub import HUB"),
    (import_directions, "fake_departments/tax.py", "def pay():\n    import datetime"),
    (import_directions, "fake_departments/tax.py", "from sim.sandbox import Sandbox"),
    (import_directions, "fake_departments/tax.py", "from sim.calendar import WorkingCalendar"),
    (import_directions, "fake_departments/tax.py", "import yaml"),
    (import_directions, "reference/hub.py", "from fake_departments import tax"),
    (import_directions, "reference/hub.py", "from ..people import buyer"),
    (import_directions, "people/buyer.py", "from fake_departments.tax import TAX"),
    (import_directions, "people/buyer.py", "import threading"),
    (import_directions, "sim/sandbox.py", "from contract.tax import DeclareTax"),
    (import_directions, "sim/sandbox.py", "import fake_departments"),
    (import_directions, "sim/sandbox.py", "from importlib import import_module\nimport_module('reference.hub')"),
    (import_directions, "sim/faces/inward.py", "from ... import liantiao"),
    (import_directions, "dashboards/pages.py", "from sim.sandbox import Sandbox"),
    (import_directions, "dashboards/pages.py", "from fake_departments.tax import TAX"),
    (import_directions, "features/steps.py", "from sim.sandbox import Sandbox"),
    (import_directions, "loadtests/locustfile.py", "from sim.sandbox import Sandbox"),
    (file_size, "sim/long.py", "\n" * (FILE_LINES + 1)),
    (function_size, "sim/long.py", "async def run():\n" + "    pass\n" * FUNCTION_LINES),
    (names_that_say_nothing, "sim/case_utils.py", ""),
    (names_that_say_nothing, "sim/common/case.py", ""),
    (names_that_say_nothing, "sim/case.py", "class TaxService: ..."),
    (names_that_say_nothing, "sim/case.py", "class HTTPHandler: ..."),
    (names_that_say_nothing, "sim/case.py", "class BaseParty: ..."),
    (wall_clock_and_luck, "sim/case.py", "import time\ntime.sleep(1)"),
    (wall_clock_and_luck, "sim/case.py", "from time import time as now"),
    (wall_clock_and_luck, "sim/case.py", "from datetime import datetime as dt\ndt.now()"),
    (wall_clock_and_luck, "sim/case.py", "import datetime\ndatetime.date.today()"),
    (wall_clock_and_luck, "sim/case.py", "import random as luck\nluck.random()"),
    (wall_clock_and_luck, "sim/case.py", "import numpy as np\nnp.random.default_rng()"),
    (wall_clock_and_luck, "sim/case.py", "import uuid, os\nuuid.uuid4()\n"),
    (wall_clock_and_luck, "sim/case.py", "import os.path\nos.urandom(8)"),
    (wall_clock_and_luck, "sim/case.py", "import time\ntime.perf_counter()"),
    (wall_clock_and_luck, "liantiao/cli.py", "import time\ntime.time()"),
    (module_docstring, "sim/case.py", "import re"),
    (printing, "sim/case.py", "def show():\n    print(1)"),
    (unfinished_work, "sim/case.py", "# " + "TO" + "DO: later"),
    (foreign_identifiers, "sim/case.py", "def 缴税(): ..."),
    (foreign_identifiers, "sim/case.py", "pay(税款=1)"),
    (foreign_identifiers, "sim/缴税.py", ""),
    (data_only, "scenarios/fujian-2024-55/package.py", ""),
    (this_machine, "docs/tour.md", "see /wor" + "k/shared/design.md"),
    (this_machine, "Makefile", "pip install -i https://pyp" + "i.org/simple"),
]

GOOD = [
    (import_directions, "contract/tax.py", "import re\nfrom sim.message import Message\nfrom contract.words import X"),
    (import_directions, "fake_departments/tax.py", "from sim import draws\nfrom . import tax_law\nimport contract.tax"),
    (import_directions, "fake_departments/tax.py", "from sim.calendar import DAY_MS"),
    (import_directions, "sim/clock.py", "import simpy\nfrom sim import message\nimport time"),
    (import_directions, "dashboards/pages.py", "from sim.journal import Journal"),
    (import_directions, "liantiao/wiring.py", "import sim.sandbox, fake_departments, reference.hub, people"),
    (file_size, "sim/long.py", "\n" * FILE_LINES),
    (
        function_size,
        "sim/long.py",
        'def run():\n    """\n' + "word\n" * 99 + '    """\n' + "    pass\n" * (FUNCTION_LINES - 1),
    ),
    (names_that_say_nothing, "sim/baseline.py", "class ServiceHours: ..."),
    (wall_clock_and_luck, CLOCK_FILE, "import time\ntime.sleep(1)"),
    (wall_clock_and_luck, "liantiao/cli.py", "import time\ntime.perf_counter()"),
    (wall_clock_and_luck, "sim/case.py", "from datetime import datetime\ndatetime(2021, 1, 4)\nself.time.time()"),
    (printing, "liantiao/cli.py", "print(1)"),
    (foreign_identifiers, "sim/case.py", 'title = "缴税"  # 缴税'),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_is_tidy(rule: Callable[[Source], Complaints]) -> None:
    complaints = [f"{source.path}:{line}: {what}" for source in RULES[rule]() for line, what in rule(source)]
    assert not complaints, "\n" + "\n".join(complaints)


def test_the_median_file_is_short() -> None:
    assert not median_size(python_in(*PRODUCT))


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_each_rule_can_fail(rule: Callable[[Source], Complaints], path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), GOOD)
def test_no_rule_cries_wolf(rule: Callable[[Source], Complaints], path: str, text: str) -> None:
    assert not list(rule(Source(path, text)))


def test_every_rule_is_shown_to_fail() -> None:
    assert {rule for rule, _, _ in BAD} == set(RULES)
    assert median_size([Source("sim/long.py", "\n" * (MEDIAN_LINES + 1))])
