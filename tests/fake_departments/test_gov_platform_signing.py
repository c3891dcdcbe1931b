"""The platform's receipt codes and e-seals."""

import pytest

from contract import gov_platform as said
from contract.people import SignInvited
from tests.fake_departments.platform_town import BOTH, FIRST_CODE, ITEMS, Platform


def test_a_case_has_one_receipt_code_that_says_nothing_of_its_number() -> None:
    town = Platform()
    ask = said.IssueReceiptCode("online_hall", ITEMS)
    codes = [town.ask(ask, case=case).receipt_code for case in (1, 1, 2, 3, 830_000)]
    assert codes[0] == codes[1]
    assert len(set(codes)) == 4
    assert codes[0] == FIRST_CODE
    assert [int(code[-8:]) for code in codes] != [1, 1, 2, 3, 830_000]


def test_both_sign_and_the_portal_is_called_back_once() -> None:
    town = Platform()
    code = town.start_signing()
    assert [town.heard(seat, SignInvited)[0].receipt_code for seat in BOTH] == [code, code]
    for role in ("seller", "seller", "buyer", "buyer"):
        assert not town.error(said.Sign(role), role)
    (done,) = town.heard("portal", said.SigningDone)
    assert done.seal_no
    assert town.now_in("signing") == "signed"
    assert not town.error(said.StartSigning(code, (), BOTH))
    town.run(days=20)
    assert not town.heard("portal", said.SigningExpired)


def test_at_the_window_the_clerk_signs_for_both() -> None:
    town = Platform()
    town.start_signing("window")
    assert len(town.heard("clerk", SignInvited)) == 1
    assert not town.heard("buyer")
    assert town.error(said.Sign("buyer"), "buyer") == "not_a_signer"
    for role in BOTH:
        assert not town.error(said.Sign(role), "clerk")
    assert len(town.heard("portal", said.SigningDone)) == 1


@pytest.mark.parametrize(("role", "seat"), [("seller", "buyer"), ("clerk", "clerk"), ("buyer", "clerk")])
def test_nobody_signs_for_another(role: str, seat: str) -> None:
    town = Platform()
    town.start_signing()
    assert town.error(said.Sign(role), seat) == "not_a_signer"


def test_a_signing_needs_its_own_code_and_both_parties() -> None:
    town = Platform()
    assert town.error(said.StartSigning("SJ1", (), BOTH)) == "not_now"
    code = town.ask(said.IssueReceiptCode("online_hall", ITEMS)).receipt_code
    assert town.error(said.StartSigning("SJ1", (), BOTH)) == "receipt_code_unknown"
    for signers in ((), ("buyer",), ("buyer", "buyer"), ("buyer", "bank")):
        assert town.error(said.StartSigning(code, (), signers)) == "signers_invalid"
    assert town.now_in("signing") == "coded"
    assert not town.error(said.StartSigning(code, (), ("seller", "buyer")))
    assert town.error(said.StartSigning("SJ1", (), BOTH)) == "receipt_code_unknown"


def test_after_fifteen_days_the_signing_is_void() -> None:
    town = Platform()
    code = town.start_signing()
    town.ask(said.Sign("buyer"), "buyer")
    town.run(days=14)
    assert town.now_in("signing") == "signing"
    town.run(days=2)
    (expired,) = town.heard("portal", said.SigningExpired)
    assert (expired.missing, town.now_in("signing")) == (("seller",), "void")
    assert town.error(said.Sign("seller"), "seller") == "signing_over"
    assert town.error(said.StartSigning(code, (), BOTH)) == "signing_over"
    assert not town.heard("portal", said.SigningDone)


@pytest.mark.parametrize("so_far", range(4))
def test_a_signing_is_cancelled_at_any_time_and_stays_so(so_far: int) -> None:
    town = Platform()
    if so_far:
        town.start_signing()
    for role in BOTH[: so_far - 1] if so_far else ():
        town.ask(said.Sign(role), role)
    for _ in range(2):
        assert not town.error(said.CancelSigning("撤回"))
    assert town.now_in("signing") == "void"
    assert town.error(said.Sign("buyer"), "buyer") == "signing_over"
    code = town.ask(said.IssueReceiptCode("online_hall", ITEMS)).receipt_code
    assert town.error(said.StartSigning(code, (), BOTH)) == "signing_over"
    town.run(days=20)
    assert not town.heard("portal", said.SigningExpired)
