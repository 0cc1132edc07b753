"""The two ends of "is within the last 30 days", computed before any SQL is written.

Python and PostgreSQL compare with the same two values, so no time zone and no clock is left to
the database.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from leadline.expression.tree import Within
from leadline.expression.types import Kind


def bounds(within: Within, now: datetime) -> tuple[datetime, datetime] | tuple[date, date]:
    """Return the first and the last value that lie within the span, both included.

    A date field is compared with the date of ``now`` in the zone that ``now`` carries, so a
    caller that means the project's days passes ``now`` in the project's zone. Raises ValueError
    for a ``now`` without a zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must carry a time zone")
    if within.operand.type.kind is Kind.DATE:
        today = now.date()
        return (today, today + within.span) if within.ahead else (today - within.span, today)
    # Arithmetic inside one zone is done on the wall clock, which jumps; UTC does not.
    moment = now.astimezone(UTC)
    return (moment, moment + within.span) if within.ahead else (moment - within.span, moment)
