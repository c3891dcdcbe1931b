"""The sandbox delivers: how requests are answered and refused, how timers die, and in which order things are heard."""

from itertools import permutations

import pytest

from sim.clock import LINK_MS
from sim.message import refused
from sim.party import File
from sim.posts import answer, later, refuse, reply, send
from sim.table import ignored, row
from tests.sim.toys import (
    WRONG,
    Answer,
    Ask,
    AskLater,
    Do,
    Due,
    Look,
    Over,
    Told,
    a_role,
    a_state,
    counter,
)
from tests.town import START_MS, Town


class KeptFile(File):
    """Remembers who asked."""

    __slots__ = ("kept", "seen")

    def __init__(self, party, case, part):
        super().__init__(party, case, part)
        self.seen = []


# ---- four ways to answer --------------------------------------------------------------------------------------------
def test_an_ack_is_an_outcome_and_no_message():
    town = Town({"toy": counter()})
    town.say("buyer", "toy", Do(1))
    town.run(days=1)
    assert town.heard("buyer") == []
    (entry,) = town.rows()
    assert (entry["kind"], entry["sender"], entry["receiver"], entry["outcome"]) == ("toy.do", "buyer", "toy", "ok")
    assert (entry["asked_t"], entry["t"], entry["reply"]) == (START_MS, START_MS + LINK_MS, "")
    assert (entry["track"], entry["state_from"], entry["state_to"]) == ("main", "idle", "idle")


def test_a_reply_at_once_lives_in_its_request_s_row():
    town = Town({"toy": counter(lambda file, heard: [reply(Answer(heard.n + 1), 200)])})
    town.say("buyer", "toy", Ask(1))
    town.run(days=1)
    assert [(t - START_MS, sender, said.n) for t, sender, said in town.heard_at("buyer")] == [(300, "toy", 2)]
    (entry,) = town.rows()
    assert (entry["kind"], entry["reply"]) == ("toy.ask", "toy.answer")
    assert town.sandbox.deliveries() == 2


def test_an_answer_can_come_later_and_names_its_request():
    idle, busy = a_state(), a_state("busy", end=False)

    def keep(file: KeptFile, heard: AskLater):
        file.kept = file.asked
        return [later(5_000, Due(heard.n))]

    role = a_role(
        idle,
        row(idle, AskLater, busy, keep),
        row(busy, Due, idle, lambda file, heard: [answer(file.kept, Answer(heard.n), 100)]),
        file=KeptFile,
    )
    town = Town({"toy": role})
    town.say("buyer", "toy", AskLater(7))
    town.run(days=1)
    assert [(t - START_MS, said.n) for t, _, said in town.heard_at("buyer")] == [(50 + 5_000 + 100 + 50, 7)]
    asked, _, answered = town.rows()
    assert (answered["kind"], answered["answers"], asked["answers"]) == ("toy.answer", asked["id"], 0)


def test_a_query_changes_nothing_and_is_answered_in_any_state():
    idle, busy = a_state(), a_state("busy", end=False)

    def look(file: File, heard: Look):
        return Answer(len(file.state("main").name)) if heard.n else refuse(WRONG)

    town = Town({"toy": a_role(idle, row(idle, Do, busy), queries={Look: look})})
    for message in (Look(1), Do(1), Look(1), Look(0)):
        town.say("buyer", "toy", message)
        town.run(ms=200)
    assert [said.n for said in town.heard("buyer", Answer)] == [4, 4]
    assert [said.error for said in town.heard("buyer", refused(Look))] == ["wrong"]
    assert [
        (each["kind"], each["state_from"], each["state_to"], each["reply"], each["outcome"]) for each in town.rows()
    ] == [
        ("toy.look", "idle", "idle", "toy.answer", "ok"),
        ("toy.do", "idle", "busy", "", "ok"),
        ("toy.look", "busy", "busy", "toy.answer", "ok"),
        ("toy.look", "busy", "busy", "", "refused:wrong"),
    ]


# ---- refusals -------------------------------------------------------------------------------------------------------
def test_an_action_s_refusal_is_heard_and_the_state_stays():
    idle, busy = a_state(), a_state("busy", end=False)
    town = Town({"toy": a_role(idle, row(idle, Do, busy, lambda file, heard: refuse(WRONG, "面积为零")))})
    town.say("buyer", "toy", Do(1))
    town.run(days=1)
    (no,) = town.heard("buyer")
    assert (type(no), no.error, no.detail) == (refused(Do), "wrong", "面积为零")
    assert town.state("toy", "main") is idle
    (entry,) = town.rows()
    assert (entry["outcome"], entry["state_from"], entry["state_to"]) == ("refused:wrong", "idle", "idle")


def test_a_refused_request_is_heard_by_the_row_of_its_sender():
    idle, asking, sorry = a_state(), a_state("asking", end=False), a_state("sorry")
    sender = a_role(
        idle, row(idle, Due, asking, lambda file, heard: [send("bank", Do(1))]), row(asking, refused(Do), sorry)
    )
    bored = a_state()
    town = Town({"toy": sender, "bank": a_role(bored, ignored(bored, Told, "无须处理"))})
    town.begin("toy", Due(1))
    town.run(days=1)
    assert town.state("toy", "main") is sorry
    assert [each["outcome"] for each in town.rows()] == ["ok", "refused:not_now"]


