"""The manifest (实施清单): what a vendor declares as implemented, so that the rest is 未执行 with its reason before anything begins."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from features.needs import Needs
from liantiao.directory import directory
from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from sim.dossier import ITEMS
from sim.package import Package
from sim.package.tables import PackageError, Table
from sim.plain import PlainError

KEYS: Final = "version items regions channels follows_clock margin not_implemented polls manual"
UNITS_MS: Final = {"秒": SECOND_MS, "分钟": MINUTE_MS, "小时": HOUR_MS, "天": DAY_MS}
SPAN: Final = re.compile(r"([1-9][0-9]{0,5})(秒|分钟|小时|天)")


MARGIN_MS: Final = 10 * MINUTE_MS


class ManifestError(PlainError):
    """A manifest that cannot be used; the message is for people and names file and key."""


@dataclass(frozen=True, slots=True)
class Manual:
    """An operation that staff do by hand, there being no API for it: what they do, and how many minutes it takes them."""

    operation: str
    what: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is implemented. Whatever it does not name is."""

    title: str = "未提供实施清单"
    version: str = ""
    items: tuple[str, ...] = ITEMS
    regions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    follows_clock: bool = False
    missing: frozenset[str] = frozenset()
    polls_ms: Mapping[str, int] = field(default_factory=dict)
    margin_ms: int = MARGIN_MS
    """What the system may take over and above what is promised, however fast our departments are."""
    manual: tuple[Manual, ...] = ()

    @property
    def longest_poll_ms(self) -> int:
        """Nothing is judged before whatever is fetched periodically has been fetched once more."""
        return max(self.polls_ms.values(), default=0)

    def lacks(self, needs: Needs, package: Package) -> str:
        """What of a scenario's needs is declared as not implemented, "" when nothing is."""
        channels = list(package.channels)
        channel = channels[needs.channel]
        if self.regions and needs.region not in self.regions:
            return f"实施清单未声明地区“{package.regions[needs.region].title}”"
        if self.channels and channel not in self.channels:
            return f"实施清单未声明申请渠道“{package.channels[channel].title}”"
        for item in ITEMS:
            if item in needs.items and item not in self.items:
                return f"实施清单未声明联办事项“{package.items[item].title}”"
        for kinds in needs.operations:
            if kinds <= self.missing:
                return f"实施清单声明未实现“{directory().kinds[min(kinds)].op.title}”（{min(kinds)}）"
        return ""


NO_MANIFEST: Final = Manifest()


def read_manifest(path: Path, package: Package) -> Manifest:
    """A manifest from its file. Raises ManifestError."""
    try:
        entries: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ManifestError(f"读不到实施清单 {path}（{error.strerror}）；核对 --manifest。") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"实施清单 {path} 不是合法的 TOML（{error}）；核对后再试。") from None
    try:
        return _read(Table(entries, path.name, "title", KEYS), package)
    except PackageError as error:
        raise ManifestError(str(error)) from None


def _read(table: Table, package: Package) -> Manifest:
    kinds = list(directory().kinds)
    given = table.entries
    return Manifest(
        title=table.text("title"), version=table.text("version") if "version" in given else "",
        items=table.names("items", ITEMS, "联办事项") if "items" in given else ITEMS,
        regions=table.names("regions", list(package.regions), "地区") if "regions" in given else (),
        channels=table.names("channels", list(package.channels), "申请渠道") if "channels" in given else (),
        follows_clock=table.flag("follows_clock") if "follows_clock" in given else False,
        missing=frozenset(table.names("not_implemented", kinds, "操作")) if "not_implemented" in given else frozenset(),
        margin_ms=_span_ms(table, "margin") if "margin" in given else MARGIN_MS,
        polls_ms=_polls(table.table("polls"), kinds) if "polls" in given else {},
        manual=tuple(_manual(table.table("manual"), kinds)) if "manual" in given else (),
    )  # fmt: skip


def _polls(table: Table, kinds: list[str]) -> dict[str, int]:
    table.names_among(kinds, "操作")
    return {name: _span_ms(table, name) for name in table.entries}


def _span_ms(table: Table, key: str) -> int:
    text = table.text(key)
    found = SPAN.fullmatch(text)
    if found is None:
        table.complain(key, f"应写成一段时间，如“10分钟”，单位有：{'、'.join(UNITS_MS)}")
    return int(found[1]) * UNITS_MS[found[2]]


def _manual(table: Table, kinds: list[str]) -> list[Manual]:
    table.names_among(kinds, "操作")
    found = []
    for name, entry in table.tables("what minutes"):
        found.append(Manual(name, entry.text("what"), entry.whole("minutes", 1, 10_000)))
    return found
