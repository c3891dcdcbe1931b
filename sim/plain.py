"""What goes wrong for a reason that a person can mend is said to them in one sentence."""


class PlainError(Exception):
    """The text is the sentence: what is wrong, where, and what would do. The command line says it as it stands."""
