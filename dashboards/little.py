"""Little's law in words: whether the queues that were seen are as long as arrivals and waits say they must be."""

from typing import Any

from dashboards.figures import NONE, number
from sim.judge.little import too_short

Measures = dict[str, Any]


def little(row: dict[str, Any]) -> list[str]:
    """The cells of one desk: sampled, expected, how far apart, and the word for it."""
    if row["consistent"] and too_short(row):
        return [
            number(row["sampled"], 3),
            number(row["expected"], 3),
            NONE,
            '<span class="badge quiet">样本不足</span>',
        ]
    apart = NONE if row["apart"] is None else f"{row['apart'] * 100:+.1f}%"
    word = '<span class="badge good">一致</span>' if row["consistent"] else '<span class="badge bad">不符</span>'
    return [number(row["sampled"], 3), number(row["expected"], 3), apart, word]


def little_word(measures: Measures) -> str:
    """How many desks agree with Little's law."""
    every = measures["desks"]["registries"]
    if not every:
        return "本批次没有队列采样，无法核对"
    rows = [row for row in every if not (row["consistent"] and too_short(row))]
    agree = sum(row["consistent"] for row in rows)
    wrong = f"，{number(len(rows) - agree)} 个不符（检核项 littles_law 不通过）" if agree < len(rows) else ""
    short = number(len(every) - len(rows))
    return f"{number(len(rows))} 个有排队的窗口中 {number(agree)} 个一致{wrong}，其余 {short} 个样本不足"
