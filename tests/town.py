"""A tiny world for tests: some real roles, and stubs in every other seat that record what they hear."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sim.calendar import DAY_MS, HOUR_MS, parse_day
from sim.case import Case
from sim.clock import Clock
from sim.dossier import Dossier, Person
from sim.faults import Fault
from sim.gate import Gate
from sim.journal import Journal, MemoryStore
from sim.message import Message, notice
from sim.party import File, Party, Standing
from sim.polls import PollPlan
from sim.posts import NOTHING, Asked, Post, Posts, answer, hold, later, send
from sim.route import Route
from sim.sandbox import Sandbox
from sim.table import Part, Role, Row, State, Track, row

START_MS = parse_day("2023-03-06") + 9 * HOUR_MS
"""A Monday, nine o'clock."""
SEATS = (
    "buyer seller clerk court portal registry hub gov_platform city_platform tax non_tax unionpay power water gas cable_tv "
    "housing_fund housing data_exchange notify local_hub local_tax local_non_tax local_pay"
).split()
LINKS = {"tax_hub": "hub", "pay": "unionpay"}
"""Where the links of the choreography lead outside Xiamen."""
Answering = Callable[[File, Any], Posts]


class AlwaysOpen:
    """Office hours round the clock."""

    def is_open(self, t: int) -> bool:
        return True

    def next_opening(self, t: int) -> int:
        return t

    def after(self, t: int, working_ms: int) -> int:
        return t + working_ms


BUYER = Person("林晓", "111", "350000199001010018", "13800000001", False)
SELLER = Person("陈明", "111", "350000198001010013", "13800000002", False)
DOSSIER = Dossier(
    index=1, region=0, registry=0, channel=0, arrival_ms=START_MS, residential=True, area_m2_x100=9_000,
    price_fen=150_000_000, acquired_ms=START_MS - 1_200 * DAY_MS, original_price_fen=100_000_000, has_cost_documents=True,
    sole_home=True, buyer_home_count=0, buyers=(BUYER,), sellers=(SELLER,), agent=False, minor=False,
    unit_code="350102001001GB00001F00010001", title_no="闽（2019）福州市不动产权第0000001号", address="福州市鼓楼区",
    items=31, accounts=("3500000000001", "10000001", "2000000001", "3000000000000001", "400000000001"), account_wrong=0, fund_centre=0,
    loan=False, mortgage=0, net_signed=True, contract_no="CLF2023000001", copies=1, separate_payers=False, name_kind=0,
    title_form=0, old_district=False,
)  # fmt: skip


def a_dossier(**changes: Any) -> Dossier:
    """An ordinary case of Fuzhou with every item chosen, changed as told."""
    return replace(DOSSIER, **changes)


# ---- stubs ------------------------------------------------------------------------------------------------------------
@notice("town.anything", "任何报文")
class Anything(Message):
    """Stands for every kind in a stub's only rule."""


class _EveryKind(dict[type[Message], Row]):
    """The rules of a stub's state: one and the same for every kind."""

    def get(self, kind: type[Message], default: Any = None) -> Row:
        return self[Anything]


