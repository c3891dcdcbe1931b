"""Seats in which several processes sit: which of them a case belongs to."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

Stages = Sequence[Mapping[str, Any]]
"""`[{"from": 1, "addresses": [...]}, …]`, by rising case numbers: who sits there from which case on."""
NOT_SHARED: Mapping[str, Stages] = MappingProxyType({})


def owner(case_no: int, among: int) -> int:
    """Which of so many processes, counted from 0, has a case: the remainder of its number."""
    return case_no % among


class Shares(dict[str, Stages]):
    """The processes of every shared seat. A case stays with who had it when others came or went."""

    def address(self, seat: str, case_no: int) -> str:
        """Where the process is reached that has the case, "" for a seat that nobody shares."""
        for stage in reversed(self.get(seat, ())):
            if case_no >= stage["from"]:
                addresses = stage["addresses"]
                return str(addresses[owner(case_no, len(addresses))])
        return ""
