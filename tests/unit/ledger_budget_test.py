from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from leadline.ledger.budget import (
    Concurrency,
    Fixed,
    Lane,
    Points,
    Rolling,
    Scoped,
    Slot,
    answered,
    attainable_bound,
    frees_at,
    next_reset,
    physical_bound,
    reserve,
    taken,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_slot_is_held_until_the_answer_and_the_window_have_passed() -> None:
    mail = Rolling("messages", 1, SECOND)
    (slot,) = taken([Scoped(mail)], 1, Lane.TRANSACTIONAL)
    assert reserve([Scoped(mail)], [slot], NOW, 1, Lane.TRANSACTIONAL).next_free_at is None
    free_at = answered(slot, NOW + 3 * SECOND, mail)
    assert free_at == NOW + 4 * SECOND
    done = Slot("messages", "", free_at)
    assert reserve([Scoped(mail)], [done], NOW, 1, Lane.TRANSACTIONAL).next_free_at == free_at


def test_one_channel_does_not_hold_up_another() -> None:
    channel = Rolling("channel", 1, SECOND, "channel")
    slots = taken([Scoped(channel, "C1")], 1, Lane.TRANSACTIONAL)
    assert reserve([Scoped(channel, "C1")], slots, NOW, 5, Lane.TRANSACTIONAL).granted == 0
    assert reserve([Scoped(channel, "C2")], slots, NOW, 5, Lane.TRANSACTIONAL).granted == 1


def test_the_tightest_of_several_windows_decides() -> None:
    windows = [Scoped(Rolling("burst", 100, SECOND)), Scoped(Concurrency("open", 3))]
    assert reserve(windows, [], NOW, 50, Lane.TRANSACTIONAL).granted == 3
    assert reserve([], [], NOW, 50, Lane.TRANSACTIONAL).granted == 50


def test_a_call_that_can_never_begin_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="can never begin"):
        reserve([Scoped(Points("points", 10, SECOND))], [], NOW, 1, Lane.BULK, cost=11)


def test_a_slot_of_another_window_is_refused() -> None:
    with pytest.raises(ValueError, match="does not free by"):
        answered(Slot("day", "", None), NOW, Rolling("burst", 1, SECOND))


def test_a_daily_window_resets_at_midnight_of_the_accounts_zone_on_days_of_any_length() -> None:
    day = Fixed("day", 1, timedelta(days=1), zone="Europe/Berlin", skew=timedelta(0))
    # 29 March 2026 has 23 hours in Berlin, 25 October 25.
    spring = datetime(2026, 3, 28, 23, tzinfo=UTC)
    autumn = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert next_reset(day, spring) - spring == timedelta(hours=23)
    assert next_reset(day, autumn) - autumn == timedelta(hours=25)
    assert next_reset(day, spring - timedelta(microseconds=1)) == spring


def test_shorter_fixed_windows_are_sliced_from_the_reset() -> None:
    hour = Fixed("hour", 1, timedelta(hours=1), reset_at=time(0, 30))
    assert next_reset(hour, NOW) == NOW + timedelta(minutes=30)
    slices = Fixed("slice", 1, timedelta(seconds=10))
    assert next_reset(slices, NOW + SECOND) == NOW + timedelta(seconds=10)


def test_near_a_reset_a_call_counts_for_both_days() -> None:
    day = Fixed("day", 1, timedelta(days=1))
    just_before = datetime(2026, 6, 1, 23, 59, 30, tzinfo=UTC)
    assert frees_at(day, just_before) == datetime(2026, 6, 3, 0, 1, tzinfo=UTC)
    assert frees_at(day, NOW) == datetime(2026, 6, 2, 0, 1, tzinfo=UTC)


def test_the_bounds_of_the_burst() -> None:
    mail = Rolling("messages", 14, SECOND)
    assert physical_bound(500, mail) == 35.0
    assert attainable_bound(500, mail, 0.05) == pytest.approx(35 * 1.05 + 0.05)
    assert attainable_bound(1, mail, 0.05, bundle_s=5) == pytest.approx(5.05)
    assert attainable_bound(0, mail, 0.05) == 0
    assert attainable_bound(10, Concurrency("open", 5), 2.0) == pytest.approx(4.0)
    assert physical_bound(10, Fixed("day", 5, timedelta(days=1))) == 86_400.0


def test_bulk_waits_for_bulk_where_its_share_is_what_binds() -> None:
    window = Rolling("burst", 5, SECOND)  # bulk may hold 4
    slots = [Slot("burst", "", NOW + 9 * SECOND, 1, Lane.BULK)] * 4
    slots.append(Slot("burst", "", NOW + SECOND, 1, Lane.TRANSACTIONAL))
    assert reserve([Scoped(window)], slots, NOW, 1, Lane.BULK).next_free_at == NOW + 9 * SECOND
    urgent = reserve([Scoped(window)], slots, NOW, 1, Lane.TRANSACTIONAL)
    assert urgent.next_free_at == NOW + SECOND
