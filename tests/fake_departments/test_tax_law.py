"""The tax rules against the worked examples, their boundaries, and an independent count in fractions."""

import calendar
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fake_departments import tax_law
from fake_departments.tax_law import FUJIAN, LAWS, Local, NotSupported, Rate, Sale, TaxLine, assess, total_fen

DAY_MS = 86_400_000
YUAN = 100
LOCAL = Local(other_income=Rate(1500, "1.5%", "测试"), other_land=Rate(5000, "5%", "测试"))


def day(year: int, month: int, date: int) -> int:
    """The midnight in UTC+8 that opens a day, epoch ms."""
    return calendar.timegm((year, month, date, 0, 0, 0)) * 1000 - 8 * 3_600_000


def sale(**changed: Any) -> Sale:
    """A home of 89 square metres for 1.5 million yuan, its buyer's first, held six years."""
    usual: dict[str, Any] = {
        "declared_ms": day(2024, 12, 20),
        "acquired_ms": day(2018, 12, 1),
        "price_fen": 1_500_000 * YUAN,
        "area_m2_x100": 8_900,
    }
    return Sale(**(usual | changed))


def by_code(lines: tuple[TaxLine, ...]) -> dict[str, TaxLine]:
    return {line.code: line for line in lines}


def amounts(lines: tuple[TaxLine, ...]) -> dict[str, int]:
    return {line.code: line.amount_fen for line in lines if line.amount_fen}


DAYS = st.integers(LAWS[0].start_ms, tax_law.KNOWN_UNTIL_MS - 1)


@st.composite
def sales(draw: st.DrawFn, *, residential: bool | None = True) -> Sale:
    declared_ms = draw(DAYS)
    home = draw(st.booleans()) if residential is None else residential
    return Sale(
        declared_ms=declared_ms if home else min(declared_ms, LAWS[-1].start_ms - 1),
        acquired_ms=LAWS[0].start_ms - draw(st.integers(0, 4_000 * DAY_MS)),
        price_fen=draw(st.integers(1, 10**11)),
        area_m2_x100=draw(st.integers(1, 100_000)),
        residential=home,
        buyer_home_count=draw(st.integers(1, 5)),
        sole_home=draw(st.booleans()),
        has_cost_documents=draw(st.booleans()),
        original_price_fen=draw(st.integers(0, 10**11)),
        deductible_fen=draw(st.integers(0, 10**9)),
        city_percent=draw(st.sampled_from((7, 5, 1))),
    )


def test_example_a_a_sole_home_of_five_years_to_a_first_buyer_leaves_only_deed_tax() -> None:
    assert amounts(assess(sale(sole_home=True))) == {"10119": 15_000_00}


def test_example_b_three_years_second_home_of_150_square_metres() -> None:
    lines = assess(
        sale(acquired_ms=day(2021, 12, 1), price_fen=3_000_000 * YUAN, area_m2_x100=15_000, buyer_home_count=2)
    )
    assert amounts(lines) == {"10119": 60_000_00, "10106": 30_000_00}


def under_two_years(declared_ms: int) -> tuple[TaxLine, ...]:
    acquired_ms = declared_ms - 500 * DAY_MS
    return assess(
        sale(declared_ms=declared_ms, acquired_ms=acquired_ms, price_fen=2_000_000 * YUAN, area_m2_x100=12_000)
    )


def test_example_c_under_two_years_in_december_2024() -> None:
    """The source rounds the surcharges once (5 714.29); the three vouchers are a fen less, and make its total."""
    lines = under_two_years(day(2024, 12, 20))
    assert amounts(lines) == {
        "10119": 19_047_62,
        "10101": 95_238_10,
        "10109": 3_333_33,
        "30203": 1_428_57,
        "30216": 952_38,
        "10106": 19_047_62,
    }
    assert total_fen(lines) == 139_047_62


