"""The page of an acceptance: one HTML file that needs no network, from the record of the results and the cases' messages."""

import json
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from dashboards.acceptance_evidence import evidence_table
from dashboards.acceptance_mutants import mutants_section
from dashboards.acceptance_scenarios import card, problems, wanted
from dashboards.figures import instant, number
from dashboards.promises import TONES as WORDS
from dashboards.promises import badge, cleaned, filters, promises_table

TEMPLATES: Final = Path(__file__).parent / "templates"
BREACH, ROBUSTNESS = "违反条款", "健壮性"
WAYS: Final = {
    "in_process": "参照系统，与沙箱同一进程，虚拟时间", "over_http": "参照系统，另一进程，经 HTTP 接入沙箱",
    "real": "真实系统，经 HTTP 接入沙箱", "observed": "真实系统，工作人员照常办理，沙箱只观察",
}  # fmt: skip
TONES: Final = {"通过": "good", "有条件通过": "warn", "未完成": "warn", "不通过": "bad"}
Record = dict[str, Any]


def acceptance_page(record: Record, cases: Record, titles: Record) -> str:
    """The page. `titles` say the package, its document, the seats and the conclusion with its rule."""
    parts = {
        **_head(record, titles), "cards": _cards(record), "problems": problems(record),
        "clauses": _clauses(record), "clauses_said": _clauses_said(record), "clause_filters": _clause_filters(record),
        "filters": wanted(record), "scenarios": "".join(card(each, record) for each in record["scenarios"]),
        "promises": promises_table(promises := cleaned(record)), "promise_filters": filters(promises),
        "mutants": mutants_section(record["mutants"]), "evidence": evidence_table(record),
        "facts": _facts(record, titles), "messages": _embedded(cases),
        "style": _file("style.css") + _file("acceptance.css"), "script": _file("acceptance.js"),
    }  # fmt: skip
    return Template(_file("acceptance.html")).substitute(parts)


