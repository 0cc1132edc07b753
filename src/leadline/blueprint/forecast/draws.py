"""Chance by counting: the same seed, replication, name and number give the same draw for ever.

No generator is carried along, so that a changed setting changes no draw but its own: two forecasts
that differ in one limit meet the same people and the same answer times.
"""

from __future__ import annotations

import math
from hashlib import blake2b
from statistics import NormalDist

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
_NORMAL = NormalDist()


class Stream:
    """The draws of one name, numbered from 0."""

    __slots__ = ("_next", "_start")

    def __init__(self, seed: int, replication: int, what: str) -> None:
        named = f"{seed}/{replication}/{what}".encode()
        self._start = int.from_bytes(blake2b(named, digest_size=8).digest(), "big")
        self._next = 0

    def at(self, n: int) -> float:
        """Return the n-th draw, at least 0 and below 1.

        The mixing is that of SplitMix64 (Steele, Lea, Flood 2014: Fast splittable pseudorandom
        number generators), whose output for consecutive numbers passes BigCrush.
        """
        x = (self._start + (n + 1) * _STEP) & _MASK
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((x ^ (x >> 31)) >> 11) / (1 << 53)

    def next(self) -> float:
        """Return the draw after the one before."""
        self._next += 1
        return self.at(self._next - 1)

    def log_normal(self, median: float, sigma: float) -> float:
        """Return a log-normal draw: half lie below the median, sigma is the logarithm's spread."""
        if median <= 0 or sigma <= 0:
            return max(median, 0.0)
        uniform = min(max(self.next(), 1e-12), 1 - 1e-12)
        return median * math.exp(sigma * _NORMAL.inv_cdf(uniform))
