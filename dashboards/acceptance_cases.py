"""The messages of the cases of an acceptance, packed so that a page draws a case's timeline and sequence by itself."""

from collections.abc import Callable, Iterable
from typing import Any

from dashboards.figures import masked
from sim.faces.control.rows import is_timer, why, yuan
from sim.faces.control.story import moved
from sim.faces.glossary import Glossary
from sim.journal.record import Record

Masking = Callable[[str], str]


class CaseRows:
    """Rows of cases as short lists; every text stands once, in `words`, and rows name it by its place there.

    A row is [seq, time, sender, receiver, title, sort, outcome, answer, what changed, whether a party told itself].
    """

    def __init__(self, glossary: Glossary) -> None:
        self.words: list[str] = []
        self.cases: dict[str, list[list[int]]] = {}
        self._places: dict[str, int] = {}
        self._glossary = glossary

    def add(self, number: int, rows: Iterable[Record], hide: Masking) -> None:
        """The rows of one case; `hide` masks its people."""
        self.cases[str(number)] = [self._row(row, hide) for row in rows]

    def as_dict(self) -> dict[str, Any]:
        """JSON types."""
        return {"words": self.words, "cases": self.cases}

    def _row(self, row: Record, hide: Masking) -> list[int]:
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
        texts = (words.seat(row.sender), words.seat(row.receiver), title)
        more = (outcome, answer, moved(row, words))
        return [
            row.seq, row.t_ms, *map(self._place, texts), ("ok", "refused", "fault").index(sort), *map(self._place, more),
            int(is_timer(row, words)),
        ]  # fmt: skip

    def _place(self, text: str) -> int:
        if text not in self._places:
            self._places[text] = len(self.words)
            self.words.append(text)
        return self._places[text]
