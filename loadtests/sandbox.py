"""The sandbox's control API, as a load speaks with it."""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from liantiao.token_option import TokenError, sendable
from sim.faces.refusal_words import words_of

PATIENCE_S = 60.0
_OPENER = build_opener(ProxyHandler({}))


class SandboxSilentError(Exception):
    """The sandbox does not answer, or says no; the message is for people."""


def ask(method: str, url: str, token: str, body: Any = None) -> Any:
    """What the control API answers. Raises SandboxSilentError."""
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    try:
        sendable(token)
        with _OPENER.open(Request(url, data, head, method=method), timeout=PATIENCE_S) as response:
            return json.load(response)
    except TokenError as error:
        raise SandboxSilentError(str(error)) from None
    except HTTPError as error:
        raise SandboxSilentError(_refusal(url, error)) from None
    except (URLError, OSError, ValueError) as error:
        raise SandboxSilentError(f"连不上沙箱 {url}（{error}）；先启动沙箱，再核对 --run-url。") from None


def _refusal(url: str, error: HTTPError) -> str:
    told = error.read().decode(errors="replace")
    try:
        words = words_of(json.loads(told))
    except ValueError:
        words = ""
    return f"沙箱 {url} 答复 {error.code}：{words or f'{told[:300]}；核对地址与令牌'}。"
