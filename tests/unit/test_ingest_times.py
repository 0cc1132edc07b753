"""When an event happened, whatever the client's clock says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leadline.runtime.ingest.times import occurred_at, read_moment

ARRIVED = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-04T10:00:00Z", "2026-05-04T10:00:00+00:00"),
        ("2026-05-04T10:00:00.123Z", "2026-05-04T10:00:00.123000+00:00"),
        ("2026-05-04T12:00:00+02:00", "2026-05-04T10:00:00+00:00"),
        ("2026-05-04 10:00:00", "2026-05-04T10:00:00+00:00"),
        ("2026-05-04T10:00:00.123456789Z", "2026-05-04T10:00:00.123456+00:00"),
        ("2026-05-04", "2026-05-04T00:00:00+00:00"),
    ],
)
def test_moments_are_read_as_clients_write_them(text: str, moment: str) -> None:
    found = read_moment(text)
    assert found is not None
    assert found.isoformat() == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "1746352800", "2026-13-01", "9999-12-31T23:59:59-10:00"]
)
def test_what_is_no_moment_is_told(text: str) -> None:
    assert read_moment(text) is None


@pytest.mark.parametrize("off", [HOUR, -HOUR, timedelta(days=-3650)])
def test_a_clock_that_is_off_is_put_right_by_what_it_says_of_the_sending(off: timedelta) -> None:
    sent = ARRIVED + off
    assert occurred_at(sent - timedelta(minutes=2), sent, ARRIVED) == ARRIVED - timedelta(minutes=2)


def test_without_a_sending_time_the_client_is_believed_about_the_past() -> None:
    long_ago = datetime(2019, 1, 1, tzinfo=UTC)
    assert occurred_at(long_ago, None, ARRIVED) == long_ago


@pytest.mark.parametrize("sent_at", [None, ARRIVED])
def test_nothing_happens_after_it_arrived(sent_at: datetime | None) -> None:
    absurd = datetime(9999, 1, 1, tzinfo=UTC)
    assert occurred_at(absurd, sent_at, ARRIVED) == ARRIVED


def test_a_message_without_a_time_happened_when_it_came() -> None:
    assert occurred_at(None, ARRIVED - HOUR, ARRIVED) == ARRIVED


def test_a_sending_time_that_makes_no_sense_is_passed_over() -> None:
    ancient, far = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
    assert occurred_at(ancient, far, ARRIVED) == ancient
