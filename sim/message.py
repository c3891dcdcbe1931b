"""Messages: what parties exchange, and the one declaration of each operation.

A message is a plain value: its declared fields and nothing else. Who sends it to whom, about which case, when and for
which time are matters of the runtime and never part of the body.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, dataclass_transform


class Shape(StrEnum):
    """What part a message plays in an exchange."""

    REQUEST = "request"
    REPLY = "reply"
    NOTICE = "notice"
    TIMER = "timer"
    BATCH = "batch"


class Answers(StrEnum):
    """How a request is answered: by its acceptance alone, at once, when the party can, or from its records."""

    ACK = "ack"
    NOW = "now"
    LATER = "later"
    QUERY = "query"
    NONE = "none"

    @property
    def awaited(self) -> bool:
        """Whether an answer with a body of its own comes back."""
        return self in (Answers.NOW, Answers.LATER, Answers.QUERY)


@dataclass(frozen=True, slots=True)
class Error:
    """A named refusal: a stable code, what people read, and what they can do next.

    `covers` are the codes of a malformed body that it names better: a door that finds one of them, in fields called `field`
    where that is given, refuses as the receiver itself would have.
    """

    code: str
    title: str
    next_step: str = "核对报文内容后重新提交"
    covers: tuple[str, ...] = ()
    field: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """When an unanswered message is sent again: gaps in ms after each failed attempt; `forever` repeats the last gap."""

    gaps_ms: tuple[int, ...]
    forever: bool

    def gap_after(self, attempt: int) -> int | None:
        """Milliseconds to wait after failed attempt number `attempt` (from 1), or None to give up."""
        if attempt <= len(self.gaps_ms):
            return self.gaps_ms[attempt - 1]
        return self.gaps_ms[-1] if self.forever and self.gaps_ms else None


MACHINE_LADDER = Ladder((60_000, 300_000, 900_000, 3_600_000), forever=True)
SILENT = Ladder((), forever=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """The one declaration from which route, client call, journal kind and documentation follow.

    `by` says how the receiver finds what the message is about: "case", or the name of the field that is a key of its
    ledger. `opens` allows that key to be new. `ref` and `amount` name the fields shown in the journal; `authorised`
    names the field with the authorisation that a look-up of personal data rests on. `inventory` holds the numbers of the
    message inventory (FJ-01 …), `step` the step of the policy document's own numbering. `polled` names the
    batch operation by which the receiver fetches what is not sent to it.
    """

    name: str
    title: str
    shape: Shape
    answers: Answers = Answers.NONE
    method: str = "POST"
    path: str = ""
    errors: tuple[Error, ...] = ()
    by: str = "case"
    opens: bool = False
    ref: str = ""
    amount: str = ""
    authorised: str = ""
    inventory: tuple[str, ...] = ()
    step: str = ""
    item: str = ""
    ladder: Ladder = MACHINE_LADDER
    polled: str = ""


class Message:
    """Anything one party says to another, or to itself later."""

    __slots__ = ()
    op: ClassVar[Operation]


M = TypeVar("M", bound=Message)


@dataclass_transform(eq_default=False)
def _declared(operation: Operation) -> Callable[[type[M]], type[M]]:
    def declare(kind: type[M]) -> type[M]:
        made = dataclass(slots=True, eq=False)(kind)
        made.op = operation
        return made

    return declare


@dataclass_transform(eq_default=False)
def request(name: str, title: str, answers: Answers, path: str, **more: Any) -> Callable[[type[M]], type[M]]:
    """Declare a request: a message that its receiver accepts, answers or refuses."""
    return _declared(Operation(name, title, Shape.REQUEST, answers, path=path, **more))


@dataclass_transform(eq_default=False)
def response(name: str, title: str, **more: Any) -> Callable[[type[M]], type[M]]:
    """Declare the answer to a request; it is heard by whoever asked."""
    return _declared(Operation(name, title, Shape.REPLY, **more))


@dataclass_transform(eq_default=False)
def notice(name: str, title: str, path: str = "", **more: Any) -> Callable[[type[M]], type[M]]:
    """Declare a notice or call-back: nobody waits for an answer, though its acceptance is seen."""
    return _declared(Operation(name, title, Shape.NOTICE, path=path, **more))


@dataclass_transform(eq_default=False)
def timer(name: str, title: str, **more: Any) -> Callable[[type[M]], type[M]]:
    """Declare a message to oneself, later. It dies with the state that set it."""
    return _declared(Operation(name, title, Shape.TIMER, **more))


@dataclass(slots=True, eq=False)
class Refused(Message):
    """What a sender hears when its request was refused: the error's code and, in Chinese, why."""

    error: str
    detail: str
    of: ClassVar[type[Message]]

    def __reduce__(self) -> tuple[Any, ...]:
        return _refusal, (self.of, self.error, self.detail)


def _refusal(of: type[Message], error: str, detail: str) -> Refused:
    """A kind made for one operation is found again by that operation when a message is read back."""
    return refused(of)(error, detail)


_REFUSALS: dict[type[Message], type[Refused]] = {}


def refused(of: type[Message]) -> type[Refused]:
    """The kind a sender hears when a request of kind `of` is refused."""
    known = _REFUSALS.get(of)
    if known is None:
        known = type(f"{of.__name__}Refused", (Refused,), {"__slots__": (), "__doc__": f"{of.op.title}被退回。"})
        known.of = of
        known.op = Operation(f"{of.op.name}:refused", f"{of.op.title}被退回", Shape.REPLY, item=of.op.item)
        _REFUSALS[of] = known
    return known
