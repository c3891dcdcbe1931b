"""Any message in any order at any time: whatever a seat is told, no table raises, miscounts or answers twice."""

from collections import Counter
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liantiao.compose import ROLES
from sim.calendar import DAY_MS
from sim.gate import CASE_CLOSED, NOT_FOUND, NOT_NOW
from sim.journal import MemoryStore
from sim.message import Answers, Operation, Shape
from sim.sandbox import Sandbox
from tests.proof.mischief import Sayings, live, unsound, wire_kinds
from tests.proof.watch import Watch
from tests.town import rows_of
from tests.worlds import HORIZON_MS, RARE, ROLE_OF, fed

REGIONS = ("xiamen", "fuzhou")
"""One that pays tax by itself and one that goes through the province."""
MOST_STEPS = 20_000
"""Far more than four cases take."""
GATE_ERRORS = {error.code for error in (NOT_FOUND, NOT_NOW, CASE_CLOSED)}


def small_world(region: str) -> Sandbox:
    return fed(region, MemoryStore(), 4_000, 3, "none", RARE, most=4)


@cache
def sayings(region: str) -> Sayings:
    """What is said in the same world when nobody meddles: real bodies with the numbers of the very cases."""
    with Watch(ROLES.values(), keep=True) as watch:
        small_world(region).run(HORIZON_MS)
    return Sayings(watch.heard, ROLES.values())


Told = tuple[int, int, int, int]
"""(steps to let pass, which of the seat's files, which kind, which body)."""
TOLD = st.tuples(st.integers(0, 90), st.integers(0, 99), st.integers(0, 999), st.integers(0, 9_999))


@pytest.mark.parametrize("seat", ROLES)
@given(region=st.sampled_from(REGIONS), script=st.lists(TOLD, min_size=1, max_size=20))
@settings(max_examples=15)
def test_nothing_that_is_told_breaks_a_table(seat: str, region: str, script: list[Told]) -> None:
    known, kinds = sayings(region), wire_kinds(ROLES[seat])
    with Watch(ROLES.values()):
        world = small_world(region)
        for steps, which_file, which_kind, which_body in script:
            for _ in range(steps):
                world.step()
            files = [at for at in live(world) if ROLE_OF.get(at.party.seat, at.party.seat) == seat]
            if files:
                known.tell(world, files[which_file % len(files)], kinds[which_kind % len(kinds)], which_body)
                world.step()
            assert not unsound(world)
        until = world.clock.now_ms + 30 * DAY_MS
        for _ in range(MOST_STEPS):
            due = world.clock.next_due_ms
            if due is None or due > until:
                break
            world.step()
        else:
            pytest.fail(
                f"一句谎话引出没完没了的往来：{Counter(each['kind'] for each in rows_now(world)[-200:]).most_common(8)}"
            )
    assert not unsound(world)
    assert not unlawful(world)


def rows_now(world: Sandbox) -> list[dict[str, Any]]:
    """The journal so far."""
    world.journal.flush()
    return rows_of(world.journal)


def unlawful(world: Sandbox) -> list[str]:
    """Rows of the journal that break law 4, or refuse by an error nobody declared."""
    rows = rows_now(world)
    operations: dict[str, Operation] = {route.op.name: route.op for route in world.journal.catalogue.routes}
    wrong, answered = [], set()
    for each in rows:
        op, outcome = operations[each["kind"]], each["outcome"]
        at_once = op.answers in (Answers.NOW, Answers.QUERY) and each["case_no"]  # a poll of many cases has none
        if at_once and outcome == "ok" and not each["reply"]:
            wrong.append(f"没有当场应答：{each}")
        if op.answers is Answers.QUERY and each["state_from"] != each["state_to"]:
            wrong.append(f"查询改变了状态：{each}")
        if op.shape is Shape.REQUEST and outcome.startswith("refused:"):
            declared = {error.code for error in op.errors} | GATE_ERRORS
            if outcome.removeprefix("refused:") not in declared:
                wrong.append(f"退回的原因未声明：{each}")
        if each["answers"]:
            if each["answers"] in answered:
                wrong.append(f"应答了两次：{each}")
            answered.add(each["answers"])
    return wrong