def test_example_d_the_same_home_in_january_2026() -> None:
    """The source gives 100 582.52, rounding only the sum; four rounded figures of its own add to .54."""
    lines = under_two_years(day(2026, 1, 20))
    assert amounts(lines) == {
        "10119": 19_417_48,
        "10101": 58_252_43,
        "10109": 2_038_84,
        "30203": 873_79,
        "30216": 582_52,
        "10106": 19_417_48,
    }
    assert 2_038_84 + 873_79 + 582_52 == 3_495_15
    assert total_fen(lines) == 100_582_54


def test_example_e_a_third_home_pays_the_local_rate() -> None:
    lines = assess(sale(acquired_ms=day(2021, 12, 1), price_fen=1_000_000 * YUAN, buyer_home_count=3))
    assert amounts(lines) == {"10119": 30_000_00, "10106": 10_000_00}


@pytest.mark.parametrize(
    ("acquired", "first_full"),
    [
        ((2022, 12, 20), day(2024, 12, 20)),
        ((2020, 2, 29), day(2022, 2, 28)),
        ((2022, 2, 28), day(2024, 2, 28)),
        ((2022, 3, 1), day(2024, 3, 1)),
    ],
)
def test_vat_stops_on_the_second_anniversary_and_not_a_millisecond_before(
    acquired: tuple[int, int, int], first_full: int
) -> None:
    held = {"acquired_ms": day(*acquired) + DAY_MS - 1}  # late in the day: days count, not hours
    short = by_code(assess(sale(declared_ms=first_full - 1, **held)))["10101"]
    full = by_code(assess(sale(declared_ms=first_full, **held)))["10101"]
    assert (short.treatment, short.rate) == ("payable", "5%")
    assert (full.treatment, full.amount_fen, full.exempt) == ("exempt", 0, "住房购买满2年")


def test_income_tax_of_a_sole_home_stops_on_the_fifth_anniversary() -> None:
    held: dict[str, Any] = {"acquired_ms": day(2019, 12, 20), "sole_home": True}
    short = by_code(assess(sale(declared_ms=day(2024, 12, 20) - 1, **held)))["10106"]
    full = by_code(assess(sale(declared_ms=day(2024, 12, 20), **held)))["10106"]
    assert (short.treatment, full.treatment, full.exempt) == ("payable", "exempt", "满五唯一")


@given(st.integers(0, 45_000), st.integers(0, 4_000), st.sampled_from((2, 5)))
@example(25_626, 730, 2)  # from 29 February 2020
def test_full_years_agree_with_the_calendar(start: int, held: int, years: int) -> None:
    """Days since 1950, so that acquisitions before the epoch are covered too."""
    start_ms = day(1950, 1, 1) + start * DAY_MS
    year, month, date = civil(start_ms)
    anniversary = (year + years, month, 28 if (month, date) == (2, 29) else date)
    end_ms = start_ms + held * DAY_MS
    assert tax_law._full_years(start_ms, end_ms, years) == (civil(end_ms) >= anniversary)


def civil(at_ms: int) -> tuple[int, int, int]:
    """The UTC+8 day an instant falls on, counted month by month from 1950."""
    days, year, month = (at_ms - day(1950, 1, 1)) // DAY_MS, 1950, 1
    while days >= (length := calendar.monthrange(year, month)[1]):
        days, year, month = days - length, year + month // 12, month % 12 + 1
    return year, month, days + 1


@pytest.mark.parametrize(
    ("declared_ms", "limit_m2_x100"),
    [(day(2024, 12, 1) - 1, 9_000), (day(2024, 12, 1), 14_000), (day(2026, 1, 1), 14_000)],
)
@pytest.mark.parametrize(("count", "small", "large"), [(1, "1%", "1.5%"), (2, "1%", "2%"), (3, "3%", "3%")])
def test_deed_tax_turns_just_above_the_area_limit_of_its_day(
    declared_ms: int, limit_m2_x100: int, count: int, small: str, large: str
) -> None:
    for area, rate in ((limit_m2_x100, small), (limit_m2_x100 + 1, large)):
        line = assess(sale(declared_ms=declared_ms, area_m2_x100=area, buyer_home_count=count))[0]
        assert (line.title, line.payer, line.rate) == ("契税", "buyer", rate)


