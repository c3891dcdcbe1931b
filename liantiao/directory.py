"""What the faces know of the contract: every seat with its doors, every kind of message by its name."""

from liantiao.compose import OWN_TAX_PATH, POLLS, ROLES, SECOND_SEATS
from liantiao.message_list import replies, ways
from sim.faces.doors import Directory


def directory() -> Directory:
    """Of all seats there are, those of a region outside the provincial tax-and-fee service included."""
    seats = {name: name for name in ROLES} | SECOND_SEATS | OWN_TAX_PATH
    return Directory(ROLES, seats, POLLS, ways(), replies())
