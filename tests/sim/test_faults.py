"""Faults: each does what it is called, when and as often as the script says, and the same script strikes the same messages."""

from itertools import pairwise

import pytest

from sim.calendar import HOUR_MS, MINUTE_MS, parse_day
from sim.clock import LINK_MS
from sim.faults import Effect, Fault, on_route
from sim.message import SILENT, Ladder, Message, notice
from sim.posts import refuse, reply, send
from tests.sim.toys import WRONG, Answer, Ask, Deposit, Do, Told, counter
from tests.town import START_MS, Town

DAY = parse_day("2023-03-06")


class Fixed:
    """The same delay at every quantile."""

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def at(self, u: float) -> int:
        return self.ms


@notice("toy.union_notice", "银联后台通知", ladder=Ladder((0, 60_000, 120_000, 240_000), forever=False))
class UnionNotice(Message):
    n: int


@notice("toy.whisper", "只说一次", ladder=SILENT)
class Whisper(Message):
    n: int


def told(fault: Fault, *messages: Message, days: float = 2, **more) -> tuple[Town, list[tuple[int, int]]]:
    """What arrives of messages sent at once, as (ms after the first could arrive, n)."""
    town = Town({}, faults=(fault,), **more)
    for message in messages:
        town.say("hub", "tax", message)
    town.run(days=days)
    return town, [(t - START_MS - LINK_MS, heard.n) for t, _, heard in town.heard_at("tax")]


@pytest.mark.parametrize("effect", [Effect.LOST, Effect.REFUSED, Effect.OUTAGE])
def test_what_does_not_arrive_is_sent_again(effect: Effect):
    town, heard = told(Fault("bad_line", effect, "toy.told", most=1), Told(1))
    assert heard == [(MINUTE_MS, 1)]
    assert [(each["outcome"], each["attempt"], each["t"] - START_MS) for each in town.rows()] == [
        ("fault:bad_line", 1, 0),
        ("ok", 2, MINUTE_MS + LINK_MS),
    ]


@pytest.mark.parametrize("effect", [Effect.LATE, Effect.SLOW, Effect.REORDERED])
def test_what_is_late_arrives_once(effect: Effect):
    town, heard = told(Fault("late", effect, "toy.told", delay=Fixed(5_000), most=1), Told(1), Told(2))
    assert heard == [(0, 2), (5_000, 1)]
    assert {each["outcome"] for each in town.rows()} == {"ok"}


def test_what_is_duplicated_arrives_twice():
    _, heard = told(Fault("twice", Effect.DUPLICATED, "toy.told", delay=Fixed(5_000)), Told(1))
    assert heard == [(0, 1), (5_000, 1)]


def test_without_a_delay_it_is_an_hour():
    _, heard = told(Fault("late", Effect.LATE, "toy.told"), Told(1))
    assert heard == [(HOUR_MS, 1)]


def test_effects_add_up():
    faults = (
        Fault("twice", Effect.DUPLICATED, "toy.told", delay=Fixed(1_000)),
        Fault("late", Effect.LATE, "toy.*", delay=Fixed(5_000)),
    )
    town = Town({}, faults=faults)
    town.say("hub", "tax", Told(1))
    town.run(days=1)
    assert [t - START_MS - LINK_MS for t, _, _ in town.heard_at("tax")] == [1_000, 5_000]


def test_replies_are_struck_too():
    toy = counter(lambda file, heard: [reply(Answer(heard.n))])
    town = Town({"toy": toy}, faults=(Fault("lost", Effect.LOST, "toy.answer", most=2),))
    town.say("buyer", "toy", Ask(1))
    town.run(days=1)
    assert [t - START_MS for t, _, _ in town.heard_at("buyer")] == [LINK_MS + 6 * MINUTE_MS + LINK_MS]
    assert [(each["kind"], each["outcome"], each["attempt"]) for each in town.rows(kind="toy.answer")] == [
        ("toy.answer", "fault:lost", 1),
        ("toy.answer", "fault:lost", 2),
        ("toy.answer", "ok", 3),
    ]


def test_refusals_are_struck_too():
    toy = counter(lambda file, heard: refuse(WRONG))
    town = Town({"toy": toy}, faults=(Fault("lost", Effect.LOST, "toy.do:refused", most=1),))
    town.say("buyer", "toy", Do(1))
    town.run(days=1)
    assert [heard.error for heard in town.heard("buyer")] == ["wrong"]
    assert [(each["kind"], each["outcome"], each["attempt"]) for each in town.rows()] == [
        ("toy.do", "refused:wrong", 1),
        ("toy.do:refused", "fault:lost", 1),
        ("toy.do:refused", "ok", 2),
    ]


