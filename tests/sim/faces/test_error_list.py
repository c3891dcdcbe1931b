"""An operation's errors: its own first, then what the runtime itself may answer."""

from contract import tax
from sim.faces.error_list import body_errors, errors_of
from sim.gate import CASE_CLOSED, NOT_FOUND, NOT_NOW


def test_a_request_has_its_own_errors_and_the_runtimes() -> None:
    assert errors_of(tax.Declare.op) == (*tax.Declare.op.errors, NOT_FOUND, NOT_NOW, CASE_CLOSED)


def test_a_query_is_never_untimely() -> None:
    assert errors_of(tax.QueryBill.op) == (*tax.QueryBill.op.errors, NOT_FOUND, CASE_CLOSED)


def test_nobody_answers_a_notice_or_a_reply() -> None:
    assert errors_of(tax.Assessed.op) == errors_of(tax.TaxBill.op) == ()


def test_codes_of_bodies_and_of_the_runtime_are_apart() -> None:
    bodies = {each.code for each in body_errors()}
    assert not bodies & {each.code for each in errors_of(tax.Declare.op)}
