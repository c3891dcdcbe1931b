"""What an acceptance leaves for people: the page, the workbook, the document, JUnit, their hashes and signatures."""

from sim.plain import PlainError


class AcceptanceError(PlainError):
    """What was asked of an acceptance's reports cannot be done; the message says what, why and what would do."""
