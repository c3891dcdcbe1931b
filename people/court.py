"""The court: now and then it seizes a home whose transfer is going on."""

from typing import Any

from contract.court import Decides
from contract.registry import Seize, SeizureAnswered
from sim.calendar import DAY_MS
from sim.days import year_of
from sim.party import File, Party
from sim.posts import NOTHING, Posts, send
from sim.table import Part, Role, State, Track, row

TERM_MS = 3 * 365 * DAY_MS
"""Real estate is seized for three years at most (domain: 查封期限)."""


class CourtFile(File):
    """One ruling; `status` 1 when the home came under control, 2 when it was too late."""

    __slots__ = ("status",)

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.status = 0


def seize(file: CourtFile, heard: Decides) -> Posts:
    document_no = f"（{year_of(file.now_ms)}）闽执保{file.case.number}号"
    return [send("registry", Seize(document_no, file.dossier.unit_code, TERM_MS))]


def keep_answer(file: CourtFile, heard: SeizureAnswered) -> Posts:
    file.status = heard.status
    return NOTHING


UNCONCERNED = State("unconcerned", "无裁定", end=True)
SERVED = State("served", "已送达查封裁定")
ANSWERED = State("answered", "已反馈", end=True)

# fmt: off
TRACK = Track("seizure", "查封", UNCONCERNED, [
    # while the ruling is  we hear          it becomes  and we
    row(UNCONCERNED,       Decides,         SERVED,     seize),
    row(SERVED,            SeizureAnswered, ANSWERED,   keep_answer),
    row(ANSWERED,          SeizureAnswered, None,       keep_answer),
])
# fmt: on

ROLE = Role("court", "法院", (Part(CourtFile, [TRACK]),))
