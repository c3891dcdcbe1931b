"""The registration fee against the price list and its exemptions."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_departments.fee_table import EXEMPTIONS, ExemptReason, fees

REASONS = st.sampled_from(sorted(EXEMPTIONS)) | st.none()


@pytest.mark.parametrize(
    ("residential", "storage", "fen"),
    [(True, False, 80_00), (False, False, 550_00), (False, True, 80_00), (True, True, 80_00)],
)
def test_one_registration_with_one_certificate_is_one_line(residential: bool, storage: bool, fen: int) -> None:
    (fee,) = fees(residential, 1, storage=storage)
    assert (fee.title, fee.quantity, fee.amount_fen, fee.exempt) == ("不动产登记费", 1, fen, "")


def test_storage_certified_alone_cites_the_reduction() -> None:
    assert "财税〔2019〕45号" in fees(False, 1, storage=True)[0].basis


def test_each_further_certificate_costs_ten_yuan() -> None:
    _, certificates = fees(True, 3)
    assert (certificates.quantity, certificates.unit_fen, certificates.amount_fen) == (2, 10_00, 20_00)


def test_a_small_business_pays_only_for_further_certificates() -> None:
    fee, certificates = fees(False, 2, "micro_enterprise")
    assert (fee.amount_fen, fee.unit_fen, fee.exempt) == (0, 550_00, "小微企业（含个体工商户）")
    assert certificates.amount_fen == 10_00


def test_a_registration_without_certificate_is_still_charged() -> None:
    assert [line.amount_fen for line in fees(True, 0)] == [80_00]


@pytest.mark.parametrize("reason", sorted(EXEMPTIONS))
def test_every_exemption_names_its_source(reason: ExemptReason) -> None:
    (fee,) = fees(True, 1, reason)
    assert (fee.amount_fen, fee.exempt, fee.basis) == (0, EXEMPTIONS[reason].title, EXEMPTIONS[reason].basis)
    assert fee.basis


def test_the_reasons_a_caller_may_write_are_those_in_the_table() -> None:
    assert set(get_args(ExemptReason)) == set(EXEMPTIONS)


def test_an_unknown_reason_is_refused_with_the_known_ones() -> None:
    unknown: Any = "favour"
    with pytest.raises(ValueError, match=r"favour.*micro_enterprise"):
        fees(True, 1, unknown)


def test_fewer_than_no_certificates_is_refused() -> None:
    with pytest.raises(ValueError, match="本数"):
        fees(True, -1)


@given(st.booleans(), st.integers(0, 50), REASONS, st.booleans())
def test_every_line_is_quantity_times_price_or_free(
    residential: bool, copies: int, reason: ExemptReason | None, storage: bool
) -> None:
    for line in fees(residential, copies, reason, storage=storage):
        assert line.quantity >= 1
        assert line.basis
        assert line.amount_fen == (0 if line.exempt else line.quantity * line.unit_fen)
