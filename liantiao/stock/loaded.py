"""Whether another system's table holds the stock: its dump as CSV, in any order of rows and columns, against what was exported."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from xxhash import xxh3_64_intdigest

from liantiao.stock.export import Export, StockExportError
from liantiao.stock.template import TablePlan
from sim.disk import why
from sim.population import BLOCK

BETWEEN: Final = "\x1f"
Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]


def loaded_differences(export: Export, table: TablePlan, dump: Path) -> list[str]:
    """How a dump differs from a table as exported: rows that are missing, and rows that are not of it. Raises StockExportError."""
    theirs = _hashed(_dumped(table, dump))
    ours = _hashed(_exported(export, table))
    told = []
    if len(theirs) != len(ours):
        told.append(f"{table.name}：应有 {len(ours):,} 行，{dump} 有 {len(theirs):,} 行")
    missing, extra = _without(ours, theirs), _without(theirs, ours)
    if len(missing):
        told.append(f"{table.name}：缺 {len(missing):,} 行，如导出的第 {int(missing[0]) + 1:,} 行")
    if len(extra):
        told.append(f"{table.name}：多出或改过 {len(extra):,} 行，如 {dump} 的第 {int(extra[0]) + 1:,} 行")
    return told


def _hashed(rows: Iterator[str]) -> Hashes:
    return np.fromiter((xxh3_64_intdigest(row.encode()) for row in rows), np.uint64)


def _without(these: Hashes, those: Hashes) -> Hashes:
    """Where in `these` there is more of a row than in `those`."""
    order = np.argsort(these, kind="stable")
    ordered = these[order]
    place = np.arange(len(ordered)) - np.searchsorted(ordered, ordered, side="left")
    there = np.sort(those)
    held = np.searchsorted(there, ordered, side="right") - np.searchsorted(there, ordered, side="left")
    return np.sort(order[place >= held]).astype(np.uint64)


def _exported(export: Export, table: TablePlan) -> Iterator[str]:
    for start in range(0, export.wanted.cases, BLOCK):
        yield from map(BETWEEN.join, zip(*export.texts(table, start), strict=True))


def _dumped(table: TablePlan, dump: Path) -> Iterator[str]:
    try:
        with dump.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            heads = next(rows, [])
            missing = [column.name for column in table.columns if column.name not in heads]
            if missing:
                raise StockExportError(
                    f"{dump} 缺少列 {'、'.join(missing)}；第一行应是列名，与模板里 {table.name} 的一致。"
                )
            at = [heads.index(column.name) for column in table.columns]
            for n, row in enumerate(rows, 2):
                if len(row) != len(heads):
                    raise StockExportError(
                        f"{dump} 第 {n} 行有 {len(row)} 列，列名有 {len(heads)} 个；核对导出的分隔符。"
                    )
                yield BETWEEN.join([row[each] for each in at])
    except OSError as error:
        raise StockExportError(f"{dump} 读不出来（{why(error)}）；核对 --loaded。") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise StockExportError(f"{dump} 不是 UTF-8 的 CSV（{error}）；重新导出后再核对。") from None
