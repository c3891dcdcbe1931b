"""What a door finds wrong with a body is said by the operation's own name for it, where it covers all that is wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from contract.gov_platform import VerifyIdentity
from contract.portal import Apply
from sim.faces.bodies import BodyError, body_of
from sim.faces.body_errors import BODY_ERRORS
from sim.faces.refusals import Problem, code_of_body, of_body
from sim.message import Message
from tests.sim.faces.every_kind import KINDS, as_raw

WRONG = "110105194912310021"


def refused(kind: type[Message], change: Callable[[Any], object]) -> tuple[Problem, str]:
    """How a door refuses the example with a change, and what the journal says of it."""
    body = body_of(kind).example()
    change(body)
    with pytest.raises(BodyError) as no:
        body_of(kind).parse(as_raw(body))
    return of_body(kind.op, no.value), code_of_body(kind.op, no.value)


def applied(**changes: Any) -> tuple[Problem, str]:
    """An application whose first buyer is written so."""
    return refused(Apply, lambda body: body["application"]["buyers"][0].update(changes))


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"id_no": WRONG}, "id_invalid"), ({"name": "\u3000"}, "field_empty"), ({"name": "", "id_no": WRONG}, "field_empty")],
)  # fmt: skip
def test_the_portal_has_names_for_what_is_typed_wrongly(changes: dict[str, str], code: str) -> None:
    problem, kept = applied(**changes)
    declared = next(each for each in Apply.op.errors if each.code == code)
    assert (problem.status, problem.error, kept) == (422, code, code)
    assert (problem.title, problem.next_step) == (declared.title, declared.next_step)
    assert {each["path"] for each in problem.fields} == {f"application.buyers[0].{name}" for name in changes}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda body: body["application"]["home"].update(unit_code="350102"), "bad_length"),
        (lambda body: body["application"]["buyers"][0].update(id_no=WRONG, name=1), "wrong_type"),
        (lambda body: body["application"]["buyers"][0].pop("id_no"), "missing"),
    ],
)
def test_what_it_has_no_name_for_is_a_malformed_body(change: Callable[[Any], object], code: str) -> None:
    problem, kept = refused(Apply, change)
    assert (problem.status, problem.error) == (400, "bad_body")
    assert kept == problem.fields[0]["code"]
    assert code in {each["code"] for each in problem.fields}


def test_other_operations_do_not_know_the_portals_names() -> None:
    problem, kept = refused(VerifyIdentity, lambda body: body["person"].update(id_type="111", id_no=WRONG))
    assert (problem.error, kept) == ("bad_body", "bad_check_digit")


def test_only_what_a_body_can_be_refused_with_is_covered() -> None:
    covered = {code for kind in KINDS for error in kind.op.errors for code in error.covers}
    assert covered <= BODY_ERRORS.keys()
