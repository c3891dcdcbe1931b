"""The phrases of scenarios, by subject. Importing this package fills the vocabulary."""

from features.steps import (
    delays,
    ends,
    faults,
    forms,
    habits,
    homes,
    messages,
    mishaps,
    money,
    outcomes,
    parties,
    registering,
    several,
    times,
    words,
)

SUBJECTS = (
    words, times, parties, homes, forms, several, habits, mishaps, faults, delays, messages, registering, money, outcomes, ends,
)  # fmt: skip
