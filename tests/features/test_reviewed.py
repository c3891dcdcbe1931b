"""What people add to an acceptance changes what they may change, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboards.acceptance_evidence import evidence_table
from features.accepting import Acceptance, accept_in_process, judge_folder, scenarios_of
from features.given import (
    GIVEN,
    PROTECTION,
    PUBLISHED,
    Evidence,
    Figure,
    Given,
    GivenError,
    Review,
    given_of,
    keep_given,
)
from features.reviewed import by_hand_steps, promises_reviewed, scenarios_reviewed
from sim.judge.promises import load_promises
from sim.judge.verdict import KnownIssue, Result
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")
DAY = "2025-03-31"
TIGHT = {"registration": Figure(1.0, "minutes", "榕自然资〔2025〕3号", "丙")}
"""Nobody registers within a minute, so this figure makes the reference fail."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("accept") / "out"
    accept_in_process(scenarios_of(PACKAGE, ["气.feature"]), PACKAGE, 2024, folder, lambda *told: None)
    return folder


@pytest.fixture
def judged_with(folder: Path) -> Any:
    """The same play, judged with something added."""

    def judged(given: Given) -> Acceptance:
        (folder / GIVEN).unlink(missing_ok=True)
        keep_given(folder, given)
        return judge_folder(folder, PACKAGE)

    yield judged
    (folder / GIVEN).unlink(missing_ok=True)


Judged = Callable[[Given], Acceptance]


def review(conclusion: str) -> Review:
    return Review(conclusion, "已看", "甲", "乙", DAY)


def by_hand(accepted: Acceptance) -> str:
    return next(each.scenario.id for each in accepted.results if each.result is Result.MANUAL)


@pytest.mark.parametrize(
    ("conclusion", "result"), [("通过", Result.KEPT), ("不通过", Result.BROKEN), ("不适用", Result.MANUAL)]
)
def test_a_reviewer_settles_what_is_for_a_person(judged_with: Judged, conclusion: str, result: Result) -> None:
    bare = judged_with(Given())
    name = by_hand(bare)
    after = judged_with(Given(DAY, reviews={name: review(conclusion)}))
    found = {each.scenario.id: each for each in after.results}[name]
    assert found.result is result
    assert "复核 乙" in [step.check.seen for step in found.steps][-1]
    assert after.as_dict()["to_review"] == bare.as_dict()["to_review"] - 1
    assert after.exit_code == (1 if conclusion == "不通过" else bare.exit_code)


def test_what_the_messages_decided_no_reviewer_changes(judged_with: Judged) -> None:
    bare = judged_with(Given())
    automatic = next(each.scenario for each in bare.results if not by_hand_steps(each.scenario))
    after = judged_with(Given(DAY, reviews={automatic.id: review("不通过")}))
    assert [each.result for each in after.results] == [each.result for each in bare.results]


def test_a_promise_turned_down_by_a_reviewer_fails_the_acceptance(judged_with: Judged) -> None:
    after = judged_with(Given(DAY, reviews={"guide_published": review("不通过")}))
    assert after.exit_code == 1
    clause = next(each for each in after.as_dict()["clauses"] if each["id"] == "FJ-3.3-01")
    assert clause["result_title"] == "不通过"


def document(kind: str, clauses: tuple[str, ...], *faults: str) -> Evidence:
    return Evidence(clauses, kind, "1", "某单位", DAY, "2026-03-30", "a.pdf", "0" * 64, "甲", "乙", {}, faults)


def test_a_clause_that_asks_for_a_document_passes_by_it(judged_with: Judged) -> None:
    def told(*evidence: Evidence) -> tuple[str, str]:
        record = judged_with(Given(DAY, evidence=evidence)).as_dict()
        clause = next(each for each in record["clauses"] if each["id"] == "FJ-3.4-18")
        promise = next(each for each in record["promises"] if each["id"] == "protection_level_three")
        assert len(clause["evidence"]) == len(evidence)
        return promise["result_title"], clause["result_title"]

    assert told(document(PROTECTION, ("FJ-3.4-18",))) == ("通过", "通过")
    assert told(document(PROTECTION, ("FJ-3.4-18",), "已过期"))[0] == "人工核验"
    assert told(document(PUBLISHED, ("FJ-3.4-18",)))[0] == "人工核验"


