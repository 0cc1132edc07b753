"""From the times of replications to what people read: quantiles, queues, calls, promises."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from leadline.blueprint.forecast.answers import Book
from leadline.blueprint.forecast.connection import USUAL, Connection
from leadline.blueprint.forecast.moves import Note
from leadline.blueprint.forecast.setting import Setting
from leadline.blueprint.forecast.tally import Key, StepTimes, Tally
from leadline.journey.program import FlatChoice, FlatStep
from leadline.ledger.budget import Fixed, Rolling, Window, physical_bound
from leadline.project.workflow import (
    EnrollStep,
    PostStep,
    Promise,
    SaveStep,
    SendStep,
    SetStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)

T = TypeVar("T")
DAY_S = 86_400.0
_UNITS = {"day": DAY_S, "hour": 3600.0, "minute": 60.0, "second": 1.0}
POINTS = 160
"""Points of a curve."""
QUIET_S = 3600.0
"""So long without work, and what comes after is a chart of its own."""


@dataclass(frozen=True, slots=True)
class Times:
    """When something was over, in seconds: the first, half, 95 of 100, the last."""

    first: float
    median: float
    p95: float
    last: float


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over the replications: the middle one, and between which nine of ten lie."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StepFigures:
    """One step. ``over`` counts from the begin, ``after`` from each person's own trigger; both
    are None where nobody came through. ``last`` is ``over.last`` over the replications."""

    workflow: str
    step: str
    kind: str
    connection: str | None
    runs: int
    failed: int
    over: Times | None
    after: Times | None
    last: Spread | None


@dataclass(frozen=True, slots=True)
class Quota:
    """What the busiest day takes of a limit that counts by the day."""

    window: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class ConnectionFigures:
    """One connection. ``ungrouped`` is how many calls it would take without batches, digests and
    merged writes; ``waited_s`` how long all actions together waited for a slot."""

    name: str
    limit: str
    actions: int
    calls: int
    ungrouped: int
    superseded: int
    failed_calls: int
    over: Times | None
    last: Spread | None
    quotas: tuple[Quota, ...]
    most_waiting: int
    waited_s: float
    answers: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class PromiseFigures:
    """Whether a promise holds: the share that keeps it, over the replications."""

    workflow: str
    promise: Promise
    share: Spread
    kept_in: float

    @property
    def holds(self) -> bool:
        """Whether it is kept in the middle replication."""
        return self.share.middle >= self.promise.share


@dataclass(frozen=True, slots=True)
class Curve:
    """How many actions waited or were under way at each connection, over one stretch of work."""

    begins_s: float
    ends_s: float
    depths: Mapping[str, tuple[tuple[float, int], ...]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that was counted; all but ``curves`` over all replications."""

    begin: datetime
    replications: int
    arrived: int
    entered: Mapping[str, int]
    not_entered: Mapping[tuple[str, str], int]
    waiting: Mapping[str, int]
    running: int
    steps: tuple[StepFigures, ...]
    connections: tuple[ConnectionFigures, ...]
    promises: tuple[PromiseFigures, ...]
    notes: tuple[tuple[Note, int], ...]
    curves: tuple[Curve, ...]

    @property
    def workflows(self) -> tuple[str, ...]:
        """The workflows, those that were asked for first."""
        return tuple(dict.fromkeys(each.workflow for each in self.steps))


def figures(setting: Setting, tallies: Sequence[Tally]) -> Figures:
    """Count what all replications gave; of counts the middle one, of times the middle each."""
    first = tallies[0]
    return Figures(
        begin=setting.begin,
        replications=len(tallies),
        arrived=first.arrived,
        entered=_middles([t.entered for t in tallies]),
        not_entered=_middles([t.not_entered for t in tallies]),
        waiting=_middles([t.waiting for t in tallies]),
        running=round(middle([t.running for t in tallies])),
        steps=tuple(_step(setting, key, [t.steps[key] for t in tallies]) for key in first.steps),
        connections=tuple(
            _connection(setting, each, [t.books[name] for t in tallies])
            for name, each in setting.connections.items()
            if any(t.books[name].actions for t in tallies)
        ),
        promises=tuple(_promises(setting, tallies)),
        notes=tuple(sorted(_middles([t.notes for t in tallies]).items(), key=lambda n: -n[1])),
        curves=curves(first.books),
    )


