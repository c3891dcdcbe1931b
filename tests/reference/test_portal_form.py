"""What the portal finds wrong with a form, first thing first; an ordinary form has no flaw."""

from dataclasses import replace
from typing import Any

import pytest

from contract.errors import APPLICANTS_MISSING
from contract.portal import ACCOUNT_MALFORMED, CHANNEL_UNKNOWN, FIELD_EMPTY, HOME_ELSEWHERE, ID_INVALID, PRICE_MISSING
from people.application import application_of
from reference.portal_form import flaw
from sim.dossier import CREDIT_CODE, Person
from sim.message import Error
from tests.town import BUYER, SELLER, a_dossier

FORM = application_of(a_dossier())
COMPANY = Person("某公司", CREDIT_CODE, "91350100M000100Y43", "13800000003", True)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"buyers": ()}, APPLICANTS_MISSING),
        ({"channel": ""}, CHANNEL_UNKNOWN),
        ({"channel": "somewhere"}, CHANNEL_UNKNOWN),
        ({"home": replace(FORM.home, title_no="　")}, FIELD_EMPTY),
        ({"sellers": (replace(SELLER, name="　 "),)}, FIELD_EMPTY),
        ({"home": replace(FORM.home, unit_code="330102001001GB00001F00010001")}, HOME_ELSEWHERE),
        ({"price_fen": 0}, PRICE_MISSING),
        ({"sellers": (replace(COMPANY, id_no="91350100M000100Y44"),)}, ID_INVALID),
        ({"buyers": (replace(BUYER, id_no=BUYER.id_no[:-1] + "5"),)}, ID_INVALID),
        ({"accounts": ("350000000000", *FORM.accounts[1:])}, ACCOUNT_MALFORMED),
        ({"accounts": FORM.accounts[:4]}, ACCOUNT_MALFORMED),
        ({"accounts": (*FORM.accounts, "")}, ACCOUNT_MALFORMED),
        ({"accounts": ()}, ACCOUNT_MALFORMED),
    ],
)
def test_a_flaw_is_found(changes: dict[str, Any], wrong: Error) -> None:
    assert flaw(replace(FORM, **changes)) is wrong


def test_a_right_form_has_none() -> None:
    accounts = ("3500000000001", "10000001", "2000000001", "8350000000000001", "400000000001")
    assert flaw(replace(FORM, accounts=accounts, sellers=(COMPANY,))) is None
