"""The page that compares two acceptances."""

from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from dashboards.promises import badge

TEMPLATES: Final = Path(__file__).parent / "templates"
KINDS: Final = {
    "worse": "变坏", "different": "仍未通过，现象不同", "better": "变好", "gone": "不再有", "new": "新增", "same": "结果相同",
}  # fmt: skip
LEADS: Final = {
    "worse": "先看这里：上一次的结果更好。", "different": "结果没有变，所见变了。", "better": "这一次的结果更好。",
    "gone": "这一次没有这些场景，不能当作已通过。", "new": "上一次没有这些场景。",
}  # fmt: skip
BAD: Final = ("违反条款",)
Record = dict[str, Any]


def page(found: Record, before: str, after: str) -> str:
    """The page; `before` and `after` are what the two are called."""
    tone, result = ("bad", f"变坏 {len(found['worse'])}") if found["worse"] else ("good", "没有变坏")
    sections = "".join(_section(kind, found[kind]) for kind in LEADS) + _promises(found["promises"])
    parts = {
        "tone": tone, "result": result, "before": escape(before), "after": escape(after), "sums": _sums(found),
        "sections": sections, "same": str(found["same"]),
        "journal": "两次的报文日志完全相同。" if found["same_journal"] else "",
        "style": "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css", "acceptance.css")),
    }  # fmt: skip
    return Template((TEMPLATES / "comparison.html").read_text(encoding="utf-8")).substitute(parts)


def _sums(found: Record) -> str:
    titles = {
        "planned": "计划的场景", "executed": "执行的场景", "breaches": "违反条款", "robustness": "健壮性", "seed": "种子",
    }  # fmt: skip
    rows = "".join(
        f"<tr><td>{title}</td><td class=n>{found['before'][key]}</td><td class=n>{found['after'][key]}</td></tr>"
        for key, title in titles.items()
    )
    head = "<thead><tr><th></th><th class=n>甲</th><th class=n>乙</th></tr></thead>"
    return f'<table class="narrow">{head}<tbody>{rows}</tbody></table>'


def _section(kind: str, changes: list[Record]) -> str:
    if not changes:
        return ""
    rows = "".join(map(_row, changes))
    head = "<thead><tr><th>场景</th><th>甲</th><th>乙</th><th>所见</th></tr></thead>"
    return (
        f'<section id="{kind}"><h2>{KINDS[kind]} {len(changes)}</h2><p class="lead">{LEADS[kind]}</p>'
        f"<table class=changes>{head}<tbody>{rows}</tbody></table></section>"
    )


def _row(change: Record) -> str:
    clauses = " ".join(f"<code>{escape(each)}</code>" for each in change["clauses"])
    title = f"{escape(change['title'])}<small>{escape(change['subject'])} {clauses}</small>"
    seen = [
        f"{name}：{escape(change[key])}" for name, key in (("甲", "seen_before"), ("乙", "seen_after")) if change[key]
    ]
    return f"<tr><td>{title}</td><td>{_badge(change['before'])}</td><td>{_badge(change['after'])}</td><td>{'<br>'.join(seen)}</td></tr>"


def _badge(word: str) -> str:
    if not word:
        return "—"
    tone = "bad" if word in BAD else "warn" if word == "健壮性" else ""
    return f'<span class="badge {tone}">不通过 · {word}</span>' if tone else badge(word)


def _promises(changes: list[Record]) -> str:
    if not changes:
        return ""
    rows = "".join(
        f"<tr><td>{escape(each['title'])}<small><code>{escape(each['id'])}</code></small></td>"
        f"<td>{badge(each['before']) if each['before'] else '—'}</td>"
        f"<td>{badge(each['after']) if each['after'] else '—'}</td></tr>"
        for each in changes
    )
    head = "<thead><tr><th>检核项</th><th>甲</th><th>乙</th></tr></thead>"
    return f"<section><h2>检核项 {len(changes)}</h2><table class=changes>{head}<tbody>{rows}</tbody></table></section>"
