"""The HTTP client of the out-face: pooled connections, answers read up to a limit, failures by the names of `sim.runs.troubles`."""

import asyncio
import re
import ssl
from collections import defaultdict
from io import BytesIO
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

import pycurl

from sim.faces.wire import MOST_BYTES, MOST_READ_BYTES

MOST_ANSWER_BYTES: Final = MOST_BYTES
"""An answer may have as many bytes as a message to us: what comes back is no more to be trusted than what comes in."""
MOST_BATCH_BYTES: Final = MOST_READ_BYTES
"""What a batch poll brings is of all cases, and may have so many."""
MOST_KEPT: Final = 1_024
"""So many connections are kept for the next call; one that its peer has closed is let go when another is looked for.

No more calls to one host are under way at a time: what came beyond would open a connection each and close another, which costs a
call three times as much, just when there is more to do than can be done."""
IDLE_S: Final = 30
"""One that was not used for so long is not used again."""
BROKEN: Final = "connection_broken"
FAILURES: Final = {
    pycurl.E_COULDNT_CONNECT: "connection_refused",
    pycurl.E_COULDNT_RESOLVE_HOST: "connection_refused",
    pycurl.E_OPERATION_TIMEDOUT: "timeout",
    pycurl.E_FILESIZE_EXCEEDED: "answer_too_large",
    pycurl.E_PARTIAL_FILE: "half_answer",
    pycurl.E_SSL_CONNECT_ERROR: "certificate",
    pycurl.E_PEER_FAILED_VERIFICATION: "certificate",
    pycurl.E_SSL_CACERT_BADFILE: "certificate",
}
"""What libcurl's error numbers are called here; whatever else goes wrong, the connection broke."""
CUT_SHORT: Final = "0A000126"
"""OpenSSL's number for a connection that ends within its handshake, as libcurl tells it."""
FINAL_HEAD: Final = re.compile(rb"HTTP/\S+ [2-9]")
PLAIN_URL: Final = re.compile(r"https?://[\w.\[][\w.~!$&'()*+,;=:@%/?\[\]-]*", re.ASCII)