def test_no_rule_means_not_now_with_what_would_be_accepted():
    idle, busy = a_state(), a_state("busy", end=False)
    town = Town({"toy": a_role(idle, row(idle, Do, busy), row(busy, Told, idle))})
    for message in (Do(1), Do(2), Ask(3)):
        town.say("buyer", "toy", message)
    town.run(days=1)
    assert [(said.error, said.detail) for said in town.heard("buyer")] == [
        ("not_now", "柜台处于“busy”，此时只接受：告知"),
        ("not_now", "柜台不受理“询问”"),
    ]


@pytest.mark.parametrize("stray", [Answer(1), Told(1), refused(Do)("wrong", "")])
def test_a_stray_reply_or_notice_is_journaled_and_never_answered(stray):
    idle = a_state()
    town = Town({"toy": a_role(idle, ignored(idle, Do, "无须处理"))})
    town.say("hub", "toy", stray)
    town.run(days=1)
    assert town.heard("hub") == []
    assert [(each["kind"], each["outcome"]) for each in town.unexpected()] == [(stray.op.name, "refused:unexpected")]
    assert town.open_cases() == {}


def test_a_refused_notice_is_never_answered():
    town = Town({"toy": counter(lambda file, heard: refuse(WRONG))})
    town.say("hub", "toy", Told(1))
    town.run(days=1)
    assert town.heard("hub") == []
    assert [each["outcome"] for each in town.rows()] == ["refused:wrong"]


# ---- timers ---------------------------------------------------------------------------------------------------------
def timers_role():
    idle, busy = a_state(), a_state("busy", end=False)
    return a_role(
        idle,
        row(idle, Do, busy, lambda file, heard: [later(1_000, Due(1)), later(3_000, Over(1))]),
        row(busy, Due, None, lambda file, heard: [send("hub", Told(1))]),
        row(busy, Ask, None, lambda file, heard: [reply(Answer(0))]),
        row(busy, Told, idle),
        row(busy, Over, idle, lambda file, heard: [send("hub", Told(2))]),
    )


def test_a_timer_is_heard_when_it_is_due_and_a_self_loop_keeps_it():
    town = Town({"toy": timers_role()})
    town.say("buyer", "toy", Do(1))
    town.say("buyer", "toy", Ask(1))
    town.run(days=1)
    assert [(t - START_MS, said.n) for t, _, said in town.heard_at("hub")] == [(1_100, 1), (3_100, 2)]


def test_timers_die_with_their_state_and_hold_no_case_open():
    town = Town({"toy": timers_role()}, let_go=True)
    town.say("buyer", "toy", Do(1))
    town.run(ms=500)
    assert list(town.open_cases()) == [1]
    town.say("buyer", "toy", Told(1))
    town.run(ms=100)
    assert town.sandbox.finished == 1  # long before the dead timers would have been due
    town.run(days=1)
    assert [each["kind"] for each in town.rows()] == ["toy.do", "toy.told"]


def test_a_timer_of_an_earlier_stay_is_dead_in_a_later_one():
    town = Town({"toy": timers_role()})
    for wait, message in ((500, Do(1)), (100, Told(1)), (0, Do(2))):
        town.say("buyer", "toy", message)
        town.run(ms=wait)
    town.run(days=1)
    assert [(t - START_MS, said.n) for t, _, said in town.heard_at("hub")] == [(1_700, 1), (3_700, 2)]


# ---- order ----------------------------------------------------------------------------------------------------------
def test_one_lane_keeps_its_order():
    town = Town({"toy": counter(lambda file, heard: [send("hub", Told(n)) for n in range(9)])})
    for case in range(1, 30):
        town.say("buyer", "toy", Do(1), case=case)
    town.run(days=1)
    assert all([said.n for said in town.heard("hub", case=case)] == list(range(9)) for case in range(1, 30))


def arrivals(seed: int, case: int) -> tuple[str, ...]:
    town = Town({}, seed=seed)
    for seat in ("tax", "water", "gas"):
        town.say(seat, "hub", Told(1), case=case)
    town.run(days=1)
    return tuple(sender for _, sender, _ in town.heard_at("hub", case=case))


def test_the_order_of_an_instant_is_drawn_from_the_case():
    drawn = [arrivals(1, case) for case in range(1, 40)]
    assert drawn == [arrivals(1, case) for case in range(1, 40)]
    assert len(set(drawn)) >= 4


def test_over_a_few_seeds_every_order_occurs():
    drawn = {arrivals(seed, case) for seed in range(10) for case in range(1, 20)}
    assert drawn == set(permutations(("tax", "water", "gas")))


def test_who_speaks_first_does_not_decide_who_is_heard_first():
    def heard(order) -> list[str]:
        town = Town({})
        for seat in order:
            town.say(seat, "hub", Told(1))
        town.run(days=1)
        return [sender for _, sender, _ in town.heard_at("hub")]

    assert len({tuple(heard(order)) for order in permutations(("tax", "water", "gas"))}) == 1
