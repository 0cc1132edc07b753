from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leadline.ledger.lease import CallTiming, lease_until, send_by, verify_after
from leadline.ledger.retry import ceiling, next_attempt

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_retry_hint_beyond_the_deadline_gives_up_at_once() -> None:
    assert next_attempt(1, NOW, NOW + HOUR, NOW + 2 * HOUR, 0.5) is None


def test_a_retry_hint_is_kept_even_where_the_jitter_would_be_shorter() -> None:
    assert next_attempt(1, NOW, NOW + HOUR, NOW + timedelta(seconds=30), 0.0) == NOW + timedelta(
        seconds=30
    )


@pytest.mark.parametrize("draw", [-0.1, 1.1])
def test_a_draw_outside_its_range_is_refused(draw: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        next_attempt(1, NOW, NOW + HOUR, None, draw)


def test_attempts_count_from_one() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        ceiling(0)


def test_a_call_begun_in_time_times_out_before_its_lease_ends() -> None:
    timing = CallTiming(*(timedelta(seconds=s) for s in (10, 4, 30, 5)))
    end = lease_until(NOW, timing)
    assert end - NOW == timedelta(seconds=14)
    assert send_by(NOW, timing) > NOW
    assert send_by(NOW, timing) + timing.time_out < end
    assert verify_after(end, timing.vendor_processing, timing.read_back) == NOW + timedelta(
        seconds=49
    )
