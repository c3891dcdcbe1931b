"""The promises of a verdict: the headline, the table people filter, and what was not judged and why."""

from collections import Counter
from html import escape
from typing import Any, Final

from dashboards.figures import masked, number, shown

BROKEN, KEPT, INCOMPLETE, UNPROVEN, NOT_RUN = "不通过", "通过", "未完成", "未取得验证证据", "未执行"
NONE_BROKEN, KNOWN = "没有不通过", "已知问题"
TONES: Final = {
    BROKEN: "bad", KNOWN: "warn", INCOMPLETE: "warn", UNPROVEN: "quiet", NOT_RUN: "quiet", "人工核验": "quiet",
    "指标待明确": "quiet", NONE_BROKEN: "fair", KEPT: "good",
}  # fmt: skip
"""How each kind of result looks; also the order in which they are listed."""
SORTS: Final = {"safety": "不得发生", "liveness": "终须办到", "timeliness": "限时办到"}
JUDGED: Final = (KEPT, BROKEN)
KEYS: Final = {"case_no": "办件", "evidence": "日志所见"}
EVIDENCE_SHOWN: Final = 20
CLAUSES_SHOWN: Final = 6


def headline(run: dict[str, Any], promises: list[dict[str, Any]]) -> dict[str, str]:
    """The result of the whole run, its tone and the sentence that says why."""
    counts, short = Counter(promise["result"] for promise in promises), run["planned"] - run["finished"]
    said = "，".join(f"{counts[result]} 项{result}" for result in sorted(counts, key=_order))
    why = f"{len(promises)} 项检核：{said}。" if promises else "本批次没有检核结果。"
    if short > 0 or run.get("open_cases"):
        open_cases = len(run.get("open_cases") or ())
        why += f"计划 {number(run['planned'])} 件，结束 {number(run['finished'])} 件，到期仍未结束 {number(open_cases or short)} 件。"
    if counts[BROKEN]:
        result = BROKEN
    elif short > 0 or run.get("open_cases"):
        result = INCOMPLETE
    elif not promises:
        result = NOT_RUN
    elif not counts[KEPT]:
        result = UNPROVEN
    else:
        result = KEPT if counts[KEPT] == len(promises) else NONE_BROKEN
    marks = {INCOMPLETE: "INCOMPLETE", NONE_BROKEN: _left(counts)}
    return {"result": result, "tone": TONES[result], "mark": marks.get(result, ""), "why": why}


def _left(counts: Counter[str]) -> str:
    """How many promises are neither kept nor broken; of a known issue it is known that it is broken."""
    open_ = counts.total() - counts[KEPT] - counts[KNOWN]
    return "，".join(f"{n} 项{word}" for n, word in ((open_, "未判定"), (counts[KNOWN], KNOWN)) if n)


def _order(result: str) -> int:
    return list(TONES).index(result) if result in TONES else len(TONES)


def cleaned(verdict: dict[str, Any]) -> list[dict[str, Any]]:
    """The promises in the order of their urgency, by the words people read, with personal data in their evidence masked."""
    found = [
        {
            **promise,
            "result": promise["result_title"],
            "note": masked("", promise["note"]),
            "sample": masked("", promise["sample"]),
        }
        for promise in verdict.get("promises", [])
    ]
    return sorted(found, key=lambda promise: (_order(promise["result"]), promise["id"]))


def promises_table(promises: list[dict[str, Any]]) -> str:
    """The rows of the promises table, each with its evidence folded away below."""
    if not promises:
        return '<p class="none">本批次没有检核结果（缺少 verdict.json）。</p>'
    head = "<tr><th>结果</th><th>检核项与条款</th><th>类型</th><th class=n>适用</th><th class=n>违反</th></tr>"
    return f'<table id="promises"><thead>{head}</thead>{"".join(map(_promise, promises))}</table>'


