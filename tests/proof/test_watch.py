"""The watch sees every breach of law 4 it is there for."""

import pytest

from sim.message import Error
from sim.posts import answer, refuse, reply
from sim.table import Role, ignored, row
from tests.proof.watch import Watch
from tests.sim.toys import WRONG, Answer, Ask, AskLater, Do, Look, Told, a_role, a_state, counter
from tests.town import Town


def watched(role: Role, *messages) -> Watch:
    with Watch([role]) as watch:
        town = Town({"toy": role})
        for message in messages:
            town.say("buyer", "toy", message)
        town.run(days=1)
    return watch


@pytest.mark.parametrize(
    ("act", "message", "breach"),
    [
        (lambda file, heard: (), Ask(1), "replies 0 times"),
        (lambda file, heard: [reply(Answer(1)), reply(Answer(2))], Ask(1), "replies 2 times"),
        (lambda file, heard: [reply(Answer(1))], Do(1), "replies 1 times"),
        (lambda file, heard: [reply(Told(1))], Ask(1), "replies with no reply"),
        (lambda file, heard: refuse(Error("odd", "未声明")), Do(1), "does not declare"),
        (lambda file, heard: refuse(WRONG), Told(1), "does not declare"),
        (lambda file, heard: [answer(file.asked, Answer(n)) for n in (1, 2)], AskLater(1), "a second time"),
        (lambda file, heard: [answer(file.asked, Answer(1))], Do(1), "not to be answered later"),
    ],
)
def test_a_breach_is_seen(act, message, breach):
    with pytest.raises(AssertionError, match=breach):
        watched(counter(act), message)


def test_a_query_that_changes_what_is_known_is_seen():
    idle, busy = a_state(), a_state("busy")

    def look(file, heard):
        file.states[0] = busy
        return Answer(1)

    with pytest.raises(AssertionError, match="changed what toy knows"):
        watched(a_role(idle, ignored(idle, Do, "无须处理"), row(idle, Told, busy), queries={Look: look}), Look(1))


def test_what_ran_what_was_reached_and_what_was_never_answered_is_known():
    role = counter(lambda file, heard: [reply(Answer(1))] if isinstance(heard, Ask) else ())
    watch = watched(role, Ask(1), Ask(2), AskLater(3))
    assert {rule.kind: runs for rule, runs in watch.ran.items()} == {Ask: 2, AskLater: 1}
    assert watch.reached == {role.parts[0].starts[0]}
    assert len(watch.unanswered) == 1
    assert all(rule.action.__name__ != "watched" for rule in role.tracks[0].rows)


def test_a_rule_that_two_roles_share_is_watched_once_and_then_as_it_was():
    role = counter()
    other = Role("other", "另一柜台", role.parts)
    rules = [rule for track in role.tracks for rule in track.rows]
    before = [rule.action for rule in rules]
    with Watch([role, other]) as watch:
        town = Town({"toy": role})
        town.say("buyer", "toy", Do(1))
        town.run(days=1)
    assert watch.ran == {rule: 1 for rule in rules if rule.kind is Do}
    assert [rule.action for rule in rules] == before
