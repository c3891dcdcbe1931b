"""Rewrites calendar_cn.json from chinesecalendar; the only place that knows that library."""

import json
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

TARGET = Path(__file__).with_name("calendar_cn.json")
PUBLISHED_YEARS = range(2020, 2027)

# 全国年节及纪念日放假办法 as amended from 2025 on (13 days); nothing on 调休 was out in November 2026.
STATUTORY_2027 = [
    *("01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02"),
    *("06-09", "09-15", "10-01", "10-02", "10-03"),
]
SOURCE_2027 = "《全国年节及纪念日放假办法》（2025年1月1日起施行）法定节假日；2027年调休安排尚未公布"


class Year(TypedDict):
    """One year of the table; days are written MM-DD."""

    source: str
    provisional: bool
    holidays: list[str]
    workdays: list[str]


def published_year(year: int) -> Year:
    """The statutory rest days and the weekend days worked instead, as chinesecalendar has them."""
    from chinese_calendar import holidays, is_workday, workdays  # type: ignore[import-untyped]

    first, length = date(year, 1, 1), (date(year + 1, 1, 1) - date(year, 1, 1)).days
    days = [first + timedelta(n) for n in range(length)]
    rest = [day for day in days if day in holidays]
    worked = [day for day in days if day in workdays and day.weekday() >= 5]
    for day in days:
        expected = day in worked or (day.weekday() < 5 and day not in rest)
        if expected != is_workday(day):
            raise ValueError(f"{day} 的节假日与调休互相矛盾，请核对 chinesecalendar 的版本。")
    imported = f"经 chinesecalendar {version('chinesecalendar')} 导入"
    return {
        "source": f"国务院办公厅关于{year}年部分节假日安排的通知（含当年补充通知），{imported}",
        "provisional": False,
        "holidays": [f"{day:%m-%d}" for day in rest],
        "workdays": [f"{day:%m-%d}" for day in worked],
    }


def build_table() -> dict[str, Year]:
    """Every year of the table; the last one is provisional."""
    table = {str(year): published_year(year) for year in PUBLISHED_YEARS}
    table["2027"] = {"source": SOURCE_2027, "provisional": True, "holidays": STATUTORY_2027, "workdays": []}
    return table


def write_table(target: Path = TARGET) -> None:
    """Writes one line per list, so that a yearly update is a diff of a few lines."""
    years = []
    for year, entry in build_table().items():
        fields = ",\n".join(f'    "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in entry.items())
        years.append(f'  "{year}": {{\n{fields}\n  }}')
    target.write_text("{\n" + ",\n".join(years) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write_table()