def _promise(promise: dict[str, Any]) -> str:
    result, title, id_ = promise["result"], promise["title"], promise["id"]
    words = " ".join([id_, title, *promise["clauses"], result]).lower()
    judged = result in JUDGED
    applied, violations = (number(promise[key]) if judged else "—" for key in ("applied", "violations"))
    return (
        f'<tbody data-result="{escape(result)}" data-words="{escape(words)}"><tr>'
        f"<td>{badge(result)}</td><td>{escape(title)}<br><code>{escape(id_)}</code>{_clauses(promise['clauses'])}</td>"
        f"<td>{SORTS.get(promise['kind'], escape(promise['kind']))}</td>"
        f"<td class=n data-label=适用>{applied} {escape(promise['unit']) if judged else ''}</td>"
        f"<td class=n data-label=违反>{violations}</td></tr>{_below(promise)}</tbody>"
    )


def _clauses(clauses: list[str]) -> str:
    """The clauses in one line; many are folded behind the first."""
    each = [f"<code>{escape(clause)}</code>" for clause in clauses]
    if len(each) <= CLAUSES_SHOWN:
        return f"<div class=ids>{' '.join(each)}</div>"
    first = f"{each[0]} 等 {len(each)} 条"
    return f"<details class=ids><summary>{first}</summary>{' '.join(each)}</details>"


def badge(result: str) -> str:
    """A result as a coloured word."""
    return f'<span class="badge {TONES.get(result, "quiet")}">{escape(result)}</span>'


def _below(promise: dict[str, Any]) -> str:
    """What is said of a promise below its line: the note, what it is inferred from, and the evidence."""
    said = [escape(promise["note"])] if promise["note"] else []
    if promise["inferred"]:
        label = "属健壮性问题，不作违反条款论" if promise["result"] == BROKEN else "依据为推断"
        said.append(f"{label}：{escape(promise['inferred'])}")
    below = "".join(f"<div>{text}</div>" for text in said) + _evidence(promise)
    return f"<tr class=more><td></td><td colspan=4>{below}</td></tr>" if below else ""


def _evidence(promise: dict[str, Any]) -> str:
    sample = promise["sample"][:EVIDENCE_SHOWN]
    if not sample:
        return ""
    keys = list(dict.fromkeys(key for row in sample for key in row))
    head = "".join(f"<th>{escape(KEYS.get(key, key))}</th>" for key in keys)
    rows = "".join("<tr>" + "".join(f"<td>{shown(key, row.get(key))}</td>" for key in keys) + "</tr>" for row in sample)
    title = f"证据：列出 {len(sample)} 条，共 {number(promise['violations'])} 条"
    table = f"<div class=scroll><table class=evidence><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    return f"<details><summary>{title}</summary>{table}</details>"


def filters(promises: list[dict[str, Any]]) -> str:
    """A button for each result there is."""
    counts = Counter(promise["result"] for promise in promises)
    each = "".join(
        f'<button type=button data-filter="{escape(result)}">{escape(result)} {counts[result]}</button>'
        for result in sorted(counts, key=_order)
    )
    return f'<button type=button data-filter="" class=on>全部 {len(promises)}</button>{each}'


def not_judged(promises: list[dict[str, Any]]) -> str:
    """What was not judged: a line for each reason, which is what a note says before its colon."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in promises:
        if row["result"] not in JUDGED:
            groups.setdefault((row["result"], row["note"].partition("：")[0]), []).append(row)
    if not groups:
        return '<p class="none">每个检核项都已判定。</p>'
    lines = "".join(_alike(result, reason, rows) for (result, reason), rows in groups.items())
    return f"<ul>{lines}</ul>"


def _alike(result: str, reason: str, rows: list[dict[str, Any]]) -> str:
    titles = "、".join(row["title"] for row in rows)
    why = rows[0]["note"] if len(rows) == 1 else reason
    return f"<li>{badge(result)} {len(rows)} 项，{escape(why or '未说明原因')}：{escape(titles)}</li>"
