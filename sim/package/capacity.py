"""The clerks of every registry's posts, and how often results are polled."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.calendar import MINUTE_MS
from sim.durations import Duration
from sim.package.tables import PackageError, Table, read_file

POSTS = ("accept", "review", "record", "certify")


@dataclass(frozen=True, slots=True)
class Post:
    """One kind of desk of a registry, and the name of the duration its work takes."""

    name: str
    title: str
    duration: str


@dataclass(frozen=True, slots=True)
class Poll:
    """Who asks whom for results, and how often."""

    name: str
    poller: str
    polled: tuple[str, ...]
    interval_ms: int
    office_hours: bool


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a package's registries and services can carry."""

    posts: Mapping[str, Post]
    clerks: Mapping[tuple[str, str], int]  # by registry code and post
    polls: Mapping[str, Poll]


def read_capacity(
    folder: Path, registries: Collection[str], seats: Collection[str], durations: Mapping[str, Duration]
) -> Capacity:
    """The capacity of a package, complete for every registry (given by code) and post."""
    file = read_file(folder, "capacity.toml", "posts polls clerks")
    posts = {
        name: Post(name, entry.text("title"), entry.name("duration", durations, "时长"))
        for name, entry in file.table("posts", " ".join(POSTS)).tables("title duration source")
    }
    polls = {
        name: _poll(name, entry, seats)
        for name, entry in file.table("polls").tables("poller polled interval_min office_hours source")
    }
    return Capacity(posts, _clerks(file.table("clerks", "source rows"), registries), polls)


def _poll(name: str, entry: Table, seats: Collection[str]) -> Poll:
    entry.text("source")
    return Poll(
        name,
        entry.name("poller", seats, "对接系统"),
        entry.names("polled", seats, "对接系统"),
        entry.whole("interval_min", 1) * MINUTE_MS,
        entry.flag("office_hours"),
    )


def _clerks(table: Table, registries: Collection[str]) -> dict[tuple[str, str], int]:
    table.text("source")
    clerks: dict[tuple[str, str], int] = {}
    for row in table.rows("rows", " ".join(("registry", *POSTS))):
        registry = row.name("registry", registries, "登记机构")
        if (registry, POSTS[0]) in clerks:
            raise PackageError(f"{row.place} 重复了登记机构“{registry}”，请删去一行。")
        clerks |= {(registry, post): row.whole(post, 1) for post in POSTS}
    for registry in registries:
        if (registry, POSTS[0]) not in clerks:
            raise PackageError(f"{table.place} 没有登记机构“{registry}”的人数，请补上一行。")
    return clerks
