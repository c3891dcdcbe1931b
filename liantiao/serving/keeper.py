"""The server's runs: made, kept in a folder each, opened again after a restart, and taken away."""

import asyncio
import json
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from liantiao.arrangements import check_arranged
from liantiao.code_version import code_version
from liantiao.server_verdict import about, judged, verdict_of
from liantiao.serving.kept_dialects import NO_FILES, check_signing, keep_dialects, kept_dialects, read_dialects
from liantiao.serving.live import run_of
from liantiao.serving.reopen import plan_in, reopened, why_not_opened
from liantiao.serving.restoring import closed, cut_back, snapshot_to_restore
from liantiao.showing import Bar
from liantiao.stock.store import StockStore, stocked
from sim.circumstances import Circumstances
from sim.clock import wall_ms
from sim.disk import write_whole
from sim.faces.control.errors import Refusal, being_deleted, being_restored, not_opened, unknown_run
from sim.faces.control.run_rules import bad_request, check_new_run, fault
from sim.faces.control.shapes import NewRun
from sim.faces.dialects.errors import DialectError
from sim.faces.dialects.hearing import speeches_of
from sim.faces.doors import Directory
from sim.faces.hosted import BOUND, Hosted, Runs
from sim.faces.keys import KeyRing, Scheme
from sim.faces.refusals import Problem, listed
from sim.faces.rsa_pair import server_pair
from sim.journal.retention import Policy
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from sim.package import SCENARIOS, Package, PackageError, load_package
from sim.package.clauses import read_clauses
from sim.population.stock import Stock
from sim.runs.caller import Caller
from sim.runs.host import RunHost
from sim.runs.plan import RunPlan
from sim.runs.snapshot_files import SnapshotFiles
from sim.runs.snapshots import EVERY_ROWS, Snapshots

STEP = re.compile(r"(附件[34])\D*?([0-9①-⑩]+)$")
RESTORING = being_restored("")
CHANGING = (RESTORING.error, being_deleted("").error)
STEP_NAMES = {"附件3": "税费同缴", "附件4": "总对总"}
"""What the operations call the steps of the two annexes that number theirs."""


def packages() -> list[str]:
    """The packages there are."""
    return sorted(path.parent.name for path in SCENARIOS.glob("*/package.toml"))


@cache
def steps_of(package: str) -> dict[str, str]:
    """The clause that asks for each step of a package's annexes, by the step as operations name it."""
    return {
        f"{STEP_NAMES[annex]}-{step}": f"{clause.id} {clause.where}"
        for clause in read_clauses(SCENARIOS / package)
        if (found := STEP.match(clause.where))
        for annex, step in [found.groups()]
    }


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many journal rows a run keeps, and how many lie at least between two snapshots, which keep a restart short."""

    rows: int = 2_000_000
    snapshot_rows: int = EVERY_ROWS


def _check_stock(plan: RunPlan, package: Package) -> None:
    """Raise Refusal for a stock that cannot have come in before the run's beginning."""
    try:
        if plan.stock:
            Stock(package, plan.seed, plan.stock, plan.start_ms)
    except ValueError as error:
        raise Refusal(bad_request([fault("stock", "stock_too_early", str(error), "存量早于批次的起点")])) from None


