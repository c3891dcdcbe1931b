"""Who buys and who sells, where and through which channel."""

from dataclasses import replace

from features.casting import Cast, Stock
from features.vocabulary import VOCABULARY
from sim.dossier import DOTTED_NAME, RARE_NAME, Dossier

SUBJECT = "当事人与渠道"


@VOCABULARY.arranges(SUBJECT, "一件规范办件", "一件规范办件")
def ordinary(cast: Cast) -> None:
    """一买一卖、首套住房、卖方满五唯一、八个事项全选、无任何意外；其余步骤只改所写的一处。"""


@VOCABULARY.arranges(SUBJECT, "办件在{地区}", "办件在厦门市")
def in_region(cast: Cast, region: str) -> None:
    """房屋坐落在这个地区。"""
    cast.region = region


@VOCABULARY.arranges(SUBJECT, "办件归{登记机构}", "办件归福清市不动产登记中心")
def at_registry(cast: Cast, code: str) -> None:
    """房屋归这个登记机构管辖。"""
    from features.steps.words import PACKAGE

    cast.registry, cast.region = code, PACKAGE.registries[code].region


@VOCABULARY.arranges(SUBJECT, "从{渠道}申请", "从闽政通申请")
def through(cast: Cast, channel: int) -> None:
    """申请渠道。"""
    cast.facts["channel"] = channel


@VOCABULARY.arranges(SUBJECT, "买方共{int}人", "买方共3人")
def buyers(cast: Cast, count: int) -> None:
    """共同购买；第一人为户主。"""
    if count < 1:
        raise ValueError("买方至少一人")

    def more(dossier: Dossier, stock: Stock) -> Dossier:
        return replace(dossier, buyers=(*dossier.buyers[:1], *stock.people(count - 1)))

    cast.edits.append(more)


@VOCABULARY.arranges(SUBJECT, "卖方共{int}人", "卖方共2人")
def sellers(cast: Cast, count: int) -> None:
    """共有人一同出售。"""
    if count < 1:
        raise ValueError("卖方至少一人")

    def more(dossier: Dossier, stock: Stock) -> Dossier:
        return replace(dossier, sellers=(*dossier.sellers[:1], *stock.people(count - 1)))

    cast.edits.append(more)


@VOCABULARY.arranges(SUBJECT, "买方为企业", "买方为企业")
def company_buys(cast: Cast) -> None:
    """企业购房；没有公积金提取。"""
    cast.company = "buyer"


@VOCABULARY.arranges(SUBJECT, "卖方为企业", "卖方为企业")
def company_sells(cast: Cast) -> None:
    """企业出售自有房屋。"""
    cast.company = "seller"


@VOCABULARY.arranges(SUBJECT, "当事人姓名含生僻字", "当事人姓名含生僻字")
def rare_name(cast: Cast) -> None:
    """姓名中有 GBK 之外的字。"""
    cast.name_kind = RARE_NAME


@VOCABULARY.arranges(SUBJECT, "当事人姓名含间隔号", "当事人姓名含间隔号")
def dotted_name(cast: Cast) -> None:
    """姓名中有间隔号。"""
    cast.name_kind = DOTTED_NAME


@VOCABULARY.arranges(SUBJECT, "委托代理人办理", "委托代理人办理")
def by_agent(cast: Cast) -> None:
    """持公证委托书。"""
    cast.facts["agent"] = True


@VOCABULARY.arranges(SUBJECT, "买方为未成年人", "买方为未成年人")
def minor(cast: Cast) -> None:
    """由监护人代办。"""
    cast.facts |= {"minor": True, "agent": True}


@VOCABULARY.arranges(SUBJECT, "买卖双方分别缴款", "买卖双方分别缴款")
def separate_payers(cast: Cast) -> None:
    """卖方自行缴纳己方税款。"""
    cast.facts["separate_payers"] = True
