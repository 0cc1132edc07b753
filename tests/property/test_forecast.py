"""What a forecast does quickly is what the ledger and the interpreter do: held against them."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from leadline.blueprint.forecast.meter import FAR, Meter
from leadline.blueprint.forecast.moves import Intent
from leadline.blueprint.forecast.waiting import Open, Waiting
from leadline.journey.action import PostMessage
from leadline.ledger import coalesce
from leadline.ledger.budget import (
    Concurrency,
    Fixed,
    Lane,
    Points,
    Rolling,
    Scoped,
    Slot,
    Window,
    answered,
    reserve,
)
from leadline.ledger.key import ActionKey

BEGIN = datetime(2026, 3, 28, 22, 59, 50, tzinfo=UTC)  # ten seconds before midnight in Berlin
SECOND = timedelta(seconds=1)

windows = st.one_of(
    st.builds(Rolling, st.just("w"), st.integers(1, 6), st.sampled_from([SECOND, 600 * SECOND])),
    st.builds(Points, st.just("w"), st.integers(1, 6), st.just(SECOND)),
    st.builds(Concurrency, st.just("w"), st.integers(1, 4)),
    st.builds(
        Fixed,
        st.just("w"),
        st.integers(1, 6),
        st.sampled_from([10 * SECOND, timedelta(hours=1), timedelta(days=1)]),
        zone=st.just("Europe/Berlin"),
    ),
)


def seconds(span: timedelta) -> float:
    return span.total_seconds()


@given(windows, st.lists(st.tuples(st.integers(0, 40_000), st.booleans()), max_size=40))
def test_a_meter_grants_what_the_ledger_reserves(
    window: Window, steps: list[tuple[int, bool]]
) -> None:
    meter = Meter(window, BEGIN)
    slots: list[Slot] = []
    now = 0.0
    for wait_ms, begins in steps:
        now += wait_ms / 1000
        at = BEGIN + timedelta(seconds=now)
        if begins:
            found = reserve([Scoped(window)], slots, at, 1, Lane.TRANSACTIONAL)
            free = meter.free_from(now)
            if found.granted:
                assert free == now
                meter.take()
                slots.append(Slot("w", "", None))
            elif found.next_free_at is None:
                assert free == FAR
            else:
                assert abs(free - seconds(found.next_free_at - BEGIN)) < 1e-5
        elif (open_ := next((s for s in slots if s.free_at is None), None)) is not None:
            slots.remove(open_)
            slots.append(Slot("w", "", answered(open_, at, window)))
            meter.answer(now)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=30), st.sampled_from([0.5, 1.0, 2.0]))
def test_posts_are_gathered_into_the_digests_of_the_ledger(
    gaps_ms: list[int], bundle_s: float
) -> None:
    posted = PostMessage(ActionKey(UUID(int=1), "tell", 1), "slack", "sales", "m", {}, None, BEGIN)
    intent = Intent("post", "w", "tell", posted, 1e9, bundle_s, FAR, 10)
    waiting = Waiting(lambda action, now: True)
    at, queue = 0.0, deque[Open]()
    posts: list[coalesce.Post] = []
    for number, gap in enumerate(gaps_ms):
        at += gap / 1000
        queue.append(Open(number, number, number, intent, at))
        key = ActionKey(UUID(int=number), "tell", 1)
        when = BEGIN + timedelta(milliseconds=round(at * 1000))
        posts.append(coalesce.Post(key, "sales", number, Lane.TRANSACTIONAL, when))
    gathered: list[list[int]] = []
    while queue:
        gathered.append([a.number for a in waiting.digest(queue, 3, bundle_s, at)])
    expected = coalesce.digests(posts, 3, timedelta(seconds=bundle_s))
    assert gathered == [[key.enrollment.int for key in d.members] for d in expected]
