"""One window while a forecast runs: ``ledger.budget`` counted up, so that a call costs no scan.

The rule is the ledger's: a call holds its units from the moment that it is promised until its
answer plus the window. Answers come in the order of the virtual clock, so what frees does so in
that order too, and a queue of (free at, units) stands for the slots. A test holds it against
``ledger.budget.reserve``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from leadline.ledger.budget import (
    Concurrency,
    Fixed,
    Points,
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

    def units(self, cost: int) -> int:
        """Return what one call takes of it."""
        return cost if isinstance(self.window, Points) else 1

    def free_from(self, now: float, units: int = 1) -> float:
        """Return from when on so many units more fit; ``FAR`` while only an answer can tell."""
        freeing = self._freeing
        while freeing and freeing[0][0] <= now:
            self._held -= freeing.popleft()[1]
        missing = self._held + units - self.limit
        if missing <= 0:
            return now
        for free_at, freed in freeing:
            missing -= freed
            if missing <= 0:
                return free_at
        return FAR

    def take(self, units: int = 1) -> None:
        """Hold units for a call from now on, whenever it leaves."""
        self._held += units

    def answer(self, at: float, units: int = 1) -> None:
        """Let the units of a call go whose answer came at this moment."""
        if self._exact:
            self._freeing.append((at + self._span_s, units))
            return
        freeing = self._freeing
        free_at = self._frees_at(at)
        if freeing and freeing[-1][0] == free_at:
            free_at, before = freeing.pop()
            units += before
        freeing.append((free_at, units))

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


def free_from(meters: Sequence[Meter], now: float, cost: int = 1) -> float:
    """Return from when on one more call fits into all these windows."""
    latest = now
    for meter in meters:
        latest = max(latest, meter.free_from(now, meter.units(cost)))
    return latest
