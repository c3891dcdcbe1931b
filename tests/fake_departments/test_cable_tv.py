"""What is the cable network's own: several terminals in a household, and accounts suspended for arrears."""

from collections import Counter

from contract.cable_tv import SECOND_SETS, SUSPENDED_FOR_ARREARS
from sim.calendar import DAY_MS, MINUTE_MS
from tests.fake_departments.transfers import Office, spread


def test_more_terminals_take_more_time() -> None:
    office = Office("cable_tv", takes=spread(DAY_MS, 3 * DAY_MS))
    files = [office.file("cable_tv", case=case) for case in range(1, 401)]
    longest = {sets: max(f.handling_ms() for f in files if f.terminals == sets) for sets in (1, 2, 3)}
    assert DAY_MS <= longest[1] < longest[2] < longest[3] <= 3 * DAY_MS
    count = Counter(file.terminals for file in files)
    assert count[1] > count[2] > count[3]


def test_only_who_has_a_second_set_can_have_forgotten_it() -> None:
    office = Office("cable_tv", share=1.0)
    files = [office.file("cable_tv", case=case) for case in range(1, 401)]
    assert {file.terminals for file in files if file.drawn(1) is SECOND_SETS} == {2, 3}


def test_a_suspended_account_comes_back_at_once() -> None:
    office = Office("cable_tv", share=1.0)
    office.sandbox.seed = next(
        seed for seed in range(99) if suspended_with(seed).file("cable_tv").drawn(1) is SUSPENDED_FOR_ARREARS
    )
    assert office.whole_story().reason_code == "suspended_for_arrears"
    (attached,), (rejected,) = office.rows(kind="cable_tv.attach"), office.rows(kind="cable_tv.rejected")
    assert rejected["t"] - attached["t"] == MINUTE_MS


def suspended_with(seed: int) -> Office:
    office = Office("cable_tv", share=1.0)
    office.sandbox.seed = seed
    return office


def test_there_is_no_user_at_another_address() -> None:
    result = Office("cable_tv").whole_story(unit_code="350102001001GB00001F00019999")
    assert (result.status, result.reason_code) == (4, "no_user_at_address")
