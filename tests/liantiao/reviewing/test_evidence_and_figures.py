"""Documents and figures: what is wrong with a file is said at once, what is wrong with a document stands beside it."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from features.given import GivenError
from liantiao.reviewing.asked import GivenFiles
from liantiao.reviewing.evidence_files import read_evidence
from liantiao.reviewing.figures import read_figures
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")
TODAY = "2025-03-31"
GOOD: dict[str, Any] = {
    "clauses": ["FJ-3.4-18"], "kind": "等保三级", "number": "DJCP-1", "issuer": "某测评公司", "issued": "2025-01-10",
    "expires": "2026-01-09", "file": "report.pdf", "sha256": sha256(b"report").hexdigest(), "reviewer": "甲",
    "second_reviewer": "乙", "filing_no": "35010043001-25001", "level": 3, "assessed": "2025-01-05", "conclusion": "良",
}  # fmt: skip


def evidence(folder: Path, **changes: Any) -> Path:
    (folder / "report.pdf").write_bytes(b"report")
    told = {key: value for key, value in (GOOD | changes).items() if value is not None}
    lines = [f"{key} = {value!r}" for key, value in told.items()]
    path = folder / "evidence.toml"
    path.write_text("[[evidence]]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_document_in_order_has_no_faults(tmp_path: Path) -> None:
    (found,) = read_evidence(evidence(tmp_path), PACKAGE, TODAY)
    assert found.faults == ()
    assert found.more == {"备案号": "35010043001-25001", "级别": "3", "测评日期": "2025-01-05", "结论": "良"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"level": 2}, "级别为2级，低于三级"),
        ({"expires": "2025-03-30"}, "已于 2025-03-30 过期"),
        ({"issued": "2025-04-01"}, "还没有到"),
        ({"assessed": "2025-04-01"}, "测评日期 2025-04-01 还没有到"),
        ({"conclusion": "差"}, "不合格"),
        ({"file": "gone.pdf"}, "找不到文件 gone.pdf"),
        ({"sha256": "0" * 64}, "摘要是 .* 不符"),
    ],
)
def test_a_document_that_proves_nothing_says_why(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    (found,) = read_evidence(evidence(tmp_path, **changes), PACKAGE, TODAY)
    assert len(found.faults) == 1
    assert re.search(said, found.faults[0])
    assert "不能作证" in found.told


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"clauses": ["FJ-3.4-81"]}, "第 1 份证据 的 clauses 里没有条款“FJ-3.4-81”，最接近"),
        ({"clauses": None}, "clauses 应当是条款编号的列表"),
        ({"kind": "等保"}, r"kind（种类）是“等保”|未知的键"),
        ({"filing_no": None}, "缺少键“filing_no”（备案号）"),
        ({"second_reviewer": "甲"}, "须由另一人复核"),
        ({"expires": "2024-01-01"}, "早于出具日期"),
        ({"issued": "去年"}, r"issued（出具日期）是“去年”，应为日期"),
        ({"level": "三"}, "应为 1 至 5 的整数"),
        ({"sha256": "abc"}, "64 位十六进制"),
        ({"colour": "red"}, "未知的键“colour”"),
    ],
)
def test_a_file_with_mistakes_names_them(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(GivenError, match=said):
        read_evidence(evidence(tmp_path, **changes), PACKAGE, TODAY)


def test_a_file_without_evidence(tmp_path: Path) -> None:
    for text, said in (
        ("", r"没有 \[\[evidence\]\]"),
        ("[evidences]", "没有表“evidences”"),
        ("evidence = [1]", "一段"),
    ):
        (tmp_path / "e.toml").write_text(text, encoding="utf-8")
        with pytest.raises(GivenError, match=said):
            read_evidence(tmp_path / "e.toml", PACKAGE, TODAY)


FIGURE = 'value = 5\nunit = "working_days"\nsource = "榕自然资〔2025〕3号"\napprover = "丙"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[registratio]\n" + FIGURE, "没有时限“registratio”，最接近的合法名称是“registration”"),
        ("[registration]\n" + FIGURE.replace("5", "0"), "应当是大于零的数"),
        ("[registration]\n" + FIGURE.replace("5", "inf"), "应当是大于零的数"),
        ("[registration]\n" + FIGURE.replace("5", "true"), "value 应当是"),
        ("[registration]\n" + FIGURE.replace("working_days", "days"), "unit（单位）是“days”"),
        ("[registration]\n" + FIGURE.replace('approver = "丙"\n', ""), "缺少键“approver”（批准人）"),
        ("[registration]\n" + FIGURE.replace('"丙"', '""'), "approver（批准人）是空的"),
    ],
)
def test_figures_need_a_source_and_an_approver(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "figures.toml").write_text(text, encoding="utf-8")
    with pytest.raises(GivenError, match=said):
        read_figures(tmp_path / "figures.toml", PACKAGE)


def test_known_issues_name_scenarios_promises_or_clauses(tmp_path: Path) -> None:
    path = tmp_path / "known_issues.toml"
    good = 'reason = "厂商修复中"\nexpires = "2025-09-30"\nowner = "张工"\n'
    files = GivenFiles(path, None, None, None, TODAY)
    path.write_text('["FJ-3.2-08"]\n' + good + "[recorded_once]\n" + good, encoding="utf-8")
    given = files.read(PACKAGE)
    assert set(given.known_issues) == {"FJ-3.2-08", "recorded_once"}
    assert (given.day, given.sources[0]["what"]) == (TODAY, "已知问题")
    path.write_text("[recorded_onc]\n" + good, encoding="utf-8")
    with pytest.raises(GivenError, match="最接近的合法名称是“recorded_once”"):
        files.read(PACKAGE)
    path.write_text("[recorded_once]\n" + good.replace("owner", "owners"), encoding="utf-8")
    with pytest.raises(GivenError, match="最接近的合法名称是“owner”"):
        files.read(PACKAGE)


def test_what_was_given_before_stays_beside_what_is_given_now(tmp_path: Path) -> None:
    path = tmp_path / "figures.toml"
    path.write_text("[registration]\n" + FIGURE, encoding="utf-8")
    first = GivenFiles(None, None, None, path, "2025-03-01").read(PACKAGE)
    both = GivenFiles(None, None, evidence(tmp_path), None, TODAY).read(PACKAGE, first)
    assert both.limits == {"registration": (5.0, "working_days")}
    assert [each["what"] for each in both.sources] == ["指标", "证据"]
    assert both.day == TODAY


def test_a_day_that_is_none() -> None:
    with pytest.raises(GivenError, match="--today 有误"):
        GivenFiles(None, None, None, None, "2025-2-30").read(PACKAGE)
