"""The tables of the report: one function for each, from measures to HTML."""

from html import escape
from math import log10
from typing import Any, Final

from dashboards.figures import money, number, percent, span

Measures = dict[str, Any]
SCALE: Final = ((600_000, "10分"), (3_600_000, "1小时"), (86_400_000, "1天"), (864_000_000, "10天"))
SCALE_FROM_MS, SCALE_TO_MS = 60_000.0, 2_592_000_000.0
"""The logarithmic scale of the durations: a minute to thirty days."""
END_TONES: Final = {
    "done": "e-done", "declined": "e-declined", "refused": "e-refused", "withdrawn": "e-withdrawn", "lapsed": "e-lapsed",
    "other": "e-other", "open": "e-open",
}  # fmt: skip
BLOCKED: Final = "#丢失、拒收或停机挡下"
AT_ONCE_MS: Final = 1_000
"""An answer within this was waiting for nobody."""


def table(head: str, rows: list[list[str]], classes: str = "") -> str:
    """A table; a heading that begins with # is a column of figures."""
    if not rows:
        return '<p class="none">没有可列的内容。</p>'
    names = head.split()
    kinds = [" class=n" if name.startswith("#") else "" for name in names]
    top = "".join(f"<th{kind}>{name.lstrip('#')}</th>" for name, kind in zip(names, kinds, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(row, kinds, strict=True)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class=scroll><table class="{classes}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def cards(run: dict[str, Any], measures: Measures) -> str:
    """The key figures."""
    ends, sums = measures["ends"][0], measures["money"]
    stage = {row["stage"]: row for row in measures["durations"] if not row["region"]}
    count = max(measures["cases"]["count"], 1)
    each = [
        ("办件", number(run["begun"]), f"计划 {number(run['planned'])}，结束 {number(run['finished'])}"),
        ("办结", percent(ends["done"] / count), f"{number(ends['done'])} 件"),
        ("申请至全部办结", span(stage["whole"]["median_ms"]), f"中位；九成不超过 {span(stage['whole']['p90_ms'])}"),
        ("缴清至登簿", span(stage["recording"]["median_ms"]), f"中位；九成不超过 {span(stage['recording']['p90_ms'])}"),
        (
            "税费入账",
            money(sums["tax"]["fen"] + sums["fee"]["fen"]),
            f"扣款 {number(sums['debited']['n'])} 笔，退回 {money(sums['returned']['fen'])}",
        ),
        (
            "报文日志",
            number(measures["traffic"]["rows"]),
            f"每件 {number(measures['traffic']['per_case'], 1)} 行，投递 {number(run.get('deliveries'))} 次",
        ),
    ]
    return "".join(
        f"<div class=card><h3>{title}</h3><p class=figure>{_unit(figure)}</p><p>{note}</p></div>"
        for title, figure, note in each
    )


def _unit(figure: str) -> str:
    head, space, unit = figure.partition(" ")
    return f"{head}<small>{space}{unit}</small>" if unit else head


def ends(measures: Measures) -> str:
    """How cases ended: one bar, then the regions' numbers."""
    titles, whole = measures["titles"]["ends"], measures["ends"][0]
    used = [end for end in END_TONES if any(row[end] for row in measures["ends"])]
    total = sum(whole[end] for end in used) or 1
    parts = "".join(f'<i class="{END_TONES[end]}" style="flex:{whole[end] / total:.6f}"></i>' for end in used)
    legend = "".join(
        f'<span><i class="{END_TONES[end]}"></i>{titles[end]} {number(whole[end])}（{percent(whole[end] / total)}）</span>'
        for end in used
    )
    rows = [
        [_region(measures, row["region"]), number(sum(row[end] for end in used)), *(number(row[end]) for end in used)]
        for row in measures["ends"]
    ]
    return f'<div class=stack role=img aria-label="办件去向">{parts}</div><div class=legend>{legend}</div>' + table(
        " ".join(["地区", "#办件", *(f"#{titles[end]}" for end in used)]), rows, "first"
    )


def shares(measures: Measures) -> str:
    """What happened to how many cases."""
    return table(
        "情形 #件数 #占比",
        [[row["title"], number(row["cases"]), percent(row["share"], 2)] for row in measures["shares"]],
    )


def durations(measures: Measures) -> str:
    """Every stage with its spread on one scale; the page shows one region at a time."""
    titles = measures["titles"]["items"]
    figures = "".join(f"<th class=n>{name}</th>" for name in ("件数", "中位", "九成内", "99%内", "平均"))
    ticks = "".join(f'<b style="left:{_place(ms):.2f}%">{label}</b>' for ms, label in SCALE)
    head = f"<th>事项</th><th>阶段</th>{figures}<th class=range><div class=scale>{ticks}</div></th>"
    rows = "".join(_duration(row, titles.get(row["item"], "全套")) for row in measures["durations"])
    return f"<div class=scroll><table id=durations><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


def _duration(row: dict[str, Any], item: str) -> str:
    cells = [number(row["n"]), *(span(row[key]) for key in ("median_ms", "p90_ms", "p99_ms", "mean_ms"))]
    figures = "".join(f"<td class=n>{cell}</td>" for cell in cells)
    names = f"<td>{escape(item)}</td><td>{escape(row['title'])}</td>"
    hidden = " hidden" if row["region"] else ""
    return f'<tr data-region="{escape(row["region"])}"{hidden}>{names}{figures}<td class=range>{_range(row)}</td></tr>'


def _place(ms: float) -> float:
    reach = log10(SCALE_TO_MS / SCALE_FROM_MS)
    return 100 * min(max(log10(max(ms, SCALE_FROM_MS) / SCALE_FROM_MS) / reach, 0), 1)


def _range(row: dict[str, Any]) -> str:
    if not row["n"]:
        return ""
    a, b, c = (_place(row[key]) for key in ("median_ms", "p90_ms", "p99_ms"))
    guides = "".join(f'<em style="left:{_place(ms):.2f}%"></em>' for ms, _ in SCALE)
    whole = (
        f'<i style="left:{a:.2f}%;width:{c - a:.2f}%"></i><i class=p90 style="left:{a:.2f}%;width:{b - a:.2f}%"></i>'
    )
    return f'<div class=bar>{guides}{whole}<b style="left:{a:.2f}%"></b></div>'


def region_choice(measures: Measures) -> str:
    """The regions whose durations can be shown."""
    regions = dict.fromkeys(row["region"] for row in measures["durations"])
    return "".join(f'<option value="{escape(region)}">{_region(measures, region)}</option>' for region in regions)


def items(measures: Measures) -> str:
    """The linked items: chosen, pushed, pushed again, done, returned."""
    titles = measures["titles"]["items"]
    rows = [
        [
            titles.get(row["item"], row["item"]),
            *(number(row[key]) for key in ("chosen", "pushed", "again", "done", "returned")),
        ]
        for row in measures["items"]
    ]
    return table("事项 #申请勾选 #已推送 #再次推送 #办结 #退回", rows, "narrow")


def closure(measures: Measures) -> str:
    """Region × department: the share of requests that were answered to the end, and how long that took."""
    cells = {(cell["department"], cell["region"]): cell for cell in measures["closure"]}
    departments = dict.fromkeys(cell["department"] for cell in measures["closure"])
    regions = dict.fromkeys(cell["region"] for cell in measures["closure"])
    what = {cell["department"]: cell["title"] for cell in measures["closure"]}
    seats = measures["titles"]["seats"]
    head = "".join(
        f"<th>{escape(seats.get(name, name))}<small>{escape(what[name])}</small></th>" for name in departments
    )
    rows = "".join(
        f"<tr><th>{_region(measures, region)}</th>{''.join(_cell(cells[name, region]) for name in departments)}</tr>"
        for region in regions
    )
    return f"<div class=scroll><table class=heat><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


def _cell(cell: dict[str, Any]) -> str:
    share = cell["share"]
    tone = (
        "h-none"
        if share is None
        else "h-all"
        if share == 1
        else "h-most"
        if share >= 0.99
        else "h-some"
        if share >= 0.9
        else "h-few"
    )
    told = f"请求 {number(cell['requests'])}，应答 {number(cell['answers'])}，闭环 {number(cell['closed'])}"
    mean_ms = cell["mean_ms"]
    took = "即时" if mean_ms is not None and mean_ms < AT_ONCE_MS else span(mean_ms)
    return f'<td class="{tone}" title="{told}">{percent(share, 2)}<small>{took}</small></td>'


def refusals(measures: Measures) -> str:
    """Every refusal by error and kind."""
    seats = measures["titles"]["seats"]
    rows = [
        [
            escape(row["title"]),
            f"<code>{escape(row['error'])}</code>",
            escape(row["kind_title"]),
            escape(seats.get(row["seat"], row["seat"])),
            escape(row["next_step"]),
            number(row["n"]),
        ]
        for row in measures["refusals"]
    ]
    return table("原因 错误码 报文 退回方 可以怎么办 #次数", rows)


def faults(measures: Measures) -> str:
    """Every fault of the script: on what it lies, what it does and how often it struck."""
    seats = measures["titles"]["seats"]
    rows = [
        [
            f"{escape(row['title'])}<br><code>{escape(row['fault'])}</code>",
            escape(row["effect_title"]),
            f"{escape(row['operation_title'])}<br><code>{escape(row['operation'])}</code>",
            escape(seats.get(row["seat"], row["seat"]) or "不限"),
            escape(row["when"]),
            number(row["n"]),
        ]
        for row in measures["faults"]
    ]
    return table("故障 做什么 报文 接收方 时机 #击中", rows)


def struck(measures: Measures) -> str:
    """The messages that faults struck so that the journal shows it."""
    titles, seats = {row["fault"]: row["title"] for row in measures["faults"]}, measures["titles"]["seats"]
    rows = [
        [
            escape(titles.get(row["fault"], row["fault"])),
            escape(row["kind_title"]),
            escape(seats.get(row["seat"], row["seat"])),
            number(row["n"]),
        ]
        for row in measures["struck"]
    ]
    return table("故障 报文 接收方 #击中", rows)


def inventory(measures: Measures) -> str:
    """The message inventory with how often each was seen."""
    return table(
        f"编号 报文 #收讫 #退回 {BLOCKED} 见到", [_counted(row["number"], row) for row in measures["inventory"]]
    )


def steps(measures: Measures) -> str:
    """The policy document's own steps."""
    rows = sorted(measures["steps"], key=lambda row: not row["step"].startswith("税费"))
    return table(f"步骤 报文 #收讫 #退回 {BLOCKED} 见到", [_counted(row["step"], row) for row in rows])


def _counted(name: str, row: dict[str, Any]) -> list[str]:
    seen = '<span class="badge good">已见</span>' if row["seen"] else '<span class="badge quiet">未见</span>'
    return [
        f"<b>{escape(name)}</b>",
        escape("、".join(row["kinds"]) or "没有对应的报文"),
        number(row["seen"]),
        number(row["refused"]),
        number(row["struck"]),
        seen,
    ]


def _region(measures: Measures, region: str) -> str:
    return escape(measures["titles"]["regions"].get(region, region)) if region else "全省"
