"""Every case has exactly one worker, however workers come and go, and the sandbox reaches that very one."""

from loadtests.stages import Stages
from sim.runs.shares import Shares


def test_each_case_is_somebodys_and_nobody_elses() -> None:
    stages = Stages()
    assert stages.owner(1) == ""
    stages.begin(1, ["b", "a"])
    assert [stages.owner(n) for n in range(1, 7)] == ["b", "a", "b", "a", "b", "a"]
    stages.begin(4, ["a", "c", "b"])  # one came
    stages.begin(9, ["c"])  # two went
    assert [stages.owner(n) for n in range(1, 12)] == [*"bab", *"bcabc", "c", "c", "c"]
    assert Stages(stages.as_json()).as_json() == stages.as_json()


def test_a_stage_that_has_not_begun_gives_way() -> None:
    stages = Stages()
    stages.begin(1, ["a", "b"])
    stages.begin(50, ["a"])
    stages.begin(30, ["a", "c"])
    assert [stage["first"] for stage in stages.as_json()] == [1, 30]


def test_the_sandbox_reaches_who_has_the_case() -> None:
    stages, doors = Stages(), {"a": "http://a", "b": "http://b", "c": "http://c"}
    stages.begin(1, ["a", "b"])
    stages.begin(10, ["b", "c"])
    shares = Shares(buyer=stages.addresses(doors, "buyer"))
    for number in range(1, 30):
        assert shares.address("buyer", number) == f"http://{stages.owner(number)}/buyer"
    assert shares.address("tax", 1) == ""
