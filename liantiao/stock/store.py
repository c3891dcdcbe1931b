"""The stock as the reference holds it: a table on disk, looked up by case number and by home, made anew from the plan when missing."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim.journal.record import JournalError
from sim.package import Package
from sim.population import BLOCK
from sim.population.stock import STATES, Stock

VERSION: Final = 1
_CODES: Final = tuple(STATES)
_CREATE: Final = """
CREATE TABLE stock(
  case_no INTEGER PRIMARY KEY, unit_code TEXT NOT NULL, region INTEGER NOT NULL, state INTEGER NOT NULL,
  receipt_code TEXT NOT NULL, acceptance_no TEXT NOT NULL, title_no TEXT NOT NULL, accepted_ms INTEGER NOT NULL,
  seized INTEGER NOT NULL, mortgaged INTEGER NOT NULL)"""
_INDEX: Final = "CREATE UNIQUE INDEX stock_home ON stock(unit_code)"
_BY: Final = "SELECT * FROM stock WHERE {} = ?"
_INSERT: Final = f"INSERT INTO stock VALUES ({', '.join('?' * 10)})"
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Stocked:
    """One case of the stock. `region` counts the package's regions; `title_no` is valid now; `accepted_ms` is when it came in."""

    case_no: int
    unit_code: str
    region: int
    state: str
    receipt_code: str
    acceptance_no: str
    title_no: str
    accepted_ms: int
    seized: bool
    mortgaged: bool


class StockStore:
    """The cases of a stock, looked up one at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self.count = int(self._rows.execute("SELECT count FROM made").fetchone()[0])

    def case(self, number: int) -> Stocked | None:
        """The case of this number, if it is of the stock."""
        return self._one("case_no", number) if 1 <= number <= self.count else None

    def home(self, unit_code: str) -> Stocked | None:
        """The case about this home, if one of the stock was."""
        return self._one("unit_code", unit_code)

    def _one(self, column: str, value: Any) -> Stocked | None:
        row = self._rows.execute(_BY.format(column), (value,)).fetchone()
        if row is None:
            return None
        number, home, region, state, receipt_code, acceptance_no, title_no, accepted_ms, seized, mortgaged = row
        return Stocked(
            number, home, region, _CODES[state], receipt_code, acceptance_no, title_no, accepted_ms, bool(seized), bool(mortgaged)
        )  # fmt: skip

    def close(self) -> None:
        """Close the file."""
        self._rows.close()


def stocked(
    path: Path, package: Package, seed: int, count: int, now_ms: int, tell: Told = lambda done: None
) -> StockStore:
    """The stock in this file, made first if it is not there or is another one. Raises JournalError, ValueError.

    `tell` hears how many cases have been laid in.
    """
    stock = Stock(package, seed, count, now_ms)
    made = (VERSION, package.id, seed, count, stock.today_ms)
    try:
        if not _is(path, made):
            _make(path, stock, made, tell)
        return StockStore(path)
    except (sqlite3.Error, OSError) as error:
        raise JournalError(f"存量文件 {path} 不能写入或读出（{error}）；检查磁盘空间与权限") from None


def _is(path: Path, made: tuple[Any, ...]) -> bool:
    if not path.is_file():
        return False
    try:
        rows = sqlite3.connect(path)
        try:
            return bool(rows.execute("SELECT * FROM made").fetchone() == made)
        finally:
            rows.close()
    except sqlite3.Error:
        return False


def _make(path: Path, stock: Stock, made: tuple[Any, ...], tell: Told) -> None:
    """Write the whole file beside its place, then put it there: it is complete or absent."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    rows = sqlite3.connect(partial)
    try:
        rows.execute("PRAGMA journal_mode = OFF")
        rows.execute("PRAGMA synchronous = OFF")
        rows.execute(_CREATE)
        for start in range(0, len(stock), BLOCK):
            stop = min(start + BLOCK, len(stock))
            rows.executemany(_INSERT, _rows_of(stock, start, stop))
            tell(stop)
        rows.execute(_INDEX)
        rows.execute("CREATE TABLE made(version, package, seed, count, today_ms)")
        rows.execute("INSERT INTO made VALUES (?, ?, ?, ?, ?)", made)
        rows.commit()
    finally:
        rows.close()
    partial.replace(path)


def _rows_of(stock: Stock, start: int, stop: int) -> Iterator[tuple[Any, ...]]:
    columns = stock.columns(start, stop)
    chunk = columns.chunk
    return zip(
        columns.number.tolist(), chunk.homes.unit_code.astype(str).tolist(), chunk.region.tolist(), columns.state.tolist(),
        columns.receipt_code.astype(str).tolist(), columns.acceptance_no.astype(str).tolist(), columns.title_no.tolist(),
        columns.accepted_ms.tolist(), columns.seized.tolist(), columns.mortgaged.tolist(), strict=True,
    )  # fmt: skip
