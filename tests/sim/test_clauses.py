"""Every clause is touched by a promise or says why not; a clause file that cannot be read is refused in one sentence."""

from pathlib import Path

import pytest

from sim.judge.promises import PromiseKind, clause_ids
from sim.judge.verdict import Finding, Result
from sim.package import PackageError, load_package
from sim.package.clauses import coverage, read_clauses

FUJIAN = load_package("fujian-2024-55").folder
CLAUSE = "- {id: X-1, where: 一, requires: 须办, obliges: %s, check: %s, scenarios: [%s]}\n"


def finding(name: str, *clauses: str) -> Finding:
    return Finding(name, name, clauses, PromiseKind.SAFETY, Result.KEPT)


def test_fujian_has_108_clauses_each_touched_or_explained() -> None:
    clauses = read_clauses(FUJIAN)
    assert len(clauses) == 108
    assert tuple(clause.id for clause in clauses) == clause_ids(FUJIAN)
    found = coverage(clauses, [finding("a", "FJ-A3-11", "FJ-A4-01"), finding("b", "FJ-A4-01")])
    assert {line["id"]: line["promises"] for line in found if line["promises"]} == {
        "FJ-A3-11": ["a"], "FJ-A4-01": ["a", "b"],
    }  # fmt: skip
    assert all(bool(line["why"]) != bool(line["promises"]) for line in found)


@pytest.mark.parametrize(
    ("obliges", "check", "scenarios", "why"),
    [
        ("organisation", "none", "人工：看文件", "人工核查"),
        ("organisation", "S 可导出", "正常：可导出", "要求组织单位"),
        ("departments", "J(tax)", "正常：连通", "要求各部门系统"),
        ("implementation", "比对 J(tax) 与 S", "正常：一致, 正常：再查, 边界：空", "单凭报文日志判不了：留给场景验收（正常 2、边界 1）"),
        ("implementation", "J(tax) 恰一条", "正常：一条", "检核项待补"),
        ("implementation", "FJ-A3-08 的明细", "正常：一条", "单凭报文日志判不了"),
    ],
)  # fmt: skip
def test_why_a_clause_is_untouched(tmp_path: Path, obliges: str, check: str, scenarios: str, why: str) -> None:
    (tmp_path / "clauses.yaml").write_text(CLAUSE % (obliges, check, scenarios), encoding="utf-8")
    (clause,) = read_clauses(tmp_path)
    assert why in clause.why_untouched()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- id: X-1\n", "第 1 条缺少键“where”"),
        (
            CLAUSE % ("nobody", "J", "正常：一"),
            "obliges 是“nobody”，应为 implementation、organisation、departments 之一",
        ),
        ("- {id: [\n", "不是合法的 YAML"),
    ],
)
def test_a_bad_clause_file_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "clauses.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackageError, match=complaint):
        read_clauses(tmp_path)
