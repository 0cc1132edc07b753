"""How many calls may begin now: windows, and the slots that calls hold in them.

A call holds a slot of each of its windows from the moment it is sent until its answer *plus*
the window. The vendor counted it at some moment in between, so on the vendor's own clock no
window can be over-full, whatever the network does. Measured: counting from the moment of
sending instead had 75 of 500 mails refused at 14 a second with jittering answers.

Slots are rows in the store and so survive a crash: the slot of a call whose worker died frees
at the end of the claim's lease plus the window (``orphaned``). Everything here is arithmetic
over values; who holds the lock of the connection, and where ``now`` comes from, is the store's
and the runtime's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

_LONG = timedelta(minutes=5)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
GRAINS = 1_000
CONNECTION = "connection"
"""The scope of a window that counts all calls of a connection; its key is the empty text."""


class Lane(StrEnum):
    """Who goes first. The lane comes from the message's purpose; a backfill is bulk."""

    TRANSACTIONAL = "transactional"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Rolling:
    """At most ``limit`` units in any stretch of ``span``.

    ``scope`` says what one window stands for: the whole connection, or each ``channel`` …
    """

    name: str
    limit: int
    span: timedelta
    scope: str = CONNECTION


@dataclass(frozen=True, slots=True)
class Points(Rolling):
    """A rolling window that counts what a call costs (points, recipients), not calls."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """At most ``limit`` units between two resets, ``every`` so long, at most a day.

    One reset falls on ``reset_at`` on the clocks of ``zone`` each day. ``skew`` is how far the
    vendor's clock may be from ours: near a reset a call counts for both periods.
    """

    name: str
    limit: int
    every: timedelta
    reset_at: time = time(0, 0)
    zone: str = "UTC"
    skew: timedelta = timedelta(minutes=1)
    scope: str = CONNECTION


@dataclass(frozen=True, slots=True)
class Concurrency:
    """At most ``limit`` calls at once."""

    name: str
    limit: int
    scope: str = CONNECTION


Window = Rolling | Points | Fixed | Concurrency


@dataclass(frozen=True, slots=True)
class Slot:
    """What one call, or strangers, hold of one window.

    ``free_at`` None: not answered yet. ``lane`` None: a stranger's. Equal slots may be added
    up into one (``units``), as the answered ones of a daily window are.
    """

    window: str
    scope_key: str
    free_at: datetime | None
    units: int = 1
    lane: Lane | None = Lane.TRANSACTIONAL

    def held_at(self, moment: datetime) -> bool:
        """Whether it still counts."""
        return self.free_at is None or self.free_at > moment


@dataclass(frozen=True, slots=True)
class Scoped:
    """A window as one call meets it: which one of those that it stands for (a channel's id)."""

    window: Window
    key: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """How many of the calls asked for may begin now.

    Where fewer than asked: ``next_free_at`` is when the next one can begin, None when that
    depends on an answer that has not come yet.
    """

    granted: int
    next_free_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """Waiting calls of one kind: the windows they meet, how many, their lane, the cost of each."""

    windows: tuple[Scoped, ...]
    calls: int
    lane: Lane = Lane.TRANSACTIONAL
    cost: int = 1


def reserve(
    windows: Sequence[Scoped],
    slots: Iterable[Slot],
    now: datetime,
    k: int,
    lane: Lane,
    cost: int = 1,
) -> Reservation:
    """How many of ``k`` calls of one kind may begin now, given the slots that are held.

    ``cost`` is what each call takes of a ``Points`` window. The caller writes the slots (see
    ``taken``) under the same lock under which it read these. ValueError for a call that costs
    more than a whole window: it could never begin.
    """
    held = tuple(slots)
    granted = max(k, 0)
    for scoped in windows:
        units = _units(scoped.window, cost)
        if units > scoped.window.limit:
            raise ValueError(
                f'One call takes {units} of the window "{scoped.window.name}", '
                f"which holds {scoped.window.limit}: it can never begin."
            )
        granted = min(granted, max(0, _room(scoped, held, now, lane, units)) // units)
    if granted >= k:
        return Reservation(granted)
    after = (*held, *taken(windows, granted, lane, cost))
    return Reservation(granted, _next_free(windows, after, now, lane, cost))


def taken(windows: Sequence[Scoped], calls: int, lane: Lane, cost: int = 1) -> tuple[Slot, ...]:
    """The slots that so many calls hold from now on: one for each call and window."""
    return tuple(
        Slot(scoped.window.name, scoped.key, None, _units(scoped.window, cost), lane)
        for _ in range(calls)
        for scoped in windows
    )


def allot(
    demands: Sequence[Demand], slots: Iterable[Slot], now: datetime
) -> tuple[Reservation, ...]:
    """Reserve for several kinds of calls at once; one reservation a demand, in their order.

    Transactional demands are served first, in the order given, then bulk: so a bulk call
    begins only when no waiting transactional call could.
    """
    held = list(slots)
    order = sorted(range(len(demands)), key=lambda i: demands[i].lane is Lane.BULK)
    found: dict[int, Reservation] = {}
    for i in order:
        demand = demands[i]
        found[i] = reserve(demand.windows, held, now, demand.calls, demand.lane, demand.cost)
        held.extend(taken(demand.windows, found[i].granted, demand.lane, demand.cost))
    return tuple(found[i] for i in range(len(demands)))


def answered(slot: Slot, at: datetime, window: Window) -> datetime:
    """When the slot frees of a call whose answer (or time-out) came at ``at``.

    A call that surely never left (not connected) holds nothing: its slots are deleted instead.
    """
    if slot.window != window.name:
        raise ValueError(f'A slot of "{slot.window}" does not free by the window "{window.name}".')
    free_at = frees_at(window, at)
    if isinstance(window, Rolling) and adds_up(window):
        grain = window.span / GRAINS
        free_at = _EPOCH - (_EPOCH - free_at) // grain * grain
    return free_at


def adds_up(window: Window) -> bool:
    """Whether the answered slots of a window are added up where they free at the same time.

    A day of 250,000 calls is then a few rows and not 250,000. A long rolling window counts in
    steps of a thousandth of its length, rounded up; a short one counts each call by itself.
    """
    match window:
        case Rolling():
            return window.span >= _LONG
        case Fixed():
            return window.every >= _LONG
        case Concurrency():
            return False
        case _:
            assert_never(window)


def orphaned(claim_end: datetime, window: Window) -> datetime:
    """When the slot frees of a call whose worker died: its time-out lies before the claim's end."""
    return frees_at(window, claim_end)


def frees_at(window: Window, latest: datetime) -> datetime:
    """When a call frees that the vendor counted at ``latest`` at the latest."""
    match window:
        case Rolling():
            return latest + window.span
        case Concurrency():
            return latest
        case Fixed():
            return next_reset(window, latest + window.skew) + window.skew
        case _:
            assert_never(window)


def next_reset(window: Fixed, moment: datetime) -> datetime:
    """The first reset after the moment (at a reset: the next one), in UTC.

    >>> daily = Fixed("day", 250_000, timedelta(days=1), zone="Europe/Berlin")
    >>> str(next_reset(daily, datetime(2026, 3, 28, 23, 0, tzinfo=UTC)))
    '2026-03-29 22:00:00+00:00'
    """
    zone = ZoneInfo(window.zone)
    local = moment.astimezone(zone)
    today = datetime.combine(local.date(), window.reset_at, zone).astimezone(UTC)
    if today > moment:
        start = datetime.combine(local.date() - timedelta(days=1), window.reset_at, zone)
        start, tomorrow = start.astimezone(UTC), today
    else:
        end = datetime.combine(local.date() + timedelta(days=1), window.reset_at, zone)
        start, tomorrow = today, end.astimezone(UTC)
    if window.every >= timedelta(days=1):  # a day of 23 or 25 hours is still one day
        return tomorrow
    return min(start + ((moment - start) // window.every + 1) * window.every, tomorrow)


def strangers(
    scoped: Scoped, remaining: int, slots: Iterable[Slot], sent_at: datetime, at: datetime
) -> Slot | None:
    """The slot that others hold, by an answer that says how much of the window remains.

    The vendor counted at some moment from ``sent_at`` to ``at``; our own calls fill the window
    at least as much as the vendor can have counted then, so what is missing beyond that was
    spent by others. None where nothing is missing: calls of ours alone never look like strangers.
    ``slots`` holds all that were held at any moment since ``sent_at``.
    """
    missing = _room(scoped, tuple(slots), sent_at, Lane.TRANSACTIONAL, 1) - max(remaining, 0)
    if missing <= 0:
        return None
    free_at = frees_at(scoped.window, at)
    return Slot(scoped.window.name, scoped.key, free_at, missing, None)


def refused(
    scoped: Scoped, until: datetime | None, slots: Iterable[Slot], at: datetime
) -> Slot | None:
    """The slot that others hold, by a refusal at ``at``: all the room that we thought was left.

    It frees when the vendor said to come back, else as a call of that moment would. None where
    we had filled the window ourselves.
    """
    room = _room(scoped, tuple(slots), at, Lane.TRANSACTIONAL, 1)
    if room <= 0:
        return None
    free_at = frees_at(scoped.window, at) if until is None else max(until, at)
    return Slot(scoped.window.name, scoped.key, free_at, room, None)


def bulk_share(limit: int, units: int = 1) -> int:
    """How much of a window bulk calls may hold: four fifths, and always room for one call.

    >>> bulk_share(100), bulk_share(14), bulk_share(1)
    (80, 11, 1)
    """
    return max(units, limit * 4 // 5)


def _units(window: Window, cost: int) -> int:
    return cost if isinstance(window, Points) else 1


def _matching(scoped: Scoped, slots: Iterable[Slot]) -> list[Slot]:
    name, key = scoped.window.name, scoped.key
    return [slot for slot in slots if slot.window == name and slot.scope_key == key]


def _room(scoped: Scoped, slots: Iterable[Slot], moment: datetime, lane: Lane, units: int) -> int:
    """Units that calls of this lane, each taking ``units``, may still hold; may be negative."""
    held = [slot for slot in _matching(scoped, slots) if slot.held_at(moment)]
    room = scoped.window.limit - sum(slot.units for slot in held)
    if lane is Lane.BULK:
        room = min(room, bulk_share(scoped.window.limit, units) - _held_by_bulk(held, moment))
    return room


def _held_by_bulk(slots: Iterable[Slot], moment: datetime) -> int:
    return sum(slot.units for slot in slots if slot.lane is Lane.BULK and slot.held_at(moment))


def _next_free(
    windows: Sequence[Scoped], slots: Sequence[Slot], now: datetime, lane: Lane, cost: int
) -> datetime | None:
    """The first moment at which every window has room for one more call."""
    latest = now
    for scoped in windows:
        units = _units(scoped.window, cost)
        free = _window_free(scoped, _matching(scoped, slots), now, lane, units)
        if free is None:
            return None
        latest = max(latest, free)
    return latest


def _window_free(
    scoped: Scoped, slots: Sequence[Slot], now: datetime, lane: Lane, units: int
) -> datetime | None:
    """The first moment at which one window has room; None if only an answer can make it."""
    if _room(scoped, slots, now, lane, units) >= units:
        return now
    # For bulk its share may bind before the window does: follow both as slots free in time.
    room = _room(scoped, slots, now, Lane.TRANSACTIONAL, units)
    share = bulk_share(scoped.window.limit, units) - _held_by_bulk(slots, now)
    freeing = [(slot.free_at, slot) for slot in slots if slot.free_at and slot.free_at > now]
    for free_at, slot in sorted(freeing, key=lambda pair: pair[0]):
        room += slot.units
        share += slot.units if slot.lane is Lane.BULK else 0
        if room >= units and (lane is Lane.TRANSACTIONAL or share >= units):
            return free_at
    return None


def attainable_bound(
    n_calls: int, window: Window, mean_answer_s: float, bundle_s: float = 0.0
) -> float:
    """Seconds that a perfect scheduler needs for so many calls which hold slots until answered.

    ⌊(n−1)/N⌋ · (W + mean answer) + one answer, plus the bundle time that the first waits.

    >>> attainable_bound(500, Rolling("second", 14, timedelta(seconds=1)), 0.05)
    36.8
    """
    if n_calls <= 0:
        return 0.0
    rounds = (n_calls - 1) // window.limit
    return round(rounds * (_span_s(window) + mean_answer_s) + mean_answer_s + bundle_s, 9)


def physical_bound(n_calls: int, window: Window) -> float:
    """Seconds that the vendor's limit alone allows: answers take no time, no clock is in doubt.

    >>> physical_bound(500, Rolling("second", 14, timedelta(seconds=1)))
    35.0
    """
    return max(0, n_calls - 1) // window.limit * _span_s(window)


def _span_s(window: Window) -> float:
    match window:
        case Rolling():
            return window.span.total_seconds()
        case Fixed():
            return window.every.total_seconds()
        case Concurrency():
            return 0.0
        case _:
            assert_never(window)
