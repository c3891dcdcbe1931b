"""What one remote seat says to another is carried across though the sandbox is killed in the middle: nothing of it is lost or
said under another number, and the journal replays without a difference."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple
from urllib.error import URLError

import pytest

from liantiao.sandbox_client import SandboxRun, SandboxServer
from sim.clock import let_pass
from sim.journal.sqlite_reads import JournalReads
from tests.docs.terminals import free_port

pytestmark = pytest.mark.slow
RUN, TOKEN, DOWN, HANGING = "carry", "a-token", range(1, 5), 5
SAID = {"role": "buyer"}


class Call(NamedTuple):
    """One call as the portal heard it."""

    case: int
    message: str
    attempt: int
    body: bytes
    answered: bool


class Portal:
    """A real portal's door: it hangs while told to, then takes everything."""

    def __init__(self, port: int) -> None:
        self.calls: list[Call] = []
        self.hangs, self.came, self.over = True, Event(), Event()
        portal = self

        class Doors(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                hangs = portal.hangs
                head, body = self.headers, self.rfile.read(int(self.headers["Content-Length"]))
                call = Call(int(head["X-Case-No"]), head["X-Message-Id"], int(head["X-Attempt"]), body, not hangs)
                portal.calls.append(call)
                portal.came.set()
                if hangs:
                    portal.over.wait()
                    self.close_connection = True
                    return
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "16")
                self.end_headers()
                self.wfile.write(b'{"outcome":"ok"}')

            def log_message(self, *told: object) -> None:
                """Nothing: what was called is kept."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Doors)
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@contextmanager
def portal_at(port: int) -> Iterator[Portal]:
    portal = Portal(port)
    try:
        yield portal
    finally:
        portal.close()


def login(run: SandboxRun, case: int) -> Any:
    return run.call("portal.login_again", SAID, case=case, sender="buyer")


def unanswered(run: SandboxRun, case: int) -> None:
    with pytest.raises((ConnectionError, URLError)):  # the sandbox dies before it can say anything
        login(run, case)


def test_killed_in_the_middle_nothing_carried_is_lost(tmp_path: Path) -> None:
    port = int(free_port())
    first = SandboxServer(tmp_path, token=TOKEN)
    run = first.create(
        RUN, remote={"portal": f"http://127.0.0.1:{port}/portal", "buyer": ""}, handling="instant", office_hours=False,
        cases=100,
    )  # fmt: skip
    for case in DOWN:  # nobody is there: the sandbox has it, and says so
        told = login(run, case)
        assert (told.status, told.body) == (202, {"outcome": "later"})
    with portal_at(port) as portal:
        asks = Thread(target=unanswered, args=(run, HANGING))
        asks.start()
        while HANGING not in {call.case for call in portal.calls}:
            let_pass(20)
        os.kill(first.pid, signal.SIGKILL)  # while the portal has it and has not answered
        asks.join()
        first.stop()
        assert not any(call.answered for call in portal.calls)
        before = {call.case: call.message for call in portal.calls}
        portal.hangs = False
        portal.over.set()
        with SandboxServer(tmp_path, token=TOKEN) as second:
            again = SandboxRun(second, {"name": RUN})
            while {call.case for call in portal.calls if call.answered} < {*DOWN, HANGING}:
                let_pass(20)
            while (about := again.control("GET", ""))["under_way"]:
                let_pass(20)
            assert about["broken"] == ""
            rows = again.journal(kind="portal.login_again")
        calls = len(portal.calls)
        with SandboxServer(tmp_path, token=TOKEN) as third:  # the whole journal, fed once more
            about = SandboxRun(third, {"name": RUN}).control("GET", "")
            assert (about["broken"], about["under_way"], len(portal.calls)) == ("", 0, calls)
    answered = [call for call in portal.calls if call.answered]
    assert sorted(call.case for call in answered) == [*DOWN, HANGING]
    assert {call.body for call in portal.calls} == {answered[0].body}
    assert all(call.attempt > 1 for call in answered if call.case in DOWN)
    assert all(call.message == before.get(call.case, call.message) for call in answered)
    taken = [row for row in rows if row["outcome"] == "ok"]
    assert sorted(row["case_no"] for row in taken) == [*DOWN, HANGING]
    reads = JournalReads(tmp_path / "data" / "runs" / RUN / "journal.db")
    assert [each.name for each in reads.commands()].count("carried") == len([*DOWN, HANGING])
    reads.close()
