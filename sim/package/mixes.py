"""What a package's people are like and how long things take: mixes, shares and durations by their known names."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from sim.durations import Duration
from sim.package.tables import Table, check_sum

# The words that parties and the population may ask for. A package need not know them all; an unknown one is a slip.
MIXES = {
    "channel": "online_hall minzhengtong window",
    "holding": "under2 two_to_five over5",
    "buyer_homes": "first second third_plus",
    "buyers": "1 2 3",
    "sellers": "1 2",
    "party_kind": "person company",
    "mortgage": "none to_release with_mortgage",
    "fund_centre": "own_city other_city provincial",
    "certificate_type": "111 511 516 414",
    "extra_certificates": "0 1 2",
    "title_typed": "canonical half_width spaced",
    "stock_state": "done partly_done withdrawn refused lapsed awaiting_seller waiting correcting",
}
SHARES = """
    residential seller_sole_home cost_proved loan net_signed_before separate_payers rare_name old_district_code
    agent minor identity_failed certificate_missing signing_abandoned correction_asked not_accepted review_refused
    seized_during_handling withdrawn_before_tax withdrawn_after_bill withdrawn_after_payment
    tax_returned never_pays payment_failed paid_twice receipt_requested account_wrong
    water_rejected power_rejected gas_rejected cable_tv_rejected housing_fund_rejected rejected_again resubmitted
    recalled
    rating_given bad_rating
    seller_absent records_early unauthorised_agent shared_field_missing three_certificates_missing
    acceptance_late gas_unanswered stock_seized
"""
DURATIONS = """
    acknowledge identity certificate backfill receipt_code certificate_issue case_store data_receipt sms
    form_filling signing_human correction_by_applicant citizen_pay payment_retry receipt_request resubmission
    rating_delay withdrawal_delay distribute tax_assessment tax_correction pay_code bill_query bank_debit write_off
    payment_notice receipt bill_validity tax_refund fee_refund desk_accept desk_review desk_record desk_certify
    mortgage_release precheck power water gas cable_tv housing_fund cancellation seizure_delay
"""


@dataclass(frozen=True, slots=True)
class Mix:
    """Alternatives of which exactly one holds, each with its weight."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    cumulative: tuple[float, ...]
    source: str

    def pick(self, u: float) -> str:
        """The alternative at quantile u, which lies in [0, 1)."""
        return self.names[bisect_right(self.cumulative, u)]


def read_mixes(table: Table) -> dict[str, Mix]:
    """The mixes of a package by name."""
    table.names_among(MIXES, "构成")
    return {name: _mix(entry, MIXES[name].split()) for name, entry in table.tables("weights source")}


def _mix(entry: Table, known: list[str]) -> Mix:
    weights = entry.table("weights")
    weights.names_among(known, "选项")
    shares = [weights.share(name) for name in weights.entries]
    check_sum(weights.place, shares)
    # The last bound is exactly one, so that no quantile falls beyond it.
    return Mix(tuple(weights.entries), tuple(shares), (*accumulate(shares[:-1]), 1.0), entry.text("source"))


def read_shares(table: Table) -> dict[str, float]:
    """The shares of a package by name; their sources stay in the file, beside the numbers."""
    table.names_among(SHARES.split(), "比例")
    shares = {}
    for name, entry in table.tables("share source"):
        entry.text("source")
        shares[name] = entry.share("share")
    return shares


def read_durations(table: Table) -> dict[str, Duration]:
    """The durations of a package by name."""
    table.names_among(DURATIONS.split(), "时长")
    return {name: table.duration(name) for name in table.entries}
