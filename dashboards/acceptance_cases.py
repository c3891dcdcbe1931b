"""The messages of the cases of an acceptance, packed so that a page draws a case's timeline and sequence by itself."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from dashboards.figures import masked
from sim.calendar import SECOND_MS
from sim.faces.control.rows import is_timer, why, yuan
from sim.faces.control.story import moved
from sim.faces.glossary import Glossary
from sim.journal.record import Record

Masking = Callable[[str], str]
SORTS: Final = ("ok", "refused", "fault")


class CaseRows:
    """Rows of cases in three numbers each, for there are many: how much later its seq and its second are than those of the
    row before, and which of `exchanges` it is. An exchange is sender, receiver, title, outcome, answer, what changed,
    each by its place in `words`, then ok, refused or fault as 0, 1 or 2, and 1 where a party told itself.
    """

    def __init__(self, glossary: Glossary) -> None:
        self.words: dict[str, int] = {}
        self.exchanges: dict[tuple[int, ...], int] = {}
        self.cases: dict[str, list[int]] = {}
        self._known: dict[tuple[str | int, ...], int] = {}
        self._glossary = glossary

    def add(self, number: int, rows: Iterable[Record], hide: Masking) -> None:
        """The rows of one case; `hide` masks its people."""
        packed: list[int] = []
        seq = second = 0
        for row in rows:
            at = self._place(row, hide)
            packed += [row.seq - seq, row.t_ms // SECOND_MS - second, at]
            seq, second = row.seq, row.t_ms // SECOND_MS
        self.cases[str(number)] = packed

    def as_dict(self) -> dict[str, Any]:
        """JSON types."""
        return {"words": list(self.words), "exchanges": list(self.exchanges), "cases": self.cases}

    def _place(self, row: Record, hide: Masking) -> int:
        """Which exchange a row is; what was taken in is told by a few of its columns alone, and mostly known already."""
        if row.outcome != "ok":
            return self._kept(self._exchange(row, hide))
        key = (
            row.kind, row.sender, row.receiver, row.reply, row.track, row.state_from, row.state_to, row.amount_fen,
            row.attempt,
        )  # fmt: skip
        if key not in self._known:
            self._known[key] = self._kept(self._exchange(row, hide))
        return self._known[key]

    def _kept(self, exchange: tuple[int, ...]) -> int:
        return self.exchanges.setdefault(exchange, len(self.exchanges))

    def _exchange(self, row: Record, hide: Masking) -> tuple[int, ...]:
        words, sort = self._glossary, row.outcome.partition(":")[0]
        title = words.kind(row.kind)
        if row.amount_fen:
            title += f" {yuan(row.amount_fen)}"
        if row.attempt > 1:
            title += f"（第 {row.attempt} 次）"
        outcome = "" if sort == "ok" else words.outcome(row.kind, row.outcome)
        if said := why(row):
            outcome += f"（{hide(str(masked('', said)))}）"
        answer = words.kind(row.reply) if row.reply else ""
        texts = (words.seat(row.sender), words.seat(row.receiver), title, outcome, answer, moved(row, words))
        places = (self.words.setdefault(text, len(self.words)) for text in texts)
        return (*places, SORTS.index(sort), int(is_timer(row, words)))
