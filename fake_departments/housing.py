"""The housing department: what flows back after recording counts as filing the contract; no one need sign on line first."""

from dataclasses import dataclass
from typing import Any

from contract.data_exchange import FilingReceipt, Record
from contract.housing import AUTHORISATION_MISSING, FindNetSign, NetSign
from sim.message import Message, timer
from sim.party import File, Party
from sim.posts import Post, Posts, Refusal, later, refuse, send
from sim.table import Part, Role, State, Track, row


@dataclass(frozen=True, slots=True)
class Settings:
    """How often the first data of a case are sent back to be completed."""

    correction_asked: float


@timer("housing.file", "数据齐备，视同网签备案", item="filing")
class FileContract(Message):
    """The record is in order."""


@timer("housing.send_back", "数据有误，退回补正", item="filing")
class SendBack(Message):
    reason: str


FILE_CONTRACT = FileContract()

UNFILED = State("unfiled", "未取数", end=True)
READING = State("reading", "核对回流数据")
FILED = State("filed", "视同备案", end=True)
RETURNED = State("returned", "已退回", end=True)


class HousingFile(File):
    """The filing of one case: the batch last fetched, how many there were, and the one filing number."""

    __slots__ = ("batch_no", "fetched", "filing_no")

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.batch_no = self.filing_no = ""
        self.fetched = 0


def find_net_sign(file: HousingFile, heard: FindNetSign) -> NetSign | Refusal:
    """An earlier net-sign of this sale, if there is one."""
    if not heard.authorisation:
        return refuse(AUTHORISATION_MISSING)
    dossier = file.dossier
    signed = dossier.net_signed and heard.unit_code == dossier.unit_code
    return NetSign(dossier.contract_no if signed else "")


def read(file: HousingFile, heard: Record) -> Posts:
    """The same batch fetched twice is judged alike; what was completed once is not sent back again."""
    settings: Settings = file.settings
    if heard.batch_no != file.batch_no:
        file.batch_no = heard.batch_no
        file.fetched += 1
    if not heard.complete:
        return [later(0, SendBack("交易数据与登记数据未成对"))]
    if file.fetched == 1 and file.draw(b"housing.return") < settings.correction_asked:
        return [later(0, SendBack("合同要素不全"))]
    return [later(0, FILE_CONTRACT)]


def file_contract(file: HousingFile, heard: FileContract) -> Posts:
    """An earlier net-sign keeps its filing; there is never a second one."""
    dossier = file.dossier
    file.filing_no = f"BA{dossier.contract_no}" if dossier.net_signed else f"BA35{file.case.number:010d}"
    return [_receipt(file, file.batch_no)]


def confirm_again(file: HousingFile, heard: Record) -> Posts:
    return [_receipt(file, heard.batch_no)]


def _receipt(file: HousingFile, batch_no: str) -> Post:
    return send("data_exchange", FilingReceipt(batch_no, True, file.filing_no, ""))


def send_back(file: HousingFile, heard: SendBack) -> Posts:
    return [send("data_exchange", FilingReceipt(file.batch_no, False, "", heard.reason))]


FILING = Track("filing", "网签备案", UNFILED, [
    row((UNFILED, READING, RETURNED), Record, READING, read),
    row(READING, FileContract, FILED, file_contract),
    row(READING, SendBack, RETURNED, send_back),
    row(FILED, Record, None, confirm_again),
])  # fmt: skip

ROLE = Role("housing", "住房和城乡建设部门", (Part(HousingFile, [FILING]),), Settings, {FindNetSign: find_net_sign})
