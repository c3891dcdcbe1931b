"""The stock written as tables, block by block: what is on disk is noted with its hash, so that an interrupted export goes on."""

import csv
import fcntl
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from liantiao.stock.rows import Rows
from liantiao.stock.template import TablePlan
from sim.disk import why, write_whole
from sim.package import Package
from sim.plain import PlainError
from sim.population import BLOCK
from sim.population.stock import Stock

NOTE: Final = "stock.json"
TEMPLATE: Final = "template.toml"
ROWS_AN_INSERT: Final = 500
FORMS: Final = ("csv", "sql")
Told = Callable[[int], None]


class StockExportError(PlainError):
    """The stock cannot be written or does not check; the message says what, where and what would do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an export is of: everything that decides each byte of it."""

    package: str
    seed: int
    cases: int
    day_ms: int
    form: str
    template: str
    """The hash of the template."""
    code: str
    """The version of the program."""


@dataclass(slots=True)
class Written:
    """What of a table is on disk: how many rows and bytes, and the hash of each block."""

    rows: int = 0
    bytes: int = 0
    blocks: list[tuple[int, str]] = field(default_factory=list)
    """(bytes, SHA-256) of each."""

    @property
    def digest(self) -> str:
        """The hash of all blocks' hashes."""
        return hashlib.sha256("".join(each for _, each in self.blocks).encode()).hexdigest()


class Export:
    """One folder of an export, open to be written or checked; nobody else has it meanwhile."""

    def __init__(self, folder: Path, wanted: Wanted, package: Package, tables: tuple[TablePlan, ...]) -> None:
        self.folder, self.wanted, self.tables, self.package = folder, wanted, tables, package
        self.stock = Stock(package, wanted.seed, wanted.cases, wanted.day_ms)
        self.written = {table.name: Written() for table in tables}
        self.done = 0
        """Cases that are on disk."""

    def path(self, table: str) -> Path:
        """The file of a table."""
        return self.folder / f"{table}.{self.wanted.form}"

    @property
    def complete(self) -> bool:
        """Whether all cases are on disk."""
        return self.done == self.wanted.cases

    # ---- writing --------------------------------------------------------------------------------------------------
    def write(self, tell: Told = lambda done: None) -> None:
        """Write what is not on disk yet. Raises StockExportError."""
        with ExitStack() as stack:
            files = {name: stack.enter_context(self._at_its_end(name)) for name in self.written}
            while not self.complete:
                blocks = self.block(self.done)
                for name, (_, raw) in blocks.items():
                    files[name].write(raw)
                for file in files.values():
                    file.flush()
                    os.fsync(file.fileno())
                for name, (rows, raw) in blocks.items():
                    self._note(self.written[name], rows, raw)
                self.done = min(self.done + BLOCK, self.wanted.cases)
                self._keep()
                tell(self.done)

    def block(self, start: int) -> dict[str, tuple[int, bytes]]:
        """Rows and bytes of every table for the block of cases from `start` on; the first has the heads."""
        rows = Rows(self.package, self.stock.columns(start, min(start + BLOCK, self.wanted.cases)))
        return {table.name: _block(table, rows, self.wanted.form, first=start == 0) for table in self.tables}

    def texts(self, table: TablePlan, start: int) -> list[list[str]]:
        """The same of one table, as texts, column by column."""
        rows = Rows(self.package, self.stock.columns(start, min(start + BLOCK, self.wanted.cases)))
        return [[str(_plain(value)) for value in column] for column in _columns(table, rows)]

    def _note(self, written: Written, rows: int, raw: bytes) -> None:
        written.rows += rows
        written.bytes += len(raw)
        written.blocks.append((len(raw), hashlib.sha256(raw).hexdigest()))

    def _at_its_end(self, name: str) -> BinaryIO:
        """The file of a table, cut back to what is noted."""
        path, written = self.path(name), self.written[name]
        if written.bytes and (not path.is_file() or path.stat().st_size < written.bytes):
            raise StockExportError(
                f"{path} 比记下的 {written.bytes:,} 字节短，已被改动；清空 {self.folder} 后重新导出。"
            )
        file = path.open("r+b" if path.is_file() else "w+b")
        file.truncate(written.bytes)
        file.seek(written.bytes)
        return file

    def _keep(self) -> None:
        tables = {name: asdict(each) | {"digest": each.digest} for name, each in self.written.items()}
        note = {"what": "stock", "wanted": asdict(self.wanted), "done": self.done, "tables": tables}
        write_whole(self.folder / NOTE, json.dumps(note, ensure_ascii=False, indent=1))

    def read_note(self) -> bool:
        """Take up where the note in the folder says; False when there is none. Raises StockExportError."""
        note = note_in(self.folder)
        if note is None:
            return False
        if note["wanted"] != asdict(self.wanted):
            differs = "、".join(
                NAMES[key] for key, value in asdict(self.wanted).items() if note["wanted"].get(key) != value
            )
            raise StockExportError(
                f"{self.folder} 里是另一次导出（{differs}不同），不能接着写；换一个 --out，或清空它。"
            )
        self.done = note["done"]
        for name, kept in note["tables"].items():
            self.written[name] = Written(kept["rows"], kept["bytes"], [tuple(each) for each in kept["blocks"]])
        return True


