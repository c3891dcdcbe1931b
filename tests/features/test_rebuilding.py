"""Reports made again from plan and journal: the same bytes; what was tampered with is noticed."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from features.accepting import RESULTS
from features.kept import JOURNAL, PLAN
from features.reading import FeatureError
from liantiao.acceptance.files import REPORTS, SUMS
from liantiao.acceptance.rebuilding import RebuildError, rebuild
from sim.journal.record import JournalError
from tests.features.accepted import Accepted, accept_into

ALL = (*REPORTS, SUMS)


def only_evidence(accepted: Accepted, into: Path) -> Path:
    into.mkdir()
    for name in (PLAN, JOURNAL):
        shutil.copyfile(accepted.folder / name, into / name)
    return into


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ALL}


def test_plan_and_journal_alone_give_the_same_bytes(accepted_wrong: Accepted, tmp_path: Path) -> None:
    folder = only_evidence(accepted_wrong, tmp_path / "evidence")
    rebuilt = rebuild(folder, tmp_path / "again", None)
    assert contents(tmp_path / "again") == contents(accepted_wrong.folder)
    assert set(rebuilt.absent) >= set(REPORTS)
    assert not rebuilt.other_code


def test_the_same_scenarios_and_seed_give_the_same_bytes(accepted_wrong: Accepted, tmp_path: Path) -> None:
    assert contents(accept_into(tmp_path / "out").folder) == contents(accepted_wrong.folder)


def test_a_report_that_was_edited_is_named_and_made_again(accepted_wrong: Accepted, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(accepted_wrong.folder, tmp_path / "out"))
    page = folder / "report.html"
    page.write_text(page.read_text(encoding="utf-8").replace("不通过", "通过"), encoding="utf-8")
    assert rebuild(folder, folder, None).changed == ("report.html",)
    assert contents(folder) == contents(accepted_wrong.folder)


def tamper_with_journal(folder: Path) -> None:
    with sqlite3.connect(folder / JOURNAL) as database:
        database.execute("UPDATE journal SET amount_fen = amount_fen + 1 WHERE seq = (SELECT max(seq) FROM journal)")


def tamper_with_plan(folder: Path) -> None:
    plan = folder / PLAN
    plan.write_text(plan.read_text(encoding="utf-8").replace("扣款成功3笔", "扣款成功1笔"), encoding="utf-8")


@pytest.mark.parametrize(
    ("tamper", "named"), [(tamper_with_journal, "报文日志"), (tamper_with_plan, "计划")], ids=["journal", "plan"]
)
def test_tampering_is_noticed_and_nothing_is_written(
    accepted_wrong: Accepted, tmp_path: Path, tamper: object, named: str
) -> None:
    folder = Path(shutil.copytree(accepted_wrong.folder, tmp_path / "out"))
    tamper(folder)  # type: ignore[operator]
    with pytest.raises(RebuildError, match=f"{named} .*与出具报告时不同.*请取原来的文件"):
        rebuild(folder, tmp_path / "again", None)
    assert not (tmp_path / "again").exists()


def test_what_cannot_be_judged_is_said(accepted_wrong: Accepted, tmp_path: Path) -> None:
    with pytest.raises(FeatureError, match=r"没有 plan\.json"):
        rebuild(tmp_path, tmp_path / "again", None)
    folder = only_evidence(accepted_wrong, tmp_path / "evidence")
    (folder / JOURNAL).unlink()
    with pytest.raises(RebuildError, match=r"没有 journal\.db"):
        rebuild(folder, tmp_path / "again", None)
    (folder / JOURNAL).write_bytes(b"no journal" * 1_000)
    with pytest.raises(JournalError, match="不是报文日志文件"):
        rebuild(folder, tmp_path / "again", None)
    (folder / PLAN).write_text('{"seed": 1}', encoding="utf-8")
    with pytest.raises(FeatureError, match="不是验收写下的计划"):
        rebuild(folder, tmp_path / "again", None)


def test_the_record_says_what_it_rests_on(accepted_wrong: Accepted) -> None:
    told = json.loads((accepted_wrong.folder / RESULTS).read_text(encoding="utf-8"))
    assert (told["planned"], told["executed"], told["breaches"], told["robustness"]) == (4, 4, 1, 1)
    assert len(told["run"]["journal_sha256"]) == 64
    assert told["run"]["way"] == "in_process"
    clauses = {each["id"]: each for each in told["clauses"]}
    assert clauses["FJ-1-04"]["result"] == "broken"
    assert clauses["FJ-2.1-06"]["robustness"] == 1
    assert clauses["FJ-2.1-06"]["result"] != "broken"
    assert clauses["FJ-3.4-09"]["result"] == "kept"
    assert clauses["FJ-0-01"]["result_title"] == "尚无场景"
    assert clauses["FJ-0-01"]["without_scenario"]