@pytest.mark.parametrize(("declared_ms", "rate"), [(day(2026, 1, 1) - 1, "5%"), (day(2026, 1, 1), "3%")])
def test_vat_falls_to_three_percent_with_the_year_2026(declared_ms: int, rate: str) -> None:
    assert by_code(assess(sale(declared_ms=declared_ms, acquired_ms=day(2025, 6, 1))))["10101"].rate == rate


def test_every_start_is_a_midnight_in_beijing() -> None:
    assert [law.start_ms for law in LAWS] == [day(2019, 1, 1), day(2024, 12, 1), day(2026, 1, 1)]
    assert day(2028, 1, 1) == tax_law.KNOWN_UNTIL_MS


@pytest.mark.parametrize("declared_ms", [LAWS[0].start_ms - 1, tax_law.KNOWN_UNTIL_MS])
def test_a_day_without_a_known_rule_is_not_guessed(declared_ms: int) -> None:
    with pytest.raises(NotSupported, match="有效期"):
        assess(sale(declared_ms=declared_ms))


@pytest.mark.parametrize("company", ["buyer_is_company", "seller_is_company"])
def test_companies_are_assessed_by_hand(company: str) -> None:
    with pytest.raises(NotSupported, match="单位"):
        assess(sale(**{company: True}))


def test_a_shop_is_not_supported_until_the_place_states_its_land_vat() -> None:
    shop = sale(residential=False)
    with pytest.raises(NotSupported, match="土地增值税"):
        assess(shop, FUJIAN)
    with pytest.raises(NotSupported, match="2026"):
        assess(sale(residential=False, declared_ms=day(2026, 1, 1)), LOCAL)


def test_a_shop_pays_vat_on_the_difference_to_its_documented_cost_and_no_home_relief() -> None:
    shop = sale(residential=False, sole_home=True, has_cost_documents=True, original_price_fen=45_000_000)
    lines = by_code(assess(shop, LOCAL))
    assert (lines["10119"].rate, lines["10113"].rate, lines["10111"].rate) == ("3%", "5%", "0.025%")
    assert lines["10101"].amount_fen == 5_000_000  # (1.5 million - 450 thousand) / 1.05 x 5 %
    assert lines["10101"].base_fen == 100_000_000
    assert lines["10119"].base_fen == 145_000_000
    taxes = 300_000 + 7_250_000 + 36_250  # surcharges, land VAT, the seller's stamp
    assert lines["10106"].base_fen == 145_000_000 - 45_000_000 - taxes


def test_a_shop_sold_at_a_loss_has_no_vat_and_no_gain() -> None:
    lines = by_code(assess(sale(residential=False, has_cost_documents=True, original_price_fen=150_000_000), LOCAL))
    untaxed = {"10101", "10109", "30203", "30216", "10106"}
    assert {code for code, line in lines.items() if line.treatment == "not_taxable"} == untaxed


