"""The cases a run may speak of: number n is row n - 1 of its population, the same in a run and in a simulation."""

from collections import OrderedDict
from collections.abc import Mapping

from sim.circumstances import Circumstances
from sim.dossier import Dossier
from sim.population import Population
from sim.runs.shares import owner

LEAF = 128
LEAVES = 256
"""Cases are drawn in leaves of so many, two milliseconds of work at once; the leaves last used are kept."""


class CaseBook:
    """Looks cases up by number, from 1."""

    def __init__(
        self, population: Population, regions: list[str], arranged: Mapping[int, Circumstances] | None = None,
        share: int = 0, among: int = 1,
    ) -> None:  # fmt: skip
        """`share` among so many sandboxes is this one's; the cases of the others are not here."""
        self.population, self.regions, self.arranged = population, regions, arranged or {}
        self.share, self.among = share, among
        self._leaves: OrderedDict[int, list[Dossier]] = OrderedDict()

    def __len__(self) -> int:
        return len(self.population)

    def __contains__(self, number: int) -> bool:
        return 1 <= number <= len(self.population) and owner(number, self.among) == self.share

    def why_not(self, number: int) -> str:
        """Why a number is none of this run's cases, for people; "" where it is one."""
        if not 1 <= number <= len(self.population):
            return f"办件号 {number} 不在本批次的 1 至 {len(self)} 之内"
        if number not in self:
            return f"办件号 {number} 除以 {self.among} 余 {owner(number, self.among)}，归另一个沙箱；这里只办余 {self.share} 的"
        return ""

    def dossier(self, number: int) -> Dossier:
        """The facts of a case; raises KeyError for a number the run has not."""
        if number not in self:
            raise KeyError(number)
        leaf, at = divmod(number - 1, LEAF)
        page = self._leaves.get(leaf)
        if page is None:
            first = leaf * LEAF
            page = self.population.chunk(first, min(first + LEAF, len(self.population))).dossiers()
            self._leaves[leaf] = page
            if len(self._leaves) > LEAVES:
                self._leaves.popitem(last=False)
        else:
            self._leaves.move_to_end(leaf)
        arranged = self.arranged.get(number)
        return page[at] if arranged is None else arranged.dossier(page[at])

    def registry(self, number: int) -> int:
        """The registry a case belongs to, by its place in the package; nothing else of it is drawn for that. Raises KeyError."""
        if number in self.arranged:
            return self.dossier(number).registry
        if number not in self:
            raise KeyError(number)
        leaf, at = divmod(number - 1, LEAF)
        page = self._leaves.get(leaf)
        return self.population.registry_of(number - 1) if page is None else page[at].registry

    def region(self, number: int) -> str:
        """The id of the region a case belongs to. Raises KeyError."""
        return self.regions[self.population.region_of(self.registry(number))]
