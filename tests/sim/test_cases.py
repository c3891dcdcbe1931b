"""Cases and ledgers: what is found by number, and what becomes of a case once nothing of it goes on."""

import gc

import pytest

from sim.case import Case
from sim.message import refused
from sim.posts import answer, reply, send
from sim.table import ignored, row
from tests.sim.toys import (
    Answer,
    Ask,
    Balance,
    BalanceFound,
    CloseAccount,
    Deposit,
    Do,
    OpenAccount,
    Opened,
    a_role,
    a_state,
    bank,
    counter,
)
from tests.town import START_MS, Town


# ---- ledgers --------------------------------------------------------------------------------------------------------
def open_account(town: Town, account: str = "6217", case: int = 1) -> None:
    town.say("buyer", "bank", OpenAccount(account), case=case)
    town.run(ms=200)


def test_what_is_found_by_number_has_its_own_file():
    town = Town({"bank": bank()})
    open_account(town)
    open_account(town, "6218")
    town.say("buyer", "bank", Deposit("6217", 500))
    town.run(ms=200)
    assert [said.account for said in town.heard("buyer", Opened)] == ["6217", "6218"]
    assert [town.file("bank", "account", key).fen for key in ("6217", "6218")] == [500, 0]
    deposit = town.rows(kind="toy.deposit")[0]
    assert (deposit["ref"], deposit["amount_fen"], deposit["track"]) == ("6217", 500, "account")
    assert town.open_cases() == {1: [("bank", "account", "open"), ("bank", "account", "open")]}


def test_what_is_not_found_is_refused_with_the_number_kept():
    town = Town({"bank": bank()})
    town.say("buyer", "bank", Deposit("0000", 500))
    town.say("buyer", "bank", Balance("0000"))
    town.run(days=1)
    assert [(type(said), said.error, said.detail) for said in town.heard("buyer")] == [
        (refused(Deposit), "not_found", "银行查无此号"),
        (refused(Balance), "not_found", "银行查无此号"),
    ]
    assert [(each["outcome"], each["ref"]) for each in town.rows(kind="toy.deposit")] == [("refused:not_found", "0000")]


def test_a_number_is_found_from_another_case():
    town = Town({"bank": bank()})
    open_account(town, case=1)
    town.say("seller", "bank", Deposit("6217", 500), case=2)
    town.say("seller", "bank", Balance("6217"), case=2)
    town.run(days=1)
    assert town.file("bank", "account", "6217").fen == 500
    assert [each["case_no"] for each in town.rows(receiver="bank")] == [1, 1, 1]
    (found,) = town.heard("seller", case=2)
    assert (type(found), found.fen) == (BalanceFound, 500)
    assert {number: case.pending for number, case in town.sandbox.cases.items()} == {1: 0, 2: 0}


def test_a_query_finds_a_numbered_file_whatever_its_part():
    town = Town({"bank": bank()})
    open_account(town)
    town.say("buyer", "bank", Balance("6217"))
    town.run(days=1)
    assert [said.fen for said in town.heard("buyer", BalanceFound)] == [0]


def test_opening_what_is_open_finds_the_first_and_a_refused_opening_leaves_no_track():
    town = Town({"bank": bank()})
    open_account(town)
    open_account(town)
    open_account(town, "bad", case=2)
    assert [said.error for said in town.heard("buyer", refused(OpenAccount))] == ["not_now"]
    assert [said.error for said in town.heard("buyer", refused(OpenAccount), case=2)] == ["wrong"]
    assert list(town.open_cases()) == [1]


def test_a_role_that_knows_no_such_request_says_so():
    town = Town({"toy": counter()})
    town.say("buyer", "toy", OpenAccount("6217"))
    town.run(days=1)
    assert [(said.error, said.detail) for said in town.heard("buyer")] == [("not_now", "柜台不受理“开户”")]


