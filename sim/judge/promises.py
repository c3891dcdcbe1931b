"""Promises (检核项): SQL files whose rows are the cases a promise applies to and whose `evidence` is its violation."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sim.package.tables import PackageError, nearest, read_file

REQUIRED, OPTIONAL = (
    ("title", "clauses", "kind", "applies"),
    ("needs", "found_by", "figure", "manual", "evidence", "inferred", "unit", "tax_path"),
)
_HEADER = re.compile(r"-- ([a-z_]+): (.+)")
_CONTINUED = re.compile(r"--   +(.+)")
_CLAUSE = re.compile(r"^- id: (\S+)", re.MULTILINE)
_NEED = re.compile(r"([a-z_]+\.[a-z_]+)@([a-z_]+)>([a-z_]+)")
UNITS = ("working_days", "hours", "minutes")


class PromiseKind(StrEnum):
    """What sort of property a promise is: nothing bad happens, something good happens, or it happens in time."""

    SAFETY = "safety"
    LIVENESS = "liveness"
    TIMELINESS = "timeliness"


@dataclass(frozen=True, slots=True)
class Need:
    """A message without which a promise cannot be judged, and the two seats it runs between."""

    kind: str
    sender: str
    receiver: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: its figure, or None while nobody has set one."""

    title: str
    figure: float | None
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: its header and its SQL. `figure` names a limit; `manual` says what a person has to look at."""

    id: str
    title: str
    clauses: tuple[str, ...]
    kind: PromiseKind
    applies: str
    sql: str
    needs: tuple[Need, ...] = ()
    found_by: tuple[Need, ...] = ()
    """The messages by which it is seen to what it applies; where they are not seen, a violation may still be."""
    figure: str = ""
    manual: str = ""
    evidence: str = ""
    """The kind of document that, attached to each of its clauses, settles what a person would have to look at."""
    inferred: str = ""
    """Why this rule is our reading of the clause: a failure is a robustness finding (健壮性), no breach of it."""
    unit: str = "件"
    tax_path: str = ""
    """province or local: it applies only to regions with this way of paying taxes."""


@dataclass(frozen=True, slots=True)
class Promises:
    """All promises of a package, the SQL of the tables they share, in file order, and their limits."""

    all: tuple[Promise, ...]
    shared: Mapping[str, str]
    limits: Mapping[str, Limit]


def load_promises(package_folder: Path) -> Promises:
    """Reads `promises/*.sql` of a package; a file `_name.sql` makes a table `name` that promises share.

    Such a table may be made of rows taken on the one pass (`-- rows: …`, see picks.py); one that begins with `-- view` and only
    names columns anew is not written down a second time.
    """
    folder = package_folder / "promises"
    clauses = clause_ids(package_folder)
    limits = read_limits(package_folder)
    shared, promises = {}, []
    for path in sorted(folder.glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        if path.name.startswith("_"):
            shared[path.stem[1:]] = text
        else:
            promises.append(parse_promise(path.stem, text, clauses, limits))
    if not promises:
        raise PackageError(f"{folder} 下没有检核项（*.sql），请补上。")
    return Promises(tuple(promises), shared, limits)


def clause_ids(package_folder: Path) -> tuple[str, ...]:
    """The numbers of the clauses in a package's `clauses.yaml`, in order."""
    path = package_folder / "clauses.yaml"
    if not path.is_file():
        raise PackageError(f"套餐目录 {package_folder} 缺少文件 clauses.yaml，请补上。")
    return tuple(_CLAUSE.findall(path.read_text(encoding="utf-8")))


def parse_promise(name: str, text: str, clauses: Collection[str], limits: Collection[str]) -> Promise:
    """One promise from its file's text, with every mistake in the header named."""
    header, sql = _split(name, text)
    place = f"检核项 {name}.sql"
    for key in REQUIRED:
        if key not in header:
            raise PackageError(f"{place} 的开头缺少“-- {key}: …”，请补上。")
    if not sql and "manual" not in header:
        raise PackageError(f"{place} 没有 SQL；人工核验的检核项请写“-- manual: …”。")
    if "evidence" in header and "manual" not in header:
        raise PackageError(f"{place} 的 evidence 只用于人工核验的检核项，请同时写“-- manual: …”。")
    figure = header.get("figure", "")
    if figure:
        _among(figure, limits, f"{place} 的 figure", "时限")
    return Promise(
        id=name, title=header["title"],
        clauses=tuple(_among(each, clauses, f"{place} 的 clauses", "条款") for each in header["clauses"].split()),
        kind=PromiseKind(_among(header["kind"], [kind.value for kind in PromiseKind], f"{place} 的 kind", "种类")),
        applies=header["applies"], sql=sql, needs=_needs(place, "needs", header), found_by=_needs(place, "found_by", header),
        figure=figure,
        manual=header.get("manual", ""), evidence=header.get("evidence", ""), inferred=header.get("inferred", ""),
        unit=header.get("unit", "件"),
        tax_path=_among(header.get("tax_path", ""), ("", "province", "local"), f"{place} 的 tax_path", "缴税路径"),
    )  # fmt: skip


def _split(name: str, text: str) -> tuple[dict[str, str], str]:
    header: dict[str, str] = {}
    lines, key = text.splitlines(), ""
    for at, line in enumerate(lines):
        if found := _HEADER.fullmatch(line):
            key = _among(found[1], (*REQUIRED, *OPTIONAL), f"检核项 {name}.sql 的开头", "键")
            header[key] = found[2].strip()
        elif key and (more := _CONTINUED.fullmatch(line)):
            header[key] += " " + more[1].strip()
        else:
            return header, "\n".join(lines[at:]).strip().rstrip(";")
    return header, ""


def _needs(place: str, key: str, header: Mapping[str, str]) -> tuple[Need, ...]:
    needs = []
    for each in header.get(key, "").split():
        found = _NEED.fullmatch(each)
        if found is None:
            raise PackageError(f"{place} 的 {key} 中“{each}”有误，应写成 报文种类@发送方>接收方。")
        needs.append(Need(*found.groups()))
    return tuple(needs)


def _among(name: str, valid: Collection[str], place: str, what: str) -> str:
    if name not in valid:
        raise PackageError(f"{place} 中有未知的{what}“{name}”，{nearest(name, valid)}。")
    return name


def read_limits(package_folder: Path) -> dict[str, Limit]:
    """The time limits of a package's `limits.toml`; one without a figure is 指标待明确."""
    if not (package_folder / "limits.toml").is_file():
        return {}
    limits = {}
    for name, entry in (
        read_file(package_folder, "limits.toml", "limits").table("limits").tables("title source", " ".join(UNITS))
    ):
        given = [unit for unit in UNITS if unit in entry.entries]
        if len(given) > 1:
            raise PackageError(f"{entry.place} 只能写一种时限单位，现有：{'、'.join(given)}。")
        figure = entry.entries[given[0]] if given else None
        if figure is not None and (isinstance(figure, bool) or not isinstance(figure, int | float) or figure <= 0):
            entry.complain(given[0], "应当是大于零的数")
        limits[name] = Limit(entry.text("title"), figure, given[0] if given else "", entry.text("source"))
    return limits
