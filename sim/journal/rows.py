"""Where the rows of a case are to be had: on disk, or still in memory."""

from collections.abc import Sequence
from typing import Protocol

from sim.journal.record import Record


class CaseRows(Protocol):
    """Whoever knows the rows of every case."""

    def of_case(self, case_no: int) -> Sequence[Record]:
        """Everything about a case, in order."""
