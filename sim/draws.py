"""Luck as a pure function: a hash of seed and name, for one event at run time and for whole columns of a population."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

Index = NDArray[np.uint64]
Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_MASK: Final = (1 << 64) - 1
_UNIT: Final = 2.0**-53
_STEP: Final = 0x9E3779B97F4A7C15
_GOLDEN: Final = np.uint64(_STEP)
_MIX_A: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B: Final = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11, _S33 = (np.uint64(n) for n in (30, 27, 31, 11, 33))


def salt(seed: int, *names: str) -> int:
    """A 64-bit number of its own for every (seed, names)."""
    return xxh3_64_intdigest("\x1f".join(names).encode(), seed & _MASK)


def draw(case_salt: int, purpose: bytes, n: int = 0) -> float:
    """In [0, 1). The purpose names party and use (b"tax/handling"); n is the case's attempt at it."""
    if n:
        case_salt ^= n
    return (xxh3_64_intdigest(purpose, case_salt) >> 11) * _UNIT


def bits(seed: int, index: Index, purpose: str) -> Index:
    """Splitmix64 of each index, 64 random bits a row; a row alone and a row among a million are the same."""
    z = index * _GOLDEN
    z += np.uint64(salt(seed, "population", purpose))
    z ^= z >> _S30
    z *= _MIX_A
    z ^= z >> _S27
    z *= _MIX_B
    z ^= z >> _S31
    return z


def uniform(seed: int, index: Index, purpose: str) -> Floats:
    """`bits` as numbers in [0, 1)."""
    return (bits(seed, index, purpose) >> _S11).astype(np.float64) * _UNIT


def permute(seed: int, index: Index, width: int, purpose: str) -> Index:
    """Shuffle the numbers below 2**width among themselves, so that distinct rows keep distinct serials."""
    mask, half = np.uint64((1 << width) - 1), np.uint64((width + 1) // 2)
    key = salt(seed, "permute", purpose)
    z = index & mask
    for turn in range(3):
        odd = np.uint64(((key >> turn) * _STEP | 1) & int(mask))
        z = (z * odd + np.uint64(salt(key, str(turn)))) & mask
        z ^= z >> half
    return z


class Luck:
    """The draws of a set of rows: every method names its purpose and gives one value a row."""

    def __init__(self, seed: int, index: Index) -> None:
        self.seed = seed
        self.index = index

    def happens(self, purpose: str, share: float | Floats) -> Flags:
        """True for about `share` of the rows."""
        return uniform(self.seed, self.index, purpose) < share

    def choose(self, purpose: str, bounds: Floats) -> Numbers:
        """A position in a table of cumulative shares (see `bounds_of`)."""
        found = np.searchsorted(bounds, uniform(self.seed, self.index, purpose), side="right")
        return np.minimum(found, len(bounds) - 1).astype(np.int64)

    def below(self, purpose: str, limit: int | Numbers) -> Numbers:
        """A whole number from 0 up to, not including, the limit, in integer arithmetic; limits stay under 2**31."""
        share: Numbers = (bits(self.seed, self.index, purpose) >> _S33).astype(np.int64)
        return share * limit >> 31

    def quantile(self, purpose: str, table: Sequence[int]) -> Numbers:
        """A whole number distributed as the evenly spaced quantiles of the table say, straight lines between them."""
        at = self.below(purpose, (len(table) - 1) << 16)
        low, part = at >> 16, at & 0xFFFF
        points = np.array(table, np.int64)
        found: Numbers = points[low] + ((points[low + 1] - points[low]) * part >> 16)
        return found

    def serial(self, purpose: str, width: int) -> Numbers:
        """A number below 2**width that no other row shares, as long as the index is below that too."""
        return permute(self.seed, self.index, width, purpose).astype(np.int64)


def bounds_of(weights: Iterable[float]) -> Floats:
    """Cumulative shares of some weights, the last of them 1."""
    totals = list(accumulate(weights))
    return np.array([total / totals[-1] for total in totals])
