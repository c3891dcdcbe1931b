"""The section of an acceptance's page on defects laid into the reference: the score, what is left, who kills what."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

from dashboards.figures import number, percent

Record = dict[str, Any]
FATES: Final = ("killed", "survived", "unseen", "equivalent", "complies", "unreached")
"""The columns, as they are read."""
NOT_GIVEN: Final = '<p class="lead">没有给出缺陷植入的结果：liantiao mutants --out 得出 mutants.json，再以 accept --mutants 列入报告。</p>'


def mutants_section(found: Record) -> str:
    """What `liantiao mutants` found, or how to find it out."""
    if not found:
        return NOT_GIVEN
    head, rows = scores(found)
    left = [[each["fate_title"], each["title"], each["id"], each["reason"]] for each in found["left"]]
    kills = [[each["title"], len(each["mutants"]), "；".join(each["mutants"])] for each in found["kills"]]
    none = [[each["title"], each["id"], each["reason"]] for each in found["no_scenario"]]
    return (
        f'<p class="lead">{escape(said(found))}</p>{_table(head, rows)}'
        + _folded("存活与合规的缺陷", ["结果", "缺陷", "编号", "说明"], left)
        + _folded("场景杀死的缺陷", ["场景", "杀死几个", "缺陷"], kills)
        + _folded("办不下去的缺陷（规则崩溃或报文失控，不待场景判定）", ["缺陷", "编号", "说明"], none)
    )


def said(found: Record) -> str:
    """In one paragraph: how many were tried, the score, and what it rests on."""
    score = found["score"]
    return (
        f"参照系统植入缺陷，一次一个：共 {number(found['catalogue'])} 个可选，试了 {number(score['all'])} 个，"
        f"得分 {percent(score['score'])}（未触及的也算存活则为 {percent(score['strict'])}）。"
        f"得分＝杀死 ÷（杀死＋存活），等价、合规与未触及的不计；种子 {found['seed']}，{number(found['scenarios'])} 个场景，"
        f"程序版本 {found['code']}。每个缺陷只列最先发现它的那一组场景。"
    )


def scores(found: Record) -> tuple[list[str], list[list[str | int]]]:
    """The score of every class of defect, and of all."""
    each = [*found["by_sort"].values(), {"title": "合计", **found["score"]}]
    rows = [[one["title"], one["all"], *(one[fate] for fate in FATES), percent(one["score"])] for one in each]
    return ["类别", "全部", *(found["fates"][fate] for fate in FATES), "得分"], rows


def _folded(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    if not rows:
        return f"<p>{escape(title)}：无</p>"
    return f"<details><summary>{escape(title)} {len(rows)}</summary>{_table(head, rows)}</details>"


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    heads = "".join(f"<th>{escape(each)}</th>" for each in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
