"""One window while a forecast runs: ``ledger.budget`` counted up, so that a call costs no scan.

The rule is the ledger's: a call holds its slot from the moment that it is promised until its
answer plus the window. Answers come in the order of the virtual clock, so what frees does so in
that order too, and a queue of (free at, how many) stands for the slots. A call takes one unit of a
window: a mail goes to one person. A test holds it against ``ledger.budget.reserve``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from leadline.ledger.budget import (
    Concurrency,
    Fixed,
    Rolling,
    Slot,
    Window,
    adds_up,
    answered,
)

FAR = float("inf")


class Meter:
    """The slots of one window; moments are seconds since ``begin``."""

    __slots__ = (
        "_begin", "_exact", "_freeing", "_held", "_reset", "_same_until", "_span_s", "limit",
        "window",
    )  # fmt: skip

    def __init__(self, window: Window, begin: datetime) -> None:
        self.window = window
        self.limit = window.limit
        self._begin = begin
        self._held = 0
        self._freeing: deque[tuple[float, int]] = deque()
        self._exact = isinstance(window, Concurrency) or (
            isinstance(window, Rolling) and not adds_up(window)
        )
        self._span_s = window.span.total_seconds() if isinstance(window, Rolling) else 0.0
        self._reset, self._same_until = 0.0, -FAR

    def free_from(self, now: float) -> float:
        """Return from when on one more call fits; ``FAR`` while only an answer can tell."""
        freeing = self._freeing
        while freeing and freeing[0][0] <= now:
            self._held -= freeing.popleft()[1]
        missing = self._held + 1 - self.limit
        if missing <= 0:
            return now
        for free_at, freed in freeing:
            missing -= freed
            if missing <= 0:
                return free_at
        return FAR

    def take(self) -> None:
        """Hold a slot for a call from now on, whenever it leaves."""
        self._held += 1

    def answer(self, at: float) -> None:
        """Let the slot of a call go whose answer came at this moment."""
        if self._exact:
            self._freeing.append((at + self._span_s, 1))
            return
        freeing, calls = self._freeing, 1
        free_at = self._frees_at(at)
        if freeing and freeing[-1][0] == free_at:
            calls += freeing.pop()[1]
        freeing.append((free_at, calls))

    def _frees_at(self, at: float) -> float:
        if at < self._same_until:  # calls of one day free at one reset
            return self._reset
        moment = self._begin + timedelta(seconds=at)
        slot = Slot(self.window.name, "", None)
        free_at = (answered(slot, moment, self.window) - self._begin).total_seconds()
        if isinstance(self.window, Fixed):
            self._reset = free_at
            self._same_until = free_at - 2 * self.window.skew.total_seconds()
        return free_at


def free_from(meters: Sequence[Meter], now: float) -> float:
    """Return from when on one more call fits into all these windows."""
    latest = now
    for meter in meters:
        free = meter.free_from(now)
        if free > latest:
            latest = free
    return latest
