"""What a run created on another system, here our reference in a process of its own: listed, asked after, cleared, deleted."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from liantiao.cleanup_list import Created, Left, note
from liantiao.cli import app_of
from liantiao.compose import REFERENCE_SEATS
from liantiao.sandbox_client import Reply, SandboxRun, SandboxServer
from people.application import application_of
from sim.calendar import parse_day
from sim.package import load_package
from sim.population import Population

PEOPLE = ("buyer", "seller", "clerk")
NUMBERS = (3, 5)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[SandboxRun, SandboxServer]]:
    with SandboxServer(tmp_path / "sandbox") as sandbox:
        run = sandbox.create(
            "load", seed=7, cases=100, handling="instant", office_hours=False,
            remote=dict.fromkeys((*REFERENCE_SEATS, *PEOPLE), ""),
        )  # fmt: skip
        joins = ("--seats", "reference", "--sandbox", run.base_url)
        with SandboxServer(tmp_path / "reference", *joins, token=sandbox.token) as reference:
            yield run, reference


def until(done: Callable[[], bool]) -> None:
    """Ask until it is so; each asking takes its time."""
    assert any(done() for _ in range(1_000))


def apply(run: SandboxRun) -> None:
    """In each case, as far as its receipt code."""
    drawn = Population(load_package("fujian-2024-55"), 7, 100, parse_day("2026-01-05"), parse_day("2026-02-05"))
    for number in NUMBERS:
        form = asdict(application_of(drawn.case(number - 1)))
        body = {"application": form, "authorisation": f"SQB{number}"}
        assert run.call("portal.apply", body, case=number, sender="buyer").ok
        joins, papers = {"authorisation": f"SQS{number}"}, {"documents": []}
        until(partial(lambda n, body: run.call("portal.join", body, case=n, sender="seller").ok, number, joins))
        until(partial(has_code, run, number, papers))


def has_code(run: SandboxRun, number: int, papers: dict[str, Any]) -> bool:
    """Whether the case has its receipt code; papers that are asked for meanwhile are handed in."""
    run.call("portal.upload", papers, case=number, sender="buyer")
    return bool(run.journal(case_no=number, kind="gov_platform.start_signing"))


def cleanup(run: SandboxRun, *more: str) -> tuple[int, str]:
    typed = ["cleanup", "--run", "load", "--server", run.server.url, "--token", run.server.token, *more]
    told = CliRunner().invoke(app_of(["cleanup"]), typed)
    return told.exit_code, told.output


def test_listed_asked_after_cleared_and_deleted(pair: tuple[SandboxRun, SandboxServer], tmp_path: Path) -> None:
    run, reference = pair
    apply(run)
    out = tmp_path / "list.csv"
    code, told = cleanup(run, "--out", str(out), "--verify")
    assert code == 1, told
    assert "仍在 2" in told
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["办件号"]) for row in rows] == list(NUMBERS)
    assert all(row["收件码"].startswith("SJ") and row["核对"] == "仍在" for row in rows)
    reference.control("POST", "/runs/load/reset")
    code, told = cleanup(run, "--verify")
    assert code == 0, told
    assert "已清除 2" in told
    reference.stop()
    run.server.stop()
    data = tmp_path / "sandbox" / "data"
    code, told = cleanup(run, "--data", str(data), "--delete")
    assert code == 0, told
    assert "核对无遗留" in told
    assert not (data / "runs" / "load").exists()


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        (Reply(200, {"stage": "已受理在办", "acceptance_no": "A-1"}, {}), Left.THERE),
        (Reply(404, {"error": "case_unknown"}, {}), Left.GONE),
        (Reply(422, {"error": "no_application"}, {}), Left.GONE),
        (Reply(422, {"error": "receipt_code_differs"}, {}), Left.UNKNOWN),
        (Reply(202, {}, {}), Left.UNKNOWN),
    ],
)
def test_only_a_clear_answer_counts(reply: Reply, left: Left) -> None:
    case = Created(1, receipt_code="SJ1")
    note(case, reply)
    assert case.left == left
    assert case.acceptance_no == ("A-1" if left == Left.THERE else "")


def test_a_folder_without_the_run_is_said(tmp_path: Path) -> None:
    told = CliRunner().invoke(app_of(["cleanup"]), ["cleanup", "--run", "load", "--data", str(tmp_path)])
    assert told.exit_code == 1
    assert "没有批次“load”" in str(told.exception)
