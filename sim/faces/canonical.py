"""The one text that is signed, whatever the scheme.

Six lines, joined by a line feed, with none at the end; all of it is printable ASCII:

| line | what | form |
|---|---|---|
| 1 | HTTP method | upper-case letters |
| 2 | path, and `?` with the query if there is one | as sent (percent-encoded, RFC 3986), `k=v` pairs in byte order |
| 3 | key id, as in `X-Key` | as issued |
| 4 | timestamp, as in `X-Timestamp` | Unix time in milliseconds |
| 5 | nonce, as in `X-Nonce` | 8 to 64 of `A-Z a-z 0-9 . _ -`, not used by this key within ten minutes |
| 6 | digest of the body as sent, as in `X-Body-Digest` | 64 lower-case hex digits; an empty body has a digest too |

RSA signs this text too. UnionPay signs the form fields sorted as `k=v&` instead, and of them not the text but its hex
SHA-256; our bodies are JSON, where fields nest. What is kept of it: every field counts, by way of the body's digest, the
key's number (its certId) is signed along, and the arithmetic is SHA-256 with PKCS#1 v1.5.
"""

import re

METHOD = re.compile(r"[A-Z]{1,16}")
TARGET = re.compile(r"/[!-~]*")
KEY_ID = re.compile(r"[!-~]{1,128}")
TIMESTAMP = re.compile(r"[0-9]{1,19}")
NONCE = re.compile(r"[A-Za-z0-9._-]{8,64}")
DIGEST = re.compile(r"[0-9a-f]{64}")

LINES = ("方法", "路径与查询", "X-Key", "X-Timestamp", "X-Nonce", "X-Body-Digest")
WHOLE = re.compile("\n".join(form.pattern for form in (METHOD, TARGET, KEY_ID, TIMESTAMP, NONCE, DIGEST)))


def canonical(method: str, target: str, key_id: str, timestamp: str, nonce: str, body_digest: str) -> str:
    """The text to sign; whether it has the declared form is what WHOLE says."""
    return f"{method}\n{sorted_target(target)}\n{key_id}\n{timestamp}\n{nonce}\n{body_digest}"


def sorted_target(target: str) -> str:
    """The path with the pairs of its query in byte order, nothing decoded; a `?` with nothing behind it goes."""
    path, _, query = target.partition("?")
    if not query:
        return path
    return f"{path}?{'&'.join(sorted(query.split('&')))}" if "&" in query else target


def visible(text: str) -> str:
    """The text with its line feeds to be seen: `⏎` where one is signed."""
    return text.replace("\n", "⏎\n")
