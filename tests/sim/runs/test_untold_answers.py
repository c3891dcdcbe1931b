"""An answer that does not reach whoever asked: every attempt is a row, its ladder brings it again, a replay does the same."""

from pathlib import Path

from sim.calendar import DAY_MS, MINUTE_MS
from sim.journal.sqlite_reads import JournalReads
from sim.runs.state_digest import state_digest
from tests.sim.runs.bridge import START_MS, Bridge
from tests.sim.runs.test_replay import at_rest


def test_an_answer_is_told_again_as_its_ladder_says(tmp_path: Path) -> None:
    bridge = Bridge(tmp_path)
    bridge.unheard = lambda heard: heard.open.tries < 2
    bridge.begin(1, 4)
    bridge.play(START_MS + 150 * DAY_MS)
    assert bridge.a.run.is_over
    bridge.a.hand_over()
    bridge.a.file.flush()
    reads = JournalReads(bridge.a.path)
    rows = [row for row in reads.records(0) if row.outcome == "fault:timeout"]
    reads.close()
    by_request: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for row in rows:
        by_request.setdefault((row.region, row.answers), []).append((row.attempt, row.t_ms))
    assert by_request
    for tried in by_request.values():
        (first, at), (second, later) = tried
        assert (first, second, later - at) == (1, 2, MINUTE_MS)
    again, told = bridge.a.again()
    assert told.divergence == ""
    again.advance(bridge.a.run.now_ms)
    assert state_digest(at_rest(again)) == state_digest(at_rest(bridge.a.run))
