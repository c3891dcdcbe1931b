"""The index of the main job: one HTML page that needs no network, from the record of what became of each part."""

from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from dashboards.figures import number, taken
from dashboards.sections import table

TEMPLATES: Final = Path(__file__).parent / "templates"
TONES: Final = {
    "通过": "good", "没有不通过": "fair", "有条件通过": "warn", "不通过": "bad", "未完成": "warn",
}  # fmt: skip
Record = dict[str, Any]


def index_page(record: Record) -> str:
    """The page."""
    measured = record["measured"]
    about = (
        record["document"], f"种子 {record['seed']}", f"{measured['begun'][:16].replace('T', ' ')} 开始",
        f"共用时 {taken(measured['seconds'])}", f"联调 {record['version']}（代码 {record['code'][:12]}）",
    )  # fmt: skip
    parts = {
        "result": escape(record["result"]), "mark": escape(record["mark"]), "tone": _tone(record["result"]),
        "why": escape(record["why"]), "code": str(record["exit_code"]),
        "seed": escape(str(record["seed"])), "title": escape(record["title"]),
        "about": "".join(f"<span>{escape(word)}</span>" for word in about),
        "parts": "".join(_part(each, measured["parts"][each["id"]]) for each in record["parts"]),
        "machine": escape(measured["machine"]), "time": _time(record), "files": _files(record), "command": escape(record["command"]),
        "commands": "".join(f"<dt>{escape(each['title'])}</dt><dd><code>{escape(each['command'])}</code></dd>" for each in record["parts"]),
        "style": "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css", "index.css")),
    }  # fmt: skip
    return Template((TEMPLATES / "index.html").read_text(encoding="utf-8")).substitute(parts)


def _part(part: Record, measured: Record) -> str:
    tone = _tone(part["result"])
    took = f'<span class="took">用时 {taken(measured["seconds"])}</span>' if measured["seconds"] else ""
    code = f"（退出码 {part['exit_code']}）" if part["exit_code"] else ""
    reds = "".join(f"<li>{escape(each)}</li>" for each in part["reds"])
    figures = "".join(_figure(each) for each in part["figures"])
    figures += "".join(_figure(each, once=True) for each in measured["figures"])
    said = f'<p class="said">{escape(part["why"])}</p>' if part["why"] else ""
    note = f"<p>{escape(measured['note'])}</p>" if measured["note"] else ""
    page = (
        f'<a href="{escape(part["page"])}">打开{escape(part["title"])}报告</a>'
        if part["page"]
        else "<span>没有报告</span>"
    )
    badge = f'<span class="badge {tone}">{escape(part["result"] + code)}</span>'
    return (
        f'<article class="part {tone}"><h2>{escape(part["title"])} {badge}{took}</h2>'
        f"<p>{escape(part['about'])}</p>{said}{note}{f'<ul class=reds>{reds}</ul>' if reds else ''}"
        f"{f'<table><tbody>{figures}</tbody></table>' if figures else ''}<p class=open>{page}</p></article>"
    )


def _figure(figure: Record, *, once: bool = False) -> str:
    """A line of a part's figures; one that was measured `once` is not the same the next time."""
    value = figure["value"]
    shown = number(value, 1) if isinstance(value, float) and not value.is_integer() else number(value)
    unit, note = (
        f"<{tag}>{escape(figure[key])}</{tag}>" if figure[key] and value is not None else ""
        for tag, key in (("i", "unit"), ("small", "note"))
    )
    star = "<sup>*</sup>" if once else ""
    return f"<tr><td>{escape(figure['title'])}{star}</td><td><b>{shown}</b>{unit}{note}</td></tr>"


def _time(record: Record) -> str:
    """How long each part took: one bar, and its phases."""
    parts = [
        (number_, each["title"], record["measured"]["parts"][each["id"]])
        for number_, each in enumerate(record["parts"])
    ]
    played = [(number_, title, told) for number_, title, told in parts if told["seconds"]]
    bar = "".join(f'<i class="t{at}" style="flex:{told["seconds"]}"></i>' for at, _, told in played)
    legend = "".join(
        f'<span><i class="t{at}"></i>{escape(title)} {taken(told["seconds"])}</span>' for at, title, told in played
    )
    rows = [
        [escape(title), taken(told["seconds"]), "，".join(f"{escape(phase)} {taken(s)}" for phase, s in told["phases"].items())]
        for _, title, told in played
    ]  # fmt: skip
    return f'<div class=stack role=img aria-label="各部分用时">{bar}</div><div class=legend>{legend}</div>' + table(
        "部分 用时 其中", rows
    )


def _files(record: Record) -> str:
    rows = []
    for each in record["parts"]:
        for files, again in ((each["files"], "可复现"), (record["measured"]["parts"][each["id"]]["files"], "")):
            rows += [
                [escape(each["title"]), escape(name), again, f"<code>{escape(value)}</code>"]
                for name, value in files.items()
            ]
    return table("部分 文件 性质 摘要", rows)


def _tone(result: str) -> str:
    return TONES.get(result, "quiet")