def _file(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _head(record: Record, titles: Record) -> dict[str, str]:
    about = (
        titles["document"], tested(record), f"时钟：{record['clock']['title']}",
        f"真实系统接入的席位：{titles['remote'] or '无'}",
    )  # fmt: skip
    return {
        "title": escape(titles["title"]), "result": escape(titles["conclusion"]), "why": escape(titles["because"]),
        "tone": TONES.get(titles["conclusion"], "quiet"), "seed": escape(str(record["seed"])),
        "about": "".join(f"<span>{escape(word)}</span>" for word in about),
        "journal": escape(record["run"]["journal_sha256"][:16]), "digest": escape(titles["results_sha256"][:16]),
        "rule": escape(titles["rule"]),
    }  # fmt: skip


def tested(record: Record) -> str:
    """What was judged, in words."""
    return "被测：" + WAYS.get(record["run"]["way"], str(record["run"]["way"]))


def _cards(record: Record) -> str:
    counts, clauses = record["counts"], record["clauses"]
    checkable = [each for each in clauses if each["checkable"]]
    carried = sum(bool(each["scenarios"]) for each in checkable)
    lacking = sum(len(each["without_scenario"]) for each in clauses)
    kept = sum(each["result"] == "kept" for each in record["promises"])
    open_ = counts["not_run"] + counts["not_observed"]
    rest = counts["manual"] + counts["no_figure"] + counts["known_issue"]
    each = (
        ("场景", number(record["planned"]), f"执行 {number(record['executed'])}，通过 {number(counts['kept'])}"),
        (BREACH, number(record["breaches"]), "不通过的场景，所验是条款原文的要求"),
        (ROBUSTNESS, number(record["robustness"]), "故障、坏输入或推断的场景不通过，不作违反条款论"),
        ("未执行与未取得证据", number(open_), f"另有人工核验、指标待明确、已知问题 {number(rest)}"),
        ("条款覆盖", f"{number(carried)}/{number(len(checkable))}", f"可验的条款；另有 {number(lacking)} 个题目没有同名场景"),
        ("检核项", f"{number(kept)}/{number(len(record['promises']))}", f"通过；凭 {number(record['rows'])} 条报文判定"),
    )  # fmt: skip
    return "".join(f"<div class=card><h3>{a}</h3><p class=figure>{b}</p><p>{c}</p></div>" for a, b, c in each)


def _clauses_said(record: Record) -> str:
    with_ = [each for each in record["clauses"] if each["scenarios"]]
    bare = [each for each in record["clauses"] if each["checkable"] and not each["scenarios"]]
    by_hand = sum(not each["checkable"] for each in record["clauses"])
    return (
        f"全文 {number(len(record['clauses']))} 条：有场景的 {number(len(with_))} 条，可验而尚无场景的 {number(len(bare))} 条，"
        f"只能由人核查的 {number(by_hand)} 条。条款的结果取其场景中最差的一个，健壮性问题除外，另列在旁。"
    )


def _clause_filters(record: Record) -> str:
    titles = dict.fromkeys(each["result_title"] for each in record["clauses"])
    found = {title: sum(each["result_title"] == title for each in record["clauses"]) for title in titles}
    each = "".join(
        f'<button type=button data-clause-result="{escape(title)}">{escape(title)} {count}</button>'
        for title, count in sorted(
            found.items(), key=lambda pair: list(WORDS).index(pair[0]) if pair[0] in WORDS else len(WORDS)
        )
    )
    return f'<button type=button data-clause-result="" class=on>全部 {len(record["clauses"])}</button>{each}'


def _clauses(record: Record) -> str:
    scenarios = {each["id"]: each for each in record["scenarios"]}
    return "".join(_clause(each, scenarios) for each in record["clauses"])


def _clause(clause: Record, scenarios: dict[str, Record]) -> str:
    own = [scenarios[name] for name in clause["scenarios"]]
    links = "".join(f"<li>{_link(each)}</li>" for each in own)
    lacking = "".join(f"<li>{escape(title)}</li>" for title in clause["without_scenario"])
    below = f"<ul class=links>{links}</ul>" if links else ""
    if lacking:
        title = f"没有同名场景的题目 {len(clause['without_scenario'])} 个"
        below += f"<details><summary>{title}</summary><ul class=lacking>{lacking}</ul></details>"
    if documents := clause["evidence"]:
        below += f'<p class=where><a href="#s-evidence">附证据 {len(documents)} 份</a></p>'
    robust = f' <span class="badge warn">健壮性 {clause["robustness"]}</span>' if clause["robustness"] else ""
    return (
        f'<article class=clause id="c-{escape(clause["id"])}" data-result="{escape(clause["result_title"])}">'
        f"<header>{badge(clause['result_title'])}{robust} <code>{escape(clause['id'])}</code>"
        f"<span class=where>{escape(clause['where'])}（{escape(clause['obliges_title'])}）</span></header>"
        f"<p>{escape(clause['requires'])}</p>{below}</article>"
    )


def _link(scenario: Record) -> str:
    title = ROBUSTNESS if scenario["robustness"] else scenario["result_title"]
    return f'{badge(title)} <a href="#s-{escape(scenario["id"])}">{escape(scenario["title"])}</a> <small>{escape(scenario["sort"])}</small>'


def _facts(record: Record, titles: Record) -> str:
    run = record["run"]
    rows = [
        ("套餐", f"{titles['title']}（{record['package']}）"), ("依据", titles["document"]), ("被测系统", tested(record)[3:]),
        ("真实系统接入的席位", titles["remote"] or "无"), ("时钟", record["clock"]["title"]), ("种子", record["seed"]),
        ("沙箱时间", f"{instant(run['begins_ms'])} 至 {instant(record['ends_ms'])}"), ("程序版本", run["code"]),
        ("报文日志", f"{number(record['rows'])} 条"), ("未走到终点的办件", "、".join(map(str, record["open_cases"])) or "无"),
        ("报文日志摘要", run["journal_sha256"]), ("计划摘要", run["plan_sha256"]), ("结果摘要", titles["results_sha256"]),
    ]  # fmt: skip
    return "".join(f"<dt>{name}</dt><dd>{escape(str(value))}</dd>" for name, value in rows)


def _embedded(value: Any) -> str:
    """JSON that cannot end the script it stands in."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