def middle(values: Iterable[float]) -> float:
    """Return the median.

    >>> middle([3, 1]), middle([2.0])
    (2.0, 2.0)
    """
    ordered = sorted(values)
    half = len(ordered) // 2
    return (ordered[half] + ordered[-half - 1]) / 2


def spread(values: Sequence[float]) -> Spread:
    """Return the median with the 5th and the 95th of 100."""
    ordered = sorted(values)
    return Spread(middle(ordered), _at(ordered, 0.05), _at(ordered, 0.95))


def times(over_at: array[float]) -> Times | None:
    """Return the quantiles of some times; None of none."""
    if not over_at:
        return None
    ordered = sorted(over_at)
    return Times(ordered[0], _at(ordered, 0.5), _at(ordered, 0.95), ordered[-1])


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _middles(counts: Sequence[Counter[T]]) -> dict[T, int]:
    keys = dict.fromkeys(key for count in counts for key in count)
    return {key: round(middle([count[key] for count in counts])) for key in keys}


def _middle_times(found: Sequence[Times | None]) -> Times | None:
    there = [each for each in found if each is not None]
    if not there:
        return None
    return Times(
        middle([t.first for t in there]),
        middle([t.median for t in there]),
        middle([t.p95 for t in there]),
        middle([t.last for t in there]),
    )


def _lasts(found: Sequence[Times | None]) -> Spread | None:
    there = [each.last for each in found if each is not None]
    return spread(there) if there else None


def _step(setting: Setting, key: Key, found: Sequence[StepTimes]) -> StepFigures:
    workflow, step = key
    kind, connection = kind_of(setting, workflow, step)
    over = [times(each.over_at) for each in found]
    return StepFigures(
        workflow,
        step,
        kind,
        connection,
        round(middle([len(each.over_at) for each in found])),
        round(middle([each.failed for each in found])),
        _middle_times(over),
        _middle_times([times(each.after) for each in found]),
        _lasts(over),
    )


def kind_of(setting: Setting, workflow: str, step: str) -> tuple[str, str | None]:
    """Say what a step does, and by which connection if by any."""
    flat = setting.programs[workflow].steps[step]
    if isinstance(flat, FlatChoice):
        return "choose", None
    assert isinstance(flat, FlatStep)
    match flat.step:
        case SendStep(connection=connection):
            return "send", connection
        case SaveStep(connection=connection):
            return "save", connection
        case PostStep(connection=connection):
            return "post", connection
        case WaitStep() | WaitUntilStep() | WaitForStep():
            return "wait", None
        case SetStep():
            return "set", None
        case EnrollStep():
            return "enroll", None
        case _:
            return "stop", None


def _connection(setting: Setting, each: Connection, books: Sequence[Book]) -> ConnectionFigures:
    over = [times(book.settled) for book in books]
    actions = round(middle([book.actions for book in books]))
    requests = max((each.requests.get(kind, 1) for kind in each.groups), default=1)
    return ConnectionFigures(
        name=each.name,
        limit=limit_words(each, round(middle([len(book.calls) for book in books]))),
        actions=actions,
        calls=round(middle([len(book.calls) for book in books])),
        ungrouped=actions * requests,
        superseded=round(middle([book.superseded for book in books])),
        failed_calls=round(middle([book.failed_calls for book in books])),
        over=_middle_times(over),
        last=_lasts(over),
        quotas=tuple(_quotas(setting, each, books)),
        most_waiting=round(middle([_deepest(book) for book in books])),
        waited_s=middle([sum(book.waited_s.values()) for book in books]),
        answers=f"{each.answer.median_s * 1000:g} ms",
        assumed=each.answer == USUAL,
    )


def limit_words(connection: Connection, calls: int) -> str:
    """Say the limit of a connection that holds so many calls up the longest: "14 a second"."""
    found = tightest([w for kind in connection.groups for w in connection.met_by(kind)], calls)
    return "none" if found is None else window_words(found)


def tightest(windows: Sequence[Window], calls: int) -> Window | None:
    """Return the window that so many calls at once need most time for, the shortest of equals."""
    return max(windows, key=lambda w: (physical_bound(calls, w), -_length_s(w)), default=None)


def _length_s(window: Window) -> float:
    match window:
        case Rolling(span=lasts) | Fixed(every=lasts):
            return lasts.total_seconds()
        case _:
            return 0.0


def per_second(window: Window) -> float:
    """How many units a second a window lets through in the long run."""
    match window:
        case Rolling(limit=limit, span=span_):
            return limit / span_.total_seconds()
        case Fixed(limit=limit, every=every):
            return limit / every.total_seconds()
        case _:
            return math.inf


