"""A real server whose reference holds a stock: asked after, applied for again, taken up where it stands, opened again."""

from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from typing import Any

import pytest

from liantiao.directory import directory
from liantiao.sandbox_client import Reply, SandboxRun, SandboxServer
from liantiao.stock.store import Stocked, StockStore
from people.application import application_of
from sim.calendar import parse_day
from sim.faces.control.errors import Refusal
from sim.faces.control.run_rules import check_new_run
from sim.faces.control.shapes import NewRun
from sim.package import load_package
from sim.population import Population
from sim.population.stock import STATES

STOCK, NEW = 1_500, 1_501
PEOPLE = ("buyer", "seller", "clerk")
PACKAGE, SEED = "fujian-2024-55", 7


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with SandboxServer(tmp_path_factory.mktemp("stock")) as server:
        server.create(
            "s", seed=SEED, cases=STOCK + 100, stock=STOCK, handling="instant", office_hours=False,
            pace="stepped", remote=dict.fromkeys(PEOPLE, ""),
        )  # fmt: skip
        yield server


@pytest.fixture(scope="module")
def run(server: SandboxServer) -> SandboxRun:
    return SandboxRun(server, {"name": "s"})


@pytest.fixture(scope="module")
def held(server: SandboxServer) -> list[Stocked]:
    store = StockStore(server.folder / "runs" / "s" / "stock.db")
    try:
        return [case for number in range(1, STOCK + 1) if (case := store.case(number)) is not None]
    finally:
        store.close()


def one(held: list[Stocked], state: str, **wanted: Any) -> Stocked:
    """The last one like this: no two tests take up the same."""
    found = [each for each in held if each.state == state and all(getattr(each, k) == v for k, v in wanted.items())]
    return found[-1]


@cache
def population() -> Population:
    return Population(load_package(PACKAGE), SEED, STOCK + 100, parse_day("2026-01-05"), parse_day("2026-02-05"))


def registry_of(number: int) -> int:
    return population().registry_of(number - 1)


def application(number: int, **home: Any) -> dict[str, Any]:
    """The form of a case, with another home in it."""
    form = asdict(application_of(population().case(number - 1)))
    return {**form, "home": {**form["home"], **home}}


def ask(run: SandboxRun, case: Stocked, receipt_code: str = "") -> Reply:
    code = receipt_code or case.receipt_code
    return run.call("portal.query_progress", {"receipt_code": code}, case=case.case_no, sender="buyer")


def receive(run: SandboxRun, number: int, form: dict[str, Any]) -> Reply:
    body = {"receipt_code": "SJ1", "application": form, "seal_no": "QZ1", "authorisation": f"SQB{number}"}
    return run.call("registry.receive_at_window", body, case=number, sender="clerk")


def test_all_states_are_there_and_every_case_has_a_home_of_its_own(held: list[Stocked]) -> None:
    assert [each.case_no for each in held] == list(range(1, STOCK + 1))
    assert {each.state for each in held} == set(STATES)
    assert len({each.unit_code for each in held}) == STOCK
    assert any(each.seized for each in held)
    assert any(each.mortgaged for each in held)


def test_progress_of_what_is_over_is_told_to_who_has_its_receipt_code(run: SandboxRun, held: list[Stocked]) -> None:
    case = one(held, "done")
    told = ask(run, case)
    assert (told.status, told.kind) == (200, "portal.progress_shown")
    assert told.body == {"stage": "办件结束", "acceptance_no": case.acceptance_no, "outcome": "done"}
    assert ask(run, case, "SJ0").error == "receipt_code_differs"
    assert run.case(case.case_no)["status"] == "存量"


def test_a_case_under_way_is_taken_up_where_it_stands(run: SandboxRun, held: list[Stocked]) -> None:
    case = one(held, "waiting", seized=False)
    assert ask(run, case).body == {"stage": "已分发待受理", "acceptance_no": "", "outcome": ""}
    assert run.call("registry.accept", {}, case=case.case_no, sender="clerk").ok
    run.advance(5_000)
    assert [row["outcome"] for row in run.journal(case_no=case.case_no, kind="hub.push_charges")] == ["ok"]
    assert ask(run, case).body["stage"] == "已受理在办"
    assert run.case(case.case_no)["status"] == "在办"