@pytest.mark.parametrize("effect", [Effect.LATE, Effect.SLOW, Effect.REORDERED, Effect.LOST])
def test_only_a_fault_lets_a_message_be_overtaken_by_the_next_of_its_lane(effect: Effect):
    messages = [Told(n) for n in range(20)]
    assert [n for _, n in told(Fault("none", effect, "x.*"), *messages)[1]] == [*range(20)]
    _, heard = told(Fault("some", effect, "toy.told", share=0.3, delay=Fixed(5_000)), *messages)
    struck = [n for t, n in heard if t]
    assert 0 < len(struck) < 20
    assert [n for t, n in heard if not t] == [n for n in range(20) if n not in struck]


# ---- where, when, how often -----------------------------------------------------------------------------------------
def test_a_fault_lies_on_its_operation_at_its_door():
    glob, exact, other = (
        Fault("a", Effect.LOST, "toy.*"),
        Fault("b", Effect.LOST, "toy.do", "tax"),
        Fault("c", Effect.LOST, "x.*"),
    )
    assert on_route((glob, exact, other), "toy.do", "tax") == (glob, exact)
    assert on_route((glob, exact, other), "toy.do", "hub") == (glob,)
    assert on_route((glob, exact, other), "toy.told", "tax") == (glob,)


@pytest.mark.parametrize(
    ("daily", "hour", "on"),
    [
        ((8, 12), 8, True), ((8, 12), 12, False), ((8, 12), 7.99, False),
        ((23, 2), 23, True), ((23, 2), 0, True), ((23, 2), 1.99, True), ((23, 2), 2, False), ((23, 2), 12, False),
    ],
)  # fmt: skip
def test_a_daily_window_is_local_and_may_wrap_midnight(daily: tuple[int, int], hour: float, on: bool):
    fault = Fault("night", Effect.OUTAGE, "*", daily_ms=(daily[0] * HOUR_MS, daily[1] * HOUR_MS))
    assert fault.is_on(DAY + round(hour * HOUR_MS)) is on


def test_a_window_is_bounded_and_both_windows_must_be_open():
    fault = Fault("outage", Effect.OUTAGE, "*", window_ms=(DAY, DAY + HOUR_MS))
    assert [fault.is_on(DAY + ms) for ms in (-1, 0, HOUR_MS - 1, HOUR_MS)] == [False, True, True, False]
    both = Fault("both", Effect.OUTAGE, "*", window_ms=(DAY, DAY + 9 * HOUR_MS), daily_ms=(8 * HOUR_MS, 12 * HOUR_MS))
    assert [both.is_on(DAY + hour * HOUR_MS) for hour in (7, 8, 9)] == [False, True, False]


