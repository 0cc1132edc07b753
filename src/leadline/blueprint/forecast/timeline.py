"""The virtual clock: what is to happen when, in order."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

Happening = Callable[[object, float], None]
"""Something that happens: it is given its argument and the moment, in seconds since the begin."""


class Timeline:
    """What is to happen; what was called first at a moment happens first."""

    __slots__ = ("_count", "_heap")

    def __init__(self) -> None:
        self._count = 0
        self._heap: list[tuple[float, int, Happening, object]] = []

    def call(self, at: float, what: Happening, argument: object) -> None:
        """Have something happen at a moment."""
        self._count += 1
        heappush(self._heap, (at, self._count, what, argument))

    def number(self) -> int:
        """Return a number that nothing before has."""
        self._count += 1
        return self._count

    def run(self, until: float) -> None:
        """Let everything happen up to a moment."""
        heap = self._heap
        while heap and heap[0][0] <= until:
            at, _, what, argument = heappop(heap)
            what(argument, at)
