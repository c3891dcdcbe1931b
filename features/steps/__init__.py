"""The phrases of scenarios, by subject. Importing this package fills the vocabulary."""

from features.steps import (
    contents,
    ends,
    faults,
    habits,
    homes,
    linked,
    messages,
    money,
    parties,
    platforms,
    times,
    traffic,
    words,
)

SUBJECTS = (
    words, times, parties, homes, habits, faults, linked, platforms, messages, traffic, contents, money, ends,
)  # fmt: skip
