"""The housing fund's withdrawals: conditions, centres, one for a home, and money to the fen."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract import housing_fund as said
from contract.records import Withdrawal
from fake_departments.housing_fund import PERIOD_MS, ROLE, Settings
from sim.calendar import DAY_MS
from sim.dossier import OTHER_CITY_FUND, OWN_CITY_FUND, PROVINCIAL_FUND
from sim.durations import Duration
from sim.message import Message
from sim.polls import PollPlan
from tests.fake_departments.transfers import ACCOUNTS, fixed, spread
from tests.town import BUYER, SELLER, START_MS, Town, a_dossier

DECIDING_MS = 2 * DAY_MS
PRICE_FEN = 150_000_000
WIFE = replace(BUYER, name="黄梅", id_no="350000199202020029")


class Fund(Town):
    """A town with the fund, whose people take two days; the hub and the registry poll it hourly."""

    def __init__(self, share: float = 0.0, takes: Duration | None = None, seed: int = 1, **changes: Any) -> None:
        plans = {("housing_fund.fetch_results", seat): PollPlan(said.FetchResults) for seat in ("hub", "registry")}
        rules = Settings(takes or fixed(DECIDING_MS), share, fixed(1_000))
        dossier = a_dossier(**{"accounts": ACCOUNTS, **changes})
        super().__init__({"housing_fund": ROLE}, {"housing_fund": rules}, polls=plans, dossier=dossier, seed=seed)

    def withdrawal(self, case: int = 1, **changes: Any) -> Withdrawal:
        """What an honest registry pushes, half a million yuan and seven fen."""
        dossier = self.open(case).dossier
        asked = Withdrawal(
            dossier.accounts[4], dossier.fund_centre, BUYER, dossier.unit_code, dossier.title_no, dossier.price_fen,
            50_000_007, BUYER.name, START_MS - 60_000,
        )  # fmt: skip
        return replace(asked, **changes)

    def push(self, account: str = "", seat: str = "hub", case: int = 1, **changes: Any) -> str:
        """Push; returns the acceptance number last heard, or the error's code."""
        asked = self.withdrawal(case, **changes)
        self.say(seat, "housing_fund", said.Push(account or asked.account, asked), case)
        self.run(ms=200)
        last = self.heard(seat, case=case)[-1]
        return last.accept_no if isinstance(last, said.PushAccepted) else last.error

    def ask(self, message: Message) -> Any:
        """Send any other request; returns what came back."""
        self.say("hub", "housing_fund", message)
        self.run(minutes=2)
        return self.heard("hub")[-1]

    def decided(self, case: int = 1, **changes: Any) -> tuple[int, str, int]:
        """Push and wait; returns status, reason and money of the result."""
        self.push(case=case, **changes)
        self.run(days=4)
        last = self.heard("hub", said.Result, case)[-1]
        return last.status, last.reason_code, last.amount_fen

    def now_in(self, case: int = 1) -> str:
        return self.state("housing_fund", "housing_fund", case=case).name


def test_what_was_asked_for_is_paid_to_the_fen() -> None:
    fund = Fund()
    assert fund.decided() == (3, "", 50_000_007)
    assert fund.now_in() == "paid"
    (told,) = fund.rows(kind="housing_fund.result")
    assert (told["amount_fen"], told["receiver"]) == (50_000_007, "hub")


def test_all_of_the_price_may_be_drawn_and_not_a_fen_more() -> None:
    assert Fund().decided(asked_fen=PRICE_FEN) == (3, "", PRICE_FEN)
    assert Fund().decided(asked_fen=PRICE_FEN + 1) == (4, "amount_too_high", 0)
    assert Fund().decided(asked_fen=PRICE_FEN + 1, price_fen=2 * PRICE_FEN) == (4, "amount_too_high", 0)
    assert Fund().decided(asked_fen=0) == (4, "amount_too_high", 0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"person": SELLER}, "not_own_purchase"),
        ({"bank_account_name": "王五"}, "bank_name_differs"),
        ({"title_no": ""}, "title_not_found"),
        ({"recorded_ms": START_MS + 9 * DAY_MS}, "title_not_found"),
        ({"unit_code": "350102001001GB00001F00019999"}, "title_not_found"),
        ({"recorded_ms": START_MS - PERIOD_MS - 1}, "period_over"),
    ],
)
def test_a_condition_that_is_not_met_is_the_reason(changes: dict[str, Any], reason: str) -> None:
    fund = Fund()
    assert fund.decided(**changes) == (4, reason, 0)
    assert fund.now_in() == "returned"


