"""Never over on the vendor's clock, never idle, whatever answers late, crashes or is shared."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.ledger.budget import (
    Concurrency,
    Demand,
    Fixed,
    Lane,
    Points,
    Rolling,
    Scoped,
    Slot,
    Window,
    allot,
    answered,
    attainable_bound,
    bulk_share,
    frees_at,
    next_reset,
    orphaned,
    physical_bound,
    refused,
    reserve,
    strangers,
    taken,
)

START = datetime(2026, 3, 28, 22, 59, 50, tzinfo=UTC)  # ten seconds before midnight in Berlin
LEASE = timedelta(seconds=6)


def ms(n: int) -> timedelta:
    return timedelta(milliseconds=n)


@dataclass(frozen=True)
class Fate:
    """What happens to one call: how long it takes, when in that it counts, whether we crash."""

    latency_ms: int
    counted: float
    crashes: bool


FATES = st.builds(Fate, st.integers(0, 5_000), st.floats(0, 1), st.booleans())
ROLLING = st.builds(
    Rolling, st.just("w"), st.integers(1, 6), st.integers(200, 4_000).map(ms), st.just("connection")
)
FIXED = st.builds(
    Fixed,
    st.just("w"),
    st.integers(1, 6),
    st.sampled_from([timedelta(seconds=10), timedelta(minutes=1), timedelta(days=1)]),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo"]),
    skew=st.sampled_from([timedelta(0), timedelta(seconds=2)]),
)
CONCURRENCY = st.builds(Concurrency, st.just("w"), st.integers(1, 6))


@dataclass
class Run:
    """Calls wait from the start; one scheduler begins as many as it may, as soon as it may."""

    window: Window
    lane: Lane = Lane.TRANSACTIONAL
    now: datetime = START
    slots: list[Slot] = field(default_factory=list)
    arrivals: list[datetime] = field(default_factory=list)  # on the vendor's clock
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    sent: list[datetime] = field(default_factory=list)
    bulk_most: int = 0

    def all(self, fates: list[Fate]) -> None:
        scoped = (Scoped(self.window),)
        pending = list(fates)
        answers: list[tuple[datetime, int]] = []  # when the slot with that index is released
        while pending or answers:
            got = reserve(scoped, self.slots, self.now, len(pending), self.lane)
            self.check_not_idle(got.granted, len(pending))
            for _ in range(got.granted):
                fate = pending.pop()
                (slot,) = taken(scoped, 1, self.lane)
                self.slots.append(slot)
                ends = self.now + (LEASE if fate.crashes else ms(fate.latency_ms))
                counted = self.now + fate.counted * ms(fate.latency_ms)
                self.sent.append(self.now)
                self.arrivals.append(counted)
                self.spans.append((counted, self.now + ms(fate.latency_ms)))
                heapq.heappush(answers, (ends, len(self.slots) - 1))
            self.check_next(got.next_free_at, got.granted < len(pending) + got.granted)
            moments = [answers[0][0]] if answers else []
            if pending and got.next_free_at is not None:
                moments.append(got.next_free_at)
            if not moments:
                break
            self.now = max(self.now, min(moments))
            while answers and answers[0][0] <= self.now:
                at, i = heapq.heappop(answers)
                assert orphaned(at, self.window) == answered(self.slots[i], at, self.window)
                self.slots[i] = replace(
                    self.slots[i], free_at=answered(self.slots[i], at, self.window)
                )
        assert not pending

    def held(self) -> int:
        return sum(s.free_at is None or s.free_at > self.now for s in self.slots)

    def check_not_idle(self, granted: int, waiting: int) -> None:
        held = self.held()
        most = self.window.limit
        if self.lane is Lane.BULK:
            most = max(1, int(0.8 * most + 1e-9))
            self.bulk_most = max(self.bulk_most, held + granted)
        assert granted == min(waiting, max(0, most - held))

    def check_next(self, next_free_at: datetime | None, waiting: bool) -> None:
        if not waiting or next_free_at is None:
            return
        scoped = (Scoped(self.window),)
        assert reserve(scoped, self.slots, next_free_at, 1, self.lane).granted == 1
        if next_free_at > self.now:
            before = next_free_at - timedelta(microseconds=1)
            assert reserve(scoped, self.slots, before, 1, self.lane).granted == 0


def fullest_rolling(arrivals: list[datetime], span: timedelta) -> int:
    return max((sum(a - span < b <= a for b in arrivals) for a in arrivals), default=0)


@settings(max_examples=300, deadline=None)
@given(ROLLING, st.lists(FATES, max_size=25), st.sampled_from(Lane))
def test_a_rolling_window_is_never_over_full_and_never_idle(
    window: Rolling, fates: list[Fate], lane: Lane
) -> None:
    run = Run(window, lane)
    run.all(fates)
    assert len(run.arrivals) == len(fates)
    assert fullest_rolling(run.arrivals, window.span) <= window.limit
    assert run.bulk_most <= bulk_share(window.limit)


@settings(max_examples=300, deadline=None)
@given(FIXED, st.lists(FATES, max_size=20), st.floats(-1, 1))
def test_a_fixed_window_is_never_over_full_even_where_the_vendors_clock_differs(
    window: Fixed, fates: list[Fate], clock: float
) -> None:
    run = Run(window)
    run.all(fates)
    vendor = [arrival + clock * window.skew for arrival in run.arrivals]
    periods = [next_reset(replace(window, skew=timedelta(0)), arrival) for arrival in vendor]
    assert all(periods.count(p) <= window.limit for p in set(periods))


@settings(max_examples=200, deadline=None)
@given(CONCURRENCY, st.lists(FATES, max_size=25))
def test_no_more_calls_run_at_once_than_the_vendor_allows(
    window: Concurrency, fates: list[Fate]
) -> None:
    run = Run(window)
    run.all(fates)
    for start, _ in run.spans:
        assert sum(a <= start < b for a, b in run.spans) <= window.limit


@settings(max_examples=300, deadline=None)
@given(ROLLING, st.lists(FATES, min_size=1, max_size=20), st.integers(0, 30_000))
def test_slots_read_back_after_a_crash_at_any_moment_still_hold(
    window: Rolling, fates: list[Fate], crash_ms: int
) -> None:
    """The scheduler dies at any moment; another goes on with the rows alone."""
    first = Run(window)
    sent = [fate for fate in fates if not fate.crashes] or fates
    first.all(sent)
    crash = START + ms(crash_ms)
    # What the rows say at the crash: calls begun by then; those not answered yet are orphans.
    rows: list[Slot] = []
    arrivals: list[datetime] = []
    history = zip(first.slots, first.sent, first.arrivals, first.spans, strict=True)
    for slot, sent_at, arrival, (_, done) in history:
        if sent_at <= crash:  # it may still be under way, and count later
            arrivals.append(arrival)
            rows.append(slot if done <= crash else replace(slot, free_at=None))
    claim_end = crash + LEASE
    rows = [
        replace(s, free_at=orphaned(claim_end, window)) if s.free_at is None else s for s in rows
    ]
    second = Run(window, now=crash, slots=rows)
    second.all(fates)
    assert fullest_rolling(arrivals + second.arrivals, window.span) <= window.limit


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(1, 20),
    st.lists(st.integers(1, 12), max_size=6),
)
def test_points_are_spent_by_cost(limit: int, calls: int, cost: int, held: list[int]) -> None:
    window = Points("w", limit, timedelta(seconds=1))
    slots = [Slot("w", "", None, units) for units in held]
    if cost > limit:
        return
    got = reserve([Scoped(window)], slots, START, calls, Lane.TRANSACTIONAL, cost)
    room = max(0, limit - sum(held))
    assert got.granted == min(calls, room // cost)
    spent = taken([Scoped(window)], got.granted, Lane.TRANSACTIONAL, cost)
    assert sum(slot.units for slot in spent) == got.granted * cost


@given(
    st.integers(1, 10),
    st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 4), st.sampled_from(Lane))),
)
def test_bulk_begins_only_when_no_transactional_call_could(
    limit: int, wanted: list[tuple[str, int, Lane]]
) -> None:
    shared = Rolling("workspace", limit, timedelta(minutes=1))
    channel = Rolling("channel", 2, timedelta(seconds=1), "channel")
    demands = [
        Demand((Scoped(shared), Scoped(channel, name)), calls, lane) for name, calls, lane in wanted
    ]
    found = allot(demands, [], START)
    slots = [
        slot
        for demand, got in zip(demands, found, strict=True)
        for slot in taken(demand.windows, got.granted, demand.lane)
    ]
    assert sum(s.window == "workspace" for s in slots) <= limit
    assert all(sum(s.scope_key == name for s in slots) <= 2 for name in "abc")
    bulk = [s for s in slots if s.window == "workspace" and s.lane is Lane.BULK]
    assert len(bulk) <= max(1, limit * 8 // 10)
    for demand, got in zip(demands, found, strict=True):
        if demand.lane is Lane.TRANSACTIONAL and got.granted < demand.calls:
            # It could not begin even where no bulk call holds anything.
            others = [s for s in slots if s.lane is Lane.TRANSACTIONAL]
            assert reserve(demand.windows, others, START, 1, Lane.TRANSACTIONAL).granted == 0


@settings(max_examples=300, deadline=None)
@given(ROLLING, st.lists(FATES, max_size=20))
def test_our_own_calls_never_look_like_strangers(window: Rolling, fates: list[Fate]) -> None:
    """An honest vendor tells what remains when it counts a call; we hold at least as much."""
    run = Run(window)
    run.all([replace(fate, crashes=False) for fate in fates])
    for arrival, (_, done) in zip(run.arrivals, run.spans, strict=True):
        counted = sum(arrival - window.span < other <= arrival for other in run.arrivals)
        # Only what had been sent when the vendor counted: later slots would hide a mistake.
        known = [slot for slot, at in zip(run.slots, run.sent, strict=True) if at <= arrival]
        told = window.limit - counted
        # Sent at the latest when it arrived.
        assert strangers(Scoped(window), told, known, arrival, done) is None


@given(st.integers(1, 100), st.integers(0, 100), st.integers(0, 100))
def test_strangers_take_what_the_vendor_says_is_gone(limit: int, ours: int, remaining: int) -> None:
    window = Rolling("w", limit, timedelta(seconds=10))
    scoped = Scoped(window)
    slots = [Slot("w", "", None) for _ in range(min(ours, limit))]
    slot = strangers(scoped, remaining, slots, START, START)
    after = [*slots, *([slot] if slot else [])]
    granted = reserve([scoped], after, START, 1_000, Lane.TRANSACTIONAL).granted
    assert granted == min(remaining, limit - len(slots))
    if slot:
        assert slot.lane is None
        assert slot.free_at == START + window.span


@given(st.integers(1, 20), st.integers(0, 20), st.none() | st.integers(0, 60))
def test_a_refusal_by_strangers_closes_the_window_until_the_vendor_says(
    limit: int, ours: int, wait_s: int | None
) -> None:
    window = Rolling("w", limit, timedelta(seconds=10))
    scoped = Scoped(window)
    slots = [Slot("w", "", None) for _ in range(min(ours, limit))]
    until = None if wait_s is None else START + timedelta(seconds=wait_s)
    slot = refused(scoped, until, slots, START)
    if len(slots) == limit:
        assert slot is None
        return
    assert slot is not None
    end = until or frees_at(window, START)
    if end > START:
        just_before = end - timedelta(microseconds=1)
        got = reserve([scoped], [*slots, slot], just_before, 9, Lane.TRANSACTIONAL)
        assert got.granted == 0
    got = reserve([scoped], [*slots, slot], end, 100, Lane.TRANSACTIONAL)
    assert got.granted == limit - len(slots)


@settings(max_examples=100, deadline=None)
@given(ROLLING, st.integers(1, 40), st.integers(1, 400))
def test_equal_answer_times_reach_the_attainable_bound(
    window: Rolling, calls: int, answer_ms: int
) -> None:
    run = Run(window)
    run.all([Fate(answer_ms, 0.5, crashes=False)] * calls)
    makespan = (max(done for _, done in run.spans) - START).total_seconds()
    assert abs(makespan - attainable_bound(calls, window, answer_ms / 1000)) < 1e-6
    assert makespan >= physical_bound(calls, window)


SLOTS = st.builds(
    Slot,
    st.just("w"),
    st.just(""),
    st.none() | st.integers(-2, 8).map(lambda s: START + timedelta(seconds=s)),
    st.integers(1, 3),
    st.none() | st.sampled_from(Lane),
)


@settings(max_examples=1_000)
@given(st.integers(1, 8), st.lists(SLOTS, max_size=6), st.sampled_from(Lane))
def test_the_next_free_moment_is_the_first_one(limit: int, slots: list[Slot], lane: Lane) -> None:
    scoped = [Scoped(Rolling("w", limit, timedelta(seconds=10)))]

    def can_begin(moment: datetime) -> bool:
        return reserve(scoped, slots, moment, 1, lane).granted == 1

    moments = sorted({START, *(s.free_at for s in slots if s.free_at and s.free_at > START)})
    expected = next((moment for moment in moments if can_begin(moment)), None)
    got = reserve(scoped, slots, START, 1, lane)
    assert (START if got.granted else got.next_free_at) == expected
