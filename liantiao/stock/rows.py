"""What a stock can be exported as: rows of cases, of owners and of all people, each with the fields a template may name."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from sim.calendar import HOUR_MS
from sim.dossier import ID_TYPES, ITEMS
from sim.package import Package
from sim.population.people import FIRST_SELLER_SEAT
from sim.population.stock import STATES, TRANSFERRED, StockColumns

Column = np.ndarray[Any, Any]
CASE_FIELDS: Final = {
    "case_no": "办件号", "region": "地区编号", "registry_code": "登记机构编码", "registry_name": "登记机构名称", "channel": "申请渠道",
    "state": "状态编码", "state_title": "状态名称", "receipt_code": "收件码", "acceptance_no": "受理编号，未受理的为空",
    "accepted_at": "收件时间", "accepted_on": "收件日期", "ended_on": "办结日期，在办的为空", "unit_code": "不动产单元代码",
    "title_no": "现行权证号", "address": "坐落", "area_m2": "面积（平方米）", "residential": "是否住宅", "price_fen": "成交价（分）",
    "price_yuan": "成交价（元）", "contract_no": "网签合同编号", "items": "所选联办事项", "owners": "现权利人人数",
    "co_owned": "是否共有", "ownership": "单独所有或共同共有", "mortgaged": "是否有抵押", "seized": "是否被查封",
}  # fmt: skip
PERSON_FIELDS: Final = {
    "role": "buyer 或 seller", "position": "该方第几人", "name": "姓名或名称", "id_type": "证件类型代码", "id_no": "证件号码",
    "phone": "电话", "is_company": "是否单位",
}  # fmt: skip
SOURCES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "cases": ("一件一行", CASE_FIELDS),
    "owners": ("现权利人一人一行", {**PERSON_FIELDS, **CASE_FIELDS}),
    "people": ("买卖双方一人一行", {**PERSON_FIELDS, **CASE_FIELDS}),
}
"""Where rows come from: what a row is, and its fields with what they mean. All of it is synthetic."""
_STATES: Final = np.array(list(STATES))
_TITLES: Final = np.array(list(STATES.values()))
_ID_TYPES: Final = np.array(list(ID_TYPES))
_ITEMS: Final = np.array(
    [",".join(i for bit, i in enumerate(ITEMS) if mask >> bit & 1) for mask in range(1 << len(ITEMS))]
)


class Rows:
    """The rows of some stocked cases; a field is worked out when a template asks for it."""

    def __init__(self, package: Package, columns: StockColumns) -> None:
        self.package, self.columns = package, columns
        people = columns.chunk.people
        selling = people.seat >= FIRST_SELLER_SEAT
        transferred = np.isin(_STATES[columns.state], TRANSFERRED)
        self._selling = selling
        self._owning = np.nonzero(np.where(transferred[people.row], ~selling, selling))[0]
        self._owners = np.bincount(people.row[self._owning], minlength=len(columns))

    def field(self, source: str, name: str) -> Column:
        """One field of every row of a source."""
        if source == "cases":
            return self._of_case(name)
        at = self._owning if source == "owners" else np.arange(len(self.columns.chunk.people.row))
        if name in PERSON_FIELDS:
            return self._of_person(name)[at]
        return self._of_case(name)[self.columns.chunk.people.row[at]]

    def _of_person(self, name: str) -> Column:
        people = self.columns.chunk.people
        if name == "role":
            return np.where(self._selling, "seller", "buyer")
        if name == "position":
            return np.where(self._selling, people.seat - FIRST_SELLER_SEAT, people.seat) + 1
        if name == "id_type":
            return _ID_TYPES[people.id_type]
        return _text(getattr(people, name))

    def _of_case(self, name: str) -> Column:
        columns, chunk = self.columns, self.columns.chunk
        made: Mapping[str, Callable[[], Column]] = {
            "case_no": lambda: columns.number,
            "registry_code": lambda: self._of_registry("code"),
            "registry_name": lambda: self._of_registry("name"),
            "region": lambda: np.array(list(self.package.regions))[chunk.region],
            "channel": lambda: np.array(list(self.package.channels))[chunk.channel],
            "state": lambda: _STATES[columns.state],
            "state_title": lambda: _TITLES[columns.state],
            "accepted_at": lambda: np.strings.replace(_local(columns.accepted_ms, "s").astype(np.str_), "T", " "),
            "accepted_on": lambda: _local(columns.accepted_ms, "D").astype(np.str_),
            "ended_on": lambda: np.where(columns.ended_ms > 0, _local(columns.ended_ms, "D").astype(np.str_), ""),
            "area_m2": lambda: _hundredths(chunk.homes.area_m2_x100),
            "price_yuan": lambda: _hundredths(chunk.homes.price_fen),
            "contract_no": lambda: _text(chunk.cases.contract_no),
            "items": lambda: _ITEMS[chunk.accounts.items],
            "owners": lambda: self._owners,
            "co_owned": lambda: self._owners > 1,
            "ownership": lambda: np.where(self._owners > 1, "共同共有", "单独所有"),
        }
        if name in made:
            return made[name]()
        return _text(getattr(columns if hasattr(columns, name) else chunk.homes, name))

    def _of_registry(self, name: str) -> Column:
        return np.array([getattr(each, name) for each in self.package.registries.values()])[self.columns.chunk.registry]


def _text(column: Column) -> Column:
    return column.astype(np.str_) if column.dtype.kind == "S" else column


def _local(ms: Column, unit: str) -> Column:
    return (ms + 8 * HOUR_MS).astype("datetime64[ms]").astype(f"datetime64[{unit}]")


def _hundredths(values: Column) -> Column:
    """Whole hundredths as decimals, exact to the last digit."""
    return np.strings.add(
        np.strings.add((values // 100).astype(np.str_), "."), np.strings.zfill((values % 100).astype(np.str_), 2)
    )
