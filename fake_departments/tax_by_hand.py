"""What the bureau assesses by hand 人工核定, because the written rules state no rate: companies and some other buildings."""

from dataclasses import replace
from typing import Any, Final

from fake_departments.tax_law import KNOWN_UNTIL_MS, LAWS, STARTS, Local, Rate, Sale, TaxLine, assess

ASSUMED: Final = Local(
    other_income=Rate(1500, "1.5%", "自拟：个人转让非住宅的个人所得税核定征收率，福建各地待核"),
    other_land=Rate(5000, "5%", "自拟：转让非住宅的土地增值税核定征收率，福建各地待核"),
)
"""Fujian's rates with those our sources do not give assumed, so that a sale of a shop can be assessed at all."""
OTHER_UNTIL_MS: Final = min((law.start_ms for law in LAWS if law.other_vat is None), default=KNOWN_UNTIL_MS)
"""From this day on no source of ours states the VAT of what is not a home."""
LONG_AGO_MS: Final = 0
OWN_RETURN: Final = "企业所得税由企业自行申报"
NO_INCOME_TAX: Final = TaxLine("10106", "个人所得税", "seller", 0, "不征", 0, "企业所得税法", "not_taxable", OWN_RETURN)


def by_hand(sale: Sale, local: Local = ASSUMED) -> tuple[TaxLine, ...]:
    """The nine lines of `assess` for a sale it does not support; every line's basis says that it is assumed (自拟).

    The exemptions of a home belong to persons, so a company is assessed as for another building: VAT on the documented
    difference or the whole, land VAT and stamp duty at the assumed rates, deed tax at the local rate. A company's income
    tax is its own return and no voucher of this sale; the other side keeps what the law gives it. Where the day lies
    outside the rules we hold, the nearest day of them stands in. The deed tax's base is the price without the seller's
    VAT, which is why the buyer's lines are those of a sale at that price on which no VAT falls.
    """
    seller = _as_persons(sale, local, sale.residential and not sale.seller_is_company)
    net_fen = sale.price_fen - seller[1].amount_fen
    free = {"price_fen": net_fen, "acquired_ms": LONG_AGO_MS, "has_cost_documents": True, "original_price_fen": net_fen}
    buyer = _as_persons(sale, local, sale.residential and not sale.buyer_is_company, **free)
    income = NO_INCOME_TAX if sale.seller_is_company else seller[5]
    lines = (buyer[0], *seller[1:5], income, seller[6], buyer[7], seller[8])
    return tuple(line._replace(basis=f"人工核定（自拟）：{line.basis}") for line in lines)


def _as_persons(sale: Sale, local: Local, home: bool, **changed: Any) -> tuple[TaxLine, ...]:
    declared_ms = min(max(sale.declared_ms, STARTS[0]), (KNOWN_UNTIL_MS if home else OTHER_UNTIL_MS) - 1)
    changed.setdefault("acquired_ms", min(sale.acquired_ms, declared_ms))
    persons = {"buyer_is_company": False, "seller_is_company": False}
    return assess(replace(sale, residential=home, declared_ms=declared_ms, **persons, **changed), local)
