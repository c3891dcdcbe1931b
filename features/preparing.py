"""Preparation: what a real system must be loaded with for each scenario, and the figures that the policy leaves open."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from features.playing import Part, Play
from features.prepared_files import PreparedError, read_sheet, write_sheets
from sim.dossier import ITEMS, Dossier, Person
from sim.judge.promises import UNITS, read_limits
from sim.package import Package

SCENARIOS: Final = ("场景编号", "题目", "条款", "办件号", "已装载", "说明")
REGISTER: Final = ("场景编号", "题目", "办件号", "登记机构", "不动产单元号", "权证号", "坐落", "面积（平方米）", "住宅", "权利人",
                   "权利人证件号", "取得日期", "原值（元）", "抵押")  # fmt: skip
PEOPLE: Final = ("场景编号", "题目", "办件号", "角色", "姓名", "证件类型", "证件号码", "电话", "企业")
ACCOUNTS: Final = ("场景编号", "题目", "办件号", "事项", "户号")
FIGURES: Final = ("指标", "名称", "数值", "单位", "来源", "批准人")
UNIT_TITLES: Final = dict(zip(UNITS, ("工作日", "小时", "分钟"), strict=True))
MORTGAGES: Final = ("无", "待注销", "带押")
ABOUT: Final = "准备.json"
YES: Final = ("是", "√", "y", "yes", "1")
NO: Final = ("", "否", "n", "no", "0")
BEIJING: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was read back: the scenarios ticked as loaded, the case that each was prepared with, the figures given (value and
    unit), and the start that the cases' facts hang on."""

    ticked: frozenset[str]
    numbers: Mapping[str, int]
    limits: Mapping[str, tuple[float, str]]
    start_ms: int

    def lacks(self, part: Part) -> str:
        """Why a scenario is not ready, "" when it is."""
        name = part.scenario.id
        if name not in self.ticked:
            return "准备材料的“场景”表里没有勾选“已装载”"
        if self.numbers.get(name) != part.played.number:
            return f"准备的是办件 {self.numbers.get(name)}，现在轮到办件 {part.played.number}：场景或实施清单改过，请重新 --prepare"
        return ""


