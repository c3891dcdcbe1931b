"""What `liantiao mutants` found, in the report of an acceptance: read back, checked, shown, and kept when it is made again."""

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from features.accepting import RESULTS, scenarios_of
from features.given import GivenError
from liantiao.acceptance.files import PAGE, WORKBOOK
from liantiao.acceptance.rebuilding import rebuild
from liantiao.mutants.tables import record_of
from liantiao.mutants.trials import COMPLIES, EQUIVALENT, KILLED, SURVIVED, Bench, Killer, Known, Limits, Side, Trial
from liantiao.reviewing.asked import NO_FILES, GivenFiles
from liantiao.reviewing.mutants_file import read_mutants
from reference.mutants.catalogue import HAND
from sim.package import load_package
from tests.features.accepted import Accepted, accept_into

PACKAGE = load_package("fujian-2024-55")
SCENARIO = next(each for each in scenarios_of(PACKAGE) if each.title == "缴款后撤回，所缴款项全部退回")
NOTHING_DONE = Side({}, {}, Limits(1, 1, 1))


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What three defects came to, as the command writes it."""
    from features.playing import cast_all

    bench = Bench(cast_all([SCENARIO], PACKAGE, 2024), PACKAGE, Known((NOTHING_DONE,), NOTHING_DONE, frozenset()))
    killer = Killer(SCENARIO.id, SCENARIO.title, "所缴款项全部退回", "broken")
    trials = [
        Trial(HAND[0].id, KILLED, changed=2, killers=(killer,)), Trial(HAND[1].id, SURVIVED, "没有场景", 1),
        Trial(HAND[2].id, EQUIVALENT), Trial(HAND[3].id, COMPLIES, "没有规定", 1),
    ]  # fmt: skip
    return record_of(bench, {each.id: each for each in HAND}, trials)


def written(folder: Path, record: Any) -> Path:
    path = folder / "mutants.json"
    path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    return path


def test_the_score_what_is_left_and_who_kills_what_are_read_back(tmp_path: Path, found: dict[str, Any]) -> None:
    read = read_mutants(written(tmp_path, found), PACKAGE)
    assert read["score"]["score"] == 0.5
    assert [(each["id"], each["reason"]) for each in read["left"]] == [
        (HAND[1].id, "没有场景"),
        (HAND[3].id, "没有规定"),
    ]
    assert read["kills"] == [
        {"scenario": SCENARIO.id, "title": SCENARIO.title, "mutants": [f"{HAND[0].title}（{HAND[0].id}）"]}
    ]
    assert read["catalogue"] == len(HAND)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"package": "huaxian-4"}, "是套餐 huaxian-4 的缺陷植入结果"),
        ({"score": {"all": 4, "killed": 4}}, "得分与各缺陷的结果不符，已被改动"),
        ({"mutants": None}, "不是 liantiao mutants 写下的"),
        ({"by_sort": ...}, "不是 liantiao mutants 写下的"),
    ],
)
def test_what_cannot_be_believed_is_refused(
    tmp_path: Path, found: dict[str, Any], changes: dict[str, Any], said: str
) -> None:
    record = {name: value for name, value in (found | changes).items() if value is not ...}
    with pytest.raises(GivenError, match=said):
        read_mutants(written(tmp_path, record), PACKAGE)


def test_scenarios_that_are_no_more_are_named(tmp_path: Path, found: dict[str, Any]) -> None:
    first, *rest = found["mutants"]
    record = found | {"mutants": [first | {"scenarios": ["0000"]}, *rest]}
    with pytest.raises(GivenError, match="提到套餐里没有的场景 0000（共 1 个）"):
        read_mutants(written(tmp_path, record), PACKAGE)


@pytest.mark.parametrize("text", ["", "[]", "{", "{}", '"缺陷"'])
def test_a_file_that_is_something_else(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mutants.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GivenError, match=r"不是 liantiao mutants 写下的 mutants\.json"):
        read_mutants(path, PACKAGE)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(GivenError, match="nowhere"):
        read_mutants(tmp_path / "nowhere.json", PACKAGE)


def test_the_reports_show_it_and_keep_it_when_made_again(
    tmp_path: Path, accepted_small: Accepted, found: dict[str, Any]
) -> None:
    folder = Path(shutil.copytree(accepted_small.folder, tmp_path / "before"))
    assert "没有给出缺陷植入的结果" in (folder / PAGE).read_text(encoding="utf-8")
    assert "缺陷植入" not in openpyxl.load_workbook(folder / WORKBOOK).sheetnames
    files = GivenFiles(None, None, None, None, "", written(tmp_path, found))
    rebuild(folder, tmp_path / "after", None, files)
    shown(tmp_path / "after")
    for name in ("plan.json", "journal.db"):
        shutil.copyfile(folder / name, tmp_path / "after" / name)
    again = rebuild(tmp_path / "after", tmp_path / "again", None, NO_FILES)
    assert not again.changed
    shown(tmp_path / "again")


def shown(folder: Path) -> None:
    page = (folder / PAGE).read_text(encoding="utf-8")
    assert "得分 50.0%" in page
    assert HAND[0].title in page
    assert HAND[1].id in page
    record = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    assert record["mutants"]["score"]["killed"] == 1
    book = openpyxl.load_workbook(folder / WORKBOOK)
    assert [cell.value for cell in book["存活与合规的缺陷"][2]][:3] == ["存活", HAND[1].title, HAND[1].id]
    assert HAND[0].id in str(book["场景杀死的缺陷"]["C2"].value)
    assert [cell.value for cell in book["缺陷植入"][book["缺陷植入"].max_row]][:2] == ["合计", 4]
    assert "得分 50.0%" in "".join(str(cell.value) for (cell,) in book["总览"]["B1:B40"])


@pytest.fixture(scope="module")
def accepted_small(tmp_path_factory: pytest.TempPathFactory) -> Accepted:
    return accept_into(tmp_path_factory.mktemp("accepted") / "out", (SCENARIO,))
