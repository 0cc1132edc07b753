from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leadline.ledger.retry import Backoff, ceiling, next_attempt

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SPANS = st.integers(-60, 100_000).map(lambda s: timedelta(seconds=s))
BACKOFFS = st.builds(
    Backoff,
    st.integers(100, 5_000).map(lambda n: timedelta(milliseconds=n)),
    st.integers(5, 3_600).map(lambda n: timedelta(seconds=n)),
)
ATTEMPTS = st.integers(1, 10_000)
DRAWS = st.floats(0, 1)


@given(ATTEMPTS, SPANS, st.none() | SPANS, DRAWS, BACKOFFS)
def test_the_next_attempt_lies_in_its_bounds(
    attempt: int, left: timedelta, asked: timedelta | None, draw: float, backoff: Backoff
) -> None:
    deadline = NOW + left
    retry_after = None if asked is None else NOW + asked
    at = next_attempt(attempt, NOW, deadline, retry_after, draw, backoff)
    if at is None:
        assert deadline - max(NOW, retry_after or NOW) < backoff.first
        return
    assert NOW <= at <= deadline
    assert retry_after is None or at >= retry_after
    assert at <= max(NOW + ceiling(attempt, backoff), retry_after or NOW)


@given(ATTEMPTS, DRAWS, DRAWS, BACKOFFS)
def test_the_wait_grows_with_the_draw_and_spreads_over_the_whole_ceiling(
    attempt: int, one: float, other: float, backoff: Backoff
) -> None:
    far = NOW + timedelta(days=400)
    low, high = sorted((one, other))
    first = next_attempt(attempt, NOW, far, None, low, backoff)
    second = next_attempt(attempt, NOW, far, None, high, backoff)
    assert first is not None
    assert second is not None
    assert first <= second
    assert next_attempt(attempt, NOW, far, None, 0.0, backoff) == NOW
    assert next_attempt(attempt, NOW, far, None, 1.0, backoff) == NOW + ceiling(attempt, backoff)


@given(ATTEMPTS, BACKOFFS)
def test_the_ceiling_doubles_up_to_the_most(attempt: int, backoff: Backoff) -> None:
    now, after = ceiling(attempt, backoff), ceiling(attempt + 1, backoff)
    assert after == min(2 * now, backoff.most)
    assert ceiling(1, backoff) == backoff.first


@given(st.lists(DRAWS, min_size=200, max_size=200), st.integers(1, 20_000))
def test_retries_end(draws: list[float], left_s: int) -> None:
    """However the draws fall, the time left runs out; only a run of zeros could stretch it."""
    deadline, now = NOW + timedelta(seconds=left_s), NOW
    for attempt, draw in enumerate(draws, 1):
        at = next_attempt(attempt, now, deadline, None, max(draw, 0.1), Backoff())
        if at is None:
            return
        now = at
    raise AssertionError(f"still retrying at {now}, deadline {deadline}")
