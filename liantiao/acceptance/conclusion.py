"""The conclusion of an acceptance by a rule that every report states."""

from dataclasses import dataclass
from typing import Any, Final

Record = dict[str, Any]
FAILED, INCOMPLETE, CONDITIONAL, PASSED = "不通过", "未完成", "有条件通过", "通过"
RULE: Final = (
    "结论规则：有场景违反条款，或有检核项在场景之外不成立的，为不通过；此外计划的场景有未执行或未取得验证证据的，为未完成；"
    "此外有健壮性问题、已知问题、待人工核验、指标待明确的场景，或有可验条款尚无场景的，为有条件通过；都没有的，为通过。"
)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The word, and the sentence with the counts that lead to it."""

    word: str
    because: str


def conclusion_of(record: Record) -> Conclusion:
    """The first line of the rule that applies."""
    counts = record["counts"]
    bare = sum(each["checkable"] and not each["scenarios"] for each in record["clauses"])
    steps = (
        (FAILED, (("违反条款的场景", record["breaches"], "个"), ("场景之外不成立的检核项", _stray(record), "项"))),
        (
            INCOMPLETE,
            (
                ("未执行的场景", max(counts["not_run"], record["planned"] - record["executed"]), "个"),
                ("未取得验证证据的场景", counts["not_observed"], "个"),
            ),
        ),
        (
            CONDITIONAL,
            (
                ("健壮性问题", record["robustness"], "个"), ("已知问题", counts["known_issue"], "个"),
                ("待人工核验的场景", record["to_review"], "个"), ("指标待明确的场景", counts["no_figure"], "个"),
                ("尚无场景的可验条款", bare, "条"),
            ),
        ),
    )  # fmt: skip
    word = next((word for word, found in steps if any(n for _, n, _ in found)), PASSED)
    said = [f"{title} {n} {unit}" for _, found in steps for title, n, unit in found if n]
    whole = f"计划场景 {record['planned']} 个，执行 {record['executed']} 个，通过 {counts['kept']} 个"
    if record["not_applicable"]:
        whole += f"，评审认定不适用 {record['not_applicable']} 个"
    return Conclusion(word, f"{whole}；{'，'.join(said)}。" if said else f"{whole}。")


def _stray(record: Record) -> int:
    """Promises broken outside every scenario, which no scenario can answer for."""
    cases = {number for each in record["scenarios"] for number in each["cases"]}
    return sum(
        each["result"] == "broken" and not each["inferred"] and (
            not each["sample"] or any(row["case_no"] not in cases for row in each["sample"])
        )
        for each in record["promises"]
    )  # fmt: skip
