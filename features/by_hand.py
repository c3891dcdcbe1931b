"""What people do in a real system that has no door for it: the work list while a run goes on, and the plan of it before."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from features.manifest import Manifest
from features.playing import Play, play
from liantiao.sandbox_client import SandboxRun
from sim.journal.record import Record
from sim.journal.sqlite_reads import JournalReads
from sim.package import Package

if TYPE_CHECKING:
    from features.real import Real

PLAN_JOURNAL: Final = "plan.db"
COLUMNS: Final = ("报文号", "办件号", "场景", "席位", "操作", "做什么")


class WorkList:
    """What waits for people, kept in two files and told whenever something new has come."""

    def __init__(self, run: SandboxRun, play: Play, real: "Real") -> None:
        self.run, self.real = run, real
        self.titles = {each.number: part.scenario.title for part in play.parts for each in part.cases}
        self.what = {each.operation: each.what for each in real.manifest.manual}
        self._told: set[str] = set()

    def look(self) -> bool:
        """Whether anybody is waited for now; says what is new, as one batch."""
        if not self.what:
            return False
        waiting = self.run.control("GET", "/inbox", awaited=True, limit=1_000)["messages"]
        rows = [self._row(each) for each in waiting if each["kind"] in self.what]
        new = [row for row in rows if row["报文号"] not in self._told]
        if new or {row["报文号"] for row in rows} != self._told:
            self._told = {row["报文号"] for row in rows}
            self._write(rows)
        for row in new:
            self.real.say(f"请办理：办件 {row['办件号']}（{row['场景']}）{row['做什么']}；报文号 {row['报文号']}")
        if new:
            self.real.say(f"办好后逐条答复：POST {self.run.base_url}/inbox/<报文号>/answer，正文 {{}}。")
        return bool(rows)

    def _row(self, told: Mapping[str, Any]) -> dict[str, Any]:
        values = (told["message_id"], told["case_no"], self.titles.get(told["case_no"], ""), told["seat"], told["title"],
                  self.what[told["kind"]])  # fmt: skip
        return dict(zip(COLUMNS, values, strict=True))

    def _write(self, rows: list[dict[str, Any]]) -> None:
        if self.real.work is None:
            return
        path = self.real.work
        path.with_suffix(".json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        with path.with_suffix(".csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)


def plan_of_work(play_: Play, package: Package, manifest: Manifest) -> list[tuple[str, str, int, int]]:
    """What people will have to do, found out by playing the same cases with the reference."""
    with TemporaryDirectory(prefix="liantiao-plan-") as folder:
        journal = Path(folder) / PLAN_JOURNAL
        play(play_, package, journal)
        reads = JournalReads(journal)
        try:
            return planned_work(play_, reads.records(), manifest)
        finally:
            reads.close()


def planned_work(play_: Play, rows: Iterable[Record], manifest: Manifest) -> list[tuple[str, str, int, int]]:
    """(scenario, what, times, minutes) of every manual action, as often as the reference needed it in the same case."""
    titles = {each.number: part.scenario.title for part in play_.parts for each in part.cases}
    manual = {each.operation: each for each in manifest.manual}
    counted = Counter((row.case_no, row.kind) for row in rows if row.kind in manual and row.case_no in titles)
    return [
        (titles[number], manual[kind].what, times, times * manual[kind].minutes)
        for (number, kind), times in sorted(counted.items())
    ]


def work_path(folder: Path) -> Path:
    """Where a run's work list lies."""
    return folder / "worklist"
