"""What a dialect says of all messages at one seat: encoding, envelopes, where numbers and signatures ride."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.faces.dialects.paths import MISSING, Steps

HEADER, QUERY, BODY, DATA, PATH, NOWHERE = "header", "query", "body", "data", "path", "none"
PLACES = (HEADER, QUERY, BODY, DATA, PATH, NOWHERE)
"""Where something rides: `body:` counts from the whole body, `data:` from where the message itself lies in it."""
UNSIGNED, OURS, MD5_SORTED, SM3_SORTED = "none", "ours", "md5-sorted", "sm3-sorted"
SIGNINGS = (UNSIGNED, OURS, MD5_SORTED, SM3_SORTED)
SAME_STATUS, ALWAYS_200 = "same", "200"


@dataclass(frozen=True, slots=True)
class Place:
    """A header, a pair of the query, a field, a part of the path, or nowhere."""

    where: str
    name: str = ""
    steps: Steps = ()


@dataclass(frozen=True, slots=True)
class Format:
    """`text_data`: the message rides as JSON text in one field."""

    body: str = "json"
    encoding: str = "utf-8"
    root: str = "request"
    answer_root: str = "response"
    text_data: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """The envelope of a request."""

    data: Steps = ()
    constants: Mapping[Steps, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answering:
    """The envelope of an answer. `refusals` maps our error codes to theirs; `other` is what they hear for any other of ours,
    `unlisted` what we hear for any other of theirs ("" : a failed delivery); `again` are codes that ask for another sending."""

    data: Steps = ()
    code: Steps = ()
    success: tuple[Any, ...] = ()
    message: Steps = ()
    again: tuple[str, ...] = ()
    pending: Any = MISSING
    other: Any = MISSING
    unlisted: str = ""
    http: str = SAME_STATUS
    refusals: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Places:
    """Where numbers ride; `token_value` is said at `token` with every call of ours."""

    case: Place
    message: Place
    token: Place
    token_value: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """`key` is the secret of the sorted kinds; `said` whether the file says a kind at all, be it none."""

    kind: str = UNSIGNED
    at: Place = Place(NOWHERE)
    key: str = ""
    said: bool = False


@dataclass(frozen=True, slots=True)
class Manner:
    """All of it, as it holds at one seat."""

    format: Format
    asking: Asking
    answering: Answering
    places: Places
    signing: Signing

    @property
    def textual(self) -> bool:
        """Whether all values are text."""
        return self.format.body != "json" and not self.format.text_data