# ---- cases are let go -----------------------------------------------------------------------------------------------
def test_a_case_is_let_go_and_its_numbers_forgotten():
    town = Town({"bank": bank()}, let_go=True)
    open_account(town)
    assert list(town.sandbox.cases) == [1]
    town.say("buyer", "bank", CloseAccount("6217"))
    town.run(ms=200)
    assert (town.sandbox.cases, town.sandbox.begun, town.sandbox.finished) == ({}, 1, 1)
    assert town.sandbox.seats["bank"].ledgers == {"account": {}}
    town.say("seller", "bank", Balance("6217"), case=2)
    town.run(ms=200)
    assert [each["outcome"] for each in town.rows(case_no=2)] == ["refused:not_found"]


def test_a_number_that_another_case_entered_since_is_kept():
    town = Town({"bank": bank()})
    party = town.sandbox.seats["bank"]
    first, second = (party.open(town.open(case), party.role.parts[0]) for case in (1, 2))
    town.open(1).files[party.index], town.open(2).files[party.index] = first.standing, second.standing
    first.enter("home", "A")
    second.enter("home", "A")
    town.open(1).let_go()
    assert party.ledgers["home"] == {"A": second}
    town.open(2).let_go()
    assert party.ledgers["home"] == {}


def test_what_comes_after_the_end_finds_the_case_closed_and_starts_nothing():
    idle, busy = a_state(), a_state("busy", end=False)
    asker = a_role(idle, row(idle, Answer, busy), ignored(idle, Do, "无须处理"))
    town = Town({"toy": asker}, let_go=True)
    case = town.open()
    file = town.file("toy")
    town.say("hub", "toy", Do(1))
    town.run(ms=200)
    assert case.closed
    hub = town.sandbox.seats["hub"]
    other = town.sandbox.file_of(town.open(2), hub)
    other.standing.heard = (0, 0, 99, None, None, None, None, file.standing)
    town.sandbox._dispatch(
        other.standing, town.open(2), [reply(Answer(1)), answer(other.asked, Answer(2))], 0, town.clock.now_ms
    )
    town.sandbox._dispatch(other.standing, case, [send("toy", Do(3))], 0, town.clock.now_ms)
    town.run(days=1)
    late = [each for each in town.rows() if each["t"] > START_MS + 100]
    assert {(each["kind"], each["case_no"], each["outcome"]) for each in late} == {
        ("toy.answer", 1, "refused:case_closed"),
        ("toy.do", 1, "refused:case_closed"),
    }
    assert len(late) == 3
    assert (town.sandbox.cases, case.files[town.sandbox.seats["toy"].index]) == ({}, None)
    assert [heard.error for heard, *_ in other.record] == ["case_closed"]


def test_a_late_duplicate_finds_the_tombstone_when_nothing_holds_the_case_any_more():
    town = Town({"toy": counter(lambda file, heard: [reply(Answer(1))])}, let_go=True)
    town.say("buyer", "toy", Ask(1), case=7)
    town.run(days=1)
    world = town.sandbox
    town.all_cases.clear()
    gc.collect()
    with pytest.raises(ValueError, match="办件 7 已办结"):
        world.begin(7, town.dossier, ())
    assert world.case_of(8) is None
    asker = world.standing_of(town.open(9), world.seats["buyer"])
    record = asker.file.record
    tomb = world.case_of(7)
    assert tomb is not None
    world._dispatch(asker, tomb, [send("toy", Ask(1))], 0, town.clock.now_ms)
    town.run(days=1)
    assert [each["outcome"] for each in town.rows(case_no=7)] == ["ok", "refused:case_closed"]
    assert [heard.error for heard, *_ in record] == ["case_closed"]
    assert (world.begun, world.finished, world.cases) == (2, 2, {})


def test_a_closed_case_is_freed_without_the_garbage_collector():
    town = Town({"toy": counter(lambda file, heard: [reply(Answer(1))])}, let_go=True)
    town.say("buyer", "toy", Ask(1), case=4242)
    town.all_cases.clear()
    gc.collect()
    gc.disable()
    try:
        town.run(days=1)
        alive = [each for each in gc.get_objects() if isinstance(each, Case) and each.number == 4242]
    finally:
        gc.enable()
    assert town.sandbox.finished == 1
    assert alive == []