class CallFailedError(Exception):
    """No whole answer came back; `why` is one of `sim.runs.troubles.TROUBLES`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Answer(NamedTuple):
    """What came back: headers by lower-case name, the last of those that came twice."""

    status: int
    headers: dict[bytes, bytes]
    raw: bytes


class HttpClient:
    """Connections to whomever we call, kept and used again. Redirects are not followed, proxies of the machine not asked."""

    def __init__(self) -> None:
        self._multi: pycurl.AsyncCurlMulti | None = None
        self._idle: list[_Transfer] = []
        self._turns: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(MOST_KEPT))
        """By the host that is called."""

    async def ask(
        self, method: str, url: str, body: bytes, headers: dict[str, str], within_s: float, most: int = MOST_ANSWER_BYTES
    ) -> Answer:  # fmt: skip
        """The answer to one call, which must be whole within so many seconds of when it goes out. Raises CallFailedError.

        Nothing but a GET is said twice: where a kept connection turns out to be dead the call has failed. Who is cancelled hangs up.
        """
        multi = self._opened()
        async with self._turns[_host(url)]:
            if self._multi is not multi:
                raise CallFailedError(BROKEN)  # the client was closed while this one waited for its turn
            return await self._asked(multi, method, url, body, headers, within_s, most)

    async def _asked(
        self, multi: pycurl.AsyncCurlMulti, method: str, url: str, body: bytes, headers: dict[str, str], within_s: float, most: int
    ) -> Answer:  # fmt: skip
        transfer = self._idle.pop() if self._idle else _Transfer()
        try:
            transfer.prepare(method, url, body, headers, within_s, most)
            await multi.perform(transfer.curl)
        except ValueError:  # an address or a header that cannot be sent at all
            raise CallFailedError(BROKEN) from None
        except pycurl.error as error:
            raise CallFailedError(transfer.failure(*error.args)) from None
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            raise CallFailedError(BROKEN) from None  # the client was closed meanwhile, and nobody cancelled who asks
        answer = transfer.answer()
        if len(self._idle) < MOST_KEPT:
            self._idle.append(transfer)
        return answer

    async def close(self) -> None:
        """Let go of all connections."""
        if self._multi is not None:
            multi, self._multi, self._idle = self._multi, None, []
            self._turns.clear()
            await multi.aclose()

    def _opened(self) -> pycurl.AsyncCurlMulti:
        """The pool, opened on first use on the loop that uses it."""
        if self._multi is None:
            self._multi = pycurl.AsyncCurlMulti()
            self._multi.setopt(pycurl.M_MAXCONNECTS, MOST_KEPT)
        return self._multi


class _Transfer:
    """A handle of libcurl's, for one call after another; one that failed is not used again."""

    def __init__(self) -> None:
        self.curl: Any = pycurl.Curl()
        self._head: list[bytes] = []
        self._parts: list[bytes] = []
        self._body = BytesIO()
        say, trusted = self.curl.setopt, ssl.get_default_verify_paths()
        say(pycurl.NOSIGNAL, True)
        say(pycurl.PROXY, "")
        say(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        say(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        say(pycurl.PATH_AS_IS, True)
        say(pycurl.MAXAGE_CONN, IDLE_S)
        say(pycurl.USERAGENT, "liantiao")
        say(pycurl.HEADERFUNCTION, self._head.append)
        say(pycurl.WRITEFUNCTION, self._parts.append)
        say(pycurl.READFUNCTION, self._body.read)
        for option, place in ((pycurl.CAINFO, trusted.cafile), (pycurl.CAPATH, trusted.capath)):
            if place is not None:
                say(option, place)

    def prepare(self, method: str, url: str, body: bytes, headers: dict[str, str], within_s: float, most: int) -> None:
        """Make ready for a call. Raises ValueError where it cannot be sent.

        Where a kept connection is dead, libcurl says the call again on a new one, be it a GET or not, if it can begin its body anew.
        So a body is read from us and cannot be read again; and where there is none, the connection is a new one.
        """
        say, is_get = self.curl.setopt, method == "GET" and not body
        say(pycurl.URL, _sendable(url))
        say(pycurl.HTTPGET if is_get else pycurl.POST, True)
        say(pycurl.CUSTOMREQUEST, method)
        if not is_get:
            say(pycurl.POSTFIELDSIZE, len(body))
            self._body.write(body)
            self._body.seek(0)
        say(pycurl.FRESH_CONNECT, not is_get and not body)
        say(pycurl.HTTPHEADER, _lines(headers))
        say(pycurl.TIMEOUT_MS, max(1, round(within_s * 1_000)))
        say(pycurl.MAXFILESIZE, most)

    def answer(self) -> Answer:
        """What came back, whole; makes room for the next call."""
        named: dict[bytes, bytes] = {}
        open_ = False
        for line in self._head:
            if line.startswith(b"HTTP/"):  # of what came before the answer itself, as 100 Continue, nothing counts
                named, open_ = {}, True
            elif not line.strip():
                open_ = False
            elif open_:
                name, _, value = line.partition(b":")
                named[name.lower()] = value.strip()
        raw = b"".join(self._parts)
        self._head.clear()
        self._parts.clear()
        self._body.seek(0)
        self._body.truncate()
        return Answer(self.curl.getinfo(pycurl.RESPONSE_CODE), named, raw)

    def failure(self, number: int, told: str) -> str:
        """Why no whole answer came, by libcurl's error."""
        if number == pycurl.E_RECV_ERROR and self._head and not self._head[-1].strip():
            heads = [line for line in self._head if line.startswith(b"HTTP/")]
            return "half_answer" if FINAL_HEAD.match(heads[-1]) else BROKEN
        if number == pycurl.E_SSL_CONNECT_ERROR and (self.curl.getinfo(pycurl.OS_ERRNO) or CUT_SHORT in told):
            return BROKEN
        return FAILURES.get(number, BROKEN)


def _host(url: str) -> str:
    """An address without its path."""
    return "/".join(url.split("/", 3)[:3])


def _sendable(url: str) -> str:
    """An address as it goes over the wire: what no address may contain is escaped, a Chinese domain in its ASCII form.

    Raises ValueError for what is none.
    """
    if PLAIN_URL.fullmatch(url):
        return url
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(url)
    path, query = (quote(part, safe="%/:=&?~+!$,;'@()*[]") for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, parts.netloc.encode("idna").decode(), path, query, ""))


def _lines(headers: dict[str, str]) -> list[bytes]:
    """Header lines as libcurl takes them: one without a value ends in a semicolon, one that it shall not add in a colon."""
    lines = [f"{name}: {value}" if value.strip() else f"{name};" for name, value in headers.items()]
    said = "".join(lines)
    if "\r" in said or "\n" in said or "\0" in said:
        raise ValueError("a header of more than one line")
    if not any(name.lower() == "content-type" for name in headers):
        lines.append("Content-Type:")
    return [line.encode() for line in (*lines, "Expect:")]
