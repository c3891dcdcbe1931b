"""The transfer of an account, as all four utilities carry it out."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.errors import ACCOUNT_UNKNOWN, ALREADY_DONE
from sim.durations import OFFICE_DAY_MS
from sim.message import Message, refused
from sim.table import State
from tests.fake_departments.transfers import ACCOUNTS, COMPANIES, HANDLING_MS, Office, many_cases
from tests.town import SELLER, a_dossier

every_utility = pytest.mark.parametrize("name", list(COMPANIES))


def states_of(name: str) -> list[State]:
    (track,) = COMPANIES[name].ROLE.tracks
    states: list[State] = track.states
    return states


@every_utility
def test_an_account_is_transferred_once_its_papers_are_complete(name: str) -> None:
    office = Office(name)
    number = office.push()
    assert office.now_in() == "awaiting_files"
    assert office.attach(number).accept_no == number
    result = office.whole_story(case=2)
    office.run(days=1)
    assert (result.status, result.reason_code, result.reason) == (3, "", "")
    assert (office.now_in(), office.now_in(2)) == ("transferred", "transferred")
    assert office.unexpected() == []


@every_utility
def test_a_push_said_twice_is_one_work_order(name: str) -> None:
    office = Office(name)
    number = office.push()
    assert office.push() == number
    office.attach(number)
    assert office.push() == number
    office.run(days=4)
    assert len(office.results()) == 1


@every_utility
def test_a_missing_attachment_delays_and_does_not_block(name: str) -> None:
    office = Office(name)
    office.push()
    office.run(ms=OFFICE_DAY_MS + HANDLING_MS - 60_000)
    assert office.now_in() != "transferred"
    office.run(days=1)
    assert [each.status for each in office.results()] == [3]


@every_utility
def test_results_go_to_whoever_pushed(name: str) -> None:
    office = Office(name)
    office.whole_story(seat="registry")
    office.whole_story(seat="hub", case=2)
    assert [len(office.results("registry")), len(office.results("hub"))] == [1, 0]
    assert [len(office.results("registry", 2)), len(office.results("hub", 2))] == [0, 1]


@every_utility
def test_a_mistyped_account_is_unknown_once_and_then_put_right(name: str) -> None:
    office = Office(name, account_wrong=15)
    assert office.push() == ACCOUNT_UNKNOWN.code
    assert office.now_in() == "unasked"
    assert office.whole_story().status == 3


@every_utility
def test_an_account_of_somebody_else_is_unknown_however_often_it_is_pushed(name: str) -> None:
    office = Office(name)
    other = ACCOUNTS[office.bit][:-1] + "1"
    assert [office.push(other), office.push(other), office.push("12a"), office.push("１" * 8)] == [
        "account_unknown"
    ] * 4
    assert "位数字" in office.heard("hub")[-1].detail
    number = office.push()
    assert (office.push(other), office.push()) == ("account_unknown", number)


@every_utility
def test_an_item_nobody_chose_has_no_account(name: str) -> None:
    office = Office(name, accounts=("",) * 5)
    office.say("hub", name, office.said.Push("", office.transfer()))
    office.run(minutes=1)
    assert office.heard("hub")[-1].error == ACCOUNT_UNKNOWN.code


@every_utility
def test_what_is_done_is_not_done_again(name: str) -> None:
    office = Office(name)
    office.whole_story()
    assert office.push() == ALREADY_DONE.code


@every_utility
def test_a_rejection_names_its_reason_and_a_second_attempt_has_its_own_number(name: str) -> None:
    office = Office(name, share=1.0)
    first = office.whole_story()
    assert first.status == 4
    assert first.reason_code in {reason.code for reason in office.said.REASONS}
    assert first.reason
    assert office.now_in() == "returned"
    assert office.push() != first.accept_no


@every_utility
def test_every_declared_reason_happens(name: str) -> None:
    office = Office(name, share=1.0)
    found = many_cases(office, 150, [a_dossier(accounts=ACCOUNTS), a_dossier(accounts=ACCOUNTS, residential=False)])
    assert {each.reason_code for each in found} == {reason.code for reason in office.said.REASONS}


@every_utility
def test_about_as_many_are_rejected_as_told_and_hardly_any_twice(name: str) -> None:
    office = Office(name, share=0.2)
    files = [office.file(name, case=case) for case in range(1, 1_501)]
    once = sum(file.drawn(1) is not None for file in files)
    twice = sum(file.drawn(2) is not None for file in files)
    assert 240 < once < 360
    assert 30 < twice < 95


@every_utility
def test_somebody_else_sold_the_home(name: str) -> None:
    result = Office(name).whole_story(old_owner_name="王五")
    assert (result.status, result.reason_code) in {(4, "name_differs"), (4, "owner_id_differs")}


@every_utility
def test_a_transfer_can_be_cancelled_until_it_is_done(name: str) -> None:
    office = Office(name)
    number = office.push()
    assert isinstance(office.ask("Cancel", number, "撤件"), office.said.Cancelled)
    assert isinstance(office.ask("Cancel", number, "撤件"), office.said.Cancelled)
    office.run(days=5)
    assert (office.now_in(), office.results()) == ("cancelled", [])
    again = office.push()
    assert office.ask("Cancel", number, "撤件").error == "too_late"
    office.attach(again)
    assert office.ask("Cancel", number, "撤件").error == "too_late"
    office.run(days=4)
    assert office.ask("Cancel", again, "撤件").error == "too_late"
    assert [each.accept_no for each in office.results()] == [again]


@every_utility
def test_what_was_returned_can_be_called_off(name: str) -> None:
    office = Office(name, share=1.0)
    number = office.whole_story().accept_no
    assert isinstance(office.ask("Cancel", number, "撤件"), office.said.Cancelled)
    assert office.now_in() == "returned"


@every_utility
def test_a_result_is_told_as_often_as_it_is_asked_for(name: str) -> None:
    office = Office(name)
    number = office.push()
    assert office.ask("QueryStatus", number).status == 2
    office.attach(number)
    office.run(days=4)
    assert [office.ask("QueryStatus", number).status for _ in range(3)] == [3, 3, 3]
    assert office.ask("QueryStatus", "0").error == "not_found"


@every_utility
def test_each_attempt_keeps_its_own_outcome(name: str) -> None:
    office = Office(name, share=1.0)
    returned = office.whole_story()
    second = office.push()
    told = office.ask("QueryStatus", returned.accept_no)
    assert (told.status, told.reason_code) == (4, returned.reason_code)
    assert office.ask("QueryStatus", second).status == 2
    office.ask("Cancel", second, "撤件")
    assert office.ask("QueryStatus", second).status == 5


@every_utility
def test_an_attachment_for_an_attempt_that_is_over_finds_no_acceptance(name: str) -> None:
    office = Office(name, share=1.0)
    old = office.whole_story().accept_no
    assert office.attach(old).accept_no == old
    new = office.push()
    assert office.attach(old).error == "unknown_acceptance"
    assert office.now_in() == "awaiting_files"
    assert office.attach(new).accept_no == new
    assert office.attach(old).error == "unknown_acceptance"
    assert office.attach(new).accept_no == new


@every_utility
def test_a_precheck_rests_on_an_authorisation_and_knows_accounts_and_owners(name: str) -> None:
    office = Office(name)
    account = ACCOUNTS[office.bit]
    assert office.ask("Precheck", account, SELLER.name, "SQB1").passed
    for asked in [(account, SELLER.name, ""), (account[:-1], SELLER.name, "SQB1"), (account, "王五", "SQB1")]:
        told = office.ask("Precheck", *asked)
        assert (told.passed, bool(told.reason)) == (False, True)
    assert not Office(name, account_wrong=15).ask("Precheck", account, SELLER.name, "SQB1").passed


@every_utility
def test_arrears_seen_at_the_precheck_are_the_reason_later(name: str) -> None:
    for seed in range(30):
        office = Office(name, share=1.0)
        office.sandbox.seed = seed
        told = office.ask("Precheck", ACCOUNTS[office.bit], SELLER.name, "SQB1")
        result = office.whole_story()
        assert told.passed or told.reason == result.reason
        if not told.passed:
            return
    pytest.fail("no arrears in thirty cases")


@every_utility
def test_every_state_is_reached(name: str) -> None:
    office = Office(name, share=0.5)
    many_cases(office, 30, [a_dossier(accounts=ACCOUNTS)])
    office.ask("Cancel", office.push(case=31), "撤件")
    reached = {row["state_to"] for row in office.rows(track=name)} | {"unasked"}
    assert reached == {state.name for state in states_of(name)}


@every_utility
@settings(max_examples=40)
@given(st.data())
def test_nothing_a_partner_says_breaks_it(name: str, data: st.DataObject) -> None:
    office = Office(name, share=0.5, account_wrong=data.draw(st.sampled_from([0, 15])))
    said = office.said
    numbers = st.sampled_from(
        [f"{office.file(name).prefix}0000000011", f"{office.file(name).prefix}0000000012", "", "x"]
    )
    accounts = st.sampled_from([ACCOUNTS[office.bit], "", "123", ACCOUNTS[office.bit][3:]])
    words: st.SearchStrategy[Message] = st.one_of(
        st.builds(lambda account: said.Push(account, office.transfer()), accounts),
        st.builds(lambda number: said.Attach(number, ("a",)), numbers),
        st.builds(lambda number: said.Cancel(number, "撤件"), numbers),
        st.builds(said.QueryStatus, numbers),
        st.builds(lambda account: said.Precheck(account, "陈明", "SQB1"), accounts),
    )
    for word in data.draw(st.lists(words, max_size=12)):
        office.say(data.draw(st.sampled_from(["hub", "registry"])), name, word)
        office.run(hours=data.draw(st.sampled_from([0, 1, 30, 80])))
    office.run(days=10)
    assert office.unexpected() == []
    assert office.state(name, name).end
    assert len(office.results("hub") + office.results("registry")) <= office.file(name).attempt


@every_utility
def test_other_peoples_requests_are_refused(name: str) -> None:
    office = Office(name)
    other: Any = COMPANIES["gas" if name == "power" else "power"].ROLE.parts[0].file.contract
    office.say("hub", name, other.Push("1", office.transfer()))
    office.run(minutes=1)
    (no,) = office.heard("hub", refused(other.Push))
    assert no.error == "not_now"
