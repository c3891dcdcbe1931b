"""Desks: first come, first served, in office hours only, and waiting as queueing theory has it."""

from datetime import datetime
from statistics import mean

import pytest
import simpy

from sim.calendar import LOCAL, MINUTE_MS, OfficeHours, WorkingCalendar, local_ms
from sim.posts import send, work
from sim.table import row
from tests.sim.queues import SERVICE_MS, a_hall, erlang_c, interval, mean_wait_ms, waits_ms
from tests.sim.toys import Do, Due, Told, a_role, a_state
from tests.town import START_MS, Town, a_dossier

HOURS = OfficeHours(WorkingCalendar.load())


def window(work_ms: int = 30 * MINUTE_MS):
    """Do is worked on at the desk and then told to the hub; Told calls the work off."""
    idle, busy = a_state(), a_state("busy", end=False)
    return a_role(
        idle,
        row(idle, Do, busy, lambda file, heard: [work("accept", work_ms, Due(heard.n))]),
        row(busy, Due, idle, lambda file, heard: [send("hub", Told(heard.n))]),
        row(busy, Told, idle),
    )


def at(text: str) -> int:
    return local_ms(datetime.strptime(f"2023-03-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=LOCAL))


def served(town: Town) -> list[tuple[int, int, int]]:
    """(case, began, done) of each job in the order done."""
    return [(each["case_no"], each["started_t"], each["t"]) for each in town.rows(kind="toy.due")]


def test_first_come_first_served():
    town = Town({"toy": window()})
    for case in range(1, 8):
        town.say("buyer", "toy", Do(case), case=case)
        town.run(ms=1_000)
    desk = town.sandbox.desks[0, "accept"]
    assert (desk.queue_length, desk.free) == (6, 0)
    town.run(days=1)
    assert [(case, began - START_MS - 50) for case, began, _ in served(town)] == [
        (case, 30 * MINUTE_MS * (case - 1)) for case in range(1, 8)
    ]
    assert (desk.queue_length, desk.free) == (0, 1)


def test_clerks_work_side_by_side():
    town = Town({"toy": window()}, clerks=lambda registry, post: 3)
    for case in range(1, 8):
        town.say("buyer", "toy", Do(case), case=case)
    town.run(days=1)
    begun = [(began - START_MS - 50) // (30 * MINUTE_MS) for _, began, _ in served(town)]
    assert begun == [0, 0, 0, 1, 1, 1, 2]


def test_each_registry_and_post_has_its_own_desk():
    town = Town({"toy": window()})
    for case in (1, 2):
        town.open(case, a_dossier(registry=case))
        town.say("buyer", "toy", Do(case), case=case)
    town.run(days=1)
    assert {began for _, began, _ in served(town)} == {START_MS + 50}
    assert set(town.sandbox.desks) == {(1, "accept"), (2, "accept")}


@pytest.mark.parametrize(
    ("asked", "began", "done"),
    [
        ("06 09:00", "06 09:00", "06 09:30"),  # within hours
        ("06 11:50", "06 11:50", "06 14:50"),  # over lunch
        ("06 12:30", "06 14:30", "06 15:00"),  # in the lunch break
        ("06 17:20", "06 17:20", "07 08:50"),  # over night
        ("10 17:20", "10 17:20", "13 08:50"),  # over the week-end
        ("11 10:00", "13 08:30", "13 09:00"),  # on a Saturday
    ],
)
def test_work_is_done_in_office_hours(asked: str, began: str, done: str):
    town = Town({"toy": window()}, hours=HOURS, start_ms=at(asked) - 50)
    town.say("buyer", "toy", Do(1))
    town.run(days=5)
    assert served(town) == [(1, at(began), at(done))]


def test_who_came_before_the_opening_is_served_in_order_after_it():
    town = Town({"toy": window()}, hours=HOURS, start_ms=at("06 06:00"), clerks=lambda registry, post: 2)
    for case in range(1, 6):
        town.say("buyer", "toy", Do(case), case=case)
        town.run(minutes=1)
    town.run(days=1)
    assert sorted((began, case) for case, began, _ in served(town)) == [
        (at("06 08:30"), 1), (at("06 08:30"), 2), (at("06 09:00"), 3), (at("06 09:00"), 4), (at("06 09:30"), 5),
    ]  # fmt: skip


def test_who_comes_at_the_very_opening_does_not_overtake():
    town = Town({"toy": window()}, hours=HOURS, start_ms=at("06 06:00"))
    town.say("buyer", "toy", Do(1), case=1)
    town.run(until=at("06 08:30") - 50)
    town.say("buyer", "toy", Do(2), case=2)
    town.run(days=1)
    assert [(case, began) for case, began, _ in served(town)] == [(1, at("06 08:30")), (2, at("06 09:00"))]


def test_work_that_ends_at_the_closing_leaves_the_next_for_the_opening():
    town = Town({"toy": window()}, hours=HOURS, start_ms=at("06 11:30") - 50)
    for case in (1, 2):
        town.say("buyer", "toy", Do(case), case=case)
    town.run(days=1)
    assert sorted(began for _, began, _ in served(town)) == [at("06 11:30"), at("06 14:30")]


def test_void_work_is_skipped_and_work_begun_keeps_its_clerk():
    town = Town({"toy": window()})
    for case in (1, 2, 3):
        town.say("buyer", "toy", Do(case), case=case)
        town.run(minutes=1)
    town.say("buyer", "toy", Told(0), case=2)  # still waits: called off before anybody began
    town.say("buyer", "toy", Told(0), case=1)  # on the desk: nobody hears the end of it, but the clerk is taken
    town.run(minutes=1)
    assert town.sandbox.desks[0, "accept"].queue_length == 1
    town.run(days=1)
    assert served(town) == [(3, START_MS + 50 + 30 * MINUTE_MS, START_MS + 50 + 60 * MINUTE_MS)]
    assert town.open_cases() == {}
    assert town.sandbox.desks[0, "accept"].free == 1


# ---- queueing theory ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("clerks", "load"), [(1, 0.5), (1, 0.8), (2, 0.7), (5, 0.8), (10, 0.9)])
def test_waits_are_those_of_erlang(clerks: int, load: float):
    count = 100_000
    world = a_hall(clerks, load, count, seed=clerks)
    world.run(START_MS + 3 * count * SERVICE_MS)
    assert world.is_over()
    waits = waits_ms(world)
    found, half_width = interval(waits)
    expected = mean_wait_ms(clerks, load)
    assert abs(found - expected) < half_width
    assert half_width < 0.3 * expected  # an interval that says something
    share, half_width = interval(waits > 0)
    assert abs(share - erlang_c(clerks, load)) < half_width


def test_little_s_law():
    """Who stands in the queue, seen from outside at regular times, is arrivals per time times the mean wait."""
    count = 20_000
    world = a_hall(4, 0.85, count, seed=5)
    seen: list[int] = []

    def watch(env: simpy.Environment):
        while not world.is_over():
            seen.append(world.desks[0, "accept"].queue_length if world.desks else 0)
            yield env.timeout(MINUTE_MS)

    world.clock.process(watch(world.clock))
    world.run(START_MS + count * SERVICE_MS)
    arrivals_per_minute = count / len(seen)
    assert mean(seen) == pytest.approx(arrivals_per_minute * waits_ms(world).mean() / MINUTE_MS, rel=0.02)
