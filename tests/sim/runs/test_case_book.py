"""The book gives the cases of the population, whatever order they are asked for in."""

import pytest

from sim.runs import case_book
from tests.sim.runs.runs import a_run


def test_a_case_is_the_one_of_the_population(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_book, "LEAF", 16)
    monkeypatch.setattr(case_book, "LEAVES", 2)
    book = a_run().book
    for number in (1, 300, 17, 16, 2, 299, 150, 1):
        assert book.dossier(number) == book.population.case(number - 1)
        assert book.region(number) in book.regions


@pytest.mark.parametrize("number", [0, -1, 301])
def test_a_number_outside_the_run_is_unknown(number: int) -> None:
    book = a_run().book
    assert number not in book
    with pytest.raises(KeyError):
        book.dossier(number)
