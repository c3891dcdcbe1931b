"""What a registry's clerks know of a case, and the times and habits they work by."""

from dataclasses import dataclass
from typing import Any

from contract.records import Application
from sim.durations import Duration
from sim.message import Refused
from sim.party import File, Party
from sim.posts import NOTHING, Posts
from sim.table import Part


@dataclass(frozen=True, slots=True)
class Settings:
    """The clerks' working times and how often they find fault, by the names in package.toml."""

    desk_accept: Duration
    desk_review: Duration
    desk_record: Duration
    desk_certify: Duration
    signing_human: Duration
    correction_asked: float
    not_accepted: float
    review_refused: float
    records_early: float = 0.0


class ClerkFile(File):
    """What the clerks of a registry know of a case; the counters tell how often each post has taken it up."""

    __slots__ = ("application", "authorisation", "signing", "times", "turned_away")

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.application: Application
        self.authorisation = self.turned_away = ""
        self.signing = False
        self.times: dict[str, int] = {}

    def time(self, post: str) -> int:
        """How often `post` has taken the case up before; counts it."""
        n = self.times.get(post, 0)
        self.times[post] = n + 1
        return n


def turned_away(file: ClerkFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    return NOTHING
