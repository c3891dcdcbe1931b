"""The book gives the cases of the population, whatever order they are asked for in."""

import pytest

from sim.runs import case_book
from sim.runs.exchanges import CaseUnknownError
from tests.sim.runs.runs import START_MS, a_run


def test_a_case_is_the_one_of_the_population(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_book, "LEAF", 16)
    monkeypatch.setattr(case_book, "LEAVES", 2)
    book = a_run().book
    for number in (1, 300, 17, 16, 2, 299, 150, 1):
        assert book.dossier(number) == book.population.case(number - 1)
        assert book.region(number) in book.regions


def test_the_registry_of_a_case_is_the_same_before_and_after_its_leaf_is_there() -> None:
    run = a_run()
    before = [run.book.registry(number) for number in (1, 128, 129, 300)]
    assert [run.book.dossier(number).registry for number in (1, 128, 129, 300)] == before
    assert [run.book.registry(number) for number in (1, 128, 129, 300)] == before


@pytest.mark.parametrize("number", [0, -1, 301])
def test_a_number_outside_the_run_is_unknown(number: int) -> None:
    book = a_run().book
    assert number not in book
    with pytest.raises(KeyError):
        book.dossier(number)


def test_where_sandboxes_share_the_cases_each_has_its_own_and_says_whose_the_others_are() -> None:
    books = [a_run(share=share, among=3).book for share in range(3)]
    for number in range(1, 301):
        assert [number in book for book in books] == [share == number % 3 for share in range(3)]
    assert books[1].why_not(1) == ""
    assert books[1].why_not(5) == "办件号 5 除以 3 余 2，归另一个沙箱；这里只办余 1 的"
    assert "1 至 300" in books[1].why_not(301)


def test_a_range_is_begun_as_far_as_it_is_ours() -> None:
    run = a_run(share=1, among=2)
    run.begin(1, 10, at_arrival=False)
    assert sorted(number for world in run.worlds.values() for number in world.cases) == [1, 3, 5, 7, 9]
    with pytest.raises(CaseUnknownError, match="办件号 2 除以 2 余 0"):
        run.case(2)


def test_who_applies_ahead_of_their_day_has_acquired_the_home_already() -> None:
    population = a_run(cases=50_000).book.population
    homes = population.chunk(0, len(population)).homes
    assert homes.acquired_ms.max() < START_MS
