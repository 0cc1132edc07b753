"""When waiting work can go: the arithmetic of ``ledger.budget`` over what is waiting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadline.journey.timing import plus
from leadline.ledger.budget import CONNECTION, Lane, Scoped, Slot, Window, attainable_bound, reserve

ANSWER = timedelta(milliseconds=200)
"""How long an answer is thought to take; what a vendor needs in fact moves the estimate little."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a connection may be called with one kind of work.

    ``windows`` are those that such a call meets, ``size`` is how many actions one call carries.
    """

    windows: tuple[Window, ...]
    size: int = 1


def expected(pace: Pace, before: int, slots: Sequence[Slot], now: datetime) -> datetime:
    """Estimate when an action goes out that has so many others before it.

    ``slots`` are those that are taken now. What vendors do beside their limits (outages,
    strangers) is not known beforehand, so it is no promise.
    """
    calls = before // pace.size + 1
    return max((_through(window, calls, slots, now) for window in pace.windows), default=now)


def _through(window: Window, calls: int, slots: Sequence[Slot], now: datetime) -> datetime:
    key = "" if window.scope == CONNECTION else _busiest(window, slots)
    given = reserve([Scoped(window, key)], slots, now, calls, Lane.TRANSACTIONAL)
    rest = calls - given.granted
    if rest <= 0:
        return now
    begins = given.next_free_at or now + ANSWER
    bound_s = attainable_bound(rest, window, ANSWER.total_seconds())
    return plus(begins, timedelta(seconds=bound_s) - ANSWER)


def _busiest(window: Window, slots: Sequence[Slot]) -> str:
    """The key (a channel) of which most is taken."""
    keys = [slot.scope_key for slot in slots if slot.window == window.name]
    return max(set(keys), key=keys.count, default="")
