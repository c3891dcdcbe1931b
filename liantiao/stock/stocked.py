"""A world whose reference already holds a stock: found by number and by home among its own cases, and taken up when spoken of."""

from typing import Any, Final

from liantiao.stock.store import Stocked, StockStore
from people.application import application_of
from reference.portal import AWAITING_SELLER, CORRECTING, HANDED_OVER
from reference.portal_files import Kept, PortalFile
from reference.registry import CORRECTING as REGISTRY_CORRECTING
from reference.registry import CORRECTION_OVERDUE, CORRECTION_TERM_MS, WAITING
from reference.registry_files import Entry, RegistryFile
from sim.case import Case
from sim.party import File
from sim.population.stock import UNDER_WAY
from sim.posts import Post, later
from sim.runs.case_book import CaseBook
from sim.runs.world import LiveSandbox
from sim.table import State

PORTAL, REGISTRY = "portal", "registry"
STANDS: Final = {
    "awaiting_seller": (AWAITING_SELLER, None), "waiting": (HANDED_OVER, WAITING), "correcting": (CORRECTING, REGISTRY_CORRECTING),
}  # fmt: skip
"""Where a case under way stands at the portal and at the registry."""
LETTERS: Final = "SQB"


class StockedHomes(dict[str, File]):
    """A party's cases by their homes: those of this run, and those of the stock, which are taken up when one is asked for."""

    def __init__(self, world: LiveSandbox, stock: "WorldStock") -> None:
        super().__init__()
        self.world, self.stock = world, stock

    def get(self, unit_code: str, default: Any = None) -> Any:
        """The file of the case under way about this home."""
        known = super().get(unit_code)
        if known is None and self.stock.take_up_home(self.world, unit_code):
            known = super().get(unit_code)
        return default if known is None else known

    def __contains__(self, unit_code: object) -> bool:
        return isinstance(unit_code, str) and self.get(unit_code) is not None


class Register:
    """What the register says of homes that cases of the stock were about."""

    def __init__(self, store: StockStore) -> None:
        self.store = store

    def get(self, unit_code: str) -> Entry | None:
        """The entry of this home, if the stock has one."""
        found = self.store.home(unit_code)
        return None if found is None else Entry(unit_code, found.title_no, found.seized, found.mortgaged)


class WorldStock:
    """The stock of a run, as its worlds look among it (`sim.runs.world.Earlier`)."""

    def __init__(self, store: StockStore, book: CaseBook) -> None:
        self.store, self.book = store, book

    def lay_into(self, world: LiveSandbox) -> None:
        """From now on the reference's parties of this world look among the stock too."""
        world.stock = self
        for seat in (PORTAL, REGISTRY):
            if not world.seats[seat].remote:
                world.seats[seat].ledgers["unit_code"] = StockedHomes(world, self)

    def case(self, world: LiveSandbox, number: int) -> Case | None:
        """The case of this number: a tombstone if it is over, taken up if it is under way; None if it is not of the stock."""
        found = self.store.case(number)
        if found is None:
            return None
        if found.state in UNDER_WAY:
            return self._take_up(world, found)
        over = world.new_case(number, None)
        over.let_go()
        return over

    def kept(self, number: int, seat: str) -> Any:
        """What the portal keeps of a case that was over before the run began."""
        found = self.store.case(number) if seat == PORTAL else None
        if found is None or found.state in UNDER_WAY:
            return None
        return Kept(found.receipt_code, found.acceptance_no, found.state)

    def take_up_home(self, world: LiveSandbox, unit_code: str) -> bool:
        """Take up the case under way about this home, if the stock has one that nobody has spoken of yet."""
        found = self.store.home(unit_code)
        if found is None or found.state not in UNDER_WAY or self.book.regions[found.region] != world.region:
            return False
        if found.case_no in world.cases or found.case_no in world.closed:
            return False
        if found.case_no not in self.book:  # another sandbox's share: as with every ledger, it is seen there alone
            return False
        self._take_up(world, found)
        return True

    def _take_up(self, world: LiveSandbox, found: Stocked) -> Case:
        """The case with its files where the stock says they stand, and the terms that run in such a state from now on."""
        dossier = self.book.dossier(found.case_no)
        case = world.take_up(found.case_no, dossier)
        at_portal, at_registry = STANDS[found.state]
        form, consent = application_of(dossier), f"{LETTERS}{found.case_no}"
        party = world.seats[PORTAL]
        if not party.remote:
            portal = world.file_of(case, party)
            assert isinstance(portal, PortalFile)
            portal.application, portal.authorisation = form, consent
            portal.enter("unit_code", found.unit_code)
            if at_registry is not None:
                portal.receipt_code = found.receipt_code
                portal.missing, portal.fields, portal.contract_no = (), (), form.contract_no
                portal.seal_no = _seal_no(found)
            _stand(world, case, portal, at_portal, [portal.await_party()] if at_registry is None else [])
        party = world.seats[REGISTRY]
        if at_registry is not None and not party.remote:
            registry = world.file_of(case, party)
            assert isinstance(registry, RegistryFile)
            registry.application, registry.receipt_code, registry.authorisation = form, found.receipt_code, consent
            registry.seal_no, registry.seized = _seal_no(found), found.seized
            registry.enter("unit_code", found.unit_code)
            overdue: list[Post] = (
                [later(CORRECTION_TERM_MS, CORRECTION_OVERDUE)] if at_registry is REGISTRY_CORRECTING else []
            )
            _stand(world, case, registry, at_registry, overdue)
        return case


def _seal_no(found: Stocked) -> str:
    return found.receipt_code.replace("SJ", "QZ", 1)


def _stand(world: LiveSandbox, case: Case, file: File, state: State, terms: list[Post]) -> None:
    """Put the first track of a file into a state it has not come to by itself, with the terms that belong there."""
    at = file.standing
    case.open += at.states[0].end - state.end
    at.states[0] = state
    if terms:
        world.set_terms(at, case, terms)
