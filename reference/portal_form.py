"""What the portal finds wrong with a form before it takes it: said at once, so that nobody is sent home later."""

from contract.errors import APPLICANTS_MISSING
from contract.portal import ACCOUNT_MALFORMED, CHANNEL_UNKNOWN, FIELD_EMPTY, HOME_ELSEWHERE, ID_INVALID, PRICE_MISSING
from contract.records import Application
from sim.dossier import IDENTITY_CARD
from sim.identifiers import is_credit_code, is_identity_number
from sim.message import Error

CHANNELS = ("online_hall", "minzhengtong", "window")
DIGITS = (13, 8, 10, 16, 12)
"""How many digits an account number has, in the order of the items: power, water, gas, cable TV, housing fund."""
PROVINCE = "35"
"""The first digits of every district of Fujian (GB/T 2260)."""


def flaw(form: Application) -> Error | None:
    """The first thing wrong with a form, or None."""
    people, home = (*form.buyers, *form.sellers), form.home
    if not (form.buyers and form.sellers):
        return APPLICANTS_MISSING
    if form.channel not in CHANNELS:
        return CHANNEL_UNKNOWN
    if not all(text.strip() for text in (home.unit_code, home.title_no, home.address)):
        return FIELD_EMPTY
    if not all(person.name.strip() and person.id_no.strip() for person in people):
        return FIELD_EMPTY
    if not home.unit_code.startswith(PROVINCE):
        return HOME_ELSEWHERE
    if form.price_fen <= 0:
        return PRICE_MISSING
    if any(person.is_company and not is_credit_code(person.id_no) for person in people):
        return ID_INVALID
    if any(person.id_type == IDENTITY_CARD and not is_identity_number(person.id_no) for person in people):
        return ID_INVALID
    if len(form.accounts) != len(DIGITS) or any(
        number and len(number) != digits for number, digits in zip(form.accounts, DIGITS, strict=True)
    ):
        return ACCOUNT_MALFORMED
    return None