def test_an_outage_is_over_when_its_window_is():
    outage = Fault("outage", Effect.OUTAGE, "toy.told", "tax", window_ms=(START_MS, START_MS + 10 * MINUTE_MS))
    town, heard = told(outage, Told(1))
    assert [t // MINUTE_MS for t, _ in heard] == [1 + 5 + 15]
    assert [each["t"] - START_MS for each in town.rows(outcome="fault:outage")] == [0, MINUTE_MS, 6 * MINUTE_MS]


def test_most_counts_strikes_of_a_case():
    _, heard = told(Fault("late", Effect.LATE, "toy.told", delay=Fixed(9_000), most=2), *map(Told, range(5)))
    assert sorted(n for t, n in heard if t == 9_000) == [0, 1]
    seldom = Fault("seldom", Effect.LATE, "toy.told", share=0.1, delay=Fixed(9_000), most=1)
    struck = [told(seldom, *map(Told, range(40)), seed=seed)[1] for seed in range(20)]
    counts = [sum(t == 9_000 for t, _ in heard) for heard in struck]
    assert max(counts) == 1
    assert sum(counts) >= 18  # with a share of a tenth, hardly ever are forty messages spared


def test_strikes_are_not_spent_outside_the_window():
    fault = Fault("once", Effect.LOST, "toy.told", window_ms=(START_MS + 1_000, START_MS + 9_000), most=1)
    town = Town({}, faults=(fault,))
    for n in range(3):
        town.say("hub", "tax", Told(n))
        town.run(ms=1_000)
    assert [each["t"] - START_MS for each in town.rows(outcome="fault:once")] == [1_000]


# ---- ladders --------------------------------------------------------------------------------------------------------
def test_union_pay_sends_five_times_after_0_1_2_and_4_minutes():
    town, heard = told(Fault("lost", Effect.LOST, "toy.union_notice"), UnionNotice(1))
    assert heard == []
    sent = [each["t"] - START_MS for each in town.rows()]
    assert [later - earlier for earlier, later in pairwise(sent)] == [0, 60_000, 120_000, 240_000]
    assert [each["attempt"] for each in town.rows()] == [1, 2, 3, 4, 5]
    assert town.open_cases() == {}


def test_machines_try_for_ever():
    town, heard = told(Fault("lost", Effect.LOST, "toy.told"), Told(1), days=1)
    assert heard == []
    gaps = [each["t"] - START_MS for each in town.rows()]
    assert [gap // MINUTE_MS for gap in gaps[:6]] == [0, 1, 6, 21, 81, 141]
    assert len(gaps) == 4 + (24 * 60 - 21) // 60
    assert list(town.open_cases()) == [1]


def test_what_is_given_up_while_its_sender_still_speaks_ends_no_case():
    toy = counter(lambda file, heard: [send("hub", Whisper(1)), send("hub", Told(2)), send("hub", Whisper(3))])
    town = Town({"toy": toy}, faults=(Fault("lost", Effect.LOST, "toy.whisper"),), let_go=True)
    town.say("buyer", "toy", Do(1))
    town.run(days=1)
    assert [(each["kind"], each["outcome"]) for each in town.rows(receiver="hub")] == [
        ("toy.whisper", "fault:lost"),
        ("toy.whisper", "fault:lost"),
        ("toy.told", "ok"),
    ]
    assert town.sandbox.finished == 1


# ---- luck -----------------------------------------------------------------------------------------------------------
def strikes(
    seed: int = 1, name: str = "lossy", also: tuple[Fault, ...] = (), share: float = 0.5
) -> list[tuple[int, str, int]]:
    town = Town({}, faults=(Fault(name, Effect.LOST, "toy.*", share=share, most=None), *also), seed=seed)
    for case in range(1, 80):
        for kind in (Told, Whisper, UnionNotice):
            town.say("hub", "tax", kind(1), case=case)
    town.run(days=3)
    return [(each["case_no"], each["kind"], each["attempt"]) for each in town.rows(outcome=f"fault:{name}")]


def test_the_same_script_strikes_the_same_messages():
    assert strikes() == strikes()
    assert strikes() != strikes(seed=2)
    assert strikes() != strikes(name="other")


def test_adding_a_fault_moves_no_other():
    assert strikes(also=(Fault("more", Effect.LATE, "toy.*", share=0.5, delay=Fixed(10)),)) == strikes()


def fates(*faults: Fault) -> dict[tuple[int, str, int], str]:
    """What became of each attempt to deliver each of three messages of forty cases."""
    town = Town({}, faults=faults)
    for account in ("1", "2", "3"):
        for case in range(1, 41):
            town.say("hub", "tax", Deposit(account, 1), case=case)
        town.run(minutes=2)
    town.run(days=2)
    return {(each["case_no"], each["ref"], each["attempt"]): each["outcome"] for each in town.rows()}


def test_a_fault_that_keeps_a_message_away_moves_no_draw_of_another():
    lossy, killer = Fault("lossy", Effect.LOST, "toy.*", share=0.4), Fault("killer", Effect.OUTAGE, "*", share=0.3)
    alone, together = fates(lossy), fates(killer, lossy)
    killed = {key for key, outcome in together.items() if outcome == "fault:killer"}
    both = (alone.keys() & together.keys()) - killed
    assert len(killed) > 30
    assert len(both) > 80
    assert [key for key in both if alone[key] != together[key]] == []
    assert {alone[key] for key in both} == {"ok", "fault:lossy"}


def test_a_fault_on_another_seat_or_another_party_moves_no_draw():
    lossy = Fault("lossy", Effect.LOST, "toy.*", share=0.4)
    elsewhere = Fault("lossy", Effect.LOST, "toy.*", "gas", share=0.9)
    assert fates(lossy) == fates(elsewhere, lossy)


def test_operations_are_struck_each_by_its_own_luck():
    first = {(case, kind) for case, kind, attempt in strikes() if attempt == 1}
    struck = [{kind for case, kind in first if case == number} for number in range(1, 80)]
    assert {len(kinds) for kinds in struck} == {0, 1, 2, 3}
    assert 0.35 < len(first) / (3 * 79) < 0.65
