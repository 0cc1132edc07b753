"""Moments as clients write them, and when an event happened by our clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta


def read_moment(text: str) -> datetime | None:
    """Read ISO 8601 as Segment's clients send it; without a zone it is UTC. None: unreadable."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def has_zone(text: str) -> bool:
    """Tell whether a moment that can be read says which zone it is in."""
    return datetime.fromisoformat(text.strip()).tzinfo is not None


def read_date(text: str) -> date | None:
    """Read YYYY-MM-DD."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def occurred_at(
    timestamp: datetime | None, sent_at: datetime | None, arrived_at: datetime
) -> datetime:
    """Return when an event happened, by our clock.

    As Segment does: a client's clock may be wrong, but the span between its ``timestamp``
    and its ``sentAt`` is right, and counts back from the arrival. Nothing happens after it
    has arrived: what a client dates into the future is put at the arrival.

    >>> arrived = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
    >>> sent = arrived + timedelta(hours=1)  # by a clock that is an hour ahead
    >>> occurred_at(sent - timedelta(seconds=5), sent, arrived)
    datetime.datetime(2026, 5, 4, 11, 59, 55, tzinfo=datetime.timezone.utc)
    """
    if timestamp is None:
        return arrived_at
    try:
        when = timestamp if sent_at is None else arrived_at - (sent_at - timestamp)
    except OverflowError:  # a sentAt thousands of years away: it says nothing
        when = timestamp
    return min(when, arrived_at)


def age_of(arrived_s: float, now_s: float) -> timedelta:
    """Return how long ago something arrived, by one process's steady clock (seconds)."""
    return timedelta(seconds=max(0.0, now_s - arrived_s))
