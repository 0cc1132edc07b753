"""The limits of a vendor as it counts them: rolling and fixed windows, and concurrency.

Each window keeps two books. The real one holds all admitted calls, ours and strangers', and
decides. The other holds our calls alone, as if no stranger existed: when it has no room either,
a throttled call was *caused by us*.

A refused call takes no room in the real book.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class WindowFigures:
    """What one window saw so far. ``own_peak`` counts every call of ours, refused ones too."""

    name: str
    kind: Literal["rolling", "fixed"]
    limit: int
    length_s: float
    used: int
    own: int
    own_peak: int
    strangers: int
    throttled: int
    throttled_calls_caused: int

    @property
    def own_over_full(self) -> bool:
        """Whether our calls alone ever passed the limit."""
        return self.own_peak > self.limit


@dataclass(frozen=True, slots=True)
class Refusal:
    """A window had no room. ``retry_after_s`` is when it will have some."""

    window: str
    retry_after_s: float
    caused_by_us: bool


class Book(Protocol):
    """One way to count: how much is used now, and when room returns."""

    def used(self, now: float) -> int:
        """Room taken at this moment."""
        ...

    def add(self, now: float, cost: int) -> None:
        """Take room."""
        ...

    def frees_at(self, now: float, room: int) -> float:
        """When ``used`` will have fallen by at least ``room``."""
        ...


class RollingBook:
    """Counts what lies within the last ``length_s`` seconds."""

    def __init__(self, length_s: float) -> None:
        self._length_s = length_s
        self._hits: deque[tuple[float, int]] = deque()
        self._used = 0

    def used(self, now: float) -> int:
        """Room taken within the window that ends now."""
        while self._hits and self._hits[0][0] <= now - self._length_s:
            self._used -= self._hits.popleft()[1]
        return self._used

    def add(self, now: float, cost: int) -> None:
        """Take room until ``now + length_s``."""
        self._hits.append((now, cost))
        self._used += cost

    def frees_at(self, now: float, room: int) -> float:
        """When the oldest hits that make up ``room`` leave the window."""
        freed = 0
        for at, cost in self._hits:
            freed += cost
            if freed >= room:
                return at + self._length_s
        return now + self._length_s


class DailyBook:
    """Counts since the last midnight of a time zone."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._resets_at = 0.0
        self._used = 0

    def used(self, now: float) -> int:
        """Room taken since midnight."""
        if now >= self._resets_at:
            self._used = 0
            local = datetime.fromtimestamp(now, UTC).astimezone(self._zone)
            tomorrow = local.date() + timedelta(days=1)
            midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=self._zone)
            self._resets_at = midnight.timestamp()
        return self._used

    def add(self, now: float, cost: int) -> None:
        """Take room until midnight."""
        self.used(now)
        self._used += cost

    def frees_at(self, now: float, room: int) -> float:
        """The next midnight: all room returns at once."""
        del room
        self.used(now)
        return self._resets_at


@dataclass(slots=True)
class StrangerTraffic:
    """Other programs that spend the same quota: calls at random moments, at a mean rate."""

    rate_per_s: float
    begins_at: float
    ends_at: float
    draw: random.Random
    next_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.next_at = self.begins_at
        self._step()

    def _step(self) -> None:
        self.next_at += self.draw.expovariate(self.rate_per_s)

    def arrivals(self, now: float) -> list[float]:
        """The moments, until now, at which a stranger called and that were not asked yet."""
        due: list[float] = []
        while self.next_at <= now and self.next_at < self.ends_at:
            due.append(self.next_at)
            self._step()
        return due


