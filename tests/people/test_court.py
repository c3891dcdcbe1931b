"""The court: one ruling, answered once or twice the same."""

from contract.court import Decides
from contract.registry import Seize, SeizureAnswered
from people.court import ROLE, TERM_MS
from sim.message import Message
from sim.party import File
from sim.posts import Posts, reply
from tests.town import DOSSIER, Town


def registry(file: File, heard: Message) -> Posts:
    return [reply(SeizureAnswered(2, "已转移登记"))]


def test_a_ruling_seizes_the_home_for_three_years() -> None:
    town = Town({"court": ROLE}, answers={"registry": registry})
    town.begin("court", Decides())
    town.run(1)
    (seizure,) = town.heard("registry", Seize)
    assert seizure.document_no == "（2023）闽执保1号"
    assert (seizure.unit_code, seizure.term_ms) == (DOSSIER.unit_code, TERM_MS)
    assert town.file("court").status == 2
    assert town.state("court", "seizure").name == "answered"


def test_a_ruling_waits_for_its_answer_and_hears_it_twice_unmoved() -> None:
    town = Town({"court": ROLE})
    town.begin("court", Decides())
    town.run(1)
    assert town.state("court", "seizure").name == "served"
    for _ in range(2):
        town.answer("registry", SeizureAnswered(1, ""))
        town.run(ms=100)
    assert town.state("court", "seizure").name == "answered"
    assert not town.unexpected()
