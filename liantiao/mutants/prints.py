"""What other seats can tell of a play: the fingerprints of its cases, and how those of two plays differ."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import xxhash

from liantiao.mutants.play import Told
from sim.journal.record import Record
from sim.judge import ORDER_TOLERANCE_MS

SOON_MS: Final = 60_000
"""The policy says of no message that it must be there sooner; who is late by less, everywhere, keeps to it."""


class Shift(NamedTuple):
    """How the same messages came otherwise: by how much later and sooner at most (ms), and in another order within a lane."""

    late_ms: int
    early_ms: int
    reordered: bool


class Print(NamedTuple):
    """The fingerprint of a case, instants aside: what each seat heard from all others in order, what was said from seat to
    seat in order, and in any order; and the instants (Unix ms) of each message, when it was said and which it told of."""

    heard: int
    lanes: int
    said: int
    instants: tuple[tuple[int, ...], ...]

    def shift(self, other: "Print | None") -> Shift | None:
        """How the other says the same, or None where it says anything else; an instant that it tells of may differ only by a
        second, or as much as the message that tells of it."""
        if other is None or self.said != other.said:
            return None
        late = early = 0
        for (sent, *told), (then, *told_then) in zip(self.instants, other.instants, strict=True):
            moved = then - sent
            apart = [after - before for before, after in zip(told, told_then, strict=True)]
            if any(min(abs(ms), abs(ms - moved)) > ORDER_TOLERANCE_MS for ms in apart):
                return None
            late, early = max(late, moved), max(early, -moved)
        return Shift(late, early, self.lanes != other.lanes)


Shifts = dict[tuple[str, int], Shift | None]
"""Of the cases that differ, by play and number, how; None where other messages came."""


def prints(told: Told) -> dict[int, Print]:
    """The fingerprint of every case: the messages that crossed seats, by receiver in order, and their times."""
    return {number: _print(rows) for number, rows in told.rows.items()}


_INSTANT: Final = re.compile(r'(?<=_ms":)\d{13}(?!\d)')
"""An instant (Unix ms) in a body."""


def _print(rows: Iterable[Record]) -> Print:
    heard: dict[str, xxhash.xxh3_64] = defaultdict(xxhash.xxh3_64)
    lanes: dict[str, xxhash.xxh3_64] = defaultdict(xxhash.xxh3_64)
    said: list[tuple[str, tuple[int, ...]]] = []
    for row in rows:
        if row.sender == row.receiver:
            continue
        body, reply = row.body or "", row.reply_body or ""
        text = repr((
            row.sender, row.receiver, row.kind, row.outcome, row.amount_fen, row.reply, bool(row.answers),
            _INSTANT.sub("", body), _INSTANT.sub("", reply),
        ))  # fmt: skip
        instants = (row.t_ms, *map(int, _INSTANT.findall(body)), *map(int, _INSTANT.findall(reply)))
        heard[row.receiver].update(text.encode())
        lanes[f"{row.sender}>{row.receiver}"].update(text.encode())
        said.append((text, instants))
    said.sort()
    words = xxhash.xxh3_64("\n".join(text for text, _ in said).encode()).intdigest()
    return Print(_whole(heard), _whole(lanes), words, tuple(instants for _, instants in said))


def _whole(parts: Mapping[str, xxhash.xxh3_64]) -> int:
    return xxhash.xxh3_64(repr(sorted((name, each.intdigest()) for name, each in parts.items())).encode()).intdigest()


def differing(play: str, ours: Mapping[int, Print], theirs: Mapping[int, Print]) -> Shifts:
    """The cases of a play in which other seats saw anything else, in another order or at another time."""
    changed = {number for number in ours.keys() | theirs.keys() if ours.get(number) != theirs.get(number)}
    return {(play, number): ours[number].shift(theirs.get(number)) if number in ours else None for number in changed}


def plain(found: Shifts) -> Shifts:
    """Where more differs than an order among several senders, or a second nobody answers for."""
    return {
        case: shift for case, shift in found.items()
        if shift is None or shift.reordered or max(shift.late_ms, shift.early_ms) > ORDER_TOLERANCE_MS
    }  # fmt: skip


def only_late(found: Shifts) -> bool:
    """Whether the same messages came in the order that lanes keep, at most a minute later."""
    return all(shift is not None and not shift.reordered and is_soon(shift) for shift in found.values())


def is_soon(shift: Shift) -> bool:
    """Whether nothing came sooner than it should, nor later by more than a minute."""
    return shift.early_ms <= ORDER_TOLERANCE_MS and shift.late_ms <= SOON_MS
