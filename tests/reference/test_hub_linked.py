"""The hub's linked items alone: two hops of polls, lost entries healed, nothing pushed unrecorded or told twice."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract import cable_tv, housing_fund, hub, power
from contract.records import Transfer, Withdrawal
from reference import hub as reference_hub
from sim.calendar import DAY_MS, HOUR_MS
from sim.durations import Duration
from sim.faults import Effect, Fault
from sim.message import refused
from sim.package.places import Region
from sim.party import File
from sim.polls import PollPlan
from sim.posts import Posts, answer, refuse, reply
from tests.town import BUYER, START_MS, Town

SAID: dict[str, Any] = {"power": power, "cable_tv": cable_tv, "housing_fund": housing_fund}
AT_HUB: dict[str, tuple[Any, Any, Any]] = {
    "power": (hub.PushPower, hub.PowerResult, hub.QueryPower),
    "cable_tv": (hub.PushCableTv, hub.CableTvResult, hub.QueryCableTv),
    "housing_fund": (hub.PushHousingFund, hub.HousingFundResult, hub.QueryHousingFund),
}
PLANS = {(f"{item}.fetch_results", "hub"): PollPlan(said.FetchResults) for item, said in SAID.items()}
PLANS["hub.fetch_results", "registry"] = PollPlan(hub.FetchResults)
SETTINGS = reference_hub.Settings(
    Duration((15 * DAY_MS,) * 1024, False, "测试"), Region("fuzhou", "3501", "福州市", 1.0, "province", 2, ())
)  # fmt: skip
EVERY_ITEM = pytest.mark.parametrize("item", SAID)


class Linked(Town):
    """A hub, one department of ours played by hand, and a registry that polls."""

    def __init__(self, item: str, refusal: bool = False, answers: bool = True, **more: Any) -> None:
        self.item, self.said, self.refusal, self.accepted, self.found = item, SAID[item], refusal, 0, 2
        super().__init__(
            {"hub": reference_hub.ROLE}, {"hub": SETTINGS}, polls=PLANS, answers={item: self.say_back} if answers else {}, **more
        )  # fmt: skip

    def say_back(self, file: File, heard: Any) -> Posts:
        said = self.said
        if isinstance(heard, said.Push):
            if self.refusal:
                return refuse(said.ACCOUNT_UNKNOWN)
            self.accepted += 1
            return [reply(said.PushAccepted(f"SL{self.accepted}"))]
        if isinstance(heard, said.QueryStatus):
            return [reply(said.Status(heard.accept_no, self.found, "", ""))]
        return [reply(said.Attached(heard.accept_no))]

    def push(self, recorded_ms: int = START_MS, title_no: str = "闽（2023）福州市不动产权第0000001号") -> None:
        kind, unit = AT_HUB[self.item][0], self.dossier.unit_code
        if self.item == "housing_fund":
            asked: Any = Withdrawal("1", 0, BUYER, unit, title_no, 1_000, 300, BUYER.name, recorded_ms)
        else:
            asked = Transfer("1", unit, title_no, "福州市鼓楼区", BUYER, "陈明", recorded_ms)
        self.say("registry", "hub", kind(asked))
        self.run(ms=500)

    def result(self, accept_no: str = "SL1", status: int = 3, reason: str = "") -> None:
        more = (0,) if self.item == "housing_fund" else ()
        self.hold(self.item, "hub", self.said.Result(accept_no, status, reason, reason, *more))

    def ask(self) -> None:
        self.say("registry", "hub", AT_HUB[self.item][2]())

    def told(self) -> list[tuple[int, str]]:
        return [(each.status, each.reason_code) for each in self.heard("registry", AT_HUB[self.item][1])]

    def at(self) -> str:
        return self.state("hub", self.item).name.removeprefix(f"{self.item}_")


@EVERY_ITEM
def test_a_push_goes_on_and_its_result_comes_back_by_two_polls(item: str) -> None:
    place = Linked(item)
    place.push()
    assert place.at() == "awaiting"
    assert len(place.heard(item, place.said.Push)) == 1
    if item != "housing_fund":
        (files,) = place.heard(item, place.said.Attach)
        assert files.accept_no == "SL1"
        assert place.file("hub").linked[item].attached
    place.result()
    place.run(hours=3)
    assert place.told() == [(3, "")]
    assert (place.at(), place.open_cases(), place.unexpected()) == ("done", {}, [])
    assert [each["receiver"] for each in place.rows(kind="hub.fetch_results")] == ["hub"]


@EVERY_ITEM
def test_what_is_not_recorded_is_not_pushed(item: str) -> None:
    for recorded_ms, title_no in ((0, "证"), (START_MS + DAY_MS, "证"), (START_MS, "")):
        place = Linked(item)
        place.push(recorded_ms, title_no)
        (no,) = place.heard("registry")
        assert (type(no), no.error) == (refused(AT_HUB[item][0]), "not_recorded")
        assert not place.heard(item)


@EVERY_ITEM
def test_a_department_that_does_not_take_it_in(item: str) -> None:
    place = Linked(item, refusal=True)
    place.push()
    place.run(hours=2)
    assert place.told() == [(4, "account_unknown")]
    place.refusal = False
    place.push()
    place.result()
    place.run(hours=3)
    assert place.told() == [(4, "account_unknown"), (3, "")]


@EVERY_ITEM
def test_an_entry_lost_on_the_first_hop_is_asked_for_after_ten_days(item: str) -> None:
    place = Linked(item, faults=(Fault("lost", Effect.LOST, f"{item}.result"),))
    place.push()
    place.result()
    place.run(days=10.5)
    assert place.told() == []
    place.found = 3
    place.run(days=10)
    assert place.told() == [(3, "")]
    assert len(place.heard(item, place.said.QueryStatus)) == 2
    assert place.open_cases() == {}


@EVERY_ITEM
def test_an_entry_lost_on_the_second_hop_is_laid_ready_again(item: str) -> None:
    place = Linked(item, faults=(Fault("lost", Effect.LOST, f"hub.{item}_result", most=1),))
    place.push()
    place.result()
    place.run(days=1)
    assert place.told() == []
    place.ask()
    place.run(hours=2)
    assert place.told() == [(3, "")]


@EVERY_ITEM
def test_a_registry_that_asks_early_makes_the_hub_ask(item: str) -> None:
    place = Linked(item)
    place.push()
    place.ask()
    place.run(hours=2)
    assert (place.told(), place.at()) == ([], "awaiting")
    place.found = 4
    place.ask()
    place.run(hours=2)
    assert place.told() == [(4, "")]
    place.result(status=4)
    place.run(hours=2)
    assert place.told() == [(4, "")]


@EVERY_ITEM
def test_a_result_of_an_earlier_acceptance_does_not_count(item: str) -> None:
    place = Linked(item)
    place.push()
    place.result(status=4, reason="arrears")
    place.run(hours=3)
    place.push()
    place.result("SL1", 4, "arrears")
    place.run(hours=3)
    assert (place.at(), place.told()) == ("awaiting", [(4, "arrears")])
    place.result("SL2", 3)
    place.run(hours=3)
    assert (place.at(), place.told()) == ("done", [(4, "arrears"), (3, "")])
    place.result("SL1", 4, "arrears")
    place.run(hours=3)
    assert place.told() == [(4, "arrears"), (3, "")]


@EVERY_ITEM
def test_a_repeated_result_is_told_once_and_a_changed_one_again(item: str) -> None:
    place = Linked(item)
    place.push()
    for status in (3, 3, 4):
        place.result(status=status)
        place.run(hours=3)
    assert place.told() == [(3, ""), (4, "")]


@EVERY_ITEM
def test_a_result_before_its_acceptance_number(item: str) -> None:
    place = Linked(item, answers=False)
    place.push()
    place.result()
    place.ask()
    place.run(hours=2)
    assert (place.at(), place.told()) == ("pushing", [])
    place.answer(item, place.said.PushAccepted("SL1"), place.said.Push)
    place.run(hours=2)
    assert (place.at(), place.told()) == ("done", [(3, "")])


@pytest.mark.parametrize("item", ["power", "cable_tv"])
def test_an_attachment_that_fails_does_not_hold_up_the_result(item: str) -> None:
    place = Linked(item, answers=False)
    place.push()
    place.answer(item, place.said.PushAccepted("SL1"), place.said.Push)
    place.run(ms=200)
    asked = place.file(item).record[-1][1]
    no = refused(place.said.Attach)("unknown_acceptance", "受理编号不存在")
    place._post(item, [answer(asked, no)], place.open())
    place.result()
    place.run(hours=3)
    assert not place.file("hub").linked[item].attached
    assert place.told() == [(3, "")]


ACTS = ("push", "ask", "result", "other_result", "wait")


@given(
    item=st.sampled_from(list(SAID)), acts=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from([0, 60, 500, HOUR_MS])), max_size=20),
    refusal=st.booleans(), lost=st.booleans(), seed=st.integers(0, 99),
)  # fmt: skip
@settings(max_examples=60)
def test_in_any_sequence_each_push_has_one_end(item: str, acts: Any, refusal: bool, lost: bool, seed: int) -> None:
    faults = (Fault("lost", Effect.LOST, f"*{item}*result", share=0.5),) if lost else ()
    place = Linked(item, refusal=refusal, faults=faults, seed=seed)
    for act, pause_ms in acts:
        if act == "push":
            place.push()
        elif act == "ask":
            place.ask()
        elif act == "result" and place.at() != "idle":
            place.result(f"SL{place.accepted}")
        elif act == "other_result" and place.at() != "idle":
            place.result("SL1", 4, "arrears")
        place.run(ms=pause_ms)
    place.found = 3
    place.run(days=40)
    assert place.at() in ("idle", "done")
    assert (place.open_cases(), place.unexpected()) == ({}, [])
