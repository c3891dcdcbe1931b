"""The charts of a load over time, drawn as SVG: all on one axis of seconds since the load began."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from typing import Any, Final

COLOURS: Final = ("#2b6296", "#c8742a", "#3a8a6e", "#b0413a", "#7a5c99", "#8a7a2e", "#5f6f7f", "#1f8fa8")
"""Distinct in lightness too, so that they hold in grey and for colour-blind eyes."""
WIDTH, HEIGHT, LEFT, RIGHT, TOP, LOW = 940, 190, 58, 12, 24, 22
MOST_POINTS: Final = 450
TICK_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400)
MOST_X_TICKS, MOST_Y_TICKS = 10, 4
GLYPH, LATIN = 12, 7
"""How wide a Chinese and any other character of a legend is, about."""
Line = Sequence[tuple[float, float | None]]
"""(seconds since the load began, figure); None is a gap."""


def over_time_charts(record: dict[str, Any]) -> list[str]:
    """What people did, what our own processes took, and what was laid beside it."""
    rows: Sequence[dict[str, Any]] = record["over_time"]
    if not rows:
        return ['<p class="none">没有可画的内容。</p>']
    first, last = min(0, rows[0]["s"]), max(1, rows[-1]["s"], int(record["seconds"]))

    def drawn(title: str, lines: Mapping[str, Line]) -> str:
        return chart(title, first, last, lines)

    return [
        *_of_people(rows, drawn),
        *(
            [drawn("联调各进程的处理器占用（一个核的 %）", processes)]
            if (processes := _since(record, record["processes"]))
            else []
        ),
        *(drawn(f"被测系统：{each['title']}", _since(record, [each])) for each in record["series"]),
    ]


def _of_people(rows: Sequence[dict[str, Any]], drawn: Any) -> list[str]:
    step = -(-len(rows) // MOST_POINTS)
    lots = [rows[at : at + step] for at in range(0, len(rows), step)]

    def rate(name: str) -> Line:
        return [(lot[0]["s"], sum(row[name] for row in lot) / len(lot)) for lot in lots]

    def worst(name: str) -> Line:
        return [(lot[0]["s"], max((row[name] for row in lot if row[name] is not None), default=None)) for lot in lots]

    return [
        drawn("每秒到达与结束（件）", {"到达": rate("arrived"), "结束": rate("ended")}),
        drawn("在办（件）", {"在办": _going(lots)}),
        drawn("延迟（毫秒，从本应发出的时刻算起）", {name: worst(name) for name in ("p50", "p95", "p99")}),
        drawn("每秒交换、退回与失败（次）", {"交换": rate("calls"), "退回": rate("refused"), "失败": rate("errors")}),
    ]


def _going(lots: Sequence[Sequence[dict[str, Any]]]) -> Line:
    found, going = [], 0
    for lot in lots:
        going += sum(row["arrived"] - row["ended"] for row in lot)
        found.append((lot[0]["s"], float(going)))
    return found


def _since(record: dict[str, Any], told: Sequence[dict[str, Any]]) -> dict[str, Line]:
    """Points at instants of wall time, laid on the load's own axis."""
    begun_ms = record["begun_ms"] // 1_000 * 1_000
    return {
        each["title"]: _thinned([((at - begun_ms) / 1_000, value) for at, value in each["points"]]) for each in told
    }


def _thinned(points: list[tuple[float, float]]) -> Line:
    """No more points than can be told apart: the mean of each lot."""
    step = -(-len(points) // MOST_POINTS) or 1
    lots = [points[at : at + step] for at in range(0, len(points), step)]
    return [(lot[0][0], sum(value for _, value in lot) / len(lot)) for lot in lots]


# ---- drawing --------------------------------------------------------------------------------------------------------
def chart(title: str, first: float, last: float, lines: Mapping[str, Line]) -> str:
    """A line chart from `first` to `last` seconds; what lies outside is not drawn."""
    values = [value for line in lines.values() for at, value in line if value is not None and first <= at <= last]
    ticks = nice_ticks(min([0.0, *values]), max([0.0, *values]))
    low, high = ticks[0], ticks[-1]

    def x(at: float) -> float:
        return LEFT + (at - first) * (WIDTH - LEFT - RIGHT) / (last - first)

    def y(value: float) -> float:
        return HEIGHT - LOW - (value - low) * (HEIGHT - TOP - LOW) / (high - low)

    drawn = [_row(y(tick), f"{tick:,.6g}") for tick in ticks]
    drawn += [_column(x(tick), time_told(tick)) for tick in time_ticks(first, last)]
    legend_x = float(LEFT)
    for (name, line), colour in zip(lines.items(), COLOURS * (1 + len(lines) // len(COLOURS)), strict=False):
        drawn += [
            f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" stroke-linejoin="round" points="{points}"/>'
            for points in _pieces(line, first, last, x, y)
        ]
        if len(lines) > 1:
            drawn.append(f'<rect x="{legend_x:.0f}" y="5" width="14" height="4" rx="2" fill="{colour}"/>')
            drawn.append(f'<text x="{legend_x + 19:.0f}" y="12">{escape(name)}</text>')
            legend_x += 19 + 18 + sum(GLYPH if ord(letter) > 0xFF else LATIN for letter in name)
    said = f"<title>{escape(title)}</title>"
    return f'<h3>{escape(title)}</h3><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{said}{"".join(drawn)}</svg>'


def _pieces(line: Line, first: float, last: float, x: Any, y: Any) -> list[str]:
    """The points of a line, in pieces between its gaps; a single point is drawn as a dot's width."""
    pieces: list[list[str]] = [[]]
    for at, value in line:
        if value is None:
            pieces.append([])
        elif first <= at <= last:
            pieces[-1].append(f"{x(at):.1f},{y(value):.1f}")
    return [" ".join(piece if len(piece) > 1 else [*piece, f"{float(piece[0].split(',')[0]) + 1.5:.1f},{piece[0].split(',')[1]}"])
            for piece in pieces if piece]  # fmt: skip


def _row(y: float, told: str) -> str:
    return (
        f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{told}</text>'
    )


def _column(x: float, told: str) -> str:
    return (
        f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - LOW}"/>'
        f'<text x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{told}</text>'
    )


def nice_ticks(low: float, high: float) -> list[float]:
    """Round figures from at most `low` to at least `high`."""
    span = high - low or 1.0
    raw = span / MOST_Y_TICKS
    power = 10.0 ** floor(log10(raw))
    steps = (power, 2 * power, 2.5 * power, 5 * power, 10 * power)
    step = steps[min(len(steps) - 1, bisect_left([each * (1 + 1e-9) for each in steps], raw))]
    begin, end = floor(low / step), max(ceil((low + span) / step - 1e-9), 1)
    return [round(number * step, 10) for number in range(begin, end + 1)]


def time_ticks(first: float, last: float) -> list[int]:
    """Whole seconds at round distances, no more than fit."""
    step = next((each for each in TICK_STEPS_S if (last - first) / each <= MOST_X_TICKS), TICK_STEPS_S[-1])
    return list(range(ceil(first / step) * step, floor(last) + 1, step))


def time_told(seconds: int) -> str:
    """A time since the load began, for people."""
    if abs(seconds) < 60:
        return f"{seconds} 秒"
    hours, rest = divmod(abs(seconds), 3_600)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{sign}{rest // 60}:{rest % 60:02}"
