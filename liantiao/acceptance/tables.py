"""The tables of an acceptance for officials: what the workbook and the document both show."""

from collections import Counter
from typing import Any, Final

from dashboards.acceptance import tested
from dashboards.acceptance_scenarios import PROBLEMS, sort_of
from dashboards.figures import instant
from liantiao.acceptance.conclusion import RULE, Conclusion
from liantiao.compose import REFERENCE_SEATS, ROLES

Record = dict[str, Any]
Rows = list[list[str | int]]
PEOPLE: Final = ("buyer", "seller", "clerk")
FACTS: Final = (
    "套餐", "依据", "被测系统", "真实系统接入的席位", "时钟", "种子", "沙箱时间", "程序版本", "报文条数",
    "日志摘要", "计划摘要", "结果摘要",
    "结论", "结论理由", "结论规则",
)  # fmt: skip
"""The texts that reports show and that a template may ask for."""
PASSED, BY_HAND = "通过", "人工核验"
KINDS: Final = (PASSED, *(kind for kind, _ in PROBLEMS), BY_HAND)
SEVERITY: Final = {"违反条款": "严重", "健壮性": "一般"}


def facts(record: Record, titles: Record, conclusion: Conclusion) -> list[tuple[str, str]]:
    """What everything else rests on, by name."""
    run = record["run"]
    values = (
        f"{titles['title']}（{record['package']}）", titles["document"], tested(record)[3:], titles["remote"] or "无",
        record["clock"]["title"], str(record["seed"]), f"{instant(run['begins_ms'])} 至 {instant(record['ends_ms'])}",
        run["code"], str(record["rows"]), run["journal_sha256"], run["plan_sha256"], titles["results_sha256"],
        conclusion.word, conclusion.because, RULE,
    )  # fmt: skip
    return list(zip(FACTS, values, strict=True))


def by_subject(record: Record) -> tuple[list[str], Rows]:
    """How many scenarios of each subject had which result."""
    subjects = list(dict.fromkeys(each["subject"] for each in record["scenarios"]))
    found = Counter((each["subject"], sort_of(each)) for each in record["scenarios"])
    rows: Rows = [[name, *(found[name, kind] for kind in KINDS)] for name in subjects]
    rows = [[str(row[0]), sum(int(n) for n in row[1:]), *row[1:]] for row in rows]
    sums = [sum(int(row[n]) for row in rows) for n in range(1, len(KINDS) + 2)]
    return ["主题", "场景", *KINDS], [*rows, ["合计", *sums]]


def problem_counts(record: Record) -> tuple[list[str], Rows]:
    """How many problems there are of each kind."""
    found = Counter(map(sort_of, record["scenarios"]))
    return ["类别", "数目", "说明"], [[kind, found[kind], about] for kind, about in PROBLEMS]


def problem_list(record: Record) -> tuple[list[str], Rows]:
    """Every problem, with what was expected and seen."""
    order = [kind for kind, _ in PROBLEMS]
    own = sorted(
        (each for each in record["scenarios"] if sort_of(each) in order), key=lambda each: order.index(sort_of(each))
    )
    rows: Rows = []
    for n, each in enumerate(own, 1):
        said = [(step["expected"], step["seen"]) for step in each["steps"] if step["result"] == each["result"]]
        said = said or [("办件办理", each["note"])]
        rows.append([
            n, sort_of(each), SEVERITY.get(sort_of(each), "待定"), "、".join(each["clauses"]), each["title"],
            "；".join(expected for expected, _ in said), "；".join(seen for _, seen in said), evidence(each),
        ])  # fmt: skip
    return ["序号", "类别", "程度", "条款", "场景", "应为", "所见", "证据"], rows


def coverage(record: Record) -> tuple[list[str], Rows]:
    """How much of the document is covered."""
    clauses = record["clauses"]
    checkable = [each for each in clauses if each["checkable"]]
    lacking = sum(len(each["without_scenario"]) for each in clauses)
    rows: Rows = [
        ["全部条款", len(clauses), ""],
        ["其中可验", len(checkable), "其余只能由人核查"],
        ["可验而有场景", sum(bool(each["scenarios"]) for each in checkable), ""],
        ["可验而尚无场景", sum(not each["scenarios"] for each in checkable), "见工作簿“条款”"],
        ["没有同名场景的题目", lacking, "一个场景大纲可以代表几个题目"],
    ]
    return ["范围", "数目", "说明"], rows


def mutants_left(found: Record) -> tuple[list[str], Rows]:
    """Of the defects laid into the reference, those that other seats can tell and no scenario finds out."""
    rows: Rows = [[each["fate_title"], each["title"], each["id"], each["reason"]] for each in found["left"]]
    return ["结果", "缺陷", "编号", "说明"], rows


def mutants_killed(found: Record) -> tuple[list[str], Rows]:
    """Which scenario kills which of them, one line each."""
    rows: Rows = [[each["scenario"], each["title"], name] for each in found["kills"] for name in each["mutants"]]
    return ["编号", "场景", "杀死的缺陷"], rows


def seats(record: Record) -> tuple[list[str], Rows]:
    """Who took which seat; the unit is filled in before signing."""
    remote, shared = set(record["remote"]), record["run"]["way"] in ("in_process", "over_http")
    rows: Rows = []
    for name, role in ROLES.items():
        if name not in PEOPLE:
            ours = "参照系统" if name in REFERENCE_SEATS and shared else "沙箱仿真"
            rows.append([role.title, "真实系统" if name in remote else ours, ""])
    return ["系统", "承担者", "单位（签章前填写）"], rows


def evidence(scenario: Record) -> str:
    """Where in the journal to look."""
    rows = list(dict.fromkeys(row for step in scenario["steps"] for row in step["rows"]))
    cases = "、".join(map(str, scenario["cases"]))
    shown = "、".join(map(str, rows[:12])) + (" 等" if len(rows) > 12 else "")
    return f"办件 {cases}" + (f"，报文 {shown}" if rows else "")