class StubFile(File):
    """What a stub remembers of a case: every message, and who asked by it."""

    __slots__ = ("record",)

    def __init__(self, party: Party, case: Case, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.record: list[tuple[Message, Asked, int, str]] = []


def stub(seat: str, answering: Answering | None) -> Role:
    """A role that takes every message in every state, records it, and says what `answering` returns."""

    def take(file: StubFile, heard: Message) -> Posts:
        asked = file.asked
        file.record.append((heard, asked, file.now_ms, file.sender))
        return answering(file, heard) if answering is not None else NOTHING

    state = State("listening", "只听", end=True)
    track = Track("stub", "替身", state, [row(state, Anything, None, take)])
    state.rows = _EveryKind(state.rows)
    return Role(seat, f"替身 {seat}", (Part(StubFile, [track]),))


class TownGate(Gate):
    """Brings to a stub every message of a case, whatever number it goes by."""

    def find(self, route: Route, case: Case, body: Message) -> tuple[Standing | None, Case]:
        if route.receiver.role.parts[0].file is StubFile:
            return self.world.standing_of(case, route.receiver), case
        return super().find(route, case, body)


# ---- the town ---------------------------------------------------------------------------------------------------------
class Town:
    """Real roles and stubs in one sandbox with a memory journal, and the words in which tests tell their stories.

    `answers[seat](file, heard)` is what a stub says back (default: nothing). Offices are always open and every desk has
    one clerk unless told. Cases stay open however quiet they are, unless `let_go`; case 1 is meant where none is named.
    """

    def __init__(
        self, roles: Mapping[str, Role], settings: Mapping[str, Any] | None = None,
        links: Mapping[str, Mapping[str, str]] | None = None, faults: Sequence[Fault] = (),
        polls: Mapping[tuple[str, str], PollPlan] | None = None, seed: int = 1, dossier: Any = DOSSIER, *,
        answers: Mapping[str, Answering] | None = None, seats: Sequence[str] = (), hours: Any = None,
        clerks: Callable[[int, str], int] = lambda registry, post: 1, start_ms: int = START_MS, let_go: bool = False,
        store: Any = None, sample_every: int = 1,
    ) -> None:  # fmt: skip
        settings, links, answers = settings or {}, links or {}, answers or {}
        parties = [
            Party(role, seat, settings.get(seat), {**LINKS, **links.get(seat, {})}) for seat, role in roles.items()
        ]
        targets = [seat for each in links.values() for seat in each.values()]
        others = [seat for seat in dict.fromkeys([*SEATS, *answers, *targets, *seats]) if seat not in roles]
        parties += [Party(stub(seat, answers.get(seat)), seat) for seat in others]
        self.store = MemoryStore() if store is None else store
        self.clock, self.journal = Clock(start_ms), Journal(parties, self.store)
        open_hours = hours or AlwaysOpen()
        self.sandbox = Sandbox(
            parties, self.clock, self.journal, seed=seed, hours=lambda registry: open_hours, clerks=clerks, polls=polls,
            faults=faults, sample_every=sample_every,
        )  # fmt: skip
        self.sandbox.gate = TownGate(self.sandbox)
        self.dossier, self.let_go = dossier, let_go
        self.all_cases: dict[int, Case] = {}

    # ---- acting
    def open(self, case: int = 1, dossier: Any = None) -> Case:
        """The case of this number, begun if need be."""
        known = self.all_cases.get(case)
        if known is None:
            known = self.sandbox.begin(case, self.dossier if dossier is None else dossier, ())
            known.open += not self.let_go
            self.all_cases[case] = known
        return known

    def begin(self, seat: str, message: Message, after_ms: int = 0, case: int = 1, dossier: Any = None) -> None:
        """Let the party at `seat` hear `message` by itself, as a case's starter does."""
        self._post(seat, [later(after_ms, message)], self.open(case, dossier))

    def say(self, from_seat: str, to_seat: str, message: Message, case: int = 1) -> None:
        """Let the stub at `from_seat` send a message now."""
        self._post(from_seat, [send(to_seat, message)], self.open(case))

    def answer(self, from_seat: str, message: Message, to: type[Message] | None = None, case: int = 1) -> None:
        """Let a stub answer the last message it heard (of kind `to`)."""
        record = self._stub(from_seat, case).record
        asked = next(asked for heard, asked, _, _ in reversed(record) if to is None or type(heard) is to)
        self._post(from_seat, [answer(asked, message)], self.open(case))

    def hold(self, from_seat: str, to_seat: str, message: Message, case: int = 1) -> None:
        """Let a stub lay a message ready for the next poll from `to_seat`."""
        self._post(from_seat, [hold(to_seat, message)], self.open(case))

    def run(
        self, days: float = 0, until: int | None = None, *, ms: int = 0, minutes: float = 0, hours: float = 0
    ) -> None:
        """Let time pass, or let it come to `until`."""
        span = ms + round(days * DAY_MS + hours * HOUR_MS + minutes * 60_000)
        self.sandbox.run(self.clock.now_ms + span if until is None else until)

    # ---- looking
    def heard(self, seat: str, kind: type[Message] | None = None, case: int = 1) -> list[Any]:
        """What the stub at `seat` heard, in order (only messages of `kind`, if given)."""
        return [each[0] for each in self._stub(seat, case).record if kind is None or type(each[0]) is kind]

    def heard_at(self, seat: str, kind: type[Message] | None = None, case: int = 1) -> list[tuple[int, str, Any]]:
        """The same with (t_ms, sender, message)."""
        record = self._stub(seat, case).record
        return [(t, sender, heard) for heard, _, t, sender in record if kind is None or type(heard) is kind]

    def file(self, seat: str, ledger: str = "", key: str = "", case: int = 1) -> Any:
        """A party's file of the case, or the one it keeps under a number in a ledger."""
        party = self.sandbox.seats[seat]
        return party.ledgers[ledger][key] if ledger else self.sandbox.file_of(self.open(case), party)

    def state(self, seat: str, track: str, ledger: str = "", key: str = "", case: int = 1) -> State:
        """The state of one track; of a numbered file with `ledger` and `key`."""
        found: State = self.file(seat, ledger, key, case).state(track)
        return found

    def rows(self, **where: Any) -> list[dict[str, Any]]:
        """The journal as dictionaries, in the order written; only rows whose columns have the values given."""
        self.journal.flush()
        every = rows_of(self.journal)
        return [each for each in every if all(each[name] == value for name, value in where.items())]

    def open_cases(self) -> dict[int, list[tuple[str, str, str]]]:
        """Cases with something pending or a track not at an end, and which tracks those are."""
        live = self.sandbox.cases.items()
        return {number: case.open_tracks() for number, case in live if case.pending or case.open_tracks()}

    def unexpected(self) -> list[dict[str, Any]]:
        """Rows of messages that nobody was waiting for."""
        return [each for each in self.rows() if each["outcome"] == "refused:unexpected"]

    def _stub(self, seat: str, case: int) -> StubFile:
        file = self.sandbox.file_of(self.open(case), self.sandbox.seats[seat])
        assert isinstance(file, StubFile), f"{seat} is no stub"
        return file

    def _post(self, seat: str, posts: Sequence[Post], case: Case) -> None:
        assert case.number in self.sandbox.cases, f"case {case.number} has been let go"
        at = self.sandbox.standing_of(case, self.sandbox.seats[seat])
        self.sandbox._dispatch(at, case, posts, 0, self.clock.now_ms)


def rows_of(journal: Journal) -> list[dict[str, Any]]:
    """Every row a memory journal has handed to its store, codes spelled out as in the Parquet columns."""
    found: list[dict[str, Any]] = []
    catalogue, words = journal.catalogue, list(journal.words)
    assert isinstance(journal.store, MemoryStore)
    for block in journal.store.blocks:
        notes = {int(each["row"]): each for each in block.notes}
        refs = dict(zip(block.ref_rows, block.refs, strict=True))
        for at, each in enumerate(block.rows):
            route, note = catalogue.routes[each["route"]], notes.get(at)
            track, before, after = catalogue.moves[each["rule"]]
            found.append({
                "id": int(each["id"]), "cause": int(each["cause"]), "t": int(each["t"]), "asked_t": int(each["asked_t"]),
                "case_no": int(each["case_no"]), "item": route.op.item, "sender": route.sender, "receiver": route.receiver,
                "kind": route.op.name, "track": track, "state_from": before, "state_to": after,
                "outcome": "ok" if note is None else words[note["outcome"]],
                "reply": "" if note is None else words[note["reply"]],
                "attempt": 1 if note is None else int(note["attempt"]),
                "started_t": None if note is None else int(note["started_t"]) or None,
                "part_of": 0 if note is None else int(note["part_of"]),
                "answers": 0 if note is None else int(note["answers"]),
                "amount_fen": 0 if note is None else int(note["amount_fen"]),
                "ref": refs.get(at),
            })  # fmt: skip
    return found
