"""Evidence (证据): documents attached to clauses by `evidence.toml`, each held against its hash, its dates and its kind."""

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from features.given import KINDS, PROTECTION, Evidence, GivenError
from liantiao.reviewing.sheets import Row, as_bytes
from liantiao.reviewing.tables import known, read_toml, row_of
from sim.package import Package
from sim.package.clauses import read_clauses

KEYS: Final = {
    "kind": "种类", "number": "编号", "issuer": "出具单位", "issued": "出具日期", "expires": "有效期至", "file": "文件",
    "sha256": "摘要", "reviewer": "评审人", "second_reviewer": "复核人",
}  # fmt: skip
OF_PROTECTION: Final = {"filing_no": "备案号", "level": "级别", "assessed": "测评日期", "conclusion": "结论"}
PASSING: Final = ("优", "良", "中", "符合", "基本符合")
"""Conclusions of an assessment with which a system passes, in the words of the report's older and newer forms."""
WORDS: Final = (*PASSING, "差", "不符合")
LEAST_LEVEL: Final = 3


def read_evidence(path: Path, package: Package, today: str) -> tuple[Evidence, ...]:
    """The documents named in a file; what is wrong with a document itself is told with it. Raises GivenError."""
    told = read_toml(path)
    for key in told:
        known(key, ["evidence"], f"{path.name} 里", "表")
    entries = told.get("evidence")
    if not isinstance(entries, list) or not entries:
        raise GivenError(f"{path} 里没有 [[evidence]]；每份证据写一段，见 docs/reviewing.md。")
    clauses = [each.id for each in read_clauses(package.folder)]
    return tuple(
        _evidence(path, f"{path.name} 第 {n} 份证据", entry, clauses, today) for n, entry in enumerate(entries, 1)
    )


def _evidence(path: Path, place: str, entry: Any, valid: list[str], today: str) -> Evidence:
    if not isinstance(entry, dict):
        raise GivenError(f"{place} 应当写成 [[evidence]] 一段。")
    clauses = entry.get("clauses")
    if not isinstance(clauses, list) or not clauses or not all(isinstance(each, str) for each in clauses):
        raise GivenError(f'{place} 的 clauses 应当是条款编号的列表，如 clauses = ["FJ-3.4-18"]。')
    for clause in clauses:
        known(clause, valid, f"{place} 的 clauses 里", "条款")
    kind = entry.get("kind", "")
    titles = KEYS | (OF_PROTECTION if kind == PROTECTION else {})
    row = row_of(place, {key: value for key, value in entry.items() if key != "clauses"}, titles, list(titles))
    row.choice("种类", KINDS)
    reviewer, second = row.two_people("评审人", "复核人")
    issued, expires = row.day("出具日期"), row.day("有效期至")
    if issued > expires:
        row.complain("有效期至", f"是 {expires}，早于出具日期 {issued}；请核对。")
    faults = [*_file_faults(path.parent / row.needed("文件"), row), *_date_faults(issued, expires, today)]
    more: dict[str, Any] = {}
    if kind == PROTECTION:
        more = {title: row.needed(title) for title in OF_PROTECTION.values()}
        faults += _protection_faults(row, today)
    return Evidence(
        tuple(dict.fromkeys(clauses)), kind, row.needed("编号"), row.needed("出具单位"), issued, expires,
        row.values["文件"], row.values["摘要"].lower(), reviewer, second, more, tuple(faults),
    )  # fmt: skip


def _file_faults(file: Path, row: Row) -> list[str]:
    wanted = row.needed("摘要").lower()
    if len(wanted) != 64 or set(wanted) - set("0123456789abcdef"):
        row.complain("摘要", "应为 64 位十六进制的 SHA-256 摘要；可用 sha256sum 文件名 得到。")
    if not file.is_file():
        return [f"找不到文件 {row.values['文件']}"]
    found = sha256(as_bytes(file)).hexdigest()
    return [] if found == wanted else [f"文件 {row.values['文件']} 的摘要是 {found[:16]}…，与所写 {wanted[:16]}… 不符"]


def _date_faults(issued: str, expires: str, today: str) -> list[str]:
    if expires < today:
        return [f"已于 {expires} 过期"]
    return [f"出具日期 {issued} 还没有到"] if issued > today else []


def _protection_faults(row: Row, today: str) -> list[str]:
    faults = []
    level = row.values["级别"]
    if level not in ("1", "2", "3", "4", "5"):
        row.complain("级别", f"是“{level}”，应为 1 至 5 的整数。")
    if int(level) < LEAST_LEVEL:
        faults.append(f"级别为{level}级，低于三级")
    assessed = row.day("测评日期")
    if assessed > today:
        faults.append(f"测评日期 {assessed} 还没有到")
    if row.choice("结论", WORDS) not in PASSING:
        faults.append(f"测评结论为“{row.values['结论']}”，不合格")
    return faults
