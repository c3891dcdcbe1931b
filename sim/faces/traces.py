"""Trace contexts (W3C `traceparent`): every call about a case belongs to one trace, whoever makes it, drawn from its name alone."""

from sim.draws import salt


def traceparent(run: str, case_no: int, message_id: str, attempt: int) -> str:
    """The header of one call: the trace is the case's, the span the message's."""
    trace = f"{salt(0, 'trace', run, str(case_no)):016x}{salt(1, 'trace', run, str(case_no)) | 1:016x}"
    return f"00-{trace}-{salt(0, 'span', run, message_id, str(attempt)) | 1:016x}-01"
