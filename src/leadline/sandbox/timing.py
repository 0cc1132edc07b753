"""A sandbox's own clock, and how long it takes to answer."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime


class Clock:
    """Seconds since 1970 that never jump: the wall clock once, then the monotonic one."""

    def __init__(self, skew_s: float = 0.0) -> None:
        self._origin = time.time() - time.monotonic() + skew_s

    def now(self) -> float:
        """Seconds since 1970 on this sandbox's clock."""
        return self._origin + time.monotonic()


def iso(at: float) -> str:
    """Write a moment as vendors do: UTC, milliseconds, ``Z``."""
    moment = datetime.fromtimestamp(at, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """How long an answer takes: log-normal, so mildly skewed as on a real network.

    ``median_s`` of 0 answers at once. ``sigma`` is the spread of the logarithm: at 0.25 one
    answer in a hundred takes 1.8 times the median.
    """

    median_s: float = 0.0
    sigma: float = 0.25


class Delays:
    """Draws, from a seed, the way there and the way back of each request.

    The limit of a vendor is counted when a request arrives there, which is somewhere between the
    sending and the answer. So the time is cut at a random place: a client that counts by the
    moment of sending is caught, as with the real vendor.
    """

    def __init__(self, answer_time: AnswerTime, seed: int) -> None:
        self._answer_time = answer_time
        self._random = random.Random(f"delays:{seed}")  # noqa: S311  (a repeatable draw)

    def draw(self) -> tuple[float, float]:
        """Seconds before the request arrives, seconds from its effect to its answer."""
        median = self._answer_time.median_s
        if median <= 0:
            return 0.0, 0.0
        whole = median * math.exp(self._random.gauss(0.0, self._answer_time.sigma))
        there = self._random.random() * whole
        return there, whole - there
