"""What holds in every case: told of a scenario where its case breaks it, and of nobody where it cannot be seen."""

import json
from typing import Any

import pytest

from features.every_case import RULES, TOLD_WITHIN_MS, broken
from features.evidence import Seen
from sim.journal.record import Record
from tests.features.test_promptness import FAULTY
from tests.features.test_steps_of_order import KINDS, PLAYED, row, told

ONCE = "登记系统没有重复发出报文"
OWN, ORDERS, EXPLAINED, PHONE, _, TOLD = (rule.title for rule in RULES[-6:])


def broken_by(*rows: Record) -> list[str]:
    return [rule.title for rule, _ in broken(told(*rows))]


def said(n: int, kind: str, sender: str, receiver: str, t_ms: int = 0, outcome: str = "ok", **body: Any) -> Record:
    return row(n, kind, t_ms, sender=sender, receiver=receiver, outcome=outcome, body=json.dumps(body))


@pytest.mark.parametrize(
    ("second", "breaks"),
    [
        ({"t_ms": 99}, [ONCE]),
        ({"outcome": "refused:not_now"}, [ONCE]),
        ({"t_ms": 100}, []),
        ({"outcome": "fault:lost"}, []),
        ({"receiver": "hub"}, []),
        ({"acceptance_no": "2"}, []),
    ],
)
def test_nothing_is_said_twice_at_once(second: dict[str, Any], breaks: list[str]) -> None:
    first = {"kind": "portal.accepted", "sender": "registry", "receiver": "portal", "acceptance_no": "1"}
    assert broken_by(said(1, **first), said(2, **first | second)) == breaks


def test_a_question_may_be_asked_twice() -> None:
    accepted = said(1, "power.push_accepted", "power", "hub", accept_no="1")
    assert broken_by(accepted, *(said(n, "power.query_status", "hub", "power", accept_no="1") for n in (2, 3))) == []


@pytest.mark.parametrize(("more", "breaks"), [({}, []), ({"buyer_phone": "1"}, ["登记系统所发报文没有约定以外的栏目"])])
def test_nothing_is_slipped_in(more: dict[str, str], breaks: list[str]) -> None:
    assert broken_by(said(1, "hub.cancel_charges", "registry", "hub", reason="撤件", **more)) == breaks


@pytest.mark.parametrize(("shown", "breaks"), [(100, []), (101, [ORDERS])])
def test_people_are_shown_the_amount_of_their_order(shown: int, breaks: list[str]) -> None:
    order = said(1, "unionpay.create_order", "hub", "unionpay", order_no="A", amount_fen=100)
    other = said(2, "person.cashier_opened", "hub", "buyer", order_no="B", amount_fen=7)
    assert (
        broken_by(order, other, said(3, "person.cashier_opened", "hub", "seller", order_no="A", amount_fen=shown))
        == breaks
    )


@pytest.mark.parametrize(
    ("status", "code", "reason", "breaks"),
    [(4, "E1", "欠费", []), (4, "", "欠费", [EXPLAINED]), (4, "E1", "", [EXPLAINED]), (3, "", "", [])],
)
def test_who_tells_of_a_refusal_says_why(status: int, code: str, reason: str, breaks: list[str]) -> None:
    result = said(1, "hub.power_result", "hub", "registry", status=status, reason_code=code, reason=reason)
    assert broken_by(result) == breaks


@pytest.mark.parametrize(("asked", "outcome", "breaks"), [("1", "ok", []), ("2", "ok", [OWN]), ("2", "fault:lost", [])])
def test_a_department_is_asked_for_what_it_accepted(asked: str, outcome: str, breaks: list[str]) -> None:
    pushed = said(1, "power.push", "hub", "power", account="9")._replace(reply_body='{"accept_no": "1"}')
    assert broken_by(pushed, said(2, "power.query_status", "hub", "power", outcome=outcome, accept_no=asked)) == breaks


def test_what_is_turned_away_counts_unless_faults_were_arranged() -> None:
    asked = said(1, "power.query_status", "hub", "power", outcome="refused:not_found", accept_no="2")
    assert broken_by(asked) == [OWN]
    seen = Seen(FAULTY, (asked,), {}, (), True, KINDS)
    assert not [*broken(seen)]


@pytest.mark.parametrize(("no", "breaks"), [("A", []), ("B", [OWN])])
def test_the_documents_shown_are_those_that_were_issued(no: str, breaks: list[str]) -> None:
    issued = said(1, "tax.certificate_issued", "tax", "hub", certificate_no="A")
    assert broken_by(issued, said(2, "person.receipts_ready", "hub", "buyer", numbers=[no])) == breaks


@pytest.mark.parametrize(("to", "phone", "breaks"), [("buyer", "2", [PHONE]), ("buyer", "1", []), ("seller", "2", [])])
def test_everything_that_a_party_is_sent_goes_to_one_phone(to: str, phone: str, breaks: list[str]) -> None:
    first = said(1, "notify.sms", "registry", "notify", to="buyer", masked_phone="1")
    assert broken_by(first, said(2, "notify.sms", "registry", "notify", 500, to=to, masked_phone=phone)) == breaks


@pytest.mark.parametrize(("remote", "breaks"), [(("hub",), [OWN]), (("hub", "tax"), [])])
def test_who_was_given_a_number_out_of_sight_is_not_blamed(remote: tuple[str, ...], breaks: list[str]) -> None:
    shown = said(1, "person.receipts_ready", "hub", "buyer", numbers=["A"])
    assert [rule.title for rule, _ in broken(Seen(PLAYED, (shown,), {}, remote, True, KINDS))] == breaks


def test_a_text_that_nobody_could_read_or_that_was_turned_away_breaks_nothing() -> None:
    first = said(1, "notify.sms", "registry", "notify", to="buyer", masked_phone="1")
    unread = row(2, "notify.sms", 500, sender="registry", receiver="notify")
    refused = said(3, "notify.sms", "registry", "notify", 900, "refused:unmasked", to="buyer", masked_phone="2")
    assert broken_by(first, unread, refused) == []


def heard(accept_no: str = "1", **more: Any) -> tuple[Record, Record]:
    """A push that was accepted under number 1, and a result."""
    accepted = said(1, "power.push_accepted", "power", "hub", accept_no="1")
    return accepted, said(2, "power.result", "power", "hub", accept_no=accept_no, status=3, **more)


@pytest.mark.parametrize(
    ("told_ms", "outcome", "breaks"),
    [(TOLD_WITHIN_MS, "ok", []), (TOLD_WITHIN_MS + 1, "ok", [TOLD]), (5, "fault:lost", [])],
)
def test_what_the_hub_hears_the_registry_hears(told_ms: int, outcome: str, breaks: list[str]) -> None:
    assert broken_by(*heard()) == [TOLD]
    assert broken_by(*heard(accept_no="2")) == []
    result = said(3, "hub.power_result", "hub", "registry", told_ms, outcome, status=3)
    assert broken_by(*heard(), result) == breaks


def test_nobody_is_blamed_for_what_may_still_come_or_cannot_be_seen() -> None:
    ways = {"hub.power_result": (("hub",), ("registry",))}
    assert not [*broken(Seen(PLAYED, heard(), {}, (), False, KINDS))]
    assert not [*broken(Seen(PLAYED, heard(), ways, ("hub", "registry"), True, KINDS))]
