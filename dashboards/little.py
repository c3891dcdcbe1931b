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
    """How many agree with Little's law: the registries' desks, and the posts of the whole province."""
    desks = measures["desks"]
    if not desks["registries"]:
        return "本批次没有队列采样，无法核对"
    return f"{_level('登记机构窗口', desks['registries'])}；{_level('全省岗位', desks['posts'])}"


def _level(name: str, every: list[dict[str, Any]]) -> str:
    rows = [row for row in every if not (row["consistent"] and too_short(row))]
    agree, short = sum(row["consistent"] for row in rows), len(every) - len(rows)
    said = [f"{number(agree)} 个一致"] if agree else []
    if agree < len(rows):
        said.append(f"{number(len(rows) - agree)} 个不符（检核项 littles_law 不通过）")
    if short:
        said.append(f"{number(short)} 个排队太短、样本不足")
    return f"{name} {number(len(every))} 个中 {'，'.join(said)}"
