"""Judging what staff handled as ever: which observed cases were in a scenario's situation, and why none was."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from features.casting import Played
from features.playing import Part, Play
from features.reading import Scenario
from features.signs import Course
from features.situation import Situation, kind_of, situation_of
from sim.circumstances import Circumstances
from sim.journal.record import Record
from sim.journal.sqlite_reads import JournalReads

Bound = Mapping[int, Mapping[str, Any]]
"""Of a case, the 受理编号 (`number`) that was bound to it, and by whom (`by`)."""


def facts_only(play: Play) -> Play:
    """The play with nothing arranged but the facts with which its cases are loaded into the system."""

    def plain(played: Played) -> Played:
        return replace(played, circumstances=Circumstances(facts=played.circumstances.facts))

    parts = tuple(
        replace(part, played=plain(part.played), others=tuple(map(plain, part.others)),
                second=plain(part.second) if part.second else None)
        for part in play.parts
    )  # fmt: skip
    arranged = {each.number: each.circumstances for part in parts for each in part.cases}
    return Play(parts, replace(play.plan, arranged=arranged))


class Observed:
    """The cases of which anything was seen, with what became of each."""

    def __init__(self, rows: Iterable[Record], play: Play, bound: Bound) -> None:
        seen: dict[int, list[Record]] = defaultdict(list)
        for row in rows:
            if row.case_no:
                seen[row.case_no].append(row)
        self.courses = {number: Course(own) for number, own in sorted(seen.items())}
        self.bound = bound
        self._known = {each.number: each for part in play.parts for each in part.cases}
        self._kinds: dict[Any, list[Played]] = defaultdict(list)
        for number in self.courses.keys() & self._known.keys():
            played = self._known[number]
            self._kinds[kind_of(played.dossier)].append(played)

    @property
    def numbers(self) -> list[int]:
        """Every case that was seen."""
        return list(self.courses)

    def part_of(self, part: Part) -> Part | str:
        """The scenario with the cases that were in its situation, or why there is none."""
        situation = situation_of(part.scenario)
        if situation.never:
            return situation.never
        own = [each.number for each in part.cases]
        unseen = [number for number in own if number not in self.courses]
        if situation.alone or len(own) > 1:
            why = _not_seen(unseen) if unseen else self._unlike(situation, own[0])
            return why or part
        alike = sorted(self._kinds[kind_of(part.played.dossier)], key=lambda each: each.number)
        fitting = [each for each in alike if not self._unlike(situation, each.number)]
        if fitting:
            return replace(part, played=fitting[0], others=tuple(fitting[1:]))
        if not unseen:
            return f"办件 {own[0]} 里{self._unlike(situation, own[0])}"
        others = f"；看到的 {len(alike)} 件同样房屋、同样事项的办件里也没有这种情形" if alike else ""
        return _not_seen(unseen) + others

    def _unlike(self, situation: Situation, number: int) -> str:
        return situation.unlike(self.courses[number], self.bound.get(number, {}).get("by", ""))


def observed_in(journal: Path, play: Play, bound: Mapping[str, Mapping[str, str]]) -> Observed:
    """What a journal has of the cases that were observed; `bound` as a run's record has it."""
    reads = JournalReads(journal)
    try:
        return Observed(reads.records(), play, {int(number): each for number, each in bound.items()})
    finally:
        reads.close()


def _not_seen(numbers: Sequence[int]) -> str:
    return f"没有观察到办件 {'、'.join(map(str, numbers))}"


def occurred(play: Play, observed: Observed) -> tuple[Play, list[tuple[Scenario, str]]]:
    """The scenarios whose situation occurred, with the cases it occurred in, and of the others why they are not judged."""
    found = [(part, observed.part_of(part)) for part in play.parts]
    parts = tuple(it for _, it in found if isinstance(it, Part))
    return Play(parts, play.plan), [(part.scenario, why) for part, why in found if isinstance(why, str)]
