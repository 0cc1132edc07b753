"""Durations, shares, rates and times as people write them.

Each function gives the value, or None where the text is not one; what to say then is the
caller's matter.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

from leadline.expression.types import FieldType, Kind, Value
from leadline.project.events import Expected
from leadline.project.systems import Limit

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_UNITS = "|".join(_SECONDS)
_DURATION = re.compile(rf"(\d{{1,9}})\s+({_UNITS})s?")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%")
_RATE = re.compile(rf"(\d{{1,12}})\s+per\s+(?:(\d{{1,9}})\s+)?({_UNITS})s?")
_COUNT = re.compile(r"\d{1,9}", re.ASCII)
_WALL = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2})")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

# Ten years: longer is a typing error, and keeps every sum of times inside the calendar.
LONGEST = timedelta(days=3653)
LARGEST_NUMBER = Decimal(10) ** 30

DURATION_EXAMPLES = '"5 minutes", "1 day" or "2 weeks"'


def duration(text: str) -> timedelta | None:
    """A span in words, above zero and at most ten years.

    >>> duration("5 minutes")
    datetime.timedelta(seconds=300)
    >>> duration("5m") is None
    True
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    seconds = int(found[1]) * _SECONDS[found[2]]
    return timedelta(seconds=seconds) if 0 < seconds <= LONGEST.total_seconds() else None


def in_words(span: timedelta) -> str:
    """A span of whole seconds as ``duration`` reads it, in the largest unit that fits.

    >>> [in_words(timedelta(seconds=s)) for s in (1, 90, 7200, 86400, 100000, 1209600)]
    ['1 second', '90 seconds', '2 hours', '1 day', '100000 seconds', '2 weeks']
    """
    seconds = round(span.total_seconds())
    unit = next(u for u in reversed(_SECONDS) if seconds % _SECONDS[u] == 0)
    count = seconds // _SECONDS[unit]
    return f"{count} {unit}{'' if count == 1 else 's'}"


def share(text: str) -> float | None:
    """A share in per cent, above 0 and at most 100, as 0 to 1.

    >>> share("99 %")
    0.99
    """
    found = _SHARE.fullmatch(text.strip())
    if found is None:
        return None
    value = Decimal(found[1])
    return float(value / 100) if 0 < value <= 100 else None


def rate(text: str) -> Limit | None:
    """A provider's figure: so many in so long.

    >>> rate("100 per 10 seconds")
    Limit(count=100, window=datetime.timedelta(seconds=10))
    """
    found = _RATE.fullmatch(text.strip())
    if found is None:
        return None
    count = int(found[1])
    seconds = int(found[2] or 1) * _SECONDS[found[3]]
    if count == 0 or not 0 < seconds <= LONGEST.total_seconds():
        return None
    return Limit(count, timedelta(seconds=seconds))


def expected(text: str) -> Expected | None:
    """What a team expects at most: so many in so long.

    >>> expected("500 in 1 minute")
    Expected(count=500, within=datetime.timedelta(seconds=60))
    """
    count, _, span = text.strip().partition(" in ")
    within = duration(span)
    if not _COUNT.fullmatch(count) or int(count) == 0 or within is None:
        return None
    return Expected(int(count), within)


def wall_time(text: str) -> datetime | None:
    """``2026-12-01 09:00`` as a time without zone.

    >>> wall_time("2026-12-01 09:00")
    datetime.datetime(2026, 12, 1, 9, 0)
    """
    found = _WALL.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]} {found[2]:0>5}")
    except ValueError:
        return None


def typed(text: str, kind: FieldType, zone: tzinfo) -> Value:
    """A constant of a file as the value of a field; None where the text is not one.

    A time without offset is meant in ``zone``; every time comes out in UTC.
    """
    match kind.kind:
        case Kind.TEXT:
            return text
        case Kind.EMAIL:
            return text if is_address(text) else None
        case Kind.CHOICE:
            return text if text in kind.values else None
        case Kind.NUMBER:
            return _number(text)
        case Kind.FLAG:
            return {"yes": True, "true": True, "no": False, "false": False}.get(text.lower())
        case Kind.TIME:
            return _instant(text, zone)
        case Kind.DATE:
            return day(text)


def _number(text: str) -> Decimal | None:
    if not re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,30})?", text.strip()):
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if abs(value) <= LARGEST_NUMBER else None


def _instant(text: str, zone: tzinfo) -> datetime | None:
    plain = wall_time(text)
    try:
        value = plain or datetime.fromisoformat(text.strip())
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(text: str) -> date | None:
    """``2027-01-31`` as a day.

    >>> day("2027-01-31")
    datetime.date(2027, 1, 31)
    """
    if not _DATE.fullmatch(text.strip()):
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}"
_DOMAIN = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"{_LOCAL}@{_DOMAIN}")


def is_address(text: str) -> bool:
    """Whether this is one mail address and nothing else: no name, no comma, no line end."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def span_words(span: timedelta) -> str:
    """A span as a file writes it, in its largest whole unit.

    >>> span_words(timedelta(hours=48)), span_words(timedelta(seconds=90))
    ('2 days', '90 seconds')
    """
    seconds = round(span.total_seconds())
    unit, size = next(
        (u, s) for u, s in sorted(_SECONDS.items(), key=lambda e: -e[1]) if seconds % s == 0
    )
    count = seconds // size
    return f"{count} {unit}{'' if count == 1 else 's'}"
