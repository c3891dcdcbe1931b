"""Whole cases between two runs, with lost calls: whatever is replayed, or restored from a snapshot, is the same run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from liantiao.serving.live import run_of
from sim.journal.record import Record
from sim.runs.snapshot import SnapshotError, dump, load
from sim.runs.state_digest import state_digest
from tests.sim.runs.bridge import PACKAGE, Bridge, Kept, at_rest, plan, played


@pytest.mark.parametrize("days", [1, 6])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_replay_is_the_same_run(tmp_path: Path, days: int, seed: int) -> None:
    bridge = played(tmp_path, days, seed=seed)
    for side in (bridge.a, bridge.b):
        side.hand_over()
        again, told = side.again()
        assert (told.divergence, told.missing) == ("", [])
        assert told.inputs > 100
        again = at_rest(again)
        again.advance(side.run.now_ms)
        assert state_digest(again) == state_digest(at_rest(side.run))


def test_a_snapshot_is_the_same_run_and_has_the_same_future(tmp_path: Path) -> None:
    taken: list[tuple[int, bytes, str]] = []

    def between(bridge: Bridge) -> None:
        run = bridge.a.run
        if bridge.steps % 150 == 0 and not (run.written or run.sending or run.given):
            taken.append((bridge.a.file.last_seq, dump(run), state_digest(run)))

    bridge = played(tmp_path, 6, between)
    bridge.a.hand_over()
    assert len(taken) > 3
    for seq, raw, digest in taken:
        fresh = run_of(bridge.a.plan, PACKAGE)
        load(fresh, raw)
        assert state_digest(fresh) == digest
        assert dump(fresh)
        again, told = bridge.a.again((seq, raw))
        assert (told.divergence, told.missing) == ("", [])
        again = at_rest(again)
        again.advance(bridge.a.run.now_ms)
        assert state_digest(again) == state_digest(at_rest(bridge.a.run))


def test_rows_that_the_file_lacks_are_made_again(tmp_path: Path) -> None:
    bridge = played(tmp_path, 1)
    bridge.a.hand_over()
    bridge.a.file.flush()
    whole = bridge.a.file.last_seq
    short = cut(bridge.a, whole - 40, tmp_path / "short.db")
    _, told = short.again()
    assert told.divergence == ""
    assert all(record.seq > whole - 40 for record in told.missing)


def test_a_row_that_comes_out_differently_is_loud(tmp_path: Path) -> None:
    bridge = played(tmp_path, 1)
    bridge.a.hand_over()
    forged = cut(bridge.a, bridge.a.file.last_seq, tmp_path / "forged.db", spoil=20)
    _, told = forged.again()
    assert told.differences == 1
    assert "amount_fen" in told.divergence


def cut(side: Kept, last: int, path: Path, spoil: int = 0) -> Kept:
    """The same run's file, up to a seq; with `spoil`, a row's amount is another."""
    side.file.flush()
    made = Kept(side.plan, path)
    from sim.journal.sqlite_reads import JournalReads
    from sim.runs.replay import in_order

    reads, rows = JournalReads(side.path), 0
    for each in in_order(reads, 0):
        if each.seq > last:
            break
        if isinstance(each, Record):
            rows += 1
            made.file.append(each._replace(amount_fen=1) if rows == spoil else each)
        else:
            made.file.append_command(each)
    reads.close()
    return made


def test_the_digest_is_the_same_in_every_process() -> None:
    code = (
        "from tests.sim.runs.bridge import at_rest, played; from sim.runs.state_digest import state_digest\n"
        "import tempfile; from pathlib import Path\n"
        "b = played(Path(tempfile.mkdtemp()), 1); b.a.hand_over(); print(state_digest(at_rest(b.a.run)))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_a_snapshot_names_nothing_but_ours() -> None:
    import pickle

    fresh = run_of(plan("demo", ("hub",)), PACKAGE)
    with pytest.raises(SnapshotError, match=r"os\.system|posix\.system"):
        load(fresh, pickle.dumps(([], 0)) + pickle.dumps(os.system))
