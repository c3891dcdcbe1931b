"""Two acceptances compared, and the command line around reports."""

import json
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from liantiao.acceptance.comparing import CompareError, compare, comparison_page, read_results, told
from liantiao.cli import main
from tests.features.accepted import Accepted


@pytest.fixture
def before(accepted_wrong: Accepted) -> dict[str, Any]:
    return read_results(accepted_wrong.folder)


def changed(before: dict[str, Any]) -> dict[str, Any]:
    """The first got better, the second fails otherwise, the third broke, the last is gone, one is new."""
    after = deepcopy(before)
    one, two, three, four = after["scenarios"]
    one |= {"result": "kept", "result_title": "通过"}
    two["steps"][0]["seen"] = "收到 3 次"
    three |= {"result": "broken", "result_title": "不通过"}
    three["steps"][0] |= {"result": "broken", "result_title": "不通过", "seen": "<收到>"}
    four |= {"id": "new", "title": "新的一个"}
    after["promises"][0] |= {"result": "broken", "result_title": "不通过"}
    return after


def test_what_changed_is_told(before: dict[str, Any]) -> None:
    found = compare(before, changed(before))
    titles = {kind: [each["title"] for each in found[kind]] for kind in ("better", "different", "worse", "gone", "new")}
    assert titles == {
        "better": ["扣款三笔才算缴清"], "different": ["供水退回后只推送一次"], "worse": ["厦门的办件不经省级税费同缴"],
        "gone": ["事项页由人查看"], "new": ["新的一个"],
    }  # fmt: skip
    assert [each["after"] for each in found["promises"]] == ["不通过"]
    lines = "\n".join(told(found))
    assert "变坏  厦门的办件不经省级税费同缴" in lines
    page = comparison_page(found, "甲", "out/乙")
    assert "<收到>" not in page
    assert "&lt;收到&gt;" in page
    assert "变坏 1" in page


def test_a_run_compared_with_itself_has_not_changed(before: dict[str, Any]) -> None:
    found = compare(before, before)
    assert found["same"] == 4
    assert not any(found[kind] for kind in ("better", "different", "worse", "gone", "new", "promises"))


def test_different_packages_are_not_compared(before: dict[str, Any]) -> None:
    with pytest.raises(CompareError, match="套餐不同"):
        compare(before, before | {"package": "other"})


def run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["liantiao", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_compare_says_by_its_exit_code_whether_something_broke(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], accepted_wrong: Accepted, before: Any, tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "results.json").write_text(json.dumps(changed(before)), encoding="utf-8")
    assert run(monkeypatch, "accept", "compare", accepted_wrong.folder, accepted_wrong.folder) == 0
    capsys.readouterr()
    page = tmp_path / "pages" / "compare.html"
    assert run(monkeypatch, "accept", "compare", accepted_wrong.folder, tmp_path, "--json", "--html", page) == 1
    assert len(json.loads(capsys.readouterr().out)["worse"]) == 1
    assert page.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("accept", "compare", "甲", "乙"), "甲 里没有 results.json"),
        (("accept", "compare"), "缺少参数 甲"),
        (("accept", "--rebuild", "没有"), "没有 plan.json"),
        (("accept", "--template", "没有.docx"), "模板 没有.docx 读不出"),
        (("accept", "comparing"), "没有命令“comparing”"),
        (("report", "sign", "没有"), "缺少参数 --key"),
        (("report", "verify", "没有"), "找不到 没有 的签名文件"),
        (("report", "template", "模板.txt"), "应以 .docx 结尾"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, *words) == 2
    assert said in capfd.readouterr().err
