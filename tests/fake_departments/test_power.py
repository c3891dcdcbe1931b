"""What is the power company's own: old account numbers, meters in their homes, shops."""

import pytest

from tests.fake_departments.transfers import HANDLING_MS, HOUR_MS, Office, many_cases, spread
from tests.town import a_dossier

THIRTEEN, TEN = "3501234567890", "1234567890"


def test_the_ten_digits_of_an_old_account_are_the_same_account() -> None:
    office = Office("power")
    number = office.push(TEN)
    assert office.push(THIRTEEN) == number
    assert office.file("power").account == THIRTEEN


@pytest.mark.parametrize("account", ["123456789", "3311234567890", "351234567890"])
def test_other_shortenings_are_unknown(account: str) -> None:
    assert Office("power").push(account) == "account_unknown"


def test_a_meter_hangs_in_one_home_only() -> None:
    result = Office("power").whole_story(unit_code="350102001001GB00001F00019999")
    assert (result.status, result.reason_code) == (4, "address_differs")


def test_what_is_wrong_with_a_shops_account_is_that_it_is_one() -> None:
    office = Office("power", share=1.0)
    found = many_cases(office, 20, [a_dossier(accounts=office.dossier.accounts, residential=False)])
    assert {each.reason_code for each in found} == {"not_residential"}


def test_the_result_lies_ready_until_the_next_poll() -> None:
    office = Office("power", takes=spread(HANDLING_MS, HANDLING_MS + HOUR_MS // 2))
    office.whole_story()
    ((told_ms, sender, _),) = office.heard_at("hub", office.said.Result)
    (done,) = office.rows(kind="power.completed")
    assert sender == "power"
    assert 0 < told_ms - done["t"] <= HOUR_MS + 50
    assert len(office.rows(kind="power.fetch_results", outcome="ok")) == 1
