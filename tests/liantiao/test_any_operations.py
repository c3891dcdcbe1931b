"""Whatever is asked of a server, in whatever order: it never breaks, loses no answer, and its journal replays to its state."""

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from liantiao.serving.keeper import Keeping
from sim.faces.bodies import body_of
from sim.faces.control.shapes import NewRun
from sim.faults import Effect
from tests.liantiao.asgi import Answer, InProcess
from tests.liantiao.replayed import KNOWN, check_no_gap, check_state
from tests.sandbox_bodies import declaration

START_MS = 1_772_413_200_000
HOUR_MS = 3_600_000
CASES = 40
RUNS = ("demo", "second", "third")
SEATS = ("portal", "registry", "hub", "buyer")
NEW: dict[str, Any] = {"cases": CASES, "seed": 1, "pace": "stepped", "start_ms": START_MS, "settle_ms": 0}
DOORS = [
    (seat, door) for seat in ("tax", "non_tax", "unionpay", "gov_platform", "power", "data_exchange", "housing_fund", "notify")
    for door in KNOWN.doors[seat].doors
]  # fmt: skip
NAMES = st.sampled_from(RUNS)
NUMBERS = st.integers(0, CASES + 1)
JUNK = st.sampled_from([b"", b"{", b"[]", b"null", b'{"a":NaN}', b"\xff\xfe", b'{"price_fen":1e400}', b'{"facts":{}}'])
FAULTS = (
    "late",
    "lost",
    "never",
    "slow",
    "duplicated",
    "reset",
    "outage",
    "http_error",
    "refused",
    "malformed",
    "business",
)
OPERATIONS = ("*", "tax.*", "tax.declare", "tax.assessed", "non_tax.issue_pay_code", "gov_platform.*", "person.*")


