"""Every promise of the Fujian package is kept by a story in which all goes well, and broken by one in which it does not."""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import pytest

import contract
from sim.judge import judge
from sim.judge.moments import columns_in
from sim.judge.picks import ROWS
from sim.judge.promises import load_promises
from sim.judge.verdict import Finding, Result
from sim.message import Message, Shape
from tests.scenarios.journal_rows import ITEMS, Story, bought, bought_in, withdrawn, write_run
from tests.scenarios.promise_stories import (
    FUJIAN,
    PUTIAN,
    TABLE,
    XIAMEN,
    Bodies,
    exempt,
    resubmitted,
    withdrawn_while_signing,
)

PROMISES = load_promises(FUJIAN.folder)
IDS = [promise.id for promise in PROMISES.all if not promise.manual]


def judged(folder: Path, promise: str, stories: list[Story], bodies: Bodies, limits: dict[str, float]) -> Finding:
    """What becomes of one promise, the stories being cases of one run, each with numbers of its own."""
    numbered = [story.as_case(case_no=number).with_own_numbers() for number, story in enumerate(stories, 1)]
    run = write_run(folder, *numbered, bodies=bodies)
    return judge(run, FUJIAN, only=[promise], limits=limits).of(promise)


@pytest.mark.parametrize("promise", IDS)
def test_a_story_that_keeps_it(promise: str, tmp_path: Path) -> None:
    case = TABLE[promise]
    finding = judged(tmp_path, promise, [story() for story in case.kept], case.kept_bodies, case.limits)
    assert finding.result is Result.KEPT, finding
    assert finding.applied == len(case.kept), finding
    assert not finding.violations
    assert not finding.sample


@pytest.mark.parametrize(
    ("promise", "at"), [(name, at) for name, case in TABLE.items() for at in range(len(case.broken))]
)
def test_a_story_that_breaks_it(promise: str, at: int, tmp_path: Path) -> None:
    case = TABLE[promise]
    bodies = case.broken_bodies[at] if case.broken_bodies else []
    finding = judged(tmp_path, promise, [case.broken[at]()], bodies, case.limits)
    assert finding.result is Result.BROKEN, finding
    assert finding.applied >= finding.violations == 1, finding
    assert finding.sample[0].evidence
    assert finding.sample[0].case_no == (0 if promise == "money_conserved_overall" else 1)


def shared_between_two_cases(promise: str, tmp_path: Path, *kinds: str) -> Finding:
    """What becomes of a promise when two cases have all their numbers alike, and only some kinds happen to the second."""
    first, second = bought(), bought().as_case(case_no=2)
    second.rows = [row for row in second.rows if row.kind in kinds]
    third = bought().as_case(case_no=3).with_own_numbers()
    return judge(write_run(tmp_path, first, second, third), FUJIAN, only=[promise]).of(promise)


def test_a_number_written_off_in_two_cases(tmp_path: Path) -> None:
    finding = shared_between_two_cases("written_off_once", tmp_path, "tax.write_off")
    assert (finding.result, finding.applied, finding.violations) == (Result.BROKEN, 3, 2)
    assert [(each.case_no, each.evidence) for each in finding.sample] == [
        (1, "号码 SP1 在另一办件 2 也销账"), (2, "号码 SP1 在另一办件 1 也销账")
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["gov_platform.issue_receipt_code", "registry.receive"])
def test_a_receipt_code_of_two_cases(kind: str, tmp_path: Path) -> None:
    finding = shared_between_two_cases("one_receipt_code", tmp_path, kind)
    assert (finding.result, finding.applied, finding.violations) == (Result.BROKEN, 3, 2)
    assert finding.sample[0].evidence == "收件码与办件 2 相同"


