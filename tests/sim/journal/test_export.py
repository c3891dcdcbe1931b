"""A journal in SQLite, exported, is the run folder that a virtual run of the same world leaves, and is judged the same."""

import json
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from liantiao import compose
from sim.calendar import DAY_MS
from sim.journal import export
from sim.journal.export import export_run_folder
from sim.journal.live import LiveJournal
from sim.journal.parquet import ParquetStore
from sim.journal.retention import Policy
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from sim.judge import judge
from sim.judge.tables import CASES
from tests.sim.journal.records import a_record
from tests.worlds import FROM_MS, HORIZON_MS, fed, package

NUMBER, REGIONS = 160, ("xiamen", "putian")
ABOUT = {"run": "导出", "planned": 40, "begun": 40}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory):
    """Two regions played under faults: written as Parquet at once, and as SQLite by both in turn and then exported."""
    folder = tmp_path_factory.mktemp("export")
    registries = list(package().registries)
    codes: dict[int, int] = {}
    worlds = {region: world(region, folder / "virtual", registries, codes) for region in REGIONS}
    for each in worlds.values():
        each.run(HORIZON_MS)
        each.journal.close()
    (folder / "virtual" / "run.json").write_text(json.dumps(ABOUT), encoding="utf-8")
    file, seqs = JournalFile(folder / "run.sqlite"), count(1)
    with pytest.MonkeyPatch.context() as patch:
        named = iter(REGIONS)
        patch.setattr(
            compose, "Journal",
            lambda parties, store: LiveJournal(parties, next(named), seqs, lambda case_no: registries[codes[case_no]]),
        )  # fmt: skip
        lives = [world(region, None, registries, {}) for region in REGIONS]
    for until in range(FROM_MS, HORIZON_MS, 3 * DAY_MS):
        for each in lives:
            each.run(until)
            file.extend(each.journal.drain())
    file.close()
    reads = JournalReads(file.path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "LOT", 500)
        exported = export_run_folder(reads, folder / "exported", ABOUT)
    reads.close()
    return folder / "virtual", folder / "exported", exported


def world(region: str, folder: Path | None, registries: list[str], codes: dict[int, int]):
    """A region's world that keeps all bodies; its cases' registries go into `codes`."""
    registry_of = np.full(NUMBER + 1, len(registries), np.int16)
    store = ParquetStore(folder / "journal" / region, registry_of, registries, ABOUT) if folder else None
    made = fed(region, store, NUMBER, 3, "everyday")
    made.sample_every = 1
    begin = made.begin

    def known(number, dossier, starters):
        registry_of[number] = codes[number] = dossier.registry
        return begin(number, dossier, starters)

    made.begin = known  # type: ignore[method-assign]
    return made


@pytest.mark.parametrize("region", REGIONS)
def test_the_rows_are_the_same(folders, region: str) -> None:
    virtual, exported, said = folders
    ours, theirs = (pq.read_table(each / "journal" / region / "journal.parquet") for each in (exported, virtual))
    assert ours.schema.equals(theirs.schema, check_metadata=True)
    assert len(ours) == len(theirs) == said.rows[region] > 500
    for name in ours.column_names:
        assert ours[name].to_pylist() == theirs[name].to_pylist(), name


@pytest.mark.parametrize("region", REGIONS)
def test_the_bodies_are_the_same_but_for_answers_told_twice(folders, region: str) -> None:
    virtual, exported, _ = folders
    ours, theirs = (pq.read_table(each / "journal" / region / "bodies.parquet") for each in (exported, virtual))
    assert ours.schema.equals(theirs.schema)
    rows = pq.read_table(exported / "journal" / region / "journal.parquet", columns=["id"])["id"].to_pylist()
    with_row = [each for each in theirs.to_pylist() if each["id"] in set(rows)]
    assert ours.to_pylist() == with_row
    told = {(each["case_no"], each["kind"], each["json"]) for each in with_row}
    folded = [each for each in theirs.to_pylist() if each["id"] not in set(rows)]
    assert all(":refused" in each["kind"] or (each["case_no"], each["kind"], each["json"]) in told for each in folded)


def test_the_verdict_is_the_same(folders) -> None:
    virtual, exported, _ = folders
    assert json.loads((exported / "run.json").read_text(encoding="utf-8")) == ABOUT
    assert judge(exported, package()).as_dict() == judge(virtual, package()).as_dict()


def test_what_was_let_go_is_said_and_known_cases_are_kept(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "run.sqlite", policy=Policy(max_rows=5))
    file.extend([a_record(seq) for seq in range(1, 21)])
    file.trim()
    cases = pa.table([[1], ["fuzhou"], ["350102"], ["online"], [3]], schema=CASES)
    reads = JournalReads(file.path)
    said = export_run_folder(reads, tmp_path / "out", {"run": "试"}, {"fuzhou": cases})
    assert said.rows == {"fuzhou": 5}
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record == {"run": "试", "dropped": {"rows": 15, "before_seq": 16, "before_ms": said.dropped.before_ms}}
    assert pq.read_table(tmp_path / "out" / "cases" / "fuzhou.parquet").equals(cases)
    reads.close()
    file.close()
