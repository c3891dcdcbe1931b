"""What a scenario asks of whoever is judged: items, operations, a place, a channel, another date; read off its steps."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from features.casting import HOME_REGION, Cast
from features.playing import BEGINS_MS, arrange
from features.reading import Scenario
from features.steps import times
from features.steps.habits import REJECTS
from features.steps.homes import without
from features.vocabulary import ARRANGES, VOCABULARY
from sim.dossier import ITEMS
from sim.package import Package

BRACES: Final = re.compile(r"\{([^}]+)\}")


@dataclass(slots=True)
class Needs:
    """What a scenario cannot do without. `operations` are the ways one message may go: any of them will do."""

    region: str = HOME_REGION
    channel: int = 0
    dated: bool = False
    items: set[str] = field(default_factory=set)
    operations: list[frozenset[str]] = field(default_factory=list)


def needs_of(scenario: Scenario, package: Package) -> Needs:
    """What a scenario needs. Raises FeatureError as casting does."""
    needs = Needs()
    cast = Cast(BEGINS_MS)
    for step in scenario.steps:
        phrase, words = VOCABULARY.find(step, f"{scenario.file}:{step.line}")
        if phrase.sort == ARRANGES:
            arrange(cast, step, scenario)
            needs.dated |= phrase.subject == times.SUBJECT
        if phrase.does is not without:
            for name, word in zip(BRACES.findall(phrase.expression), words, strict=True):
                _note(needs, name, word)
    needs.region, needs.channel = cast.region, int(cast.facts.get("channel", 0))
    return needs


def _note(needs: Needs, name: str, word: Any) -> None:
    if name in ("事项", "系统") and word in ITEMS:
        needs.items.add(word)
    elif name == "事项清单":
        needs.items |= items_in(word)
    elif name == "联办部门":
        needs.items.add(REJECTS[word][0])
    elif name == "报文":
        needs.operations.append(word)
        named = {kind.partition(".")[0] for kind in word}
        if named <= set(ITEMS):
            needs.items |= named


def items_in(mask: int) -> set[str]:
    """The items of a dossier's bits."""
    return {item for bit, item in enumerate(ITEMS) if mask >> bit & 1}
