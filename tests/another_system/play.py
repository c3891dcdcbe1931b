"""The other system beside a sandbox of its own on real sockets, with the clock moved only when both have nothing left to do."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.another_system.system import OneWindow, served_by
from tests.liantiao.wire import Served, served

DIALECT = Path(__file__).parent / "pinyin.toml"
FOLDERS = {"portal": "/wsb", "registry": "/djj", "hub": "/zzd"}
PLAIN_CASE = 522
"""Of seed 2024: applied for online in a region of the provincial tax path, one buyer, one seller, no linked item."""
MOST_INSTANTS, AFTERWARDS = 120, 40
"""How many instants a case may take, and how many more are waited for what others still say once people know its end."""


@asynccontextmanager
async def beside(
    folder: Path, seats: Sequence[str], defect: str = "", **more: Any
) -> AsyncIterator[tuple[Served, OneWindow]]:
    """A stepped run in which the other system takes these seats and speaks its dialect."""
    system = OneWindow("", seats, defect)
    plan: dict[str, Any] = {
        "seed": 2024, "cases": 1_000, "handling": "instant", "office_hours": False, "settle_ms": 0,
        "dialects": dict.fromkeys(seats, DIALECT.name), "dialect_files": {DIALECT.name: DIALECT.read_text(encoding="utf-8")},
    }  # fmt: skip
    async with served_by(system) as url:
        remote = {seat: url + FOLDERS[seat] for seat in seats}
        async with served(folder, remote=remote, **plan | more) as sandbox:
            system.sandbox = f"{sandbox.url}/runs/demo"
            yield sandbox, system


async def play(sandbox: Served, system: OneWindow, number: int = PLAIN_CASE) -> list[dict[str, Any]]:
    """People apply in a case, and time passes until it has ended or so many instants are over: its rows."""
    await sandbox.ok("POST", "/cases", {"numbers": [number]})
    left = MOST_INSTANTS
    while left and not (await sandbox.ok("GET", ""))["cases_ended"]:
        await sandbox.ok("POST", "/clock/advance", {"next": True})
        await system.quiet()
        left -= 1
        if left > AFTERWARDS and await sandbox.rows(f"case_no={number}&kind=person.case_over"):
            left = AFTERWARDS
    return await sandbox.rows(f"case_no={number}")


async def results(sandbox: Served) -> dict[str, str]:
    """What is judged of every promise, by its name."""
    return {each["id"]: each["result"] for each in (await sandbox.ok("GET", "/verdict"))["promises"]}