class AnyOperations(RuleBasedStateMachine):
    """One server, and what is known of its runs: their names."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="liantiao-any-"))
        first = NewRun(name="demo", remote=dict.fromkeys(SEATS, ""), **NEW)
        self.server = InProcess(self.folder, first, Keeping(snapshot_rows=6))
        self.runs = {"demo"}
        self.answers: dict[str, dict[str, str]] = {}

    @initialize()
    def cases_begin(self) -> None:
        self.ask("POST", "demo", "/cases", {"first": 1, "last": 5})

    def teardown(self) -> None:
        try:
            for name in sorted(self.runs):
                self.check(name)
        finally:
            self.server.end()
            shutil.rmtree(self.folder)

    def ask(self, method: str, run: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Ask about a run; what there is not is told, and nothing is ever our own error."""
        told = self.server.ask(method, f"/runs/{run}{path}", body, **headers)
        if not told.fault:
            assert told.status < 500, (method, run, path, body, told)
        if run not in self.runs and not told.fault:
            assert (told.status, told.told["error"]) in ((404, "run_unknown"), (201, None), (400, "bad_request")), told
        return told

    def check(self, name: str) -> None:
        """What holds at any time, of one run."""
        about = self.ask("GET", name, "?digest=true").told
        assert about["broken"] == ""
        folder = self.folder / "runs" / name
        self.server.durable(name)
        check_no_gap(folder)
        check_state(folder, about)
        for number, outcome in self.answers.get(name, {}).items():
            region, _, id_ = number.rpartition("-")
            record = self.server.server.keeper.runs[name].reads.by_id(region, int(id_))
            assert record is not None, number
            assert record.outcome.startswith(outcome), (number, outcome, record)

    # ---- runs -----------------------------------------------------------------------------------------------------
    @rule(
        name=NAMES,
        seats=st.sets(st.sampled_from(SEATS)),
        handling=st.sampled_from(["instant", "short", "real"]),
        led=st.booleans(),
    )
    def create(self, name: str, seats: set[str], handling: str, led: bool) -> None:
        new = {"name": name, "remote": dict.fromkeys(sorted(seats), ""), "handling": handling, "led": led, **NEW}
        told = self.server.ask("POST", "/runs", new)
        assert told.status == (409 if name in self.runs else 201), told
        self.runs.add(name)

    @rule(wrong=st.sampled_from([{"seed": -1}, {"cases": 0}, {"remote": {"x": ""}}, {"name": "A"}, {"package": "x"}]))
    def create_wrong(self, wrong: dict[str, Any]) -> None:
        assert self.server.ask("POST", "/runs", {"name": "wrong", **NEW, **wrong}).status == 400

    @rule(name=NAMES)
    def reset(self, name: str) -> None:
        told = self.ask("POST", name, "/reset")
        if name in self.runs:
            assert (told.status, told.told["now_ms"], told.told["rows"]) == (200, START_MS, 0)
            self.answers.pop(name, None)

    @rule(name=st.sampled_from(RUNS[1:]))
    def delete(self, name: str) -> None:
        self.ask("DELETE", name, "")
        self.runs.discard(name)
        self.answers.pop(name, None)

    @rule(name=NAMES, snapshot=st.sampled_from(["first", "second", "Wrong name"]))
    def snapshot(self, name: str, snapshot: str) -> None:
        assert self.ask("POST", name, "/snapshots", {"name": snapshot}).status in (201, 400, 404, 409)

    @rule(orderly=st.booleans())
    def restart(self, orderly: bool) -> None:
        before = {name: self.ask("GET", name, "?digest=true").told for name in self.runs}
        self.server.stop(orderly=orderly)
        self.server.open()
        for name, about in before.items():
            after = self.ask("GET", name, "?digest=true").told
            assert [after[key] for key in ("broken", "rows", "now_ms", "digest")] == [
                about[key] for key in ("broken", "rows", "now_ms", "digest")
            ], name

    @rule()
    def ready(self) -> None:
        assert self.server.ask("GET", "/readyz").told == {"status": "ok"}
        assert self.server.ask("GET", "/metrics").status == 200

    # ---- time, cases, faults ----------------------------------------------------------------------------------------
    @rule(name=NAMES, by_ms=st.sampled_from([0, 1, 60_000, HOUR_MS, 9 * HOUR_MS, 3 * 24 * HOUR_MS]))
    def advance(self, name: str, by_ms: int) -> None:
        told = self.ask("POST", name, "/clock/advance", {"by_ms": by_ms})
        assert told.status == (200 if name in self.runs else 404), told

    @rule(name=NAMES, how=st.sampled_from([{"next": True}, {"to_ms": START_MS}, {}, {"next": True, "by_ms": 1}]))
    def advance_otherwise(self, name: str, how: dict[str, Any]) -> None:
        assert self.ask("POST", name, "/clock/advance", how).status in (200, 400, 404, 409)

    @rule(name=NAMES, first=NUMBERS, more=st.integers(-1, 5), at_arrival=st.booleans())
    def begin(self, name: str, first: int, more: int, at_arrival: bool) -> None:
        begun = {"first": first, "last": first + more, "at_arrival": at_arrival}
        assert self.ask("POST", name, "/cases", begun).status in (200, 400, 404)

    @rule(name=NAMES, number=NUMBERS, path=st.sampled_from(["", "/timeline?format=text", "/sequence.mmd", "/close"]))
    def case(self, name: str, number: int, path: str) -> None:
        method = "POST" if path == "/close" else "GET"
        assert self.ask(method, name, f"/cases/{number}{path}").status in (200, 404)

    @rule(
        name=NAMES, effect=st.sampled_from(FAULTS), operation=st.sampled_from(OPERATIONS),
        share=st.sampled_from([0.3, 1.0]), count=st.sampled_from([None, 1]),
    )  # fmt: skip
    def add_fault(self, name: str, effect: str, operation: str, share: float, count: int | None) -> None:
        new: dict[str, Any] = {
            "name": effect.replace("_", "-"),
            "effect": effect,
            "operation": operation,
            "share": share,
        }
        if effect in ("late", "slow", "duplicated"):
            new["delay_ms"] = HOUR_MS
        new |= {
            Effect.HTTP_ERROR: {"status": 502},
            Effect.REFUSED: {"error": "busy"},
            Effect.BUSINESS: {"error": "not_now"},
        }.get(Effect(effect), {})
        assert self.ask("POST", name, "/faults", new | {"count": count}).status in (201, 400, 404, 409)

    @rule(name=NAMES, fault=st.sampled_from(["", *(f"/{each.replace('_', '-')}" for each in FAULTS)]))
    def remove_faults(self, name: str, fault: str) -> None:
        assert self.ask("DELETE", name, f"/faults{fault}").status in (200, 404)

    @rule(
        name=NAMES,
        path=st.sampled_from(["", "/clock", "/clock/pending", "/faults", "/journal", "/outbox", "/snapshots"]),
    )
    def look(self, name: str, path: str) -> None:
        assert self.ask("GET", name, path).status == (200 if name in self.runs else 404)

    # ---- what systems say -------------------------------------------------------------------------------------------
    def say(self, name: str, method: str, target: str, sender: str, number: int, body: Any) -> None:
        rows = self.rows(name)
        case, at_ms = str(number) if number else "", START_MS + number * HOUR_MS
        told = self.ask(method, name, target, body, x_sender=sender, x_case_no=case, x_sandbox_time=str(at_ms))
        if told.fault or name not in self.runs:
            return
        assert told.status in (200, 202, 400, 403, 404, 405, 409, 413, 422), told
        number_of = told.headers.get("x-message-id") or (told.status != 200 and told.told.get("message_id", ""))
        if number_of:
            outcome = "ok" if told.status in (200, 202) else f"refused:{told.told['error']}"
            self.answers.setdefault(name, {})[number_of] = outcome
        if number_of or told.status in (400, 422):
            assert self.rows(name) > rows, told

    def rows(self, name: str) -> int:
        return int(self.ask("GET", name, "").told.get("rows", 0))

    @rule(name=NAMES, sender=st.sampled_from([*SEATS, "tax", ""]), number=NUMBERS, at=st.sampled_from(DOORS))
    def say_example(self, name: str, sender: str, number: int, at: Any) -> None:
        seat, door = at
        example = body_of(door.kind).example()
        path = door.path.format(**{each: example.get(each, number) for each in door.parameters})
        body = None if door.method == "GET" else example
        self.say(name, door.method, f"/{seat}{path}", sender, number, body)

    @rule(name=NAMES, number=NUMBERS, at=st.sampled_from(DOORS), junk=JUNK)
    def say_junk(self, name: str, number: int, at: Any, junk: bytes) -> None:
        seat, door = at
        path = door.path.format(**dict.fromkeys(door.parameters, "7"))
        self.say(name, door.method, f"/{seat}{path}", "hub", number, junk)

    @rule(name=NAMES, number=st.integers(1, 5), code=st.sampled_from(["350305", "350428"]))
    def declare(self, name: str, number: int, code: str) -> None:
        self.say(name, "POST", "/tax/declarations", "hub", number, declaration(registry_code=code))

    # ---- inbox and outbox -------------------------------------------------------------------------------------------
    def first_of(self, name: str, path: str, wanted: str = "message_id") -> list[Any]:
        told = self.ask("GET", name, path)
        return [each for each in told.told["messages"] if each[wanted]] if told.status == 200 else []

    @precondition(lambda self: self.runs)
    @rule(name=NAMES, how=st.sampled_from(["answer", "refuse", "junk", "twice"]))
    def answer(self, name: str, how: str) -> None:
        for each in self.first_of(name, "/inbox?awaited=true")[:2]:
            said: dict[str, Any] = {"kind": "no.such", "body": {"a": 1}}
            if how == "refuse":
                said = {"refuse": {"error": each["refusals"][0] if each["refusals"] else "x"}}
            elif how != "junk" and each["answer_kinds"]:
                kind = KNOWN.kinds[each["answer_kinds"][0]]
                said = {"kind": kind.op.name, "body": body_of(kind).example()}
            for _ in range(2 if how == "twice" else 1):
                path = f"/inbox/{each['message_id']}/answer"
                assert self.ask("POST", name, path, said).status in (200, 400, 404, 422)

    @rule(name=NAMES, at=st.integers(0, 5))
    def resend(self, name: str, at: int) -> None:
        sent = [each["message_id"] for each in self.first_of(name, "/inbox?awaited=false")]
        number = sent[at] if at < len(sent) else "fuzhou-1"
        assert self.ask("POST", name, f"/outbox/{number}/resend").status in (200, 404, 409)

    @rule(name=NAMES)
    def holds(self, name: str) -> None:
        if name in self.runs:
            self.check(name)


def test_any_operations_in_any_order() -> None:
    slow = "LIANTIAO_SLOW" in os.environ
    how = settings(
        max_examples=150 if slow else 6, stateful_step_count=60 if slow else 30, database=None,
        derandomize=not slow, suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    run_state_machine_as_test(AnyOperations, settings=how)  # type: ignore[no-untyped-call]


def test_json_is_read(tmp_path: Path) -> None:
    """The server of these tests answers as one behind a socket does."""
    server = InProcess(tmp_path, NewRun(name="demo", remote=dict.fromkeys(SEATS, ""), **NEW))
    told = server.ask("POST", "/runs/demo/tax/declarations", declaration(), x_sender="hub", x_case_no="1")
    server.end()
    assert (told.status, json.loads(told.raw)) == (200, {"outcome": "ok"})
