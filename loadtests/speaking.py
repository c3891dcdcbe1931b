"""How a person's act goes over the wire: the operation's own path and body, signed, with a trace, and what came back."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from sim.clock import wall_ms
from sim.faces.answers import read_response
from sim.faces.doors import Directory
from sim.faces.http_out import target_of
from sim.faces.keys import KeyRing
from sim.faces.signatures import sign
from sim.faces.traces import traceparent
from sim.runs.caller import Came
from sim.runs.exchanges import Going
from sim.runs.shares import owner

LATER = 202
ACKNOWLEDGED = b'{"outcome":"ok"}'
"""How a sandbox says that it has taken something; nothing of it need be read then."""
TAKEN = Came("ok")


class Wire(NamedTuple):
    """One act as an HTTP request: to which of the sandboxes, and where there."""

    method: str
    at: int
    target: str
    body: bytes
    headers: dict[str, str]


class Speaking:
    """What leaves for the seats of one run."""

    def __init__(self, directory: Directory, run_urls: Sequence[str], run: str, keys: Sequence[KeyRing]) -> None:
        """`run_urls` and `keys` are of the sandboxes that share the cases, in the order of their remainders."""
        self.directory, self.run_urls, self.run, self.keys = directory, run_urls, run, keys
        self._prefixes = [url[url.index("/", url.index("//") + 2) :] for url in run_urls]
        self._nonces = count(wall_ms())

    def wire(self, going: Going, now_ms: int) -> Wire:
        """One act as an HTTP request."""
        call = going.call
        seat, sender = call.route.receiver.seat, call.route.sender.seat
        door = self.directory.doors[seat].by_kind[type(call.body)]
        path, body = target_of(door, call.body, call.case.number)
        headers = {
            "Content-Type": "application/json", "X-Sender": sender, "X-Case-No": str(call.case.number),
            "X-Message-Id": going.message_id, "X-Attempt": str(call.attempt), "X-Sandbox-Time": str(now_ms),
            "traceparent": traceparent(self.run, call.case.number, going.message_id, call.attempt),
        }  # fmt: skip
        at = owner(call.case.number, len(self.run_urls))
        target = f"{self._prefixes[at]}/{seat}{path}"
        if not self.keys[at].all_open:
            headers |= sign(self.keys[at].of(sender), door.method, target, body, wall_ms(), f"{next(self._nonces):x}")
        return Wire(door.method, at, target, body, headers)

    def read(self, going: Going, status: int, header: Callable[[str], str | None], raw: bytes) -> Came:
        """What a response means. What the sandbox will carry across later is not said again by us."""
        operation = type(going.call.body).op
        if raw == ACKNOWLEDGED and status == 200 and not operation.answers.awaited and header("x-kind") is None:
            return TAKEN
        if status == LATER and not operation.answers.awaited:
            return Came("ok", error="later")
        names: Mapping[str, str | None] = {n: header(n) for n in ("content-type", "x-kind", "x-answer-after")}
        headers = {name.encode(): value.encode() for name, value in names.items() if value}
        return read_response(self.directory, operation, status, headers, raw)


def outcome_of(came: Came, status: int, broken: str) -> str:
    """How an exchange is counted: ok, refused:<code>, or what failed."""
    if came.error == "later":
        return "failed:not_taken_at_once"
    if came.how == "refused":
        return f"refused:{came.error}"
    if came.how == "failed":
        return f"failed:{broken or came.error or status}"
    return "ok"
