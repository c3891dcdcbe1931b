"""What platforms are told of a case and its review, and how people rate it."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from features.casting import ORDINARY, Cast, Stock
from features.evidence import Check, Seen
from features.steps.contents import STAGES, told
from features.steps.faults import _lay, fixed
from features.steps.words import BEIJING, ITEM_NAMES
from features.vocabulary import VOCABULARY
from sim.calendar import DAY_MS
from sim.dossier import HONG_KONG_PERMIT, PASSPORT, TAIWAN_PERMIT, Dossier
from sim.faults import Effect

SUBJECT = "回流与评价"
REPORTS: Final = frozenset({"gov_platform.report_main", "gov_platform.report_package"})
PERMITS: Final = {"护照": PASSPORT, "台湾居民来往大陆通行证": TAIWAN_PERMIT, "港澳居民来往内地通行证": HONG_KONG_PERMIT}
VOCABULARY.word("证件", "|".join(PERMITS), PERMITS.__getitem__)
NUMBERS: Final = {PASSPORT: "E12345678", TAIWAN_PERMIT: "08123456", HONG_KONG_PERMIT: "H81234567"}


@VOCABULARY.arranges(SUBJECT, "买方评价为{int}星", "买方评价为5星")
def rates(cast: Cast, stars: int) -> None:
    """办结之后打这个分；一至五星之外的，是越界的评分。"""
    cast.shares["rating_given"] = 1.0
    cast.shares["bad_rating"] = 0.0
    cast.reasons["buyer.score"] = str(stars)


@VOCABULARY.arranges(SUBJECT, "住建第一次退回回流数据", "住建第一次退回回流数据")
def sent_back_by_housing(cast: Cast) -> None:
    """合同要素不全；同一比例也管受理岗补正，故受理时也补正一次。"""
    cast.shares["correction_asked"] = 1.0
    cast.durations.setdefault("correction_by_applicant", DAY_MS)


@VOCABULARY.arranges(SUBJECT, "买方持{证件}", "买方持护照")
def permit(cast: Cast, id_type: str) -> None:
    """不是居民身份证。"""

    def hold(dossier: Dossier, stock: Stock) -> Dossier:
        first = replace(dossier.buyers[0], id_type=id_type, id_no=NUMBERS[id_type])
        return replace(dossier, buyers=(first, *dossier.buyers[1:]))

    cast.edits.append(hold)


@VOCABULARY.arranges(SUBJECT, "{报文}格式损坏{int}次", "“签署”格式损坏2次")
def malformed(cast: Cast, kinds: frozenset[str], times: int) -> None:
    """前几次送达的内容读不出来，接收方不收，之后照常。"""
    _lay(cast, kinds, Effect.MALFORMED, most=times)


@VOCABULARY.arranges(SUBJECT, "{报文}重复送达三次", "“用水过户结果”重复送达三次")
def three_times(cast: Cast, kinds: frozenset[str]) -> None:
    """同一报文前后送达三次，各隔一分钟以上。"""
    _lay(cast, kinds, Effect.DUPLICATED, delay=fixed(60_000))
    _lay(cast, kinds, Effect.DUPLICATED, delay=fixed(180_000))


@VOCABULARY.checks(SUBJECT, "办件依次回流{引文}", "办件依次回流“受理、过程、办结”")
def stages(seen: Seen, wanted: str) -> Check:
    """各环节按发生时间排，不缺不乱，同一环节所写的时间只有一个，平台最后都入库。"""
    rows = seen.messages(REPORTS)
    told: dict[str, set[int]] = {}
    for row in sorted(rows, key=lambda each: seen.body(each)["at_ms"]):
        told.setdefault(STAGES.get(seen.body(row)["stage"], "？"), set()).add(seen.body(row)["at_ms"])
    stored = {STAGES.get(seen.reply(row).get("stage", ""), "") for row in rows}
    found = "、".join(told)
    holds = found == wanted and set(told) <= stored and all(len(times) == 1 for times in told.values())
    return seen.awaited(
        holds, f"依次为{wanted}，都已入库", f"{found or '没有报送'}；入库 {'、'.join(sorted(stored))}", rows
    )


@VOCABULARY.checks(
    SUBJECT, "套餐包列有所选各事项的结果，且与告知申请人的一致", "套餐包列有所选各事项的结果，且与告知申请人的一致"
)
def package_lists(seen: Seen) -> Check:
    """办结环节的套餐包里，每个联办子件的结果就是短信里说的那个。"""
    rows = [row for row in seen.messages(REPORTS) if seen.body(row).get("stage") == "done"]
    results = dict(sorted(each.split(":") for each in seen.body(rows[-1]).get("results", ()))) if rows else {}
    texts = "\n".join(seen.body(row).get("text", "") for row in seen.messages(frozenset({"notify.sms"})))
    chosen = [item for item in ITEM_NAMES if seen.played.dossier.chose(item)]
    wrong = [ITEM_NAMES[item] for item in chosen if f"您的{ITEM_NAMES[item]}已{results.get(item, '？')}" not in texts]
    holds = bool(rows) and set(results) == set(chosen) and not wrong
    return seen.awaited(holds, "子件结果齐全且一致", f"套餐包：{results}；不一致：{'、'.join(wrong) or '无'}", rows)


@VOCABULARY.checks(SUBJECT, "子办件逐项回报，结果与告知申请人的一致", "子办件逐项回报，结果与告知申请人的一致")
def items_reported(seen: Seen) -> Check:
    """模式1：每个所选联办事项回报一次，结果就是短信里说的那个。"""
    rows = seen.messages(frozenset({"gov_platform.report_item"}))
    results = [(seen.body(row)["item_code"], seen.body(row)["result"]) for row in rows]
    texts = "\n".join(seen.body(row).get("text", "") for row in seen.messages(frozenset({"notify.sms"})))
    chosen = [item for item in ITEM_NAMES if seen.played.dossier.chose(item)]
    wrong = [item for item, result in results if f"您的{ITEM_NAMES[item]}已{result}" not in texts]
    holds = sorted(item for item, _ in results) == sorted(chosen) and not wrong
    return seen.awaited(holds, "逐项回报一次且一致", "；".join(f"{item} {result}" for item, result in results), rows)


@VOCABULARY.checks(SUBJECT, "办结环节所写的月份是办件结束的月份", "办结环节所写的月份是办件结束的月份")
def month_of_end(seen: Seen) -> Check:
    """不论何时送达，办件归到办结那天所在的月份。"""
    rows = [row for row in seen.messages(REPORTS) if seen.body(row).get("stage") == "done"]
    ends = seen.messages(frozenset({"portal.closed"}))
    if not rows or not ends:
        return seen.awaited(False, "月份一致", "没有办结报送或办件结束通知", [*rows, *ends])
    said, over = _month(seen.body(rows[-1])["at_ms"]), _month(ends[0].asked_ms)
    return seen.check(said == over, f"{over}", f"{said}，送达于 {_month(rows[-1].t_ms)}", [ends[0], rows[-1]])


def _month(t_ms: int) -> str:
    return datetime.fromtimestamp(t_ms / 1_000, BEIJING).strftime("%Y年%m月")


@VOCABULARY.arranges(SUBJECT, "{int}天后同一房屋再次转手", "90天后同一房屋再次转手")
def sold_again(cast: Cast, days: int) -> None:
    """另有一件，房屋相同，买卖双方是另外的人，其余照规范办件。"""
    cast.second_after_ms = days * DAY_MS

    def resold(found: Dossier, first: Dossier) -> Dossier:
        home = {
            name: getattr(first, name) for name in ("unit_code", "address", "area_m2_x100", "residential", "title_no")
        }
        return replace(found, **{**ORDINARY, **home, "acquired_ms": first.arrival_ms, "loan": False})

    cast.second = resold


@VOCABULARY.checks(
    SUBJECT, "再次转手的办件也以办结告终，备案号与本件不同", "再次转手的办件也以办结告终，备案号与本件不同"
)
def filed_apart(seen: Seen) -> Check:
    """两件各有一条备案，先后独立，互不覆盖。"""
    if seen.second is None:
        raise ValueError("本场景没有再次转手的办件")
    receipts = frozenset({"data_exchange.filing_receipt"})
    first, then = [[told(each, row, "备案号") for row in each.messages(receipts)] for each in (seen, seen.second)]
    over = [seen.second.body(row).get("outcome") for row in seen.second.messages(frozenset({"person.case_over"}))]
    holds = len(first) == len(then) == 1 and first != then and "done" in over
    return seen.awaited(holds, "两条备案，号不同", f"{first}；{then}；{over}", seen.messages(receipts))