NAMES: Final = {
    "package": "套餐", "seed": "种子", "cases": "件数", "day_ms": "截止日期", "form": "格式", "template": "模板", "code": "程序版本",
}  # fmt: skip


def note_in(folder: Path) -> dict[str, Any] | None:
    """The note of an export's folder. Raises StockExportError."""
    path = folder / NOTE
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StockExportError(f"{path} 读不了（{error}）；清空 {folder} 后重新导出。") from None
    if not isinstance(note, dict) or note.get("what") != "stock":
        raise StockExportError(f"{path} 不是存量导出的记录；换一个文件夹。")
    return note


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder of an export, this process's alone. Raises StockExportError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise StockExportError(f"文件夹 {folder} 不能写入（{why(error)}）；换一个 --out。") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StockExportError(f"另一个导出正在写 {folder}；等它结束，或换一个 --out。") from None
        try:
            yield
        except OSError as error:
            raise StockExportError(
                f"{error.filename or folder} 不能写入（{why(error)}）；腾出空间后原样再跑一次，会接着写。"
            ) from None


# ---- one block as text ---------------------------------------------------------------------------------------------------
def _columns(table: TablePlan, rows: Rows) -> list[list[Any]]:
    """The values of a table's columns."""
    chosen: Any = None
    for name, wanted in table.where.items():
        hit = np.isin(rows.field(table.source, name), np.array(wanted))
        chosen = hit if chosen is None else chosen & hit
    count = len(rows.field(table.source, "case_no"))
    at = np.arange(count) if chosen is None else np.nonzero(chosen)[0]
    columns = []
    for column in table.columns:
        if not column.field:
            columns.append([column.value] * len(at))
            continue
        values = rows.field(table.source, column.field)[at].tolist()
        if column.codes is not None:
            codes = column.codes
            values = [codes.get(str(value), value) for value in values]
        columns.append(values)
    return columns


def _block(table: TablePlan, rows: Rows, form: str, *, first: bool) -> tuple[int, bytes]:
    names, columns = [column.name for column in table.columns], _columns(table, rows)
    text = _sql(table.name, names, columns) if form == "sql" else _csv(names, columns, head=first)
    return len(columns[0]), text


def _csv(names: list[str], columns: list[list[Any]], *, head: bool) -> bytes:
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    if head:
        out.writerow(names)
    out.writerows(zip(*[list(map(_plain, column)) for column in columns], strict=True))
    return text.getvalue().encode()


def _plain(value: Any) -> Any:
    return int(value) if value is True or value is False else value


def _sql(table: str, names: list[str], columns: list[list[Any]]) -> bytes:
    head = f"INSERT INTO {table} ({', '.join(names)}) VALUES\n"
    rows = [f"({', '.join(each)})" for each in zip(*[list(map(_literal, column)) for column in columns], strict=True)]
    starts = range(0, len(rows), ROWS_AN_INSERT)
    return "".join(head + ",\n".join(rows[at : at + ROWS_AN_INSERT]) + ";\n" for at in starts).encode()


def _literal(value: Any) -> str:
    """A value in standard SQL; what is not there is NULL."""
    if value == "":
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(_plain(value))
