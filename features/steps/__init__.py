"""The phrases of scenarios, by subject. Importing this package fills the vocabulary."""

from features.steps import ends, faults, habits, homes, messages, money, parties, times, words

SUBJECTS = (words, times, parties, homes, habits, faults, messages, money, ends)
