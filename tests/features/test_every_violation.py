"""A promise broken in many cases fails every scenario it is broken in, and the acceptance; what is told of it is bounded."""

from dataclasses import replace
from pathlib import Path

from features.accepting import judge_folder
from features.kept import JOURNAL
from features.reading import read_feature
from features.telling import promises_told
from liantiao.acceptance.conclusion import conclusion_of
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from sim.judge.verdict import SAMPLE, Result
from tests.features.accepted import PACKAGE, Accepted, accept_into

CASES, RECORD = SAMPLE + 2, "registry.record"
SCENARIO = """
  @FJ-1-04 @正常
  场景: 办结之{n}
    假如 一件规范办件
    那么 办件以办结告终
"""


def accepted(tmp_path: Path) -> Accepted:
    feature = tmp_path / "登簿.feature"
    text = "".join(SCENARIO.format(n=n) for n in range(CASES))
    feature.write_text(f"# language: zh-CN\n功能: 登簿\n{text}", encoding="utf-8")
    return accept_into(tmp_path / "out", read_feature(feature))


def recorded_twice(journal: Path) -> None:
    """Every home is entered in the register a second time."""
    reads = JournalReads(journal)
    rows = list(reads.records())
    reads.close()
    last = max(row.seq for row in rows)
    file = JournalFile(journal)
    for n, row in enumerate([each for each in rows if each.kind == RECORD], 1):
        file.append(row._replace(seq=last + n, id=10_000_000 + n))
    file.flush()
    file.close()


def test_every_case_that_breaks_a_promise_fails(tmp_path: Path) -> None:
    made = accepted(tmp_path)
    assert not made.acceptance.exit_code
    recorded_twice(made.folder / JOURNAL)
    again = judge_folder(made.folder, PACKAGE)
    assert {each.result for each in again.results} == {Result.BROKEN}
    promise = next(each for each in again.as_dict()["promises"] if each["id"] == "recorded_once")
    assert (promise["violations"], len(promise["sample"])) == (CASES, SAMPLE)
    assert again.exit_code == 1


def test_a_promise_broken_in_no_scenario_and_a_case_that_goes_on_count(tmp_path: Path) -> None:
    acceptance = accepted(tmp_path).acceptance
    promises = acceptance.verdict["promises"]
    open_ = replace(acceptance, verdict={**acceptance.verdict, "open_cases": [1]})
    assert open_.exit_code == 3
    numbers = [*(each.case_no for each in acceptance.results), 999_999]
    sample = [{"case_no": number, "evidence": "重复"} for number in numbers]
    found = next(each for each in promises if each["result"] == "kept" and not each["inferred"])
    broken = {**found, "result": "broken", "violations": len(sample), "sample": sample}
    bad = replace(acceptance, verdict={**acceptance.verdict, "promises": [broken]})
    assert bad.exit_code == 1
    assert promises_told([broken], acceptance.parts)[0]["sample"][0]["case_no"] == 999_999
    assert conclusion_of(bad.as_dict()).word == "不通过"
