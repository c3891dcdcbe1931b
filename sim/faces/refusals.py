"""Refusals over HTTP: one shape for every no, with what was wrong, by which rule, and what to do next."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from sim.faces.bodies import BodyError, FieldError
from sim.faces.doors import Door, SeatDoors
from sim.faces.error_list import errors_of
from sim.gate import UNEXPECTED
from sim.message import Error, Operation, Refused

STATUSES: Final = {"not_found": 404, "not_now": 409, "case_closed": 409, "unexpected": 409, "case_unknown": 404}
"""HTTP statuses of the runtime's refusals; a department's own business refusals are 422, bad bodies 400."""
BUSINESS: Final = 422


@dataclass(frozen=True, slots=True)
class Problem:
    """What a refused caller is told. `basis` names the numbers of the inventory and the step of the policy document."""

    status: int
    error: str
    title: str
    detail: str = ""
    next_step: str = ""
    fields: tuple[dict[str, Any], ...] = ()
    basis: tuple[str, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)
    closes: bool = False
    """Whether the connection ends with this answer, for the rest of the request was not read."""
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def citing(self, clauses: Mapping[str, str]) -> "Problem":
        """The same, with the clauses of the policy document that its basis stands for."""
        cited = [clauses[each] for each in self.basis if each in clauses]
        return replace(self, more={**self.more, "clauses": cited}) if cited else self

    @property
    def told(self) -> dict[str, Any]:
        """All that the caller is told, by name."""
        return {
            "error": self.error, "title": self.title, "detail": self.detail, "next_step": self.next_step,
            "fields": self.fields, "basis": self.basis, **self.more,
        }  # fmt: skip

    def as_json(self) -> bytes:
        """The body that is sent."""
        return json.dumps(self.told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def basis_of(operation: Operation) -> tuple[str, ...]:
    """Where the policy document asks for this operation: inventory numbers, then the step."""
    return (*operation.inventory, *([operation.step] if operation.step else []))


def of_refusal(operation: Operation, refused: Refused) -> Problem:
    """A department's no."""
    known = (*errors_of(operation), UNEXPECTED)
    found = next((error for error in known if error.code == refused.error), None)
    title, step = (found.title, found.next_step) if found is not None else (refused.detail, "")
    status = STATUSES.get(refused.error, BUSINESS)
    return Problem(status, refused.error, title, refused.detail, step, basis=basis_of(operation))


def of_body(operation: Operation, error: BodyError) -> Problem:
    """A body that is not what was declared, or says what the operation has a name for."""
    fields = tuple(asdict(each) | {"next_step": each.next_step} for each in error.fields)
    named = _named_by(operation, error)
    if named is not None:
        return Problem(BUSINESS, named.code, named.title, str(error), named.next_step, fields, basis_of(operation))
    title, step = f"报文不合要求：{operation.title}", error.fields[0].next_step
    return Problem(400, "bad_body", title, str(error), step, fields, basis_of(operation))


def code_of_body(operation: Operation, error: BodyError) -> str:
    """What the journal says was wrong with a body."""
    named = _named_by(operation, error)
    return error.fields[0].code if named is None else named.code


def _named_by(operation: Operation, error: BodyError) -> Error | None:
    """The first of an operation's own refusals that covers some of what is wrong with a body, if they cover all of it."""
    covering = [[no for no in operation.errors if _covers(no, each)] for each in error.fields]
    return (
        next((no for no in operation.errors if any(no in each for each in covering)), None) if all(covering) else None
    )


def _covers(no: Error, found: FieldError) -> bool:
    return found.code in no.covers and no.field in ("", found.path.rpartition(".")[2])


def unmatched(doors: SeatDoors, seat: str, method: str, path: str) -> Problem:
    """No operation has this method and path."""
    methods = doors.methods(path)
    if methods:
        detail = f"{path} 只接受 {'、'.join(methods)}，不接受 {method}"
        return Problem(405, "method_not_allowed", "方法不对", detail, f"改用 {methods[0]}", more={"allow": methods})
    near = doors.nearest(path)
    hint = f"最接近的接口是 {near.method} /{seat}{near.path}（{near.kind.op.title}）" if near is not None else ""
    return Problem(404, "no_such_operation", "没有这个接口", f"{doors.role.title}没有 {method} {path}。{hint}",
                   _step(near, seat), more={"nearest": _named(near, seat)})  # fmt: skip


def _step(near: Door | None, seat: str) -> str:
    return f"核对路径，或查 /openapi/{seat}.json" if near is not None else "查 /openapi.json"


def _named(near: Door | None, seat: str) -> dict[str, str] | None:
    return None if near is None else {"method": near.method, "path": f"/{seat}{near.path}", "title": near.kind.op.title}


def listed(names: Iterable[str], none: str = "（无）") -> str:
    """Names for people."""
    return "、".join(names) or none