def prepare(folder: Path, play: Play, package: Package) -> dict[str, int]:
    """Write the sheets for these scenarios; how many rows each has. Raises PreparedError."""
    if folder.exists() and any(folder.iterdir()):
        raise PreparedError(f"{folder} 不是空的；请换一个文件夹，免得盖掉已填好的准备材料。")
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, tuple[Sequence[str], list[dict[str, Any]]]] = {
        "场景": (SCENARIOS, []), "登记簿": (REGISTER, []), "人员": (PEOPLE, []), "户号": (ACCOUNTS, []),
        "指标": (FIGURES, list(_figures(package))),
    }  # fmt: skip
    for part in play.parts:
        _add(rows, part, package)
    write_sheets(folder, rows)
    about = {"package": package.id, "seed": play.plan.seed, "start_ms": play.plan.start_ms,
             "scenarios": {part.scenario.id: part.played.number for part in play.parts}}  # fmt: skip
    (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return {name: len(each) for name, (_, each) in rows.items()}


def _add(rows: Mapping[str, tuple[Sequence[str], list[dict[str, Any]]]], part: Part, package: Package) -> None:
    scenario = part.scenario
    head = {"场景编号": scenario.id, "题目": scenario.title}
    for played in part.cases:
        dossier, of = played.dossier, head | {"办件号": played.number}
        rows["登记簿"][1].append(of | _register(dossier, package))
        for role, people in (("买方", dossier.buyers), ("卖方", dossier.sellers)):
            rows["人员"][1].extend(of | _person(role, person) for person in people)
        for bit, item in enumerate(ITEMS):
            if dossier.items >> bit & 1:
                rows["户号"][1].append(of | {"事项": package.items[item].title, "户号": dossier.accounts[bit]})
    rows["场景"][1].append(
        head | {"条款": "、".join(scenario.clauses), "办件号": part.played.number, "已装载": "", "说明": ""}
    )


def _register(dossier: Dossier, package: Package) -> dict[str, Any]:
    registries = list(package.registries.values())
    return {
        "登记机构": registries[dossier.registry].name, "不动产单元号": dossier.unit_code, "权证号": dossier.title_no,
        "坐落": dossier.address, "面积（平方米）": f"{dossier.area_m2_x100 / 100:.2f}", "住宅": "是" if dossier.residential else "否",
        "权利人": "、".join(each.name for each in dossier.sellers), "权利人证件号": "、".join(each.id_no for each in dossier.sellers),
        "取得日期": datetime.fromtimestamp(dossier.acquired_ms / 1_000, BEIJING).strftime("%Y-%m-%d"),
        "原值（元）": f"{dossier.original_price_fen / 100:.2f}", "抵押": MORTGAGES[dossier.mortgage],
    }  # fmt: skip


def _person(role: str, person: Person) -> dict[str, Any]:
    return {"角色": role, "姓名": person.name, "证件类型": person.id_type, "证件号码": person.id_no, "电话": person.phone,
            "企业": "是" if person.is_company else "否"}  # fmt: skip


def _figures(package: Package) -> list[dict[str, Any]]:
    return [
        {"指标": name, "名称": limit.title, "数值": "" if limit.figure is None else f"{limit.figure:g}",
         "单位": UNIT_TITLES.get(limit.unit, "工作日"), "来源": limit.source, "批准人": ""}
        for name, limit in read_limits(package.folder).items()
    ]  # fmt: skip


# ---- read back -----------------------------------------------------------------------------------------------------------
def read_prepared(folder: Path, package: Package, seed: int) -> Prepared:
    """What people have filled in. Raises PreparedError."""
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        kept_seed, start_ms, numbers = int(about["seed"]), int(about["start_ms"]), dict(about["scenarios"])
    except (OSError, ValueError, KeyError, TypeError):
        raise PreparedError(
            f"{folder} 不是 --prepare 导出的文件夹（读不出 {ABOUT}）；请先用 --prepare 导出。"
        ) from None
    if kept_seed != seed:
        raise PreparedError(f"{folder} 是按种子 {kept_seed} 准备的，这次是 {seed}；请加 --seed {kept_seed}。")
    return Prepared(frozenset(_ticked(folder)), numbers, _limits(folder, package), start_ms)


def _ticked(folder: Path) -> set[str]:
    ticked = set()
    for place, row in read_sheet(folder, "场景", SCENARIOS):
        said = row["已装载"].lower()
        if said not in (*YES, *NO):
            raise PreparedError(f"{place} 的“已装载”写着“{row['已装载']}”；写“是”或“否”，没装载的留空。")
        if said in YES:
            ticked.add(row["场景编号"])
    return ticked


def _limits(folder: Path, package: Package) -> dict[str, tuple[float, str]]:
    known = read_limits(package.folder)
    units = {title: unit for unit, title in UNIT_TITLES.items()}
    found: dict[str, tuple[float, str]] = {}
    for place, row in read_sheet(folder, "指标", FIGURES):
        name, text = row["指标"], row["数值"]
        if name not in known:
            raise PreparedError(f"{place} 的指标“{name}”不在套餐里；不要改动“指标”一列。")
        if not text:
            continue
        if row["单位"] not in units:
            raise PreparedError(f"{place} 的单位“{row['单位']}”不认识；写 工作日、小时 或 分钟。")
        figure = (_positive(place, text), units[row["单位"]])
        limit = known[name]
        if figure == (limit.figure, limit.unit):
            continue
        if not row["来源"] or not row["批准人"]:
            raise PreparedError(f"{place} 给了数值，却没有写来源或批准人；两项都要写，报告要引用。")
        if found.setdefault(name, figure) != figure:
            raise PreparedError(f"{place} 与另一张表里“{row['名称']}”的数值不同；请改成一致，或只留一张表。")
    return found


def _positive(place: str, text: str) -> float:
    try:
        figure = float(text)
    except ValueError:
        figure = 0.0
    if not 0 < figure < 100_000:
        raise PreparedError(f"{place} 的数值“{text}”不是大于零的数；请写成 5 或 1.5 的样式。")
    return figure
