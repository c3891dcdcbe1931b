"""The phrases of scenarios, by subject. Importing this package fills the vocabulary."""

from features.steps import (
    altered,
    contents,
    delays,
    ends,
    faults,
    forms,
    habits,
    homes,
    linked,
    messages,
    mishaps,
    money,
    outcomes,
    parties,
    platforms,
    registering,
    several,
    times,
    traffic,
    words,
)

SUBJECTS = (
    words, times, parties, homes, forms, several, habits, mishaps, faults, altered, delays, linked, platforms, messages, traffic,
    contents, registering, money, outcomes, ends,
)  # fmt: skip
