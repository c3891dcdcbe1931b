"""All mutants: those made from the rules, and those written by hand."""

from collections.abc import Iterable

from reference import ROLES
from reference.mutants import by_hand_hub, by_hand_linked, by_hand_portal, by_hand_registry
from reference.mutants.defects import BY_HAND
from reference.mutants.mutant import Mutant
from reference.mutants.operators import SORTS, Trace, generated

HAND = (*by_hand_portal.MUTANTS, *by_hand_registry.MUTANTS, *by_hand_linked.MUTANTS, *by_hand_hub.MUTANTS)
SORT_TITLES = {BY_HAND: "厂商常犯", **SORTS}


def all_mutants(trace: Trace, polls: Iterable[tuple[str, str, str]]) -> dict[str, Mutant]:
    """Every mutant by its id; what a trace has not seen said has no mutants of its saying."""
    return {each.id: each for each in (*HAND, *generated(ROLES, trace, polls))}
