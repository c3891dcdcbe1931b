"""Defects with linked items that vendors really make, at the registry and at the hub between."""

from copy import copy
from dataclasses import asdict, replace
from typing import Any

from contract import cable_tv, gas, housing_fund, hub, power, water
from reference.hub import ROLE as HUB
from reference.mutants.defects import acting, also, defect, on, rewriting, saying, taking
from reference.mutants.mutant import Extras, Mutant
from reference.mutants.rules import Edit, after
from reference.registry import ROLE as REGISTRY
from reference.registry_linked import TIMERS
from sim.message import refused
from sim.posts import NOTHING, Post, hold, later

DONE, REJECTED = 3, 4
ALL: dict[str, Any] = {"power": power, "water": water, "gas": gas, "cable_tv": cable_tv, "housing_fund": housing_fund}
PUSHED = tuple(f"{item}_pushed" for item in ALL)
RESULTS = tuple(each.Result for each in ALL.values())
TO_HUB = {"power": hub.PushPower, "cable_tv": hub.PushCableTv, "housing_fund": hub.PushHousingFund}
FROM_HUB = {"power": hub.PowerResult, "cable_tv": hub.CableTvResult, "housing_fund": hub.HousingFundResult}
PUSHES = (*(each.Push for each in ALL.values()), *TO_HUB.values())
RECEIPTS = tuple(each.PushAccepted for each in ALL.values())
ITEM_OF = {each.PushAccepted: item for item, each in ALL.items()} | {
    refused(each.Attach): item for item, each in ALL.items() if hasattr(each, "Attach")
}


def _as_done(file: Any, heard: Any) -> Any:
    return replace(heard, status=DONE, reason_code="", reason="") if heard.status == REJECTED else heard


def _receipt_is_result(file: Any, heard: Any) -> list[Post]:
    return [later(0, TIMERS[ITEM_OF[type(heard)]].finished())]


def _receipt_is_result_at_hub(file: Any, heard: Any) -> list[Post]:
    return [hold("registry", FROM_HUB[ITEM_OF[type(heard)]](DONE, "", ""))]


def _any_case(file: Any, heard: Any) -> Any:
    known = file.linked.get(heard.op.item)
    return replace(heard, accept_no=known.accept_no) if known is not None else heard


def _whole_form(extras: Extras) -> Edit:
    def change(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
        form = {"buyers": [asdict(each) for each in file.application.buyers], "price_fen": file.application.price_fen}
        return [
            (*post[:3], extras.add(copy(post[3]), {"application": form})) if type(post[3]) in PUSHES else post
            for post in posts
        ]

    return after(change)


def _give_up(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    back = {type(each.sent_back()): each.given_up for each in TIMERS.values()}
    return [later(0, back[type(post[3])]()) if type(post[3]) in back else post for post in posts]


def _round_about(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    said = []
    for post in posts:
        direct = next((item for item in TO_HUB if type(post[3]) is ALL[item].Push), None)
        if direct is None:
            said.append(post)
            continue
        payload: Any = post[3]
        inner = payload.withdrawal if direct == "housing_fund" else payload.transfer
        said.append((post[0], "hub", post[2], TO_HUB[direct](inner)))
    return said


def _own_city(file: Any, body: Any) -> Any:
    return replace(body, withdrawal=replace(body.withdrawal, centre=0))


def _recall(item: str) -> Any:
    track = next(each for each in REGISTRY.tracks if each.name == item)
    waiting = next(each for each in track.states if each.name == f"{item}_waiting")
    again = acting(lambda file, heard: [later(0, TIMERS[item].resubmit())], waiting)
    return on(REGISTRY, TIMERS[item].recall, again)


MUTANTS: tuple[Mutant, ...] = (
    defect("receipt-taken-for-result", "把受理回执当作办结（直连部门）", "T17",
           on(REGISTRY, RECEIPTS, also(_receipt_is_result), states=PUSHED)),
    defect("receipt-taken-for-result-at-hub", "总对总把受理回执当作办结", "T17",
           on(HUB, RECEIPTS, also(_receipt_is_result_at_hub))),
    defect("rejection-taken-for-done", "退回的结果也算办结", "T17",
           on(REGISTRY, (*RESULTS, *FROM_HUB.values()), taking(_as_done))),
    defect("rejection-lost-at-hub", "总对总把部门的退回转成办结", "T17", on(HUB, RESULTS, taking(_as_done))),
    defect("refused-push-ignored", "推送被退回不理会", "T19",
           on(REGISTRY, [refused(each.Push) for each in ALL.values()], acting(lambda file, heard: NOTHING))),
    defect("never-pushed-again", "退回之后不再补齐重推", "T19", on(REGISTRY, None, saying(_give_up))),
    defect("attachment-fails-item", "附件被退回就当整个事项退回", "T15",
           on(REGISTRY, [kind for kind in ITEM_OF if kind not in RECEIPTS], also(
               lambda file, heard: [later(0, TIMERS[ITEM_OF[type(heard)]].given_up())]), states=PUSHED)),
    defect("whole-form-to-utilities", "把整张申请表发给水电气等单位", "",
           on(REGISTRY, None, _whole_form)),
    defect("direct-region-by-province", "已直连的地区仍绕省级总对总", "", on(REGISTRY, None, saying(_round_about))),
    defect("other-city-fund-ignored", "异地公积金也推给本地中心", "T33",
           on(REGISTRY, None, rewriting((housing_fund.Push, hub.PushHousingFund), _own_city))),
    defect("recalled-without-cancel", "登簿后更正，不撤旧单又推新单", "T18", *(_recall(item) for item in ALL)),
    defect("result-of-any-case", "总对总不核对受理号，别件或上一次的结果照收", "T16",
           on(HUB, [ALL[item].Result for item in FROM_HUB], taking(_any_case))),
)  # fmt: skip