def test_a_whole_run_of_good_stories_keeps_every_promise(tmp_path: Path) -> None:
    stories = [
        bought(*ITEMS),
        withdrawn(),
        bought("water"),
        exempt(),
        bought_in(XIAMEN, "350203", *ITEMS),
        resubmitted(),
    ]
    stories += [bought_in(PUTIAN, "350302", *ITEMS), withdrawn_while_signing(), bought_in(PUTIAN, "350322")]
    stories[-1].rows = [row for row in stories[-1].rows if row.part_of == 0]
    numbered = [story.as_case(case_no=number).with_own_numbers() for number, story in enumerate(stories, 1)]
    verdict = judge(write_run(tmp_path, *numbered), FUJIAN)
    assert not [finding for finding in verdict.findings if finding.result is Result.BROKEN]
    assert verdict.of("no_unexpected_message").applied == len(stories)
    assert verdict.exit_code() == 0


def test_an_empty_journal_proves_nothing(tmp_path: Path) -> None:
    verdict = judge(write_run(tmp_path, Story(region="fuzhou")), FUJIAN)
    seen = {finding.id for finding in verdict.findings if finding.result in (Result.KEPT, Result.BROKEN)}
    assert seen == {"no_unexpected_message"}, "the one promise about every case, whatever it did"


# ---- the files themselves ---------------------------------------------------------------------------------------------------
def operations() -> dict[str, type[Message]]:
    """Every declared message by its name."""
    modules = [importlib.import_module(f"contract.{each.name}") for each in pkgutil.iter_modules(contract.__path__)]
    kinds = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    return {kind.op.name: kind for kind in kinds if issubclass(kind, Message) and hasattr(kind, "op")}


def test_every_promise_is_in_the_table() -> None:
    assert set(TABLE) == set(IDS)


def test_every_kind_that_promises_name_is_in_the_contract() -> None:
    known = operations()
    needed = {need.kind for promise in PROMISES.all for need in promise.needs}
    asked = {column.kind for column in columns_in(PROMISES.shared.values())}
    quoted = {
        word
        for sql in (*PROMISES.shared.values(), *(promise.sql for promise in PROMISES.all))
        for word in sql.split("'")[1::2]
        if "." in word and word.replace(".", "").replace("_", "").isalpha() and word.isascii()
    }
    picked = {
        word.split("@")[0].removesuffix(":refused")
        for sql in PROMISES.shared.values()
        for rows in ROWS.findall(sql)
        for word in rows.replace("--", "").split()
    }
    assert not (needed | asked | quoted | picked) - {"*"} - set(known)


def test_every_look_up_that_needs_an_authorisation_is_judged() -> None:
    sql = next(promise.sql for promise in PROMISES.all if promise.id == "bodies_authorised")
    assert all(f"'{name}'" in sql for name, kind in operations().items() if kind.op.authorised)


def test_every_reply_and_notice_that_may_be_refused_is_looked_for() -> None:
    listed = {word for word in PROMISES.shared["refused"].split("'")[1::2] if word in operations()}
    assert listed == {name for name, kind in operations().items() if kind.op.shape in (Shape.REPLY, Shape.NOTICE)}


def test_every_request_that_a_department_hears_has_its_allow_list() -> None:
    from sim.judge.tables import read_allow_list

    listed = {kind for _, kind, _ in read_allow_list(FUJIAN.folder)}
    departments = {seat.id for seat in FUJIAN.seats.values() if seat.side == "department"} - {"court"}
    with_fields = {
        name for name, kind in operations().items()
        if kind.op.shape is Shape.REQUEST and name.split(".")[0] in departments and kind.__slots__
    }  # fmt: skip
    assert not with_fields - listed
    assert not listed - set(operations())


@pytest.mark.parametrize("promise", PROMISES.all, ids=lambda promise: promise.id)
def test_what_a_header_says(promise: Any) -> None:
    assert promise.title
    assert promise.clauses
    assert not promise.title.isascii()
    assert not promise.applies.isascii()
    assert (promise.kind == "timeliness") == bool(promise.figure)