def test_a_documented_gain_pays_a_fifth_after_cost_expenses_and_the_taxes_of_the_sale() -> None:
    lines = by_code(
        assess(
            sale(
                acquired_ms=day(2024, 1, 1),
                price_fen=105_000_000,
                has_cost_documents=True,
                original_price_fen=80_000_000,
                deductible_fen=1_000_000,
            )
        )
    )
    gain = 100_000_000 - 80_000_000 - 1_000_000 - 300_000  # VAT 50 000 yuan, surcharges 6 % of it
    assert (lines["10106"].base_fen, lines["10106"].amount_fen) == (gain, gain // 5)


@pytest.mark.parametrize("cost_fen", [150_000_000, 150_000_001, 200_000_000])
def test_a_sale_without_documented_gain_is_not_taxable_rather_than_exempt(cost_fen: int) -> None:
    line = by_code(assess(sale(has_cost_documents=True, original_price_fen=cost_fen)))["10106"]
    assert (line.amount_fen, line.treatment, line.exempt) == (0, "not_taxable", "转让无所得")


@pytest.mark.parametrize(
    ("city_percent", "rate", "fen"), [(7, "3.5%", 35_000), (5, "2.5%", 25_000), (1, "0.5%", 5_000)]
)
def test_city_construction_tax_is_halved_where_it_lies(city_percent: int, rate: str, fen: int) -> None:
    lines = assess(sale(acquired_ms=day(2024, 1, 1), price_fen=21_000_000, city_percent=city_percent))
    assert (by_code(lines)["10109"].rate, by_code(lines)["10109"].amount_fen) == (rate, fen)


@pytest.mark.parametrize(
    "wrong",
    [
        {"acquired_ms": day(2024, 12, 21)},
        {"price_fen": 0},
        {"area_m2_x100": 0},
        {"original_price_fen": -1},
        {"deductible_fen": -1},
        {"buyer_home_count": 0},
        {"city_percent": 6},
    ],
)
def test_a_sale_that_contradicts_itself_cannot_be_written(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"须|套数|早于"):
        sale(**wrong)


def test_the_text_of_every_rate_says_its_number() -> None:
    rates = [rate for law in LAWS for rate in law.deed] + [FUJIAN.deed, FUJIAN.home_income, *tax_law.CITY.values()]
    rates += [tax_law.EDUCATION, tax_law.LOCAL_EDUCATION, tax_law.STAMP, tax_law.INCOME]
    assert all(Fraction(rate.text.removesuffix("%")) * 1000 == rate.e5 and rate.basis for rate in rates)


def half_up(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))


@given(sales(residential=None))
def test_every_line_is_nonnegative_explained_and_its_base_times_its_rate(case: Sale) -> None:
    lines = assess(case, LOCAL)
    assert [(line.code, line.payer) for line in lines] == [
        ("10119", "buyer"),
        *((code, "seller") for code in ("10101", "10109", "30203", "30216", "10106", "10113")),
        ("10111", "buyer"),
        ("10111", "seller"),
    ]
    for line in lines:
        assert line.amount_fen >= 0
        assert line.base_fen >= 0
        assert line.basis
        if line.treatment != "payable":
            assert line.amount_fen == 0
            assert line.exempt
        elif line.code != "10101":
            exact = line.base_fen * Fraction(line.rate.removesuffix("%")) / 100
            assert (line.amount_fen, line.exempt) == (half_up(exact), "")


@given(sales())
def test_vat_is_rounded_once_and_the_invoice_adds_up(case: Sale) -> None:
    deed, vat = assess(case)[:2]
    if vat.treatment == "payable":
        percent = 3 if case.declared_ms >= day(2026, 1, 1) else 5
        assert vat.amount_fen == half_up(Fraction(case.price_fen * percent, 100 + percent))
        assert vat.base_fen + vat.amount_fen == case.price_fen
    assert deed.base_fen + vat.amount_fen == case.price_fen


@given(sales(residential=None))
def test_the_total_is_what_both_payers_owe(case: Sale) -> None:
    lines = assess(case, LOCAL)
    assert total_fen(lines) == sum(line.amount_fen for line in lines)
    assert total_fen(lines) == total_fen(lines, "buyer") + total_fen(lines, "seller")


@given(sales(residential=None), st.integers(1, 10**6) | st.integers(1, 100))
def test_a_higher_price_never_owes_less(case: Sale, more_fen: int) -> None:
    dearer = Sale(**{name: getattr(case, name) for name in Sale.__slots__} | {"price_fen": case.price_fen + more_fen})
    assert total_fen(assess(dearer, LOCAL)) >= total_fen(assess(case, LOCAL))
