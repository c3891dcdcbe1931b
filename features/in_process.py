"""Playing in process: the runs of a play one after the other, in virtual time, and their journals as one.

The play is dealt as over HTTP (`features.dealing`), so that whoever waits at a desk waits as long in both ways.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from features.dealing import cases_in, dealt, together
from features.playing import Play, play
from liantiao.server_verdict import about
from liantiao.witnesses import Journals, joined
from sim.journal.joined import write_joined
from sim.package import Package


def play_in_process(
    play_: Play, package: Package, journal: Path, told: Callable[[int], None] = lambda over: None
) -> dict[str, Any]:
    """Play it; the journal is written to a new file. Returns what is told of the run; `told` hears how many cases are done with."""
    abouts, journals, before = [], [], 0
    with TemporaryDirectory(prefix="runs-", dir=journal.parent) as folder:
        for hand in dealt(play_):

            def went_on(more: int, before: int = before) -> None:
                told(before + more)

            journals.append(Path(folder) / f"{hand.plan.name}.db")
            abouts.append(about(play(hand, package, journals[-1], went_on)))
            before += cases_in(hand.parts)
        with joined(*map(Journals, journals)) as rows:
            write_joined(rows, journal)
    return together(abouts)
