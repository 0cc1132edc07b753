"""Times: spans added without overflow, and the clock on a wall in some zone.

Arithmetic is done in UTC, so that a span is exact: a day is 24 hours, whatever the clocks do.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leadline.expression.types import Value
from leadline.project.workflow import WallTime

LAST = datetime.max.replace(tzinfo=UTC)
"""The latest time there is: year 9999. A later one is taken to be this."""
FIRST = datetime.min.replace(tzinfo=UTC)
"""The earliest time there is: year 1."""


def plus(at: datetime, span: timedelta) -> datetime:
    """Add an exact span; what would lie beyond the calendar is its first or last moment.

    >>> str(plus(datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=-1)))
    '2025-12-31 00:00:00+00:00'
    >>> plus(LAST, timedelta(days=1)) == LAST
    True
    """
    try:
        in_utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    except OverflowError:  # a first or last day in a zone that is a day off in UTC
        return FIRST if at.year == FIRST.year else LAST
    try:
        return in_utc + span
    except OverflowError:
        return LAST if span > timedelta(0) else FIRST


def moment(value: Value) -> datetime | None:
    """Return a value as a moment; None where it is unknown or names none (no zone, no time)."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        return None
    return plus(value, timedelta(0))


def in_zone(at: datetime, zone: str) -> datetime:
    """Return the same moment as clocks in ``zone`` show it; in UTC for a zone nobody knows."""
    found = _zone(zone)
    try:
        return at.astimezone(UTC if found is None else found)
    except OverflowError:
        return at


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones is an OSError
        return None


def instant(wall: WallTime) -> datetime | None:
    """Return when a clock on the wall shows that time, in UTC; None for a zone nobody knows.

    A time that the clocks skip in spring is taken as if they had not been put forward yet
    (02:30 becomes 03:30 summer time); of one that they show twice in autumn, the first counts.

    >>> str(instant(WallTime(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")))
    '2026-03-29 01:30:00+00:00'
    >>> str(instant(WallTime(datetime(2026, 10, 25, 2, 30), "Europe/Berlin")))
    '2026-10-25 00:30:00+00:00'
    """
    zone = _zone(wall.zone)
    if zone is None:
        return None
    local = wall.local.replace(tzinfo=zone, fold=0)
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return FIRST if wall.local.year == FIRST.year else LAST
