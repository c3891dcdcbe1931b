"""The scenarios of an acceptance's page: a card for each, the list of what went wrong, and what one can filter by."""

from collections import Counter
from html import escape
from typing import Any, Final

from dashboards.promises import badge

Record = dict[str, Any]
KEYWORDS: Final = {"given": "假如", "when": "当", "then": "那么"}
BREACH, ROBUSTNESS = "违反条款", "健壮性"
PROBLEMS: Final = (
    (BREACH, "所验是条款原文的要求。"),
    (ROBUSTNESS, "故障、坏输入，或依据为推断的场景：应当改进，不作违反条款论。"),
    ("未执行", "计划了而没有办成，不能当作通过。"),
    ("未取得验证证据", "该看到的没有看到，或发生在两个看不到的系统之间，不能当作通过。"),
    ("已知问题", "按登记的原因与期限暂不计入。"),
    ("指标待明确", "政策文件没有给出指标，也没有另行约定。"),
)
SEPARATE: Final = {"人工核验"}


def sort_of(scenario: Record) -> str:
    """The result by the words people read, with the two kinds of failure apart."""
    if scenario["result"] == "broken":
        return ROBUSTNESS if scenario["robustness"] else BREACH
    return str(scenario["result_title"])


def tone(scenario: Record) -> str:
    """A badge for it."""
    said = sort_of(scenario)
    if said == BREACH:
        return f'<span class="badge bad">不通过 · {BREACH}</span>'
    return f'<span class="badge warn">不通过 · {ROBUSTNESS}</span>' if said == ROBUSTNESS else badge(said)


def card(scenario: Record, record: Record) -> str:
    """One scenario, folded: its clauses, its steps with what was expected and seen, and the place of its messages."""
    said = sort_of(scenario)
    words = [scenario["title"], scenario["subject"], scenario["sort"], scenario["id"], *scenario["clauses"]]
    words += [*scenario["traps"], *(step["text"] for step in (*scenario["arranged"], *scenario["steps"]))]
    words += [f"办件{number}" for number in scenario["cases"]]
    data = {
        "result": said, "sort": scenario["sort"], "subject": scenario["subject"], "words": " ".join(words).lower(),
        "clauses": " ".join(scenario["clauses"]),
    }  # fmt: skip
    told = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    marks = "".join(f"<code>{escape(mark)}</code>" for mark in (*scenario["clauses"], *scenario["traps"]))
    inferred = "<small>推断</small>" if scenario["inferred"] else ""
    head = f"{tone(scenario)}<b>{escape(scenario['title'])}</b><small>{escape(scenario['sort'])}</small>{inferred}"
    opened = " open" if scenario["result"] == "broken" else ""
    return (
        f'<details class=scenario id="s-{escape(scenario["id"])}"{told}{opened}><summary>{head}<span class=marks>{marks}'
        f"</span></summary><div class=inside>{_clauses(scenario, record)}{_steps(scenario)}{_places(scenario)}</div></details>"
    )


def _clauses(scenario: Record, record: Record) -> str:
    known = {each["id"]: each for each in record["clauses"]}
    found = [known[name] for name in scenario["clauses"] if name in known]
    return "".join(
        f'<p class=law><a href="#c-{escape(each["id"])}">{escape(each["id"])}</a> {escape(each["where"])}：{escape(each["requires"])}</p>'
        for each in found
    )


def _steps(scenario: Record) -> str:
    arranged = "".join(
        f"<tr class=given><td>{KEYWORDS[each['role']]}</td><td colspan=4>{escape(each['text'])}</td></tr>"
        for each in scenario["arranged"]
    )
    checked = "".join(map(_step, scenario["steps"]))
    note = f"<p class=note>{escape(scenario['note'])}</p>" if scenario["note"] else ""
    head = "<thead><tr><th></th><th>步骤</th><th>应为</th><th>所见</th><th>结果</th></tr></thead>"
    return f"{note}<table class=steps>{head}<tbody>{arranged}{checked}</tbody></table>"