class RunKeeper:
    """Keeps runs below `folder/runs/<name>/`: plan and journal."""

    def __init__(self, folder: Path, secret: bytes, known: Directory, keeping: Keeping | None = None) -> None:
        self.folder, self.secret, self.directory, self.keeping = folder, secret, known, keeping or Keeping()
        self.runs = Runs()
        self.caller: Caller
        self.on_gone: Callable[[], None] = lambda: None
        """Told when a run has gone, or has been opened anew."""
        self.packages: dict[str, Package] = {}

    def package(self, name: str) -> Package:
        """A package, read once."""
        if name not in self.packages:
            if name not in packages():  # a path would be read, too
                detail = f"没有套餐“{name}”；套餐有：{listed(packages())}"
                raise Refusal(Problem(400, "package_unknown", "没有这个套餐", detail, "核对套餐编号"))
            self.packages[name] = load_package(name)
        return self.packages[name]

    async def create(self, new: NewRun, keys: KeyRing | None = None) -> Hosted:
        """A new run. Raises Refusal for a name that is taken, or for what `check_new_run` finds."""
        if new.name in self.runs or new.name in self.runs.shut:
            detail = f"批次“{new.name}”已存在；现有：{listed([*self.runs, *self.runs.shut])}"
            raise Refusal(Problem(409, "run_exists", "批次已存在", detail, "换一个名字，或先删除、重置"))
        check_new_run(new, self.directory.seats, packages(), self.directory.kinds)
        values: dict[str, Any] = new.model_dump(exclude={"dialect_files"}) | {"scheme": str(new.scheme)}
        values["by_hand"] = tuple(values["by_hand"])
        values["start_ms"] = wall_ms() if new.start_ms is None else new.start_ms
        try:
            values["arranged"] = {number: Circumstances.from_json(each) for number, each in values["arranged"].items()}
        except (KeyError, TypeError, ValueError) as error:
            detail = f"arranged 写法不对：{error}"
            raise Refusal(
                Problem(400, "bad_arrangement", "安排的情形写法不对", detail, "核对 docs/data.md 的字段名")
            ) from None
        wrong = check_arranged(values["arranged"], new.cases, self.package(new.package))
        if wrong:
            raise Refusal(bad_request(wrong))
        try:
            return self._open(RunPlan(**values), keys, new.dialect_files)
        except DialectError as error:
            near = f"改为“{error.nearest}”" if error.nearest else "用 liantiao dialect check 检查文件"
            raise Refusal(Problem(400, "bad_dialect", "接口适配不能用", str(error), near)) from None
        except PackageError as error:
            raise Refusal(Problem(400, "faults_unknown", "没有这个故障脚本", str(error), "核对 faults")) from None

    def _open(self, plan: RunPlan, keys: KeyRing | None = None, files: Mapping[str, str] = NO_FILES) -> Hosted:
        folder = self.folder / "runs" / plan.name
        package = self.package(plan.package)
        run_of(plan, package)
        _check_stock(plan, package)
        check_signing(plan, read_dialects(plan, files, self.directory))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        keep_dialects(folder, plan, files)
        write_whole(folder / "plan.json", json.dumps(plan.as_json(), ensure_ascii=False, indent=1))
        return self._host(plan, folder, keys)

    def _host(self, plan: RunPlan, folder: Path, keys: KeyRing | None = None) -> Hosted:
        """Open a run from its folder, which may have nothing but its plan; it goes on where its journal ends."""
        package, files = self.package(plan.package), SnapshotFiles(folder / "snapshots")
        file = JournalFile(folder / "journal.db", policy=Policy(max_rows=self.keeping.rows))
        with ExitStack() as opened:
            opened.callback(file.close)
            reads = JournalReads(folder / "journal.db")
            opened.callback(reads.close)
            store = self._stock(plan, package, folder)
            if store is not None:
                opened.callback(store.close)
            found = reopened(lambda: run_of(plan, package, store=store), files, reads, code_version(), self.directory)
            opened.pop_all()
        file.snapshot_seq = found.snapshot_seq
        host = RunHost(found.run, file, self.caller)
        host.broken = found.told.divergence
        host.resume(reads.meta())
        hosted = Hosted(
            host,
            keys or self._keys(plan),
            reads,
            Snapshots(host, files, code_version(), self.keeping.snapshot_rows),
            speeches=speeches_of(read_dialects(plan, kept_dialects(folder, plan), self.directory)),
            clauses=steps_of(plan.package),
            numbers=reads.meta().get(BOUND, {}),
        )
        host.on_rows = hosted.snapshots.when_due
        self.runs[plan.name] = hosted
        host.start()
        host.flush()
        return hosted

    def _stock(self, plan: RunPlan, package: Package, folder: Path) -> StockStore | None:
        """What the reference holds from the beginning, made when the run is opened first."""
        if not plan.stock:
            return None
        with Bar(quiet=not sys.stderr.isatty()) as bar:
            return stocked(
                folder / "stock.db", package, plan.seed, plan.stock, plan.start_ms, lambda done: bar("存量", done, plan.stock)
            )  # fmt: skip

    def _keys(self, plan: RunPlan) -> KeyRing:
        schemes = {seat: Scheme(plan.scheme) for seat in self.directory.seats}
        rsa = None
        if plan.scheme != Scheme.OPEN:
            rsa = server_pair(self.folder)
            schemes |= dict.fromkeys(("unionpay", "local_pay"), Scheme.RSA_SHA256)
        return KeyRing.derive(self.secret, plan.name, schemes, rsa=rsa)

    async def delete(self, name: str) -> None:
        """The run and its journal are gone, one that could not be opened too."""
        hosted = self.runs.pop(name, None)
        if hosted is None and self.runs.shut.get(name, RESTORING).error in CHANGING:
            raise unknown_run(name, self.runs)
        try:
            if hosted is not None:
                self.runs.shut[name] = being_deleted(name)  # nobody makes a new one in its folder meanwhile
                await hosted.snapshots.stop()
                await closed(hosted)
            shutil.rmtree(self.folder / "runs" / name)
        finally:
            self.runs.shut.pop(name, None)
            self.on_gone()

    async def restore(self, name: str, snapshot: str) -> tuple[Hosted, dict[str, Any]]:
        """The run as it was when a snapshot was taken; what was written since is cut off. Raises Refusal, JournalError."""
        hosted = self._of(name)
        plan = hosted.run.plan
        found = snapshot_to_restore(hosted, snapshot, run_of(plan, self.package(plan.package)))
        folder = self.folder / "runs" / name
        del self.runs[name]
        self.runs.shut[name] = being_restored(name)
        try:
            told = (await cut_back(hosted, folder, found)).as_json()
        finally:
            self._open_or_list(folder, hosted.keys)
            self.on_gone()
        again = self._of(name)
        again.nonces = hosted.nonces
        return again, told

    async def verdict(self, hosted: Hosted) -> dict[str, Any]:
        """What the judge says of a run; it reads on a thread of its own."""
        asked = verdict_of(hosted, self.package(hosted.run.plan.package))
        return await asyncio.to_thread(judged, *asked)

    def record(self, hosted: Hosted) -> dict[str, Any]:
        """What a run's record says of it now."""
        return about(hosted.run)

    async def reset(self, name: str) -> Hosted:
        """The run from its beginning, with an empty journal."""
        before = self._of(name)
        files = kept_dialects(self.folder / "runs" / name, before.run.plan)
        await self.delete(name)
        return self._open(before.run.plan, before.keys, files)

    async def open(self) -> None:
        """Open every run there is, each where its journal ends. One that cannot be opened is listed and refuses its callers."""
        folder = self.folder / "runs"
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.is_dir():
                self._open_or_list(path)

    def _of(self, name: str) -> Hosted:
        """The run of that name. Raises Refusal."""
        if name not in self.runs:
            raise unknown_run(name, self.runs)
        return self.runs[name]

    def _open_or_list(self, folder: Path, keys: KeyRing | None = None) -> None:
        self.runs.shut.pop(folder.name, None)
        try:
            self._host(plan_in(folder), folder, keys)
        except (
            Exception
        ) as error:  # whatever is wrong with one folder, the others open; what it is, its callers are told
            self.runs.pop(folder.name, None)
            self.runs.shut[folder.name] = not_opened(folder.name, why_not_opened(error))

    async def close(self) -> None:
        """Every run's journal is complete afterwards."""
        for hosted in self.runs.values():
            await hosted.host.close()
            hosted.snapshots.take_last()
            hosted.reads.close()
            hosted.host.file.close()
