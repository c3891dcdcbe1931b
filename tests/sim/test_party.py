"""Tables that contradict themselves are found when they are built; a party says what it would accept instead."""

import pytest

from sim.calendar import SECOND_MS
from sim.case import Case
from sim.draws import draw
from sim.message import refused
from sim.party import File, Party
from sim.posts import Posts, Refusal, hold, later, refuse, reply, send, work, working
from sim.table import Part, Role, TableError, Track, ignored, quiet, row
from tests.sim.toys import WRONG, Answer, Ask, AskLater, Deposit, Do, Due, Look, Told, a_role, a_state, bank


def speak(file: File, heard: object) -> Posts:
    return [send("hub", Told(1))]


def test_an_overlap_is_an_error():
    idle, busy = a_state(), a_state("busy", end=False)
    with pytest.raises(TableError, match="“办理”有两条规则"):
        Track("main", "主", idle, [row((idle, busy), Do, busy, speak), row(busy, Do, idle)])


def test_an_ignored_message_overlaps_too():
    idle = a_state()
    with pytest.raises(TableError, match="两条规则"):
        Track("main", "主", idle, [ignored(idle, Do, "无须处理"), ignored(idle, Do, "已收过")])


def test_a_rule_that_does_nothing_says_why():
    idle, busy = a_state(), a_state("busy")
    with pytest.raises(TableError, match="在“busy”时对“办理”既无动作也不转移，请用 ignored"):
        Track("main", "主", idle, [row((idle, busy), Do, busy)])


@pytest.mark.parametrize(
    "rules", [lambda idle: row(idle, Ask, a_state("busy")), lambda idle: ignored(idle, AskLater, "重复")]
)
def test_a_request_that_must_be_answered_has_an_action(rules):
    with pytest.raises(TableError, match="必须应答"):
        Track("main", "主", idle := a_state(), [rules(idle)])


def test_a_query_has_no_rule():
    with pytest.raises(TableError, match="查询不需要规则"):
        Track("main", "主", idle := a_state(), [row(idle, Look, None, speak)])


@pytest.mark.parametrize("second_name", ["tax", "main"])
def test_a_state_in_two_tracks_is_an_error(second_name: str):
    idle = a_state()
    Track("main", "主", idle, [ignored(idle, Do, "无须处理")])
    with pytest.raises(TableError, match="同时属于轨道“主”和“另一”"):
        Track(second_name, "另一", idle, [ignored(idle, Told, "无须处理")])


def test_a_track_begins_where_nothing_is_outstanding():
    busy = a_state("busy", end=False)
    with pytest.raises(TableError, match="起始状态"):
        Track("main", "主", busy, [ignored(busy, Do, "无须处理")])


def test_two_tracks_of_a_role_must_not_hear_the_same_kind():
    idle, still = a_state(), a_state("still")
    tracks = [
        Track("main", "主", idle, [ignored(idle, Do, "无须处理")]),
        Track("tax", "税", still, [ignored(still, Do, "无须处理")]),
    ]
    with pytest.raises(TableError, match="两条轨道都处理“办理”"):
        Role("toy", "柜台", (Part(File, tracks),))


def test_two_tracks_of_a_file_must_not_share_a_name():
    idle, still = a_state(), a_state("still")
    tracks = [
        Track("main", "主", idle, [ignored(idle, Do, "无须处理")]),
        Track("main", "主", still, [ignored(still, Told, "无须处理")]),
    ]
    with pytest.raises(TableError, match="同名轨道"):
        Part(File, tracks)


def test_a_set_of_states_is_a_row_for_each():
    idle, busy = a_state(), a_state("busy", end=False)
    stays, moves = row([idle, busy], Do, None, speak), row({idle, busy}, Told, busy, speak)
    assert [(each.state, each.next, each.moves) for each in stays] == [(idle, idle, False), (busy, busy, False)]
    assert {(each.state.name, each.next.name, each.moves) for each in moves} == {
        ("idle", "busy", True),
        ("busy", "busy", False),
    }
    assert {each.state.name: each.delta for each in moves} == {"idle": 1, "busy": 0}


def test_an_ignored_row_gives_its_reason_and_does_nothing():
    idle = a_state()
    (rule,) = ignored(idle, Told, "重复通知")
    assert (rule.reason, rule.action, rule.next) == ("重复通知", quiet, idle)
    assert quiet(None, Told(1)) == ()


def test_the_words_of_an_action():
    told = Told(1)
    posts = [
        send("hub", told),
        reply(told, 5),
        later(7, told),
        working(8, told),
        work("accept", 9, told),
        hold("hub", told),
    ]
    assert len({post[0] for post in posts}) == len(posts)
    assert {post[3] for post in posts} == {told}
    assert [post[2] for post in posts] == [0, 5, 7, 8, 9, 0]
    assert refuse(WRONG, "面积") == Refusal(WRONG, "面积")


def test_a_role_knows_what_it_would_accept():
    idle, busy = a_state(), a_state("busy", end=False)
    role = a_role(
        idle,
        row(idle, Do, busy),
        ignored(idle, Told, "无须处理"),
        ignored(idle, Due, "无须处理"),
        ignored(idle, refused(Do), "无须处理"),
        row(busy, Answer, idle),
        ignored(busy, Due, "无须处理"),
    )
    party = Party(role, "toy")
    file = party.open(Case(1, None, 1, 1, False), role.parts[0])
    assert role.closest(None, Ask) == "柜台不受理“询问”"
    assert role.closest(file, Answer) == "柜台处于“idle”，此时只接受：办理、告知"
    file.states[0] = busy
    assert role.closest(file, Do) == "柜台处于“busy”，此时只接受：答复"


def test_nothing_to_accept_is_said_too():
    idle, over = a_state(), a_state("over")
    role = a_role(idle, row(idle, Do, over), ignored(over, Due, "无须处理"))
    file = Party(role, "toy").open(Case(1, None, 1, 1, False), role.parts[0])
    file.states[0] = over
    assert role.closest(file, Do) == "柜台处于“over”，此时只接受：（无）"


def test_a_file_of_another_part_is_told_where_the_part_begins():
    role = bank()
    file = Party(role, "bank").open(Case(1, None, 1, 1, False), role.parts[0])
    assert role.closest(file, Deposit) == "银行处于“none”，此时只接受：开户"


def test_draws_of_a_file_depend_on_case_seat_purpose_and_attempt_alone():
    role = a_role(idle := a_state(), ignored(idle, Do, "无须处理"))
    seats = ("toy", "toy", "second", "third")
    one, again, *others = (Party(role, seat).open(Case(1, None, 77, 1, False), role.parts[0]) for seat in seats)
    assert one.draw(b"toy.luck", 3) == again.draw(b"toy.luck", 3) == draw(77, b"toy.luck", 3)
    assert len({each.draw(b"toy.luck", 3) for each in (one, *others)}) == 3
    drawn = {one.draw(purpose, n) for purpose in (b"toy.luck", b"toy.pace") for n in range(SECOND_MS)}
    assert len(drawn) == 2 * SECOND_MS
    assert all(0 <= each < 1 for each in drawn)


def test_numbers_are_entered_in_the_party_s_ledgers():
    role = bank()
    party = Party(role, "bank")
    file = party.open(Case(1, None, 1, 1, False), role.parts[1])
    file.enter("account", "6217")
    assert party.ledgers == {"account": {"6217": file}}
    assert file.state("account").name == "none"
    assert repr(file.state("account")) == "State(account:none)"
