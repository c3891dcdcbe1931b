"""Moments: when each thing first and last happened in each case, read off a region's journal in one pass.

DuckDB's filtered aggregates take four times as long over the sixty moments that are measured; arrays are plain and quick.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sim.dossier import ITEMS

Times = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Cases = npt.NDArray[np.int32]
Codes = npt.NDArray[Any]

NEVER: Final = np.int64(2**62)
"""The time of what did not happen."""
REFUSED: Final = ":refused"
"""Marks, after a kind, the moment at which a message of that kind was refused."""
COLUMNS: Final = ["case_no", "t", "asked_t", "kind", "outcome", "attempt"]

LINKED_KINDS: Final = tuple(
    name
    for item in ITEMS
    for name in (
        f"{item}.push", f"{item}.push{REFUSED}", f"{item}.result", f"{item}.cancel", f"hub.push_{item}", f"hub.{item}_result",
        f"registry.{item}_finished", f"registry.{item}_givenup",
    )
)  # fmt: skip
KINDS: Final = (
    "portal.apply", "clerk.visit", "gov_platform.start_signing", "gov_platform.signing_done", "gov_platform.signing_expired",
    "gov_platform.cancel_signing", "registry.receive:refused", "registry.receive_at_window:refused", "registry.accept",
    "registry.ask_correction", "registry.refuse_registration", "registry.record", "registry.correction_overdue",
    "registry.seize", "portal.accepted", "portal.not_accepted", "portal.withdraw", "portal.closed", "person.case_over",
    "person.payment_failed", "tax.declare", "tax.assessed", "tax.exempted", "tax.returned", "tax.cancel_declaration",
    "tax.treasury_refunded", "non_tax.issue_pay_code", "non_tax.reverse", "hub.charges_ready", "hub.charges_returned",
    "hub.charges_lapsed", "hub.payment_settled", "unionpay.debited", "unionpay.payment_notice", "unionpay.refunded",
    "unionpay.card_returned", "data_exchange.receive", "data_exchange.filing_done", "data_exchange.data_returned",
    "gov_platform.certify_title", "gov_platform.rate", *LINKED_KINDS,
)  # fmt: skip
SENT_KINDS: Final = (
    "gov_platform.start_signing", "tax.declare", "non_tax.issue_pay_code", "unionpay.debited", "data_exchange.receive",
    *(f"{item}.push{how}" for item in ITEMS for how in ("", REFUSED)),
)  # fmt: skip
"""Requests of which it is also known when the last was sent: a copy that arrives late was sent with the first."""


class Moments:
    """First and last time of each moment in each case of one region, and which cases had trouble on the way."""

    def __init__(self, numbers: Cases) -> None:
        self.numbers = numbers
        self._slot = {name: slot for slot, name in enumerate(KINDS)}
        self._first = np.full((len(KINDS), len(numbers)), NEVER)
        self._last = np.full((len(KINDS), len(numbers)), NEVER)
        self._sent_slot = np.array([SENT_KINDS.index(name) if name in SENT_KINDS else -1 for name in KINDS], np.int32)
        self._sent = np.full((len(SENT_KINDS), len(numbers)), NEVER)
        self._trouble = np.zeros(
            (3, len(numbers) + 1), np.bool_
        )  # the last place is for what belongs to no case, as a poll

    def first(self, *names: str) -> Times:
        """When the first of these things happened in each case."""
        times: Times = np.minimum.reduce([self._first[self._slot[name]] for name in names])
        return times

    def last(self, *names: str) -> Times:
        """When the last of these things happened in each case."""
        return _latest([self._last[self._slot[name]] for name in names])

    def last_sent(self, *names: str) -> Times:
        """When the last of these requests was sent in each case, whenever it and its copies arrived."""
        return _latest([self._sent[SENT_KINDS.index(name)] for name in names])

    def seen(self, *names: str) -> Flags:
        """In which cases any of these things happened."""
        flags: Flags = self.first(*names) < NEVER
        return flags

    def twice(self, name: str) -> Flags:
        """In which cases this happened at more than one instant."""
        flags: Flags = self.first(name) != self.last(name)
        return flags

    @property
    def retried(self) -> Flags:
        """In which cases something was sent again."""
        return self._trouble[0, :-1]

    @property
    def refused(self) -> Flags:
        """In which cases something was refused."""
        return self._trouble[1, :-1]

    @property
    def struck(self) -> Flags:
        """In which cases a fault struck."""
        return self._trouble[2, :-1]

    def read(self, journal: Path) -> None:
        """Take in a journal whose rows are in order of time."""
        place = np.full(int(self.numbers.max(initial=0)) + 1, -1, np.int32)
        place[self.numbers] = np.arange(len(self.numbers), dtype=np.int32)
        file = pq.ParquetFile(journal)
        for group in range(file.num_row_groups):
            self._take(file.read_row_group(group, COLUMNS, use_threads=False), place)

    def _take(self, rows: pa.Table, place: Cases) -> None:
        kinds, kind = _coded(rows["kind"])
        case = rows["case_no"].to_numpy()
        slot = np.array([self._slot.get(word, -1) for word in kinds], np.int32)[kind]
        self._except(rows, kinds, kind, place, slot)
        keep = np.flatnonzero(slot >= 0)
        slot, case, times = slot[keep], place[case[keep]], rows["t"].cast(pa.int64()).to_numpy()[keep]
        if (case < 0).any():
            raise ValueError("日志里有 cases.parquet 没有的办件。")
        self._mark(slot, case, times)
        sent = np.flatnonzero(self._sent_slot[slot] >= 0)
        self._mark_sent(
            self._sent_slot[slot[sent]], case[sent], rows["asked_t"].cast(pa.int64()).to_numpy()[keep[sent]]
        )

    def _except(self, rows: pa.Table, kinds: list[str], kind: Codes, place: Cases, slot: Cases) -> None:
        """Correct the slots of the few rows that were refused or struck, and note whose they and the repeated ones are."""
        outcomes, outcome = _coded(rows["outcome"])
        case, again = rows["case_no"].to_numpy(), np.flatnonzero(rows["attempt"].to_numpy() > 1)
        retried, refused_in, struck_in = self._trouble
        retried[place[case[again]]] = True
        no = np.array([word.startswith("refused") for word in outcomes], np.bool_)
        odd = np.flatnonzero(np.array([word != "ok" for word in outcomes], np.bool_)[outcome])
        refused, struck = odd[no[outcome[odd]]], odd[~no[outcome[odd]]]
        refused_in[place[case[refused]]] = True
        struck_in[place[case[struck]]] = True
        slot[refused] = np.array([self._slot.get(word + REFUSED, -1) for word in kinds], np.int32)[kind[refused]]
        slot[struck] = -1

    def _mark(self, slot: Cases, case: Cases, times: Times) -> None:
        at = slot.astype(np.int64) * len(self.numbers) + case
        first, last = self._first.reshape(-1), self._last.reshape(-1)
        last[at] = times
        new = first[at] == NEVER
        first[at[new][::-1]] = times[new][::-1]  # backwards, so that the earliest of a block stays

    def _mark_sent(self, slot: Cases, case: Cases, times: Times) -> None:
        at, sent = slot.astype(np.int64) * len(self.numbers) + case, self._sent.reshape(-1)
        order = np.argsort(times, kind="stable")
        at, times = at[order], times[order]
        known = sent[at]
        sent[at] = np.where((known != NEVER) & (known > times), known, times)


def _latest(each: list[Times]) -> Times:
    latest = np.maximum.reduce([np.where(times == NEVER, 0, times) for times in each])
    return np.where(latest == 0, NEVER, latest)


def _coded(column: pa.ChunkedArray) -> tuple[list[str], Codes]:
    """A column of words as its words and the code of each row."""
    words = column.combine_chunks()
    if isinstance(words, pa.ChunkedArray):
        words = pa.concat_arrays(words.chunks) if words.num_chunks else pa.array([], pa.string())
    if not pa.types.is_dictionary(words.type):
        words = words.dictionary_encode()
    return words.dictionary.to_pylist(), words.indices.to_numpy()