class Window:
    """One limit of a vendor with its two books and its figures."""

    def __init__(self, name: str, limit: int, length_s: float, zone: str | None = None) -> None:
        self.name = name
        self.limit = limit
        self.length_s = length_s
        self.strangers: list[StrangerTraffic] = []
        self._kind: Literal["rolling", "fixed"] = "fixed" if zone else "rolling"
        make = (lambda: DailyBook(zone)) if zone else (lambda: RollingBook(length_s))
        self._real: Book = make()
        self._ours_alone: Book = make()
        self._ours_tried: Book = make()
        self._own = self._own_peak = self._stranger = self._throttled = self._caused = 0

    def used(self, now: float) -> int:
        """Room taken now, strangers included."""
        self._let_strangers_in(now)
        return self._real.used(now)

    def resets_at(self, now: float) -> float:
        """When room returns next."""
        return self._real.frees_at(now, 1)

    def ours_arrives(self, now: float, cost: int) -> None:
        """Count that we called, whatever the answer."""
        self._let_strangers_in(now)
        self._own += cost
        self._ours_tried.used(now)
        self._ours_tried.add(now, cost)
        self._own_peak = max(self._own_peak, self._ours_tried.used(now))

    def stranger_arrives(self, now: float, cost: int) -> None:
        """Count that a stranger called, whatever the answer."""
        self._let_strangers_in(now)
        self._stranger += cost

    def ours_alone_fits(self, now: float, cost: int) -> bool:
        """Whether there would be room if no stranger existed."""
        return self._ours_alone.used(now) + cost <= self.limit

    def take_ours_alone(self, now: float, cost: int) -> None:
        """Take room in the book that knows no strangers."""
        self._ours_alone.add(now, cost)

    def wait_for_room(self, now: float, cost: int) -> float | None:
        """Seconds until ``cost`` fits; None when it fits now."""
        over = self._real.used(now) + cost - self.limit
        if over <= 0:
            return None
        return max(0.0, self._real.frees_at(now, over) - now)

    def take(self, now: float, cost: int) -> None:
        """Take the room of an admitted call."""
        self._real.used(now)
        self._real.add(now, cost)

    def throttled(self, *, caused_by_us: bool) -> None:
        """Count a call of ours that this window refused."""
        self._throttled += 1
        self._caused += caused_by_us

    def figures(self, now: float) -> WindowFigures:
        """What this window saw so far."""
        return WindowFigures(
            name=self.name,
            kind=self._kind,
            limit=self.limit,
            length_s=self.length_s,
            used=self.used(now),
            own=self._own,
            own_peak=self._own_peak,
            strangers=self._stranger,
            throttled=self._throttled,
            throttled_calls_caused=self._caused,
        )

    def _let_strangers_in(self, now: float) -> None:
        if not self.strangers:
            return
        for at in sorted(at for traffic in self.strangers for at in traffic.arrivals(now)):
            self._stranger += 1
            if self._real.used(at) < self.limit:
                self._real.add(at, 1)


class Concurrency:
    """A limit on what may be open at the same moment."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._open = self._peak = self._refused = 0

    def enter(self) -> bool:
        """Open one more; False when there is no room."""
        if self._open >= self.limit:
            self._refused += 1
            return False
        self._open += 1
        self._peak = max(self._peak, self._open)
        return True

    def leave(self) -> None:
        """Close one."""
        self._open -= 1

    def figures(self) -> dict[str, int]:
        """The limit, how many were open at most, how many were refused."""
        return {"limit": self.limit, "peak": self._peak, "refused": self._refused}


class Limits:
    """All windows of one sandbox, made on first use (one a channel, one a token)."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._windows: dict[str, Window] = {}
        self._traffic: list[tuple[str, float, float, float]] = []

    def window(self, name: str, limit: int, length_s: float, zone: str | None = None) -> Window:
        """The window of this name; ``zone`` makes it reset at that zone's midnight."""
        found = self._windows.get(name)
        if found is None:
            found = self._windows[name] = Window(name, limit, length_s, zone)
            for traffic in self._traffic:
                self._join(found, *traffic)
        return found

    def admit(
        self, now: float, windows: list[Window], *, ours: bool, cost: int = 1
    ) -> Refusal | None:
        """Let a call into all windows, or into none: the first that refuses answers."""
        for window in windows:
            if ours:
                window.ours_arrives(now, cost)
            else:
                window.stranger_arrives(now, cost)
        alone_fits = all(window.ours_alone_fits(now, cost) for window in windows)
        if ours and alone_fits:
            for window in windows:
                window.take_ours_alone(now, cost)
        for window in windows:
            wait_s = window.wait_for_room(now, cost)
            if wait_s is not None:
                caused = ours and not alone_fits
                if ours:
                    window.throttled(caused_by_us=caused)
                return Refusal(window.name, wait_s, caused)
        for window in windows:
            window.take(now, cost)
        return None

    def add_strangers(
        self, prefix: str, rate_per_s: float, begins_at: float, ends_at: float
    ) -> None:
        """Let strangers call at this rate into every window whose name begins with ``prefix``."""
        traffic = (prefix, rate_per_s, begins_at, ends_at)
        self._traffic.append(traffic)
        for window in self._windows.values():
            self._join(window, *traffic)

    def remove_strangers(self) -> None:
        """Send all strangers home."""
        self._traffic.clear()
        for window in self._windows.values():
            window.strangers.clear()

    def figures(self, now: float) -> list[WindowFigures]:
        """Each window's figures."""
        return [window.figures(now) for window in self._windows.values()]

    def _join(
        self, window: Window, prefix: str, rate_per_s: float, begins_at: float, ends_at: float
    ) -> None:
        if window.name.startswith(prefix):
            name = f"strangers:{self._seed}:{window.name}:{len(window.strangers)}"
            draw = random.Random(name)  # noqa: S311  (a repeatable draw)
            window.strangers.append(StrangerTraffic(rate_per_s, begins_at, ends_at, draw))
