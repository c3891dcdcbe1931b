"""Dealing a play into several runs, which may go on side by side: who waits at the same desks stays together."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from features.playing import RUN, Part, Play

HANDS: Final = 6
"""Over HTTP, while one run waits for the disk or for an answer, others go on; more than these would only wait for a core."""
TOGETHER: Final = 100
"""So many cases of one registry stay together at most. They come in the order of their days: those of further lots come weeks
later, when few of the earlier ones are still at a desk."""


def dealt(play: Play) -> tuple[Play, ...]:
    """The play as at most `HANDS` plays, about alike in cases; the same for the same play.

    Scenarios at one registry stay together, for their cases meet at its desks; no result hangs on that, only waiting times do.
    """
    hands: list[list[Part]] = [[] for _ in range(HANDS)]
    for lot in sorted(_lots(play.parts), key=cases_in, reverse=True):
        min(hands, key=cases_in).extend(lot)
    return tuple(_hand(play, n, hand) for n, hand in enumerate(hands, 1) if hand)


def _lots(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """The scenarios of each registry, in lots that are not too large."""
    at_desks: dict[int, list[list[Part]]] = defaultdict(lambda: [[]])
    for part in parts:
        lots = at_desks[part.played.dossier.registry]
        if cases_in(lots[-1]) >= TOGETHER:
            lots.append([])
        lots[-1].append(part)
    for lots in at_desks.values():
        yield from lots


def _hand(play: Play, n: int, parts: Sequence[Part]) -> Play:
    arranged = {each.number: each.circumstances for part in parts for each in part.cases}
    return Play(tuple(parts), replace(play.plan, name=f"{RUN}-{n}", arranged=arranged))


def cases_in(parts: Sequence[Part]) -> int:
    """How many cases these scenarios have."""
    return sum(len(part.cases) for part in parts)


def together(abouts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the sandbox tells of several runs of one play, as of one run."""
    sums = {name: sum(each[name] for each in abouts) for name in ("planned", "begun")}
    open_cases = sorted(number for each in abouts for number in each["open_cases"])
    return {
        **abouts[0], **sums, "run": RUN, "open_cases": open_cases, "now_ms": max(each["now_ms"] for each in abouts),
    }  # fmt: skip
