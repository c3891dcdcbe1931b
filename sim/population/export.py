"""Writes a population's tables into a folder that is there complete or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import pyarrow as pa
from pyarrow import csv, parquet

from sim.disk import why
from sim.plain import PlainError
from sim.population import BLOCK, Population
from sim.population.tables import TABLES, tables_of

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
"""Tells Excel that a CSV file is UTF-8."""


class ExportError(PlainError):
    """The population could not be written; the text says what to do."""


class _Writer(Protocol):
    def write_table(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


class _Lines:
    """JSON Lines: one object a row, dates as text."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._file = file
        self._encode = json.JSONEncoder(ensure_ascii=False, default=str).encode

    def write_table(self, table: pa.Table) -> None:
        names, columns = table.column_names, (column.to_numpy().tolist() for column in table.columns)
        rows = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
        self._file.writelines(self._encode(row).encode() + b"\n" for row in rows)

    def close(self) -> None:
        pass


def _csv(file: BinaryIO, schema: pa.Schema) -> _Writer:
    file.write(BYTE_ORDER_MARK)
    writer: _Writer = csv.CSVWriter(file, schema, write_options=csv.WriteOptions(quoting_style="needed"))
    return writer


def _parquet(file: BinaryIO, schema: pa.Schema) -> _Writer:
    writer: _Writer = parquet.ParquetWriter(file, schema)
    return writer


FORMATS: Final[dict[str, Callable[[BinaryIO, pa.Schema], _Writer]]] = {
    "csv": _csv,
    "parquet": _parquet,
    "jsonl": _Lines,
}


def export(
    population: Population,
    folder: Path,
    form: str = "csv",
    *,
    masked: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, int]:
    """Writes every table as <name>.<form> and returns how many rows each has; `progress` hears of cases done."""
    if form not in FORMATS:
        raise ExportError(f"不支持的格式“{form}”，可选：{'、'.join(FORMATS)}")
    _refuse_occupied(folder)
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    try:
        partial.mkdir(parents=True)
        rows = _write(population, partial, form, masked, progress)
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
    except OSError as error:
        raise ExportError(f"无法写入 {folder}：{why(error)}。请检查路径、权限和磁盘空间") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return rows


def _refuse_occupied(folder: Path) -> None:
    if folder.is_dir():
        if any(folder.iterdir()):
            raise ExportError(f"文件夹 {folder} 不是空的，请换一个文件夹或先清空它")
    elif folder.exists():
        raise ExportError(f"{folder} 已是一个文件，请另给一个文件夹")


def _write(
    population: Population, folder: Path, form: str, masked: bool, progress: Callable[[int], None]
) -> dict[str, int]:
    rows = dict.fromkeys(TABLES, 0)
    with ExitStack() as stack:
        writers: dict[str, _Writer] = {}
        for start in range(0, max(len(population), 1), BLOCK):
            stop = min(start + BLOCK, len(population))
            tables = tables_of(population.package, population.chunk(start, stop), masked)
            for name, table in tables.items():
                if name not in writers:
                    file = stack.enter_context((folder / f"{name}.{form}").open("wb"))
                    writers[name] = FORMATS[form](file, table.schema)
                    stack.callback(writers[name].close)
                writers[name].write_table(table)
                rows[name] += len(table)
            progress(stop)
    return rows
