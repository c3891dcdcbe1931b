"""Figures of the implementation's machines: whatever shape of CSV they come in, each stands at its own instant of the load."""

import re
from pathlib import Path

import pytest

from liantiao.loading.series import SeriesError, read_series

BEGUN_MS = 1_711_675_800_000
"""2024-03-29 09:30:00 in Fujian."""
ENDED_MS = BEGUN_MS + 60_000


@pytest.mark.parametrize(
    "time",
    [
        "2024-03-29 09:30:05", "2024/03/29 09:30:05", "2024/3/29 09:30:05", "2024-03-29T09:30:05+08:00", "2024-03-29T01:30:05Z",
        "2024-03-29T09:30:05.000", "20240329 09:30:05", "20240329093005", "1711675805", "1711675805.0", "1711675805000",
        "09:30:05", "9:30:05",
    ],
)  # fmt: skip
def test_times_in_many_shapes(tmp_path: Path, time: str) -> None:
    path = tmp_path / "cpu.csv"
    path.write_text(f"time,cpu\n{time},12.5\n", encoding="utf-8")
    (series,) = read_series(path, BEGUN_MS, ENDED_MS)
    assert (series.title, series.points) == ("cpu", [(BEGUN_MS + 5_000, 12.5)])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "指标.csv"
    lines = [
        ["时间", "处理器 %", "数据库连接"],
        ["09:30:01", "40%", "12"],
        [],
        ["09:30:02", "", "13"],
        ["09:30:03", "41 %"],
    ]
    path.write_bytes("\r\n".join(mark.join(line) for line in lines).encode(encoding))
    cpu, database = read_series(path, BEGUN_MS, ENDED_MS)
    assert cpu.points == [(BEGUN_MS + 1_000, 40.0), (BEGUN_MS + 3_000, 41.0)]
    assert (database.title, [value for _, value in database.points]) == ("数据库连接", [12.0, 13.0])


def test_a_time_of_day_may_be_past_midnight(tmp_path: Path) -> None:
    path, late_ms = tmp_path / "cpu.csv", BEGUN_MS + 14 * 3_600_000 + 1_799_000
    path.write_text("t,cpu\n23:59:59,1\n00:00:01,2\n", encoding="utf-8")
    (series,) = read_series(path, late_ms, late_ms + 5_000)
    assert [at - late_ms for at, _ in series.points] == [0, 2_000]


def test_what_lies_outside_the_load_is_left_out_and_points_are_in_order(tmp_path: Path) -> None:
    path = tmp_path / "cpu.csv"
    path.write_text("t,cpu\n09:30:09,3\n09:29:59,1\n09:30:01,2\n09:31:01,4\n", encoding="utf-8")
    (series,) = read_series(path, BEGUN_MS, ENDED_MS)
    assert [value for _, value in series.points] == [2.0, 3.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有数据"),
        ("time,cpu\n", "没有数据"),
        ("time\n09:30:01\n", "第 1 行只有一列"),
        ("09:30:01,12\n09:30:02,13\n", "第 1 行应为列名"),
        ("time,cpu,cpu\n09:30:01,1,2\n", "第 1 行第 3 列的列名“cpu”是空的或重复"),
        ("time,cpu\n09:30:01,1\nyesterday,2\n", "第 3 行的时间“yesterday”认不出来"),
        ("time,cpu\n25:30:01,1\n", "第 2 行的时间“25:30:01”不是一天里的时刻"),
        ("time,cpu\n\n09:30:01,much\n", "第 3 行第 2 列“much”不是数字"),
        ("time,cpu\n09:30:01,1,234\n", "第 2 行有 3 列"),
        ("time,cpu\n2024-03-28 09:30:01,1\n", "没有重叠"),
        ('time,cpu\n09:30:01,"1\n', "第 2 行"),
        ("time," + ",".join(f"c{n}" for n in range(25)) + "\n09:30:01\n", "最多 24 列"),
        ("time,cpu\n09:30:01,1e999\n", "第 2 行第 2 列"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_name_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "cpu.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SeriesError, match=rf"cpu\.csv.*{re.escape(said)}"):
        read_series(path, BEGUN_MS, ENDED_MS)


def test_what_is_no_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "cpu.csv"
    for raw, said in ((b"t,cpu\n\0\1", "不是文本"), (b"t,cpu\n09:30:01,\xff\xff\n", "第 2 行的编码")):
        path.write_bytes(raw)
        with pytest.raises(SeriesError, match=said):
            read_series(path, BEGUN_MS, ENDED_MS)
    with pytest.raises(SeriesError, match="读不了"):
        read_series(tmp_path / "none.csv", BEGUN_MS, ENDED_MS)