def test_a_correction_is_still_waited_for(run: SandboxRun, held: list[Stocked]) -> None:
    case = one(held, "correcting")
    assert run.call("portal.correct", {"what": "婚姻状况证明"}, case=case.case_no, sender="buyer").ok
    run.advance(5_000)
    assert ask(run, case).body["stage"] == "已分发待受理"


def test_a_withdrawn_case_under_way_is_over_and_still_answers(run: SandboxRun, held: list[Stocked]) -> None:
    case = one([each for each in held if each.case_no < one(held, "waiting").case_no], "waiting")
    assert run.call("portal.withdraw", {"reason": "不卖了"}, case=case.case_no, sender="buyer").ok
    run.advance(5_000)
    assert ask(run, case).body["outcome"] == "withdrawn"
    assert run.control("POST", f"/cases/{case.case_no}/close")["status"] == "已办结"
    over = {"stage": "办件结束", "acceptance_no": "", "outcome": "withdrawn"}
    assert ask(run, case).body == over, "let go, it is answered from what was kept"
    assert ask(run, case, "SJ0").error == "receipt_code_differs"
    assert run.call("portal.withdraw", {"reason": "再撤"}, case=case.case_no, sender="buyer").error == "case_closed"


def test_who_applies_for_a_home_under_way_is_told_so(run: SandboxRun, held: list[Stocked]) -> None:
    busy = next(each for each in held if each.state == "awaiting_seller")
    number = next(n for n in range(NEW, STOCK + 101) if population().region_of(registry_of(n)) == busy.region)
    body = {"application": application(number, unit_code=busy.unit_code), "authorisation": f"SQB{number}"}
    assert run.call("portal.apply", body, case=number, sender="buyer").error == "duplicate_home"


def turned_away(run: SandboxRun, wanted: list[Stocked], title_no: str = "") -> str:
    """What a newcomer is told at the counter who applies for the first of these homes that lies at their registry."""
    for case in wanted:
        number = next((n for n in range(NEW, STOCK + 101) if registry_of(n) == registry_of(case.case_no)), 0)
        if number:
            form = application(number, unit_code=case.unit_code, title_no=title_no or case.title_no)
            return receive(run, number, form).error
    raise AssertionError("no newcomer at any of their registries")


def test_the_register_knows_what_became_of_the_homes_of_the_stock(run: SandboxRun, held: list[Stocked]) -> None:
    sold = [each for each in held if each.state == "done" and not each.seized]
    assert turned_away(run, [each for each in held if each.seized and each.state == "done"]) == "seized"
    assert turned_away(run, [each for each in held if not each.seized and each.state == "waiting"]) == "home_busy"
    before = application(sold[0].case_no)["home"]["title_no"]
    assert turned_away(run, sold, before) == "title_unknown"
    assert turned_away(run, sold) == ""


def test_opened_again_it_is_the_same(server: SandboxServer, run: SandboxRun, held: list[Stocked]) -> None:
    told = ask(run, one(held, "done")).body
    assert ask(run, one(held, "correcting")).ok
    run.snapshot("before")
    before = run.control("GET", "", digest="true")["digest"]
    folder = server.folder.parent
    server.stop()
    with SandboxServer(folder, token=server.token) as again:
        run = SandboxRun(again, {"name": "s"})
        assert run.control("GET", "", digest="true")["digest"] == before
        assert ask(run, one(held, "done")).body == told


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"cases": 10, "stock": 10}, "stock_too_large"),
        ({"cases": 10, "stock": 5, "remote": {"portal": "", "registry": ""}}, "seat_is_remote"),
    ],
)
def test_a_stock_that_cannot_be_is_refused(settings: dict[str, Any], code: str) -> None:
    found = NewRun(name="x", **settings)
    with pytest.raises(Refusal) as refused:
        check_new_run(found, directory().seats, [PACKAGE], directory().kinds)
    assert [each["code"] for each in refused.value.problem.fields] == [code]
