"""Check characters of the Chinese identifier standards, for one number and for columns, from the same tables."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]

IDENTITY_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_CHECKS: Final = "10X98765432"
CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
LICENCE_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_CREDIT_VALUE: Final = {char: value for value, char in enumerate(CREDIT_ALPHABET)}
_IDENTITY_CODES: Final = np.frombuffer(IDENTITY_CHECKS.encode(), np.uint8)
_CREDIT_CODES: Final = np.frombuffer(CREDIT_ALPHABET.encode(), np.uint8)


def identity_check(first_17: str) -> str:
    """GB 11643, ISO 7064 MOD 11-2."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, IDENTITY_WEIGHTS, strict=True))
    return IDENTITY_CHECKS[total % 11]


def identity_checks(first_17: Codes) -> Codes:
    """`identity_check` of each row of an (n, 17) matrix of ASCII digits."""
    total = (first_17 - np.uint8(48)).astype(np.int32) @ np.array(IDENTITY_WEIGHTS, np.int32)
    return _IDENTITY_CODES[total % 11]


def credit_check(first_17: str) -> str:
    """GB 32100."""
    total = sum(_CREDIT_VALUE[char] * weight for char, weight in zip(first_17, CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[-total % 31]


def credit_checks(first_17: NDArray[np.int64]) -> Codes:
    """`credit_check` of each row of an (n, 17) matrix of positions in the credit alphabet, as an ASCII column."""
    return _CREDIT_CODES[-(first_17 @ np.array(CREDIT_WEIGHTS, np.int64)) % 31]


def organisation_check(first_8: str) -> str:
    """GB 11714; letters count from A = 10."""
    total = sum(int(char, 36) * weight for char, weight in zip(first_8, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def organisation_checks(first_8: NDArray[np.int64]) -> NDArray[np.int64]:
    """`organisation_check` of each row of an (n, 8) matrix of values, 10 standing for X."""
    total: NDArray[np.int64] = first_8 @ np.array(ORGANISATION_WEIGHTS, np.int64)
    return -total % 11


def licence_check(text: str) -> str:
    """ISO 7064 MOD 37,36 over letters and digits; dots do not count."""
    product = 36
    for char in text.replace(".", "").upper():
        total = (product + LICENCE_ALPHABET.index(char)) % 36 or 36
        product = total * 2 % 37
    return LICENCE_ALPHABET[(37 - product) % 36]


def luhn_check(digits: str) -> str:
    """Our stand-in where the real rule of a payment number is not published."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 - place % 2)
        total += value - 9 * (value > 9)
    return str(-total % 10)
