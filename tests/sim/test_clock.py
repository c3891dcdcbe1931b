"""One clock: messages and ordinary SimPy processes share it, and it never runs backwards."""

import pytest
import simpy

from sim.calendar import DAY_MS
from sim.clock import LINK_MS, Clock
from sim.posts import later, send
from sim.table import row
from tests.sim.toys import Do, Due, Told, a_role, a_state, counter
from tests.town import START_MS, Town


def test_simpy_processes_run_beside_the_messages():
    town = Town({"toy": counter(lambda file, heard: [send("hub", Told(heard.n))])})
    seen = []

    def watch(env: simpy.Environment):
        for _ in range(3):
            yield env.timeout(60)
            seen.append((env.now - START_MS, len(town.heard("hub"))))
        return "done"

    process = town.clock.process(watch(town.clock))
    town.say("buyer", "toy", Do(1))
    town.run(ms=1_000)
    assert seen == [(60, 0), (120, 1), (180, 1)]
    assert process.value == "done"


def test_a_resource_of_simpy_queues_on_our_clock():
    town = Town({"toy": counter()})
    desk, done = simpy.Resource(town.clock, 1), []

    def visit(env: simpy.Environment, name: str):
        with desk.request() as turn:
            yield turn
            yield env.timeout(100)
        done.append((name, env.now - START_MS))

    for name in "abc":
        town.clock.process(visit(town.clock, name))
    town.run(ms=1_000)
    assert done == [("a", 100), ("b", 200), ("c", 300)]


def test_a_process_that_fails_is_loud():
    town = Town({"toy": counter()})

    def fail(env: simpy.Environment):
        yield env.timeout(10)
        raise RuntimeError("broken")

    town.clock.process(fail(town.clock))
    with pytest.raises(RuntimeError, match="broken"):
        town.run(ms=1_000)


def test_a_clock_without_messages_is_an_ordinary_environment():
    clock = Clock(0)

    def wait(env: simpy.Environment):
        yield env.timeout(5) | env.timeout(9)
        return env.now

    assert clock.run(until=clock.process(wait(clock))) == 5
    clock.run(until=20)
    assert (clock.now_ms, clock.next_due_ms) == (20, None)
    with pytest.raises(simpy.core.EmptySchedule):
        clock.step()


def test_simpy_cannot_step_over_messages_it_does_not_know():
    town = Town({"toy": counter()})
    town.say("buyer", "toy", Do(1))
    with pytest.raises(RuntimeError, match=r"Sandbox\.step"):
        town.clock.step()
    assert town.clock.next_due_ms == START_MS + LINK_MS


def test_calls_at_an_instant_come_before_its_messages():
    town, order = Town({"toy": counter(lambda file, heard: order.append("message") or ())}), []
    due = START_MS + LINK_MS
    town.say("buyer", "toy", Do(1))
    town.clock.at(due, lambda entry: order.append(entry[6]), "first")
    town.run(until=due)
    assert order == ["first", "message"]


def test_time_does_not_run_backwards():
    town = Town({"toy": counter()})
    town.run(ms=100)
    with pytest.raises(ValueError, match="时间不能倒退"):
        town.run(until=START_MS)
    with pytest.raises(ValueError, match="时间不能倒退"):
        town.clock.at(START_MS, print)


def test_stepped_pace_delivers_one_thing_at_a_time():
    idle = a_state()

    def begin(file, heard):
        return [later(0, Due(1)), later(0, Due(2)), send("hub", Told(1))]

    role = a_role(idle, row(idle, Do, None, begin), row(idle, Due, None, lambda file, heard: [send("hub", Told(9))]))
    town = Town({"toy": role})
    town.say("buyer", "toy", Do(1))
    steps = []
    while town.sandbox.step():
        steps.append((town.clock.now_ms - START_MS, len(town.rows()), town.clock.next_due_ms))
    assert [t for t, _, _ in steps] == [50, 50, 50, 100, 100, 100]
    assert [count for _, count, _ in steps] == [1, 2, 3, 4, 5, 6]
    assert steps[2][2] == START_MS + 100
    assert steps[-1][2] is None


def test_stepping_tells_the_same_story_as_running():
    def story(advance):
        town = Town({"toy": counter(lambda file, heard: [send("hub", Told(heard.n)), send("tax", Told(heard.n))])})
        for n in range(5):
            for case in (1, 2, 3):
                town.say("buyer", "toy", Do(n), case=case)
                town.say("seller", "toy", Do(-n), case=case)
        advance(town)
        return [{**row, "id": 0} for row in town.rows()], town.journal.close()

    def run(town):
        town.run(days=1)

    def step(town):
        while town.sandbox.step():
            pass

    def jump(town):
        while (due := town.clock.next_due_ms) is not None:
            town.run(until=due)

    assert story(run) == story(step)
    assert story(jump)[0] == story(run)[0]


def test_what_is_said_at_once_comes_last_in_its_instant_stepped_or_run():
    def story(advance):
        idle = a_state()
        role = a_role(
            idle,
            row(idle, Do, None, lambda file, heard: [later(0, Due(heard.n))]),
            row(idle, Due, None, lambda file, heard: [send("hub", Told(heard.n))]),
        )
        town = Town({"toy": role})
        for case in range(1, 7):
            town.say("buyer", "toy", Do(case), case=case)
        advance(town)
        return [(row["kind"], row["case_no"]) for row in town.rows()]

    def step(town):
        while town.sandbox.step():
            pass

    run = story(lambda town: town.run(days=1))
    assert story(step) == run
    assert [kind for kind, _ in run[:12]] == ["toy.do"] * 6 + ["toy.due"] * 6


def test_passing_time_without_events():
    town = Town({})
    town.run(days=2)
    assert town.clock.now_ms == START_MS + 2 * DAY_MS
    assert town.sandbox.step() is False
