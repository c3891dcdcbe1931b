"""Dealing a play into several runs that go on side by side: who waits at the same desks stays together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from features.playing import RUN, Part, Play

HANDS: Final = 4
"""While one run waits for the disk or for an answer, others go on; more than two cores can serve would only wait."""


def dealt(play: Play) -> tuple[Play, ...]:
    """The play as at most `HANDS` plays, about alike in cases; the same for the same play.

    Scenarios at one registry stay together, for their cases may meet at its desks: apart, they would wait less long.
    """
    at_desks: dict[int, list[Part]] = defaultdict(list)
    for part in play.parts:
        at_desks[part.played.dossier.registry].append(part)
    hands: list[list[Part]] = [[] for _ in range(HANDS)]
    for parts in sorted(at_desks.values(), key=cases_in, reverse=True):
        min(hands, key=cases_in).extend(parts)
    return tuple(_hand(play, n, hand) for n, hand in enumerate(hands, 1) if hand)


def _hand(play: Play, n: int, parts: Sequence[Part]) -> Play:
    arranged = {each.number: each.circumstances for part in parts for each in part.cases}
    return Play(tuple(parts), replace(play.plan, name=f"{RUN}-{n}", arranged=arranged))


def cases_in(parts: Sequence[Part]) -> int:
    """How many cases these scenarios have."""
    return sum(len(part.cases) for part in parts)
