"""Charts: ECharts options made from the measures. Formatting of values is left to the page, by the unit named in `unit`."""

from collections import Counter
from typing import Any, Final

from dashboards.desks import longest_waits

INK, FAINT, RULE = "#3d4a57", "#6b7785", "#e3e7eb"
BLUE, ORANGE, GREEN, PURPLE, GREY, RED = "#2b6296", "#c8742a", "#3a8a6e", "#7a5c99", "#9aa5b1", "#b0413a"
"""Distinct in lightness too, so that they hold in grey and for colour-blind eyes."""
FONT: Final = '"PingFang SC","Hiragino Sans GB","Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif'
REFUSALS_SHOWN: Final = 15

Chart = dict[str, Any]


def charts(measures: dict[str, Any]) -> dict[str, Chart]:
    """Every chart of the report by the id of its place in the page."""
    return {
        "chart-cases": cases_over_time(measures),
        "chart-money": money_over_time(measures),
        "chart-backlog": backlog(measures),
        "chart-registries": desks(measures),
        "chart-refusals": refusals(measures),
    }


def cases_over_time(measures: dict[str, Any]) -> Chart:
    """Arrivals and closures of each period."""
    rows = _until_the_last_application(measures, measures["periods"])
    return _over_time(
        [row["period"] for row in rows],
        [
            _line("申请", [row["arrivals"] for row in rows], BLUE),
            _line("结束", [row["closures"] for row in rows], ORANGE),
        ],
        "件",
    )


def money_over_time(measures: dict[str, Any]) -> Chart:
    """Taxes and fees written off in each period, and how many payments there were."""
    rows = _until_the_last_application(measures, measures["periods"])
    labels = [row["period"] for row in rows]
    bars = [
        {**_bar("税款入账", [row["tax_fen"] / 1_000_000 for row in rows], BLUE), "stack": "money"},
        {**_bar("登记费与工本费入账", [row["fee_fen"] / 1_000_000 for row in rows], GREEN), "stack": "money"},
        {**_line("缴款笔数", [row["payments"] for row in rows], ORANGE), "yAxisIndex": 1},
    ]
    chart = _over_time(labels, bars, "万元")
    chart["yAxis"] = [_values("万元"), {**_values("笔"), "splitLine": {"show": False}}]
    return chart


def backlog(measures: dict[str, Any]) -> Chart:
    """How many waited at each post on average."""
    rows = _until_the_last_application(measures, measures["desks"]["backlog"])
    titles = measures["titles"]["posts"]
    labels = sorted({row["period"] for row in rows})
    found = {(row["post"], row["period"]): row["mean"] for row in rows}
    posts = [post["post"] for post in measures["desks"]["posts"]]
    lines = [
        _line(titles.get(post, post), [found.get((post, label), 0) for label in labels], colour)
        for post, colour in zip(posts, (BLUE, ORANGE, GREEN, PURPLE, GREY, RED), strict=False)
    ]
    return _over_time(labels, lines, "件")


def _until_the_last_application(measures: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the months in which nobody applies any more: there the lines would fall to nothing for no cause in the run."""
    if measures["period"] != "month":
        return rows
    last = max((row["period"] for row in measures["periods"] if row["arrivals"]), default="")
    return [row for row in rows if row["period"] <= last]


def desks(measures: dict[str, Any]) -> Chart:
    """The desks at which a tenth of the jobs waited longest."""
    titles = measures["titles"]
    rows = longest_waits(measures)[::-1]
    places = [titles["registries"].get(row["registry"], row["registry"]).removesuffix("不动产登记中心") for row in rows]
    names = [
        f"{place} {titles['posts'].get(row['post'], row['post'])}（{row['jobs']:,} 件）"
        for place, row in zip(places, rows, strict=True)
    ]
    hours = [round(row["wait_p90_ms"] / 3_600_000, 2) for row in rows]
    return _ranked(names, [_bar("九成等候不超过", hours, BLUE)], "小时")


def refusals(measures: dict[str, Any]) -> Chart:
    """The most frequent refusals; where two seats refuse alike, each is named."""
    rows, seats = measures["refusals"][:REFUSALS_SHOWN][::-1], measures["titles"]["seats"]
    names = [f"{row['kind_title']}：{row['title']}" for row in rows]
    alike = Counter(names)
    names = [
        f"{name}（{seats.get(row['seat'], row['seat'])}）" if alike[name] > 1 else name
        for name, row in zip(names, rows, strict=True)
    ]
    return _ranked(names, [_bar("退回", [row["n"] for row in rows], ORANGE)], "次")


def _over_time(labels: list[str], series: list[Chart], unit: str) -> Chart:
    axis = {
        "type": "category", "data": labels, "axisTick": {"show": False}, "axisLine": {"lineStyle": {"color": RULE}},
        "axisLabel": {"color": FAINT, "hideOverlap": True},
    }  # fmt: skip
    return {
        **_frame(unit), "grid": {"left": 8, "right": 8, "top": 52, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "left": 0, "icon": "roundRect", "itemWidth": 14, "itemHeight": 4, "textStyle": {"color": INK}},
        "tooltip": {"trigger": "axis", "confine": True}, "xAxis": axis, "yAxis": _values(unit), "series": series,
    }  # fmt: skip


def _ranked(names: list[str], series: list[Chart], unit: str) -> Chart:
    axis = {
        "type": "category", "data": names, "axisTick": {"show": False}, "axisLine": {"show": False},
        "axisLabel": {"color": INK, "width": 270, "overflow": "break", "lineHeight": 14},
    }  # fmt: skip
    label = {"show": True, "position": "right", "color": FAINT}
    return {
        **_frame(unit), "rows": len(names), "grid": {"left": 0, "right": 56, "top": 4, "bottom": 4, "containLabel": True},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}, "confine": True}, "yAxis": axis,
        "xAxis": {**_values(""), "axisLabel": {"show": False}, "splitLine": {"show": False}},
        "series": [{**each, "barMaxWidth": 14, "label": label} for each in series],
    }  # fmt: skip


def _frame(unit: str) -> Chart:
    return {
        "unit": unit,
        "animation": False,
        "aria": {"enabled": True},
        "textStyle": {"fontFamily": FONT, "fontSize": 12, "color": INK},
    }


def _values(unit: str) -> Chart:
    return {
        "type": "value", "name": unit, "nameTextStyle": {"color": FAINT}, "axisLabel": {"color": FAINT},
        "splitLine": {"lineStyle": {"color": RULE}},
    }  # fmt: skip


def _line(name: str, values: list[float], colour: str) -> Chart:
    return {
        "type": "line", "name": name, "data": values, "showSymbol": False, "color": colour, "lineStyle": {"width": 2},
        "emphasis": {"disabled": True},
    }  # fmt: skip


def _bar(name: str, values: list[float], colour: str) -> Chart:
    return {
        "type": "bar",
        "name": name,
        "data": values,
        "color": colour,
        "barMaxWidth": 22,
        "emphasis": {"disabled": True},
    }
