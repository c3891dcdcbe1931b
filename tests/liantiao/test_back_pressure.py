"""A disk that does not keep up: the server says that it is busy, in the documented form, and loses nothing of what it took."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import jsonschema_rs

from sim.calendar import DAY_MS
from sim.journal.sqlite import DISK
from sim.runs.busy import Limits
from tests.liantiao.replayed import check_no_gap, check_state
from tests.liantiao.wire import Served, http, peer, served
from tests.sandbox_bodies import declaration

ROOM = 20
TAKEN = ROOM + 1
"""What is taken before so many rows wait that there is no more room."""
AT_ONCE = 80
PLAN = {"seed": 1, "cases": AT_ONCE, "settle_ms": 0, "remote": {"hub": "", "registry": "", "portal": ""}}
READABLE = {"channel": "online_hall", "items": ["transfer"]}
Told = tuple[int, dict[str, str], Any]


@contextmanager
def a_stuck_disk() -> Iterator[Event]:
    """The thread that waits for the disk waits, until the event is set."""
    on = Event()
    DISK.submit(on.wait)
    try:
        yield on
    finally:
        on.set()


async def say(one: Served, number: int, path: str, sender: str, body: Any) -> Told:
    """A message about a case: status, headers, and what came back."""
    head = {
        "X-Sender": sender,
        "X-Case-No": str(number),
        "X-Message-Id": f"said-{number}",
        "Content-Type": "application/json",
    }
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with one.session.post(f"{one.url}/runs/demo{path}", data=raw, headers=head) as answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.json()


async def first_done(asked: Iterable["asyncio.Task[Told]"], count: int) -> None:
    """Wait until so many of them have been answered."""
    answered = asyncio.as_completed(list(asked), timeout=60)
    for _ in range(count):
        await next(answered)


async def documented(one: Served, seat: str, path: str) -> Any:
    """How a door's 503 is documented: (its headers, a validator of its body)."""
    async with one.session.get(f"{one.url}/openapi/{seat}.json") as answer:
        document = await answer.json()
    found = next(each for where, each in document["paths"].items() if where.endswith(path))["post"]["responses"]["503"]
    if "$ref" in found:
        found = document["components"]["responses"][found["$ref"].rpartition("/")[2]]
    schema = found["content"]["application/json"]["schema"] | {"components": document["components"]}
    return found["headers"], jsonschema_rs.validator_for(schema)


async def check_refusals(one: Served, refused: list[Told]) -> None:
    """Each says when to come again, as the document of the door has it."""
    headers, body = await documented(one, "gov_platform", "/receipt-codes")
    assert set(headers) == {"Retry-After"}
    for status, head, told in refused:
        assert (status, told["error"]) == (503, "sandbox_busy")
        assert int(head["retry-after"]) >= 1
        body.validate(told)


async def check_kept(one: Served, taken: list[Told]) -> None:
    """Every answer is in the journal as it was given."""
    rows = {row["message_id"]: row for row in await one.rows("kind=gov_platform.issue_receipt_code&outcome=ok")}
    assert len(rows) == len(taken)
    for status, head, told in taken:
        assert status == 200
        assert rows[head["x-message-id"]]["reply_body"] == told


async def check_state_of(one: Served, folder: Path) -> None:
    about = await one.ok("GET", "?digest=true")
    assert about["broken"] == ""
    await one.host.file.durable()
    check_no_gap(folder)
    check_state(folder, about)


def test_a_stuck_disk_makes_the_server_busy_and_loses_nothing(tmp_path: Path) -> None:
    async def all_of_it() -> None:
        async with served(tmp_path, **PLAN) as one:
            await one.host.file.durable()
            one.host.limits = Limits(rows=ROOM)
            with a_stuck_disk() as disk:
                bodies = {number: READABLE if number % 4 else b'{"channel":' for number in range(1, AT_ONCE + 1)}
                asked = {
                    number: asyncio.ensure_future(say(one, number, "/gov_platform/receipt-codes", "portal", body))
                    for number, body in bodies.items()
                }
                await first_done(asked.values(), AT_ONCE - TAKEN)
                waiting = [number for number, each in asked.items() if not each.done()]
                refused = {number: each.result() for number, each in asked.items() if each.done()}
                assert len(waiting) == TAKEN
                assert {number % 4 for number in refused} == {0, 1, 2, 3}, "what cannot be read takes room, too"
                await check_refusals(one, list(refused.values()))
                disk.set()
                came = {number: await asked[number] for number in waiting}
            assert {told[0] for number, told in came.items() if not number % 4} <= {400}
            taken = [told for number, told in came.items() if number % 4]
            await check_kept(one, taken)
            assert one.host.busy_answers == len(refused)
            busy = await one.rows("kind=sandbox.busy")
            assert {row["outcome"] for row in busy} == {"refused:sandbox_busy"}
            taken += [await say(one, n, "/gov_platform/receipt-codes", "portal", READABLE) for n in refused if n % 4]
            await check_kept(one, taken)
            await check_state_of(one, tmp_path / "runs" / "demo")

    asyncio.run(all_of_it())


def test_a_peer_that_keeps_us_waiting_makes_the_server_busy_and_loses_nothing(tmp_path: Path) -> None:
    async def all_of_it() -> None:
        async with (
            peer(lambda n, said: "wait") as (hub, address),
            served(tmp_path, **PLAN | {"remote": {"hub": address}}) as one,
        ):
            one.host.limits = Limits(outbox_per_seat=0)
            told = await say(one, 1, "/tax/declarations", "hub", declaration())
            assert told[0] == 200, told
            moving = asyncio.ensure_future(one.ok("POST", "/clock/advance", {"by_ms": 5 * DAY_MS}))
            await hub.has(1)
            refused = [await say(one, number, "/tax/declarations", "hub", declaration()) for number in (1, 2, 3)]
            await check_refusals(one, refused)
            hub.go_on.set()
            await moving
            assert (await say(one, 1, "/tax/declarations", "hub", declaration()))[0] == 422
            (called,) = await one.rows("kind=tax.assessed")
            assert called["outcome"] == "ok"
            assert called["body"] == json.loads(hub.got[0].body)
            await check_state_of(one, tmp_path / "runs" / "demo")

    asyncio.run(all_of_it())


def test_no_callback_leaves_before_its_row_is_on_disk(tmp_path: Path) -> None:
    async def all_of_it() -> None:
        async with (
            peer(lambda n, said: http(200)) as (hub, address),
            served(tmp_path, **PLAN | {"remote": {"hub": address}}) as one,
        ):
            assert (await say(one, 1, "/tax/declarations", "hub", declaration()))[0] == 200
            with a_stuck_disk() as disk:
                moving = asyncio.ensure_future(one.ok("POST", "/clock/advance", {"by_ms": 5 * DAY_MS}))
                while not (one.host.outgoing.sent or hub.got):
                    await one.ok("GET", "/clock")
                for _ in range(20):  # whatever would leave has its turns
                    await one.ok("GET", "/clock")
                assert hub.got == []
                disk.set()
                await moving
            assert hub.got[0].path.endswith("/assessed")

    asyncio.run(all_of_it())