def window_words(window: Window) -> str:
    """Say a limit in words.

    >>> window_words(Rolling("ten seconds", 100, timedelta(seconds=10)))
    '100 in 10 seconds'
    """
    match window:
        case Rolling(span=lasts) | Fixed(every=lasts):
            seconds = lasts.total_seconds()
        case _:
            return f"{window.limit:,} at once"
    whole = (name for name, size in _UNITS.items() if not seconds % size)
    unit = next(whole, "second")
    size = _UNITS[unit]
    count = seconds / size
    long = f"a {unit}" if count == 1 else f"in {count:g} {unit}s"
    long = "an hour" if long == "a hour" else long
    each = "" if window.scope == "connection" else f" and {window.scope}"
    return f"{window.limit:,} {long}{each}"


def _quotas(setting: Setting, each: Connection, books: Sequence[Book]) -> Iterable[Quota]:
    seen: set[str] = set()
    for kind in each.groups:
        for window in each.met_by(kind):
            lasts = window.every if isinstance(window, Fixed) else getattr(window, "span", None)
            if window.name in seen or lasts is None or lasts < timedelta(days=1):
                continue
            seen.add(window.name)
            zone = window.zone if isinstance(window, Fixed) else "UTC"
            used = [_busiest_day(setting.begin, book.calls, zone) for book in books]
            yield Quota(window.name, round(middle(used)), window.limit)


def _busiest_day(begin: datetime, calls: array[float], zone: str) -> int:
    """Count the calls of the day with most of them, by the clocks of the zone."""
    local = begin.astimezone(ZoneInfo(zone))
    ends: list[float] = []
    at, last = 0, max(calls, default=0.0)
    while not ends or ends[-1] <= last:
        at += 1
        midnight = datetime.combine(local.date() + timedelta(days=at), datetime.min.time())
        ends.append((midnight.replace(tzinfo=local.tzinfo) - begin).total_seconds())
    return max(Counter(bisect_right(ends, call) for call in calls).values(), default=0)


def _changes(book: Book) -> list[tuple[float, int]]:
    changes = [(at, 1) for at in book.intended] + [(at, -1) for at in book.settled]
    changes.sort(key=lambda change: (change[0], -change[1]))
    return changes


def _deepest(book: Book) -> int:
    depth = deepest = 0
    for _, change in _changes(book):
        depth += change
        deepest = max(deepest, depth)
    return deepest


def _promises(setting: Setting, tallies: Sequence[Tally]) -> Iterable[PromiseFigures]:
    for workflow in setting.entered:
        promise = setting.promises.get(workflow)
        if promise is None or not any(t.entered[workflow] for t in tallies):
            continue
        shares = [t.in_time[workflow] / t.entered[workflow] for t in tallies if t.entered[workflow]]
        kept = sum(share >= promise.share for share in shares) / len(shares)
        yield PromiseFigures(workflow, promise, spread(shares), kept)


def curves(books: Mapping[str, Book], quiet_s: float = QUIET_S) -> tuple[Curve, ...]:
    """Follow how many actions were open at each connection, one curve for each stretch of work."""
    moments = sorted(at for book in books.values() for at in (*book.intended, *book.settled))
    if not moments:
        return ()
    stretches: list[list[float]] = [[moments[0], moments[0]]]
    for at in moments:
        if at - stretches[-1][1] > quiet_s:
            stretches.append([at, at])
        stretches[-1][1] = at
    changes = {name: _changes(book) for name, book in books.items() if book.actions}
    return tuple(
        Curve(begins, ends, {name: _depths(each, begins, ends) for name, each in changes.items()})
        for begins, ends in stretches
    )


def _depths(
    changes: Sequence[tuple[float, int]], begins: float, ends: float
) -> tuple[tuple[float, int], ...]:
    """The deepest in each of some equal parts of a stretch."""
    width = (ends - begins) / POINTS or 1.0
    found: list[int] = [0] * (POINTS + 1)
    depth, last = 0, 0
    for at, change in changes:
        if at > ends:
            break
        part = min(POINTS, int((at - begins) / width)) if at >= begins else 0
        for quiet in range(last + 1, part + 1):
            found[quiet] = depth
        last = max(last, part)
        depth += change
        if at >= begins:
            found[part] = max(found[part], depth)
    return tuple((begins + n * width, deep) for n, deep in enumerate(found))
