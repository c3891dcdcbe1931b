"""Scenarios dealt out into groups: few are played where few are enough to find a mutant out."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from features.playing import Part, Play
from sim.runs.plan import RunPlan

FIRST_GROUP: Final = 12
"""So many scenarios are played first."""


@dataclass(frozen=True, slots=True)
class Group:
    """Some scenarios, played together and apart from the others, so that few are played where few are enough."""

    parts: tuple[Part, ...]
    plan: RunPlan

    def parts_of(self, cases: Set[int]) -> list[Part]:
        """Its scenarios that have one of these cases."""
        return [part for part in self.parts if cases & {each.number for each in part.cases}]


def groups_of(play: Play) -> list[Group]:
    """The scenarios dealt out, those that check most first; each group is twice the one before.

    What the first few notice need not be played further. Those of the region where most are played come first and keep to
    themselves: a group of one region is played in one world and its promises are asked once, one of all regions in ten.
    """
    home = Counter(each.dossier.region for part in play.parts for each in part.cases).most_common(1)[0][0]
    there = [part for part in play.parts if all(each.dossier.region == home for each in part.cases)]
    elsewhere = [part for part in play.parts if part not in there]
    return [_group(parts, play.plan) for parts in (*_dealt(there), tuple(elsewhere)) if parts]


def _dealt(parts: Sequence[Part]) -> list[tuple[Part, ...]]:
    ordered = sorted(parts, key=lambda part: -sum(step.role == "then" for step in part.scenario.steps))
    found, size = [], FIRST_GROUP
    while ordered:
        found.append(tuple(ordered[:size]))
        ordered, size = ordered[size:], size * 2
    return found


def _group(parts: tuple[Part, ...], plan: RunPlan) -> Group:
    numbers = {each.number for part in parts for each in part.cases}
    arranged = {number: each for number, each in plan.arranged.items() if number in numbers}
    return Group(parts, replace(plan, arranged=arranged))
