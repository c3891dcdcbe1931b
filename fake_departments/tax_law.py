"""What tax buyer and seller owe on a second-hand home, by the rules in force on the day they declare."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Payer = Literal["buyer", "seller"]
Treatment = Literal["payable", "exempt", "not_taxable"]  # 应征, 免征, 无计税依据 (nothing to levy on)


class NotSupported(Exception):
    """No rule can be stated from a source we hold; the bureau must assess by hand (人工核定)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One declaration 申报. Money is fen, instants epoch ms, area hundredths of a square metre.

    `price_fen` includes VAT. `acquired_ms` is the earlier of certificate and deed-tax receipt; for a gift or an
    inheritance it and `original_price_fen` are the donor's. `deductible_fen` is reasonable expenses 合理费用, without
    the taxes of this sale. `buyer_home_count` counts the family's homes with this one: 1, 2, 3 or more.
    `city_percent` is the city-construction rate of the place: 7 city, 5 town, 1 elsewhere.
    """

    declared_ms: int
    acquired_ms: int
    price_fen: int
    area_m2_x100: int
    residential: bool = True
    buyer_home_count: int = 1
    sole_home: bool = False
    has_cost_documents: bool = False
    original_price_fen: int = 0
    deductible_fen: int = 0
    city_percent: int = 7
    buyer_is_company: bool = False
    seller_is_company: bool = False

    def __post_init__(self) -> None:
        if self.acquired_ms > self.declared_ms:
            raise ValueError("申报早于取得房屋的日期")
        if self.price_fen <= 0 or self.area_m2_x100 <= 0 or self.original_price_fen < 0 or self.deductible_fen < 0:
            raise ValueError("成交价和面积须为正数，原值和合理费用不得为负")
        if self.buyer_home_count < 1 or self.city_percent not in (7, 5, 1):
            raise ValueError("买方套数从 1 起计（含本套）；城建税税率只有 7、5、1")


class TaxLine(NamedTuple):
    """One tax of one payer, in fen; `exempt` says why nothing is due. A tuple for speed: there are nine a case."""

    code: str  # 征收项目代码
    title: str
    payer: Payer
    base_fen: int  # 计税依据
    rate: str
    amount_fen: int
    basis: str
    treatment: Treatment = "payable"
    exempt: str = ""


class Rate(NamedTuple):
    """A rate in parts per 100,000 (1.5 % is 1500), the text people read, and its source."""

    e5: int
    text: str
    basis: str


class Law(NamedTuple):
    """The national rules from `start_ms` on. `deed`: first home small, large; second home small, large."""

    start_ms: int
    small_m2_x100: int
    deed: tuple[Rate, Rate, Rate, Rate]
    home_vat: tuple[int, str]  # percent, source
    other_vat: int | None  # percent on what is not a home; None: we hold no source


class Local(NamedTuple):
    """Rates a place sets itself. None is not known: such a sale is NotSupported until a package states the rate."""

    deed: Rate = Rate(3000, "3%", "契税法第三条；福建省适用税率 3%")
    home_income: Rate = Rate(1000, "1%", "国税发〔2006〕108号第三条 核定征收；住宅 1% 为常见值，福建各地待核")
    other_income: Rate | None = None
    other_land: Rate | None = None


def _deed(basis: str) -> tuple[Rate, Rate, Rate, Rate]:
    return Rate(1000, "1%", basis), Rate(1500, "1.5%", basis), Rate(1000, "1%", basis), Rate(2000, "2%", basis)


FUJIAN: Final = Local()
DEED_90, DEED_140 = _deed("财税〔2016〕23号第一条"), _deed("财政部 税务总局 住房城乡建设部公告2024年第16号第一条")
VAT_5, VAT_3 = (5, "财税〔2016〕36号附件3第五条（北上广深以外）"), (3, "财政部 税务总局公告2025年第17号")
# Midnights in UTC+8. Source: domain file §3 (H). From knowledge, unverified: the announcement numbers it does not name,
# and 5 % on other buildings (财税〔2016〕36号附件2, on the difference to a documented cost).
LAWS: Final = (
    Law(1_546_272_000_000, 9_000, DEED_90, VAT_5, 5),  # 2019-01-01, when the halving below began
    Law(1_732_982_400_000, 14_000, DEED_140, VAT_5, 5),  # 2024-12-01
    Law(1_767_196_800_000, 14_000, DEED_140, VAT_3, None),  # 2026-01-01
)
STARTS: Final = [law.start_ms for law in LAWS]
KNOWN_UNTIL_MS: Final = 1_830_268_800_000  # 2028-01-01: the halving ends and nothing follows yet
HALVED: Final = "六税两费减半：财税〔2019〕13号、公告2022年第10号，2023年起公告2023年第12号"
CITY: Final = {full: Rate(full * 500, f"{full / 2:g}%", f"城市维护建设税 {full}%，{HALVED}") for full in (7, 5, 1)}
EDUCATION, LOCAL_EDUCATION = Rate(1500, "1.5%", f"3%，{HALVED}"), Rate(1000, "1%", f"2%，{HALVED}")
STAMP: Final = Rate(25, "0.025%", f"产权转移书据 0.05%，{HALVED}")
INCOME: Final = Rate(20_000, "20%", "个人所得税法第三条、第六条；国税发〔2006〕108号第二条")
HOME_FREE: Final = "财税〔2008〕137号"


def _full_years(start_ms: int, end_ms: int, years: int) -> bool:
    """Whether calendar years (UTC+8 days) have passed; the anniversary counts, and 29 February's is the 28th.

    Both days are counted without the 29 Februaries (day 11,016 is 2000-02-29), so every year has 365; 1901 to 2099.
    """
    start, end = (start_ms + 28_800_000) // 86_400_000, (end_ms + 28_800_000) // 86_400_000
    return end - (end - 11_016) // 1_461 - start + (start - 11_016) // 1_461 >= 365 * years


def _levy(code: str, title: str, payer: Payer, base_fen: int, rate: Rate) -> TaxLine:
    e5, text, basis = rate
    return TaxLine(code, title, payer, base_fen, text, (base_fen * e5 + 50_000) // 100_000, basis)


def _vat(sale: Sale, law: Law) -> TaxLine:
    taxed, (percent, basis) = sale.price_fen, law.home_vat
    if not sale.residential:
        if law.other_vat is None:
            raise NotSupported("2026年起个人销售非住宅的增值税征收率待核")
        percent, basis = law.other_vat, "财税〔2016〕36号附件2（有原值凭证按差额，无凭证按全额；待核）"
        if sale.has_cost_documents and (taxed := taxed - sale.original_price_fen) <= 0:
            return TaxLine("10101", "增值税", "seller", 0, f"{percent}%", 0, basis, "not_taxable", "转让价不高于原值")
    elif _full_years(sale.acquired_ms, sale.declared_ms, 2):
        return TaxLine("10101", "增值税", "seller", taxed, "免征", 0, basis, "exempt", "住房购买满2年")
    due = (2 * taxed * percent + 100 + percent) // (200 + 2 * percent)
    return TaxLine("10101", "增值税", "seller", taxed - due, f"{percent}%", due, basis)


def _on_vat(code: str, title: str, vat: TaxLine, rate: Rate) -> TaxLine:
    if vat.treatment == "payable":
        return _levy(code, title, "seller", vat.amount_fen, rate)
    return TaxLine(code, title, "seller", 0, rate.text, 0, rate.basis, "not_taxable", "未缴纳增值税，无计税依据")


def _income(sale: Sale, net_fen: int, taxes_fen: int, on_price: Rate) -> TaxLine:
    """20 % of the documented gain (the sale's taxes deducted, 国税发〔2006〕108号第二条), else a rate on the price."""
    if sale.residential and sale.sole_home and _full_years(sale.acquired_ms, sale.declared_ms, 5):
        basis = "财税字〔1994〕20号第二条第六项；国税函〔2007〕33号"
        return TaxLine("10106", "个人所得税", "seller", net_fen, "免征", 0, basis, "exempt", "满五唯一")
    if not sale.has_cost_documents:
        return _levy("10106", "个人所得税", "seller", net_fen, on_price)
    gain = net_fen - sale.original_price_fen - sale.deductible_fen - taxes_fen
    if gain > 0:
        return _levy("10106", "个人所得税", "seller", gain, INCOME)
    return TaxLine("10106", "个人所得税", "seller", 0, INCOME.text, 0, INCOME.basis, "not_taxable", "转让无所得")


def _home_free(code: str, title: str, payer: Payer, base_fen: int) -> TaxLine:
    return TaxLine(code, title, payer, base_fen, "免征", 0, HOME_FREE, "exempt", "个人买卖住房暂免")


def assess(sale: Sale, local: Local = FUJIAN) -> tuple[TaxLine, ...]:
    """The nine tax lines of a sale between individuals, in fen, each rounded half-up once (domain file §3).

    Exempt lines are kept with their reason. The price without VAT is the price less the rounded VAT line, as on the
    invoice. A building that is not a home raises NotSupported unless `local` states its assessed rates: its land VAT is
    30-60 % of a documented gain or a rate each city fixes, our sources give neither, and a guess would become a payable
    voucher. Companies raise it too: what they owe depends on their registration and accounts.
    """
    if sale.buyer_is_company or sale.seller_is_company:
        raise NotSupported("单位买卖房屋，税费须人工核定")
    if not LAWS[0].start_ms <= sale.declared_ms < KNOWN_UNTIL_MS:
        raise NotSupported("申报日期不在已收录税收政策的有效期内（2019-01-01 至 2027-12-31）")
    law = LAWS[bisect_right(STARTS, sale.declared_ms) - 1]
    vat = _vat(sale, law)
    net, deed, on_price = sale.price_fen - vat.amount_fen, local.deed, local.home_income
    if sale.residential:
        if sale.buyer_home_count < 3:
            deed = law.deed[2 * sale.buyer_home_count - 2 + (sale.area_m2_x100 > law.small_m2_x100)]
        land = _home_free("10113", "土地增值税", "seller", net)
        stamps = _home_free("10111", "印花税", "buyer", net), _home_free("10111", "印花税", "seller", net)
    elif local.other_income is None or local.other_land is None:
        raise NotSupported("个人转让非住宅不免土地增值税，本地核定征收率未配置")
    else:
        on_price, land = local.other_income, _levy("10113", "土地增值税", "seller", net, local.other_land)
        stamps = _levy("10111", "印花税", "buyer", net, STAMP), _levy("10111", "印花税", "seller", net, STAMP)
    city = _on_vat("10109", "城市维护建设税", vat, CITY[sale.city_percent])
    education = _on_vat("30203", "教育费附加", vat, EDUCATION)
    local_education = _on_vat("30216", "地方教育附加", vat, LOCAL_EDUCATION)
    taxes = city.amount_fen + education.amount_fen + local_education.amount_fen + land.amount_fen + stamps[1].amount_fen
    income = _income(sale, net, taxes, on_price)
    return _levy("10119", "契税", "buyer", net, deed), vat, city, education, local_education, income, land, *stamps


def total_fen(lines: tuple[TaxLine, ...], payer: Payer | None = None) -> int:
    """What is to be paid, in fen: the sum of the rounded lines, of one payer or of both."""
    return sum(line.amount_fen for line in lines if payer in (None, line.payer))
