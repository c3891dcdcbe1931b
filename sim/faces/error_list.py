"""Every error an operation can be refused with: its own, the runtime's, and those of malformed bodies."""

from __future__ import annotations

from sim.faces.body_errors import BODY_ERRORS
from sim.gate import CASE_CLOSED, NOT_FOUND, NOT_NOW
from sim.message import Answers, Error, Operation, Shape


def errors_of(operation: Operation) -> tuple[Error, ...]:
    """The refusals (code, Chinese title, next step) an operation's sender can hear, its own first.

    A request can come at the wrong time, about an unknown number or a closed case; a query reads in any state, so it is
    never untimely. Nobody answers a reply or a notice, so they have only what they declare.
    """
    if operation.shape is not Shape.REQUEST:
        return operation.errors
    own = {error.code for error in operation.errors}
    runtime = (NOT_FOUND, CASE_CLOSED) if operation.answers is Answers.QUERY else (NOT_FOUND, NOT_NOW, CASE_CLOSED)
    return (*operation.errors, *[error for error in runtime if error.code not in own])


def body_errors() -> tuple[Error, ...]:
    """What a body itself can be refused with, whatever the operation."""
    return tuple(BODY_ERRORS.values())
