"""The SQLite file of a run: its tables and indexes, how it is opened, and what can go wrong, in words for people."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from sim.journal.record import JournalError, Record

LOCKED_MS = 100
"""How long to wait for another program that writes into the file, which nobody should."""
PAGE_BYTES = 8_192
_NUMBERS = frozenset("id cause answers t_ms asked_ms started_ms case_no attempt part_of amount_fen".split())
COLUMNS = ", ".join(Record._fields)
_TYPED = ", ".join(
    f"{name} {'INTEGER' if name in _NUMBERS else 'BLOB' if name == 'raw' else 'TEXT'}" for name in Record._fields[1:]
)
VERSION = 1
"""Of the tables; a file of another version is not opened."""
TABLES = (
    f"CREATE TABLE journal (seq INTEGER PRIMARY KEY, {_TYPED})",
    "CREATE TABLE commands (seq INTEGER PRIMARY KEY, t_ms INTEGER, name TEXT, args TEXT)",
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
)
INDEXES = (
    "CREATE INDEX journal_case ON journal (case_no)",
    "CREATE INDEX journal_id ON journal (id)",
    "CREATE INDEX journal_not_ok ON journal (outcome) WHERE outcome != 'ok'",
)
"""An index by kind would cost a third of the writing and save a second per million rows read; there is none."""

WHY = {
    "SQLITE_FULL": "磁盘已满", "SQLITE_READONLY": "文件只读", "SQLITE_BUSY": "正被其他程序锁定", "SQLITE_LOCKED": "正被其他程序锁定",
    "SQLITE_IOERR": "磁盘读写出错", "SQLITE_CORRUPT": "文件已损坏", "SQLITE_NOTADB": "不是报文日志文件",
    "SQLITE_CANTOPEN": "不能打开文件", "SQLITE_CONSTRAINT": "序号重复", "SQLITE_PERM": "没有权限", "SQLITE_TOOBIG": "报文过大",
}  # fmt: skip


def trouble(doing: str, path: Path, error: BaseException) -> JournalError:
    """A database's complaint in words for people: what was being done to which file, and why it failed."""
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    why = WHY.get("_".join(name.split("_")[:2]), f"{name}：{error}")
    return JournalError(f"报文日志 {path} {doing}失败：{why}。")


def check_version(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the tables in a file, 0 for an empty one. Raises JournalError for one that is not ours."""
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if found != VERSION and not (found == 0 and empty):
        raise JournalError(f"报文日志 {path} 的格式版本是 {found}，本程序只认 {VERSION}；请用写下它的版本打开。")
    return found


def as_meta(value: Any) -> str:
    """A value of the table `meta`."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The file's connection, its tables made if it is new. Raises JournalError."""
    try:
        database = sqlite3.connect(path, timeout=LOCKED_MS / 1_000, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise trouble("打开", path, error) from error
    try:
        version = check_version(database, path)
        database.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("BEGIN IMMEDIATE")
        for statement in () if version else (*TABLES, *INDEXES, f"PRAGMA user_version = {VERSION}"):
            database.execute(statement)
        database.execute("COMMIT")
    except sqlite3.Error as error:
        database.close()
        raise trouble("打开", path, error) from error
    except JournalError:
        database.close()
        raise
    return database


def newest_seq(database: sqlite3.Connection) -> int:
    """The highest seq ever written into a file, 0 if there is none; what was let go of counts."""
    highest = "SELECT max(seq) FROM journal UNION ALL SELECT max(seq) FROM commands"
    dropped = "SELECT CAST(value AS INTEGER) - 1 FROM meta WHERE key = 'dropped_before_seq'"
    return max((seq or 0 for (seq,) in database.execute(f"{highest} UNION ALL {dropped}")), default=0)
