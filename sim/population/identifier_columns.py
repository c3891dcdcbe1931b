"""Whole columns of the identifiers a population needs in bulk, equal row by row to those of `sim.identifiers`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.check_digits import CREDIT_ALPHABET, Codes, credit_checks, identity_checks, organisation_checks
from sim.identifiers import ACCOUNT_SHAPES, PHONE_PREFIX

Ints = NDArray[np.int64]
Text = NDArray[np.bytes_]
Chinese = NDArray[np.str_]

_FOURS: Final = np.array([f"{n:04d}".encode() for n in range(10_000)]).view(np.uint32)
_CREDIT_POSITION: Final = np.array([CREDIT_ALPHABET.index(char) for char in "0123456789X"])
_CREDIT_CODES: Final = np.frombuffer(CREDIT_ALPHABET.encode(), np.uint8)


def digits(values: Ints, width: int) -> Codes:
    """Each number as a row of `width` ASCII digits; four at a time through a table."""
    groups = -(-width // 4)
    out = np.empty((len(values), groups), np.uint32)
    rest = values
    for group in range(groups - 1, -1, -1):
        higher = rest // 10_000
        out[:, group] = _FOURS[rest - higher * 10_000]
        rest = higher
    return out.view(np.uint8)[:, groups * 4 - width :]


def text(*parts: Codes | str) -> Text:
    """Join digit matrices and constant strings side by side into one byte-string column."""
    rows = next(len(part) for part in parts if not isinstance(part, str))
    widths = [len(part) if isinstance(part, str) else part.shape[1] for part in parts]
    out = np.empty((rows, sum(widths)), np.uint8)
    at = 0
    for part, width in zip(parts, widths, strict=True):
        out[:, at : at + width] = np.frombuffer(part.encode(), np.uint8) if isinstance(part, str) else part
        at += width
    return out.view(f"S{out.shape[1]}")[:, 0]


def identity_numbers(district: Ints, birth: Ints, sequence: Ints) -> Text:
    """`identifiers.identity_number`, birth as the number yyyymmdd."""
    first_17 = np.hstack([digits(district, 6), digits(birth, 8), digits(sequence, 3)])
    return text(first_17, identity_checks(first_17)[:, None])


def credit_codes(kind: str, district: str, serial: Ints) -> Text:
    """`identifiers.credit_code` of an organisation whose first eight characters are the serial."""
    first_8 = (digits(serial, 8) - np.uint8(48)).astype(np.int64)
    head = np.array([CREDIT_ALPHABET.index(char) for char in kind + district], np.int64)
    organisation = _CREDIT_POSITION[organisation_checks(first_8)]
    first_17 = np.hstack([np.tile(head, (len(serial), 1)), first_8, organisation[:, None]])
    return text(_CREDIT_CODES[first_17], credit_checks(first_17)[:, None])


def unit_codes(district: Ints, zone: Ints, subzone: Ints, parcel: Ints, building: Ints, room: Ints) -> Text:
    """`identifiers.unit_code`."""
    place = [digits(district, 6), digits(zone, 3), digits(subzone, 3)]
    return text(*place, "GB", digits(parcel, 5), "F", digits(building, 4), digits(room, 4))


def phone_numbers(serial: Ints) -> Text:
    """`identifiers.phone_number`."""
    return text(PHONE_PREFIX, digits(serial, 8))


def account_numbers(item: str, serial: Ints) -> Text:
    """`identifiers.account_number`."""
    prefix, width = ACCOUNT_SHAPES[item]
    return text(prefix, digits(serial, width)) if prefix else text(digits(serial, width))


def title_numbers(province: Chinese, year: Ints, place: Chinese, serial: Ints) -> Chinese:
    """`identifiers.title_number` of certificates, not of proofs."""
    return joined(province, "（", digits(year, 4), "）", place, "不动产权第", digits(serial, 7), "号")


def joined(*parts: Codes | Chinese | str) -> Chinese:
    """Join digit matrices, text columns and constants into one text column."""
    out: Chinese | str = ""
    for part in parts:
        piece: Any = part
        if not isinstance(part, str) and part.dtype == np.uint8:
            piece = part.astype(np.uint32).view(f"U{part.shape[1]}")[:, 0]
        out = np.strings.add(out, piece)
    return np.asarray(out)
