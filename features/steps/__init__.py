"""The phrases of scenarios, by subject. Importing this package fills the vocabulary."""

from features.steps import (
    channel_faults,
    charges,
    ends,
    faults,
    habits,
    homes,
    messages,
    money,
    parties,
    payments,
    receipts,
    seizures,
    times,
    timing,
    words,
)

SUBJECTS = (
    words, times, timing, parties, homes, habits, faults, channel_faults, messages, charges, payments, receipts, money, seizures, ends,
)  # fmt: skip