def test_the_page_shows_every_document_once_with_what_is_wrong_with_it(judged_with: Judged) -> None:
    assert "没有附证据文件" in evidence_table(judged_with(Given()).as_dict())
    clauses = ("FJ-3.3-01", "FJ-3.3-02")
    attached = (
        document(PUBLISHED, clauses),
        replace(document(PROTECTION, ("FJ-3.4-18",), "已<过>期"), more={"备案号": "3501"}),
    )
    page = evidence_table(judged_with(Given(DAY, evidence=attached)).as_dict())
    assert page.count("<tr>") == 1 + len(attached)  # with the head
    for shown in (
        "公开发布",
        "备案号 3501",
        "已&lt;过&gt;期",
        "不能作证",
        "有效",
        "某单位",
        "0" * 16,
        'href="#c-FJ-3.3-02"',
    ):
        assert shown in page


def test_a_promise_of_several_clauses_needs_a_document_for_each(judged_with: Judged) -> None:
    clauses = ("FJ-3.3-01", "FJ-3.3-02", "FJ-3.3-03")

    def told(*names: str) -> dict[str, Any]:
        record = judged_with(Given(DAY, evidence=(document(PUBLISHED, names),))).as_dict()
        return next(each for each in record["promises"] if each["id"] == "guide_published")

    assert told(*clauses)["result_title"] == "人工核验"
    assert "FJ-3.3-04 还缺" in told(*clauses)["note"]
    assert told(*clauses, "FJ-3.3-04")["result_title"] == "通过"


def test_a_known_issue_excuses_until_its_day(judged_with: Judged) -> None:
    bare = judged_with(Given(DAY, figures=TIGHT))
    failed = next(each for each in bare.results if each.result is Result.BROKEN)
    assert bare.exit_code == 1

    def with_issue(name: str, expires: str) -> Acceptance:
        return judged_with(Given(DAY, {name: KnownIssue("厂商修复中", expires, "张工")}, figures=TIGHT))

    for name in ("registered_in_time", "FJ-3.2-08"):
        excused = with_issue(name, DAY)
        assert not [each for each in excused.results if each.result is Result.BROKEN]
        assert not excused.exit_code
        promise = next(each for each in excused.as_dict()["promises"] if each["id"] == "registered_in_time")
        assert promise["result_title"] == "已知问题"
        assert "张工" in promise["note"]
    expired = with_issue("registered_in_time", "2025-03-30")
    assert expired.exit_code == 1
    again = {each.scenario.id: each for each in expired.results}[failed.scenario.id]
    assert again.result is Result.BROKEN
    assert "不再免责" in again.note
    one = {each.scenario.id: each.result for each in with_issue(failed.scenario.id, DAY).results}
    assert one.pop(failed.scenario.id) is Result.KNOWN_ISSUE
    assert Result.BROKEN in one.values(), "the others are not excused"


def test_a_figure_says_where_it_comes_from(judged_with: Judged) -> None:
    record = judged_with(Given(DAY, figures=TIGHT)).as_dict()
    promise = next(each for each in record["promises"] if each["id"] == "registered_in_time")
    assert "1 分钟" in promise["note"]
    assert "丙批准" in promise["note"]
    assert promise["figure"] == {"name": "registration", "source": "榕自然资〔2025〕3号", "approver": "丙"}


def test_nothing_added_changes_nothing(judged_with: Judged) -> None:
    bare = judged_with(Given())
    promises = load_promises(PACKAGE.folder).all
    assert scenarios_reviewed(bare.results, promises, Given()) == bare.results
    assert [each["result"] for each in promises_reviewed(bare.verdict["promises"], promises, Given())] == [
        each["result"] for each in bare.verdict["promises"]
    ]


def test_it_is_kept_whole(tmp_path: Path) -> None:
    given = Given(
        DAY, {"FJ-1-01": KnownIssue("因", DAY, "张工")}, {"guide_published": review("通过")},
        (replace(document(PROTECTION, ("FJ-3.4-18",), "过期"), more={"级别": "3"}),), TIGHT,
        ({"what": "证据", "file": "e.toml", "sha256": "0"},),
    )  # fmt: skip
    keep_given(tmp_path, given)
    assert given_of(tmp_path) == given
    (tmp_path / GIVEN).write_text("{}", encoding="utf-8")
    with pytest.raises(GivenError, match="已残缺"):
        given_of(tmp_path)
