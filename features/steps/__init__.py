"""The phrases of scenarios, by subject. Importing this package fills the vocabulary."""

from features.steps import (
    altered,
    channel_faults,
    charges,
    contents,
    delays,
    ends,
    faults,
    forms,
    habits,
    handing_on,
    homes,
    linked,
    messages,
    mishaps,
    money,
    outcomes,
    parties,
    payments,
    platforms,
    receipts,
    registering,
    seizures,
    several,
    times,
    timing,
    traffic,
    words,
)

SUBJECTS = (
    words, times, timing, parties, homes, forms, several, habits, mishaps, faults, altered, delays, channel_faults, linked,
    platforms, messages, traffic, handing_on, contents, registering, charges, payments, receipts, money, seizures, outcomes, ends,
)  # fmt: skip
