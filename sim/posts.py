"""Posts: what an action returns. The core says what and how long; the runtime says when and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.message import Error, Message

SEND, REPLY, LATER, WORKING, WORK, HOLD, ANSWER = range(7)  # the first three are by far the most frequent
Post = tuple[int, Any, int, Message]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An action's lawful no: the state stays and the sender hears it."""

    error: Error
    detail: str = ""


Posts = Sequence[Post] | Refusal
NOTHING: Sequence[Post] = ()


def send(seat: str, message: Message) -> Post:
    """Say `message` to the party at `seat` (a seat or one of the party's links)."""
    return (SEND, seat, 0, message)


def reply(message: Message, after_ms: int = 0) -> Post:
    """Answer the request being heard, after `after_ms` of handling."""
    return (REPLY, None, after_ms, message)


def answer(asked: "Asked", message: Message, after_ms: int = 0) -> Post:
    """Answer a request heard earlier and kept as `file.asked`."""
    return (ANSWER, asked, after_ms, message)


def later(after_ms: int, message: Message) -> Post:
    """Hear `message` oneself after `after_ms` of elapsed time."""
    return (LATER, None, after_ms, message)


def working(after_ms: int, message: Message) -> Post:
    """Hear `message` oneself after `after_ms` of office time."""
    return (WORKING, None, after_ms, message)


def work(post: str, work_ms: int, message: Message) -> Post:
    """Hear `message` oneself once a clerk of `post` has been free and has worked `work_ms` of office time on it."""
    return (WORK, post, work_ms, message)


def hold(seat: str, message: Message, after_ms: int = 0) -> Post:
    """Lay `message` ready, from `after_ms` on, for the next batch poll of the party at `seat`."""
    return (HOLD, seat, after_ms, message)


def refuse(error: Error, detail: str = "") -> Refusal:
    """Refuse the message being heard by one of its declared errors."""
    return Refusal(error, detail)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, by which message: kept by a party that answers later."""

    asker: Any
    """Where the asking file stands, or what a face keeps of an open request; a core only hands it back."""
    id: int
