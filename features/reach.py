"""Whether a real system answers at all: asked once before anything begins, with what to do where it does not."""

import ssl
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from sim.runs.troubles import told_of

PATIENCE_S: Final = 10.0
_OPENER = build_opener(ProxyHandler({}))


def trouble_at(address: str, patience_s: float = PATIENCE_S) -> str:
    """What keeps an address from being reached, by its code in `sim.runs.troubles`; "" when something answers there.

    Any HTTP status is an answer: only our messages have paths that the system must know.
    """
    try:
        with _OPENER.open(Request(address, method="GET"), timeout=patience_s):
            return ""
    except HTTPError as error:
        with error:
            return "redirected" if 300 <= error.code < 400 else ""
    except URLError as error:
        return _code(error.reason)
    except (OSError, HTTPException, ValueError) as error:
        return _code(error)


def _code(error: object) -> str:
    if isinstance(error, ssl.SSLError):
        return "certificate"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionResetError | HTTPException):
        return "connection_broken"
    return "connection_refused"


def sentence(where: str, code: str) -> str:
    """Who does not answer, why, and what to do."""
    title, step = told_of(code)
    return f"{where}：{title or code}；{step or '查对方日志'}"
