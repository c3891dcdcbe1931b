"""What is the water company's own: leading zeros, and a call back instead of a poll."""

from tests.fake_departments.transfers import Office
from tests.town import a_dossier


def test_leading_zeros_belong_to_the_account() -> None:
    office = Office("water")
    assert office.push("123456") == "account_unknown"
    assert "前导零" in office.heard("hub")[-1].detail
    assert office.push("00123456").startswith("YS")


def test_the_result_is_called_back_at_once_and_nobody_polls() -> None:
    office = Office("water")
    office.whole_story(seat="registry")
    (done,), (told,) = office.rows(kind="water.completed"), office.rows(kind="water.result")
    assert (told["sender"], told["receiver"], told["t"] - done["t"]) == ("water", "registry", 50)
    assert not hasattr(office.said, "FetchResults")


def test_a_shop_with_a_new_owner_uses_its_water_for_something_else() -> None:
    offices = [Office("water", share=1.0, residential=False) for _ in range(12)]
    for seed, office in enumerate(offices):
        office.sandbox.seed = seed
    assert {office.whole_story().reason_code for office in offices} == {"use_changed", "arrears"}
    assert a_dossier().residential
