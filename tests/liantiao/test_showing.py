"""Progress where there is no terminal: plain lines, few of them, and never silence."""

import pytest

from dashboards.figures import taken
from liantiao.showing import Lines


def lines(every_s: float, *news: tuple[str, int, int]) -> list[str]:
    said: list[str] = []
    tell = Lines(said.append, every_s)
    for each in news:
        tell(*each)
    return [line.partition("，")[0] for line in said]


def test_a_phase_is_said_when_it_begins_and_when_it_ends() -> None:
    news = [("办理", done, 1_000) for done in range(0, 1_001, 10)] + [("判定", 0, 1), ("判定", 1, 1), ("判定", 1, 1)]
    assert lines(1e9, *news) == ["办理 0/1,000", "办理 1,000/1,000", "判定 0/1", "判定 1/1"]


def test_in_between_it_is_said_that_it_goes_on_even_where_nothing_moved() -> None:
    assert lines(0.0, ("办理", 3, 9), ("办理", 3, 9), ("办理", 4, 9)) == ["办理 3/9", "办理 3/9", "办理 4/9"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0, "0 秒"), (1.23, "1.2 秒"), (9.96, "10 秒"), (59.4, "59 秒"), (59.7, "1 分 00 秒"), (3_683.0, "61 分 23 秒")],
)
def test_a_time_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert taken(seconds) == said