def test_a_co_buyer_draws_too() -> None:
    fund = Fund(buyers=(BUYER, WIFE))
    assert fund.decided(person=WIFE, bank_account_name=WIFE.name)[0] == 3


@pytest.mark.parametrize(
    ("centre", "prefix"), [(OWN_CITY_FUND, "GJ"), (OTHER_CITY_FUND, "YD"), (PROVINCIAL_FUND, "SZ")]
)
def test_savings_lie_with_one_of_three_centres(centre: int, prefix: str) -> None:
    fund = Fund(fund_centre=centre)
    assert fund.push().startswith(prefix)
    fund.run(ms=DECIDING_MS // 2 + 1_000)
    assert fund.now_in() == ("inquiring" if centre == OTHER_CITY_FUND else "deciding")
    fund.run(ms=DECIDING_MS // 2)
    assert fund.now_in() == "paid"


def test_another_centre_has_no_such_account() -> None:
    assert Fund(fund_centre=OTHER_CITY_FUND).push(centre=OWN_CITY_FUND) == "account_unknown"


def test_a_mistyped_account_is_unknown_once_and_then_put_right() -> None:
    fund = Fund(account_wrong=16)
    assert [fund.push(), fund.push()[:2]] == ["account_unknown", "GJ"]
    assert Fund().push("123") == "account_unknown"


def test_a_push_said_twice_is_one_withdrawal() -> None:
    fund = Fund()
    assert fund.push() == fund.push()
    assert fund.push("000123456780") == "account_unknown"
    fund.run(days=4)
    assert len(fund.heard("hub", said.Result)) == 1


def test_a_home_is_good_for_one_withdrawal_a_person_across_cases() -> None:
    fund = Fund(buyers=(BUYER, WIFE))
    number = fund.push()
    assert fund.push(case=2) == "already_withdrawn"
    assert number in fund.heard("hub", case=2)[-1].detail
    assert fund.push(case=3, person=WIFE, bank_account_name=WIFE.name).startswith("GJ")
    fund.run(days=4)
    assert fund.push() == "already_withdrawn"
    assert fund.push(case=2) == "already_withdrawn"


def test_the_ledger_outlives_the_case() -> None:
    fund = Fund()
    fund.let_go = True
    fund.push()
    fund.run(days=4)
    assert fund.sandbox.cases == {}
    fund.let_go = False
    assert fund.push(case=2) == "already_withdrawn"


def test_what_was_not_paid_out_leaves_the_home_free() -> None:
    fund = Fund()
    assert fund.decided(asked_fen=PRICE_FEN + 1)[0] == 4
    fund.ask(said.Cancel(fund.push(case=1), "撤件"))
    assert fund.decided(case=2) == (3, "", 50_000_007)


def test_returned_papers_are_put_right_and_pushed_again() -> None:
    fund = Fund()
    first = fund.push(bank_account_name="王五")
    fund.run(days=4)
    second = fund.push()
    fund.run(days=4)
    assert second != first
    assert [each.status for each in fund.heard("hub", said.Result)] == [4, 3]
    told = fund.ask(said.QueryStatus(first))
    assert (told.status, told.reason_code) == (4, "bank_name_differs")
    assert fund.ask(said.QueryStatus(second)).status == 3
    assert fund.ask(said.QueryStatus("0")).error == "not_found"


def test_facts_do_not_change_by_asking_again() -> None:
    reasons = set()
    for seed in range(60):
        fund = Fund(share=1.0, seed=seed, fund_centre=OTHER_CITY_FUND)
        first = fund.decided()[1]
        if first in {"elsewhere", "period_over"}:
            fund.sandbox.seats["housing_fund"].settings = Settings(fixed(1), 0.999, fixed(1))
            assert fund.decided()[1] == first
            reasons.add(first)
    assert reasons == {"elsewhere", "period_over"}


def test_a_decision_takes_at_most_three_working_days() -> None:
    fund = Fund(takes=spread(DAY_MS // 2, 5 * DAY_MS // 2), fund_centre=OTHER_CITY_FUND)
    for case in range(1, 101):
        fund.open(case, a_dossier(accounts=ACCOUNTS, unit_code=f"{case:028d}", fund_centre=case % 3))
        fund.say("hub", "housing_fund", said.Push(ACCOUNTS[4], fund.withdrawal(case)), case)
    fund.run(days=5)
    decided = fund.rows(kind="housing_fund.pay_out")
    assert len(decided) == 100
    assert max(row["t"] for row in decided) - START_MS < 3 * DAY_MS


def test_every_declared_reason_happens() -> None:
    fund = Fund(share=1.0)
    for case in range(1, 301):
        facts = {"loan": case % 2 == 0, "fund_centre": case % 3, "buyers": (BUYER, WIFE)[: 1 + case % 2]}
        dossier = a_dossier(
            accounts=ACCOUNTS, unit_code=f"{case:028d}", acquired_ms=START_MS - case * 5 * DAY_MS, **facts
        )
        fund.open(case, dossier)
        fund.say("hub", "housing_fund", said.Push(ACCOUNTS[4], fund.withdrawal(case)), case)
    fund.run(days=5)
    found = {each.reason_code for case in range(1, 301) for each in fund.heard("hub", said.Result, case)}
    assert found == {reason.code for reason in said.REASONS}


def test_a_withdrawal_can_be_cancelled_until_it_is_paid() -> None:
    fund = Fund()
    number = fund.push()
    assert [type(fund.ask(said.Cancel(number, "撤件"))) for _ in range(2)] == [said.Cancelled] * 2
    fund.run(days=4)
    assert (fund.now_in(), fund.heard("hub", said.Result)) == ("cancelled", [])
    assert fund.ask(said.QueryStatus(number)).status == 5
    again = fund.push()
    assert fund.ask(said.Cancel(number, "撤件")).error == "too_late"
    assert fund.push() == again
    fund.run(days=4)
    assert fund.ask(said.Cancel(again, "撤件")).error == "too_late"


@settings(max_examples=80)
@given(st.data())
def test_nothing_a_partner_says_breaks_it(data: st.DataObject) -> None:
    fund = Fund(share=0.5, fund_centre=data.draw(st.integers(0, 2)), account_wrong=data.draw(st.sampled_from([0, 16])))
    numbers = st.sampled_from([f"{prefix}000000001{n}" for prefix in ("GJ", "YD", "SZ") for n in (1, 2)] + [""])
    changes = st.fixed_dictionaries({
        "asked_fen": st.integers(-1, 2 * PRICE_FEN), "person": st.sampled_from([BUYER, SELLER]), "centre": st.integers(-1, 3),
    })  # fmt: skip
    words: st.SearchStrategy[Message] = st.one_of(
        st.builds(lambda more: said.Push(ACCOUNTS[4], fund.withdrawal(**more)), changes),
        st.builds(lambda account: said.Push(account, fund.withdrawal()), st.sampled_from(["", "9", ACCOUNTS[4]])),
        st.builds(lambda number: said.Cancel(number, "撤件"), numbers),
        st.builds(said.QueryStatus, numbers),
    )
    for word in data.draw(st.lists(words, max_size=12)):
        fund.say(data.draw(st.sampled_from(["hub", "registry"])), "housing_fund", word)
        fund.run(hours=data.draw(st.sampled_from([0, 1, 30, 80])))
    fund.run(days=5)
    paid = [each for seat in ("hub", "registry") for each in fund.heard(seat, said.Result) if each.status == 3]
    assert sum(each.amount_fen for each in paid) <= PRICE_FEN
    assert len(paid) <= 1
    assert fund.unexpected() == []
    assert fund.state("housing_fund", "housing_fund").end
