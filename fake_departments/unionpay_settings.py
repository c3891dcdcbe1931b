"""What the payment channel is set to, and how it counts what a case has asked of it."""

from dataclasses import dataclass
from math import inf

from sim.durations import Duration
from sim.party import File


@dataclass(frozen=True, slots=True)
class Settings:
    """Times and shares by their names in package.toml."""

    acknowledge: Duration
    bill_query: Duration
    bank_debit: Duration
    payment_notice: Duration
    fee_refund: Duration
    payment_failed: float
    payment_failed_again: float = 1.0
    """By how much less likely every later payment fails; 1 is no less."""
    account_balance_fen: float = inf
    """What is on the payer's account: a single payment above it fails."""


def ordinal(file: File) -> int:
    """Which of its case's files of this sort a file is, from 1: the attempt its luck hangs on."""
    n = 0
    for other in file.case.subs:
        if other.party is file.party and other.part is file.part:
            n += 1
            if other is file:
                return n
    return n
