"""The package form as buyer or window fills it in, from what the parties bring along."""

from contract.records import Application, Home
from sim.dossier import ITEMS, Dossier

CHANNELS = ("online_hall", "minzhengtong", "window")
WINDOW = CHANNELS.index("window")
CHOICES = tuple(tuple([item for bit, item in enumerate(ITEMS) if mask >> bit & 1]) for mask in range(1 << len(ITEMS)))
"""The item codes of every set of chosen items, by its bits."""


def application_of(dossier: Dossier) -> Application:
    """The form: `items` are the chosen ones, `accounts` stand in the order of all items, empty where not chosen."""
    home = Home(dossier.unit_code, dossier.title_no, dossier.address, dossier.area_m2_x100, dossier.residential)
    return Application(
        CHANNELS[dossier.channel],
        dossier.buyers,
        dossier.sellers,
        home,
        dossier.price_fen,
        dossier.contract_no,
        CHOICES[dossier.items],
        dossier.accounts,
        dossier.copies,
    )
