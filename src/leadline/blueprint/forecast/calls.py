"""The calls of one connection: when each leaves, how long its answer takes, how it ends.

A claim makes its calls one after the other; each holds its slots from the moment at which it is
promised to its answer plus the window (``meter``). How a claim ended is told to the desk.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leadline.blueprint.forecast.connection import Connection
from leadline.blueprint.forecast.draws import Stream
from leadline.blueprint.forecast.meter import FAR, Meter, free_from
from leadline.blueprint.forecast.timeline import Timeline
from leadline.blueprint.forecast.waiting import Open
from leadline.ledger.budget import CONNECTION
from leadline.ledger.outcome import Accepted, Outcome, Throttled, Unavailable, Unknown

ACCEPTED = Accepted(None)


@dataclass(slots=True, eq=False)
class Claim:
    """A group under way; ``left`` says how many of its calls are still to be made."""

    kind: str
    members: list[Open]
    meters: tuple[Meter, ...]
    claimed_at: float
    left: int


Ended = Callable[[Claim, Outcome, float], None]
"""Told how the calls of a claim ended, once for all its members."""
Over = Callable[[float], None]
"""Told that a call was answered, and so a slot will free."""


@dataclass(slots=True)
class Calls:
    """The way out of one connection. ``left_at`` notes when each call left."""

    connection: Connection
    begin: datetime
    timeline: Timeline
    answers: Stream
    chance: Stream
    ended: Ended
    over: Over
    left_at: array[float]
    _meters: dict[tuple[str, str], Meter] = field(default_factory=dict[tuple[str, str], Meter])
    _places: dict[tuple[str, str], tuple[Meter, ...]] = field(
        default_factory=dict[tuple[str, str], "tuple[Meter, ...]"]
    )
    _stuck: deque[Claim] = field(default_factory=deque[Claim])

    def meters(self, kind: str, channel: str = "") -> tuple[Meter, ...]:
        """The windows that a call of this kind meets."""
        found = self._places.get((kind, channel))
        if found is None:
            meters: list[Meter] = []
            for window in self.connection.met_by(kind):
                place = (window.name, "" if window.scope == CONNECTION else channel)
                if place not in self._meters:
                    self._meters[place] = Meter(window, self.begin)
                meters.append(self._meters[place])
            found = self._places[kind, channel] = tuple(meters)
        return found

    def start(self, claim: Claim, now: float) -> None:
        """Make the next call of a claim, at the moment at which its slot is free.

        One that would have to wait longer than its claim allows is given back. Where only an
        answer can tell, it waits for one.
        """
        leaves = free_from(claim.meters, now)
        if leaves == FAR:
            self._stuck.append(claim)
            return
        if leaves - claim.claimed_at > self.connection.timing.margin.total_seconds() / 2:
            until = self.begin + timedelta(seconds=leaves)
            self.ended(claim, Throttled(until), now)
            return
        for meter in claim.meters:
            meter.take()
        claim.left -= 1
        self.left_at.append(leaves)
        answer = self.connection.answer
        took = self.answers.log_normal(answer.median_s, answer.sigma)
        self.timeline.call(leaves + took, self._answered, claim)

    def _answered(self, claim: object, now: float) -> None:
        assert isinstance(claim, Claim)
        for meter in claim.meters:
            meter.answer(now)
        failing = self.connection.failing
        if failing.unavailable and self.chance.next() < failing.unavailable:
            self.ended(claim, Unavailable("not reached"), now)
        elif claim.left > 0:
            self.start(claim, now)
        elif failing.lost and self.chance.next() < failing.lost:
            self.ended(claim, Unknown("the answer was lost"), now)
        else:
            self.ended(claim, ACCEPTED, now)
        for _ in range(len(self._stuck)):
            self.start(self._stuck.popleft(), now)
        self.over(now)
