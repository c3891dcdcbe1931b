"""The home, its price, its history, and what the buyers want done with it."""

from dataclasses import replace
from typing import Any

from features.casting import YEAR_MS, Cast, Stock
from features.vocabulary import VOCABULARY
from sim.dossier import ITEMS, Dossier
from sim.population import PopulationChunk

SUBJECT = "房屋与事项"


@VOCABULARY.arranges(SUBJECT, "成交价为{金额}", "成交价为120万元")
def price(cast: Cast, amount_fen: int) -> None:
    """合同成交价。"""
    cast.facts["price_fen"] = amount_fen


@VOCABULARY.arranges(SUBJECT, "房屋面积为{面积}", "房屋面积为140.01平方米")
def area(cast: Cast, area_m2_x100: int) -> None:
    """建筑面积。"""
    cast.facts["area_m2_x100"] = area_m2_x100


@VOCABULARY.arranges(SUBJECT, "卖方持有满{int}年", "卖方持有满2年")
def held(cast: Cast, years: int) -> None:
    """从取得到申请之日，按每年365天另加两日起算，不落在界上。"""

    def since(dossier: Dossier, stock: Stock) -> Dossier:
        return replace(dossier, acquired_ms=cast.begins_ms - years * YEAR_MS - (years // 4 + 2) * 86_400_000)

    cast.edits.append(since)


@VOCABULARY.arranges(SUBJECT, "卖方持有不满{int}年", "卖方持有不满2年")
def held_less(cast: Cast, years: int) -> None:
    """离满这个年数还差一个月。"""

    def since(dossier: Dossier, stock: Stock) -> Dossier:
        return replace(dossier, acquired_ms=cast.begins_ms - years * YEAR_MS + 31 * 86_400_000)

    cast.edits.append(since)


@VOCABULARY.arranges(SUBJECT, "卖方另有住房", "卖方另有住房")
def not_sole(cast: Cast) -> None:
    """不是卖方家庭唯一住房。"""
    cast.facts["sole_home"] = False


@VOCABULARY.arranges(SUBJECT, "买方家庭第{int}套住房", "买方家庭第2套住房")
def nth_home(cast: Cast, count: int) -> None:
    """连同这一套。"""
    cast.facts["buyer_home_count"] = count


@VOCABULARY.arranges(SUBJECT, "房屋为非住宅", "房屋为非住宅")
def not_a_home(cast: Cast) -> None:
    """商铺、车位等。"""
    cast.facts["residential"] = False


@VOCABULARY.arranges(SUBJECT, "卖方能提供原值凭证，原值为{金额}", "卖方能提供原值凭证，原值为60万元")
def cost_proved(cast: Cast, amount_fen: int) -> None:
    """按差额计个人所得税。"""
    cast.facts |= {"has_cost_documents": True, "original_price_fen": amount_fen}


@VOCABULARY.arranges(SUBJECT, "房屋有待注销的抵押", "房屋有待注销的抵押")
def mortgage_to_release(cast: Cast) -> None:
    """卖方贷款未还清，先注销抵押再过户。"""
    cast.facts["mortgage"] = 1


@VOCABULARY.arranges(SUBJECT, "带押过户", "带押过户")
def with_mortgage(cast: Cast) -> None:
    """抵押随房屋一并过户。"""
    cast.facts["mortgage"] = 2


@VOCABULARY.arranges(SUBJECT, "双方已网签备案", "双方已网签备案")
def net_signed(cast: Cast) -> None:
    """申请之前已有网签备案号。"""
    cast.search.append(lambda block: block.cases.net_signed)
    for name in ("net_signed", "contract_no"):
        cast.facts.pop(name)


@VOCABULARY.arranges(SUBJECT, "加领{int}本证书", "加领1本证书")
def copies(cast: Cast, count: int) -> None:
    """共有人加领，每本收工本费。"""
    cast.facts["copies"] = count


@VOCABULARY.arranges(SUBJECT, "权证号写成半角括号", "权证号写成半角括号")
def half_width(cast: Cast) -> None:
    """申请人填写的证号与证书上的括号不同。"""
    cast.search.append(_title_form(1))


@VOCABULARY.arranges(SUBJECT, "权证号夹有空格", "权证号夹有空格")
def spaced(cast: Cast) -> None:
    """申请人填写的证号里有空格。"""
    cast.search.append(_title_form(2))


def _title_form(form: int) -> Any:
    def typed_so(block: PopulationChunk) -> Any:
        return block.homes.title_form == form

    return typed_so


@VOCABULARY.arranges(SUBJECT, "不动产单元号用旧行政区划代码", "不动产单元号用旧行政区划代码")
def old_district(cast: Cast) -> None:
    """区划调整之前编的号。"""
    cast.search.append(lambda block: block.homes.old_district)


@VOCABULARY.arranges(SUBJECT, "只勾选{事项清单}", "只勾选用电过户、用水过户")
def only(cast: Cast, mask: int) -> None:
    """联办事项中只选这几项；转移登记、税费与网签备案总是要办的。"""
    cast.edits.append(lambda dossier, stock: choose(dossier, mask))


@VOCABULARY.arranges(SUBJECT, "不勾选{事项清单}", "不勾选用气过户")
def without(cast: Cast, mask: int) -> None:
    """联办事项中不选这几项。"""
    cast.edits.append(lambda dossier, stock: choose(dossier, dossier.items & ~mask))


@VOCABULARY.arranges(SUBJECT, "不勾选任何联办事项", "不勾选任何联办事项")
def nothing_linked(cast: Cast) -> None:
    """只办转移登记、税费与网签备案。"""
    cast.edits.append(lambda dossier, stock: choose(dossier, 0))


def choose(dossier: Dossier, mask: int) -> Dossier:
    """The dossier with these linked items and no other."""
    accounts = tuple(number if mask >> bit & 1 else "" for bit, number in enumerate(dossier.accounts))
    return replace(dossier, items=mask, accounts=accounts, account_wrong=dossier.account_wrong & mask)  # type: ignore[arg-type]


@VOCABULARY.arranges(SUBJECT, "{事项}的户号填错", "用水过户的户号填错")
def wrong_account(cast: Cast, item: str) -> None:
    """申请表上的户号在部门查不到。"""
    bit = ITEMS.index(item)

    def mistype(dossier: Dossier, stock: Stock) -> Dossier:
        number = dossier.accounts[bit]
        wrong = number[:-4] + ("9" if number[-4] != "9" else "8") + number[-3:]
        accounts = (*dossier.accounts[:bit], wrong, *dossier.accounts[bit + 1 :])
        return replace(dossier, accounts=accounts, account_wrong=1 << bit)  # type: ignore[arg-type]

    cast.edits.append(mistype)


@VOCABULARY.arranges(SUBJECT, "公积金在其他城市缴存", "公积金在其他城市缴存")
def other_city(cast: Cast) -> None:
    """异地缴存。"""
    cast.facts["fund_centre"] = 1


@VOCABULARY.arranges(SUBJECT, "公积金在省直中心缴存", "公积金在省直中心缴存")
def provincial(cast: Cast) -> None:
    """省直单位职工。"""
    cast.facts["fund_centre"] = 2
