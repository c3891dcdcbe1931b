"""The bytes of a peer's answer, within a limit: what comes back is no more to be trusted than what comes in."""

import aiohttp

from sim.faces.wire import MOST_BYTES, MOST_READ_BYTES

MOST_ANSWER_BYTES = MOST_BYTES
"""An answer may have as many bytes as a message to us."""
MOST_BATCH_BYTES = MOST_READ_BYTES
"""What a batch poll brings is of all cases, and may have so many."""
TOO_LARGE = "answer_too_large"


class AnswerTooLargeError(Exception):
    """An answer that is not read to its end; its connection is closed."""


async def read_answer_bytes(response: aiohttp.ClientResponse, most: int = MOST_ANSWER_BYTES) -> bytes:
    """The whole answer. Raises AnswerTooLargeError as soon as it is, or says that it will be, longer than `most`."""
    size, parts = response.content_length or 0, []
    if size <= most:
        size = 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > most:
                break
            parts.append(part)
    if size > most:
        response.close()
        raise AnswerTooLargeError
    return b"".join(parts)
