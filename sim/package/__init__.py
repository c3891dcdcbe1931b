"""A package as data: its items, seats, places, people and times, loaded with every mistake named."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sim.calendar import CalendarError, parse_day
from sim.durations import Duration
from sim.package.capacity import Capacity, read_capacity
from sim.package.fault_scripts import FaultScript, read_fault_scripts
from sim.package.mixes import Mix, read_durations, read_mixes, read_shares
from sim.package.places import HoursProfile, Region, Registry, read_hours, read_regions, read_registries
from sim.package.tables import PackageError, Table, look_up, nearest, read_file

__all__ = ["Package", "PackageError", "load_package"]

SCENARIOS = Path(__file__).parents[2] / "scenarios"
ROUTES = ("own", "tax_fee", "reflow", "local", "hub")
SIDES = ("package", "department", "people")


@dataclass(frozen=True, slots=True)
class Item:
    """One business of the package: whose it is, the way it goes, and how often it is chosen."""

    id: str
    title: str
    seat: str
    route: str  # own | tax_fee | reflow | local | hub
    share: float


@dataclass(frozen=True, slots=True)
class Seat:
    """Who can send and receive."""

    id: str
    title: str
    side: str  # package | department | people


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in for the applicant."""

    id: str
    title: str
    online: bool


@dataclass(frozen=True, slots=True)
class Volume:
    """How many applications there were, from one local day to another, both counted."""

    cases: int
    first_day_ms: int
    last_day_ms: int


@dataclass(frozen=True, slots=True)
class Package:
    """Everything a package's data files say, in the order in which they say it."""

    id: str
    title: str
    document: str
    folder: Path
    volume: Volume
    items: Mapping[str, Item]
    seats: Mapping[str, Seat]
    channels: Mapping[str, Channel]
    hours: Mapping[str, HoursProfile]
    regions: Mapping[str, Region]
    registries: Mapping[str, Registry]
    mixes: Mapping[str, Mix]
    shares: Mapping[str, float]
    durations: Mapping[str, Duration]
    capacity: Capacity
    fault_scripts: Mapping[str, FaultScript]

    def mix(self, name: str) -> Mix:
        """The mix of this name, which the package must have."""
        return look_up(self.mixes, name, f"套餐 {self.id}", "构成")

    def share(self, name: str) -> float:
        """The share of this name, which the package must have."""
        return look_up(self.shares, name, f"套餐 {self.id}", "比例")

    def duration(self, name: str) -> Duration:
        """The duration of this name, which the package must have."""
        return look_up(self.durations, name, f"套餐 {self.id}", "时长")

    def region(self, name: str) -> Region:
        """The region of this name, which the package must have."""
        return look_up(self.regions, name, f"套餐 {self.id}", "地区")

    def registry(self, code: str) -> Registry:
        """The registry of this code, which the package must have."""
        return look_up(self.registries, code, f"套餐 {self.id}", "登记机构")

    def fault_script(self, name: str) -> FaultScript:
        """The fault script of this name, which the package must have."""
        found = self.fault_scripts.get(name)
        if found is None:
            every = "、".join(f"{script.id} {script.title}" for script in self.fault_scripts.values())
            near = get_close_matches(name, list(self.fault_scripts), 1, 0.4)
            meant = f"，最接近的合法名称是“{near[0]}”" if near else ""
            raise PackageError(f"套餐 {self.id} 中没有故障脚本“{name}”{meant}。全部脚本：{every}。")
        return found


def load_package(id_or_path: str | Path) -> Package:
    """Reads a package by its id under scenarios/, or from the folder given."""
    folder = _folder(id_or_path)
    file = read_file(
        folder,
        "package.toml",
        "id title document volume items seats channels hours city_tax regions registries mixes shares durations",
    )
    seats = _seats(file.table("seats"))
    items = _items(file.table("items"), seats)
    regions = read_regions(file.table("regions"), [item.id for item in items.values() if item.route == "hub"])
    hours = read_hours(file.table("hours"))
    city_tax = file.table("city_tax", "urban_percent county_percent source")
    registries = read_registries(file.table("registries", "source rows"), city_tax, regions, hours)
    durations = read_durations(file.table("durations"))
    channels, mixes = _channels(file.table("channels")), read_mixes(file.table("mixes"))
    if "channel" in mixes:
        file.table("mixes").table("channel").table("weights").names_among(channels, "渠道")
    return Package(
        id=file.text("id"),
        title=file.text("title"),
        document=file.text("document"),
        folder=folder,
        volume=_volume(file.table("volume", "cases first_day last_day source")),
        items=items,
        seats=seats,
        channels=channels,
        hours=hours,
        regions=regions,
        registries=registries,
        mixes=mixes,
        shares=read_shares(file.table("shares")),
        durations=durations,
        capacity=read_capacity(folder, registries, seats, durations),
        fault_scripts=read_fault_scripts(folder, seats),
    )


def _folder(id_or_path: str | Path) -> Path:
    folder = id_or_path if isinstance(id_or_path, Path) else SCENARIOS / id_or_path
    if (folder / "package.toml").is_file():
        return folder
    known = sorted(path.parent.name for path in SCENARIOS.glob("*/package.toml"))
    raise PackageError(f"{folder.parent} 下没有套餐“{folder.name}”（缺 package.toml），{nearest(folder.name, known)}。")


def _seats(table: Table) -> dict[str, Seat]:
    seats = {}
    for name, entry in table.tables("title side source"):
        entry.text("source")
        seats[name] = Seat(name, entry.text("title"), entry.name("side", SIDES, "归属"))
    return seats


def _items(table: Table, seats: Collection[str]) -> dict[str, Item]:
    items = {}
    for name, entry in table.tables("title seat route share source"):
        entry.text("source")
        seat, route = entry.name("seat", seats, "对接系统"), entry.name("route", ROUTES, "办理路径")
        items[name] = Item(name, entry.text("title"), seat, route, entry.share("share"))
    return items


def _channels(table: Table) -> dict[str, Channel]:
    channels = {}
    for name, entry in table.tables("title online source"):
        entry.text("source")
        channels[name] = Channel(name, entry.text("title"), entry.flag("online"))
    return channels


def _volume(table: Table) -> Volume:
    table.text("source")
    try:
        first_ms, last_ms = parse_day(table.text("first_day")), parse_day(table.text("last_day"))
    except CalendarError as error:
        raise PackageError(f"{table.place} 的日期有误：{error}") from None
    if first_ms > last_ms:
        table.complain("first_day", "晚于 last_day")
    return Volume(table.whole("cases", 1), first_ms, last_ms)
