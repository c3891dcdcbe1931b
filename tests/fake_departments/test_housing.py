"""The housing department: recorded data count as filing, an earlier net-sign keeps its number, and some data go back once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.data_exchange import FilingReceipt, Record
from contract.housing import FindNetSign, NetSign
from fake_departments.housing import ROLE, Settings
from tests.town import DOSSIER, Town, a_dossier


class Housing(Town):
    """A town with the department, which sends back the share told."""

    def __init__(self, share: float = 0.0, net_signed: bool = False, **more: Any) -> None:
        contract_no = "CLF2023000001" if net_signed else ""
        dossier = a_dossier(net_signed=net_signed, contract_no=contract_no)
        super().__init__({"housing": ROLE}, {"housing": Settings(share)}, dossier=dossier, **more)

    def flow(self, batch_no: str = "HJ1", complete: bool = True, case: int = 1) -> FilingReceipt:
        """A record is fetched; returns the last receipt."""
        self.say("data_exchange", "housing", Record(batch_no, DOSSIER.unit_code, "", complete), case)
        self.run(ms=200)
        receipts: list[FilingReceipt] = self.heard("data_exchange", FilingReceipt, case)
        return receipts[-1]

    def look_up(self, unit_code: str = DOSSIER.unit_code, authorisation: str = "SQB1") -> Any:
        self.say("portal", "housing", FindNetSign(unit_code, authorisation))
        self.run(ms=200)
        return self.heard("portal")[-1]

    def now_in(self) -> str:
        return self.state("housing", "filing").name


def test_recorded_data_count_as_filing() -> None:
    town = Housing()
    receipt = town.flow()
    assert (receipt.batch_no, receipt.filed, receipt.reason, town.now_in()) == ("HJ1", True, "", "filed")
    assert receipt.filing_no.startswith("BA")
    assert town.flow(case=2).filing_no != receipt.filing_no


def test_an_earlier_net_sign_keeps_its_filing() -> None:
    assert Housing(net_signed=True).flow().filing_no == "BACLF2023000001"


def test_there_is_never_a_second_filing() -> None:
    town = Housing()
    numbers = {town.flow(batch).filing_no for batch in ("HJ1", "HJ1", "HJ2")}
    assert len(numbers) == 1
    assert town.heard("data_exchange")[-1].batch_no == "HJ2"


def test_data_sent_back_are_taken_the_second_time() -> None:
    town = Housing(share=1.0)
    first, twice = town.flow(), town.flow()
    assert (first.filed, first.filing_no, first.reason, town.now_in()) == (False, "", "合同要素不全", "returned")
    assert not twice.filed
    assert town.flow("HJ2").filed
    assert town.now_in() == "filed"


def test_data_in_two_pieces_always_go_back() -> None:
    town = Housing()
    assert not town.flow(complete=False).filed
    assert not town.flow("HJ2", complete=False).filed
    assert town.flow("HJ3").filed


def test_a_record_fetched_twice_at_once_is_filed_once() -> None:
    town = Housing()
    for _ in range(2):
        town.say("data_exchange", "housing", Record("HJ1", DOSSIER.unit_code, "", True))
    town.run(ms=200)
    receipts = town.heard("data_exchange", FilingReceipt)
    assert {receipt.filing_no for receipt in receipts} == {receipts[0].filing_no}
    assert town.now_in() == "filed"
    assert not town.unexpected()


def test_the_share_sent_back_is_the_share_asked_for() -> None:
    town = Housing(share=0.25)
    returned = sum(not town.flow(case=case).filed for case in range(1, 401))
    assert 70 <= returned <= 130


def test_the_look_up_finds_an_earlier_net_sign_and_only_with_authorisation() -> None:
    signed, unsigned = Housing(net_signed=True), Housing()
    assert isinstance(signed.look_up(), NetSign)
    assert signed.look_up().contract_no == "CLF2023000001"
    assert signed.look_up("350102001001GB00001F00010002").contract_no == ""
    assert unsigned.look_up().contract_no == ""
    assert signed.look_up(authorisation="").error == "authorisation_missing"
    assert signed.now_in() == "unfiled"


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_case_is_let_go_after_its_receipt(share: float) -> None:
    town = Housing(share, let_go=True)
    town.say("data_exchange", "housing", Record("HJ1", DOSSIER.unit_code, "", True))
    town.run(ms=300)
    assert not town.sandbox.cases


records = st.builds(
    Record, st.sampled_from(["HJ1", "HJ2", ""]), st.text(max_size=3), st.text(max_size=3), st.booleans()
)
queries = st.builds(FindNetSign, st.text(max_size=3), st.text(max_size=3))


@settings(max_examples=40)
@given(st.lists(records | queries | st.just(100), max_size=15))
def test_no_messages_break_it(steps: list[Any]) -> None:
    town = Housing(share=0.5)
    for step in steps:
        if step == 100:
            town.run(ms=100)
        else:
            town.say("data_exchange", "housing", step)
    town.run(ms=300)
    assert town.now_in() in ("unfiled", "filed", "returned")
    assert len({heard.filing_no for heard in town.heard("data_exchange", FilingReceipt) if heard.filed}) <= 1
    assert not town.unexpected()