def _step(step: Record) -> str:
    rows = "、".join(map(str, step["rows"]))
    seen = escape(step["seen"]) + (f"<small>报文 {rows}</small>" if rows else "")
    wrong = " class=wrong" if step["result"] == "broken" else ""
    return (
        f"<tr{wrong}><td>那么</td><td>{escape(step['text'])}</td><td data-label=应为>{escape(step['expected'])}</td>"
        f"<td data-label=所见>{seen}</td><td>{badge(step['result_title'])}</td></tr>"
    )


def _places(scenario: Record) -> str:
    marked = " ".join(
        dict.fromkeys(
            str(row)
            for step in sorted(scenario["steps"], key=lambda step: step["result"] != "broken")
            for row in step["rows"]
        )
    )
    broken = any(step["result"] == "broken" for step in scenario["steps"])
    return "".join(
        f'<div class=case data-case="{number}" data-marked="{marked}" data-broken="{int(broken)}"></div>'
        for number in scenario["cases"]
    )


def problems(record: Record) -> str:
    """What did not pass, kind by kind; what only a person can judge comes last, as work that is left."""
    found = "".join(_problems(kind, about, record) for kind, about in PROBLEMS)
    return (found or '<p class="none">没有不通过、未执行或未取得证据的场景。</p>') + _by_hand(record)


def _problems(kind: str, about: str, record: Record) -> str:
    own = [each for each in record["scenarios"] if sort_of(each) == kind]
    if not own:
        return ""
    rows = "".join(map(_problem, own))
    head = "<thead><tr><th>场景</th><th>条款</th><th>应为</th><th>所见</th></tr></thead>"
    return (
        f"<h3>{kind} {len(own)}</h3><p class=lead>{about}</p><table class=problems>{head}<tbody>{rows}</tbody></table>"
    )


def _problem(scenario: Record) -> str:
    step = next((each for each in scenario["steps"] if each["result"] == scenario["result"]), None)
    expected, seen = (step["expected"], step["seen"]) if step else ("办件办理", scenario["note"])
    more = sum(each["result"] == scenario["result"] for each in scenario["steps"]) - 1
    title = f'<a href="#s-{escape(scenario["id"])}">{escape(scenario["title"])}</a><small>{escape(scenario["subject"])}</small>'
    clauses = "".join(f"<code>{escape(each)}</code> " for each in scenario["clauses"])
    rest = f"<small>另有 {more} 处</small>" if more > 0 else ""
    return (
        f"<tr><td>{title}</td><td>{clauses}</td><td data-label=应为>{escape(expected)}</td>"
        f"<td data-label=所见>{escape(seen)}{rest}</td></tr>"
    )


def _by_hand(record: Record) -> str:
    own = [each for each in record["scenarios"] if each["result"] == "manual"]
    lines = "".join(
        f'<li><a href="#s-{escape(each["id"])}">{escape(each["title"])}</a> {"".join(f"<code>{escape(c)}</code> " for c in each["clauses"])}</li>'
        for each in own
    )
    return f"<details class=hand><summary>待评审人核验 {len(own)} 项</summary><ul>{lines}</ul></details>" if own else ""


def wanted(record: Record) -> str:
    """The buttons and lists by which scenarios are sifted."""
    counts = Counter(map(sort_of, record["scenarios"]))
    order = [kind for kind, _ in PROBLEMS] + ["人工核验", "通过"]
    buttons = "".join(
        f'<button type=button data-want="{kind}">{kind} {counts[kind]}</button>' for kind in order if counts[kind]
    )
    lists = (
        ("clauses", "条款", sorted({name for each in record["scenarios"] for name in each["clauses"]})),
        ("sort", "类别", sorted({each["sort"] for each in record["scenarios"]})),
        ("subject", "主题", list(dict.fromkeys(each["subject"] for each in record["scenarios"]))),
    )
    selects = "".join(
        f'<select data-choose="{key}" aria-label="{title}"><option value="">全部{title}</option>'
        + "".join(f"<option>{escape(value)}</option>" for value in values)
        + "</select>"
        for key, title, values in lists
    )
    every = f'<button type=button data-want="" class=on>全部 {len(record["scenarios"])}</button>'
    find = '<input type="search" id="find" placeholder="查找题目、条款、步骤、办件" aria-label="查找场景">'
    return f"{every}{buttons}<span class=break></span>{selects}{find}"
