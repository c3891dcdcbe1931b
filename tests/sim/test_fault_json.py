"""A fault written down and read back is the same fault, whatever it says."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sim.durations import STEPS, Duration
from sim.fault_json import fault_as_json, fault_from_json
from sim.faults import Effect, Fault
from sim.package import load_package

MS = st.integers(0, 2**45)
STEP_LISTS = st.one_of(
    st.integers(0, 10**9).map(lambda ms: (ms,) * STEPS),
    st.lists(st.integers(0, 10**9), min_size=8, max_size=8).map(lambda few: tuple(sorted(few * (STEPS // 8)))),
)
FAULTS = st.builds(
    Fault, name=st.text(min_size=1), effect=st.sampled_from(Effect), operation=st.text(min_size=1), seat=st.text(),
    share=st.floats(0, 1), window_ms=st.none() | st.tuples(MS, MS), daily_ms=st.none() | st.tuples(MS, MS),
    delay=st.none() | st.builds(Duration, STEP_LISTS, st.booleans(), st.text()), error=st.text(),
    most=st.none() | st.integers(1), total=st.none() | st.integers(1), cases=st.lists(st.integers(1)).map(tuple),
    status=st.sampled_from((0, 500, 502, 503)), title=st.text(),
)  # fmt: skip


@given(FAULTS)
def test_there_and_back(fault: Fault) -> None:
    assert fault_from_json(json.loads(json.dumps(fault_as_json(fault)))) == fault


def test_every_script_there_and_back() -> None:
    for script in load_package("fujian-2024-55").fault_scripts.values():
        for fault in script.faults:
            assert fault_from_json(json.loads(json.dumps(fault_as_json(fault)))) == fault
