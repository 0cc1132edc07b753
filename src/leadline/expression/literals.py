"""Values as people write them, typed by the field that they stand beside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import assert_never

from leadline.expression.grammar import Item
from leadline.expression.reading import Reading, shorten
from leadline.expression.tree import Operand
from leadline.expression.types import FieldType, Kind, KnownValue
from leadline.expression.vocabulary import nearest

_NUMBER = re.compile(r"[+-]?[0-9]{1,100}(?:\.[0-9]{1,100})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[ T]"
    r"(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r" ?(?P<zone>Z|UTC|[+-][0-9]{2}:[0-9]{2})?"
)
_SPAN = re.compile(r"([0-9]{1,9}) (minute|hour|day|week|month|year)s?")
_UNITS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}  # seconds
_LONGEST = timedelta(days=36_525)  # a century: now plus or minus it is a date that Python has
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
# Words for which other tools have a test of their own, and which here would be plain text.
LIKE_UNKNOWN = frozenset(
    {"empty", "null", "blank", "missing", "nothing", "none", "nil", "set", "unset"}
    | {"known", "unknown", "undefined"}
)
_CHOICES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Day:
    """A date beside a time field: the whole day, from ``start`` up to before ``end``, in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """How long "the last 30 days" is, and how it is said."""

    length: timedelta
    words: str


def literal(reading: Reading, operand: Operand, item: Item) -> KnownValue | Day | None:
    """Type a value by the field beside it; what does not fit is a fault and gives None."""
    match operand.type.kind:
        case Kind.TEXT:
            return _text(reading, item)
        case Kind.EMAIL:
            return _email(reading, operand, item)
        case Kind.CHOICE:
            return _choice(reading, operand, item)
        case Kind.NUMBER:
            return _number(reading, operand, item)
        case Kind.FLAG:
            return _flag(reading, operand, item)
        case Kind.TIME:
            return _time(reading, operand, item)
        case Kind.DATE:
            return _date(reading, operand, item)
        case _:
            assert_never(operand.type.kind)


def span(reading: Reading, item: Item, kind: Kind) -> Span | None:
    """Read "30 days" after "is within the last"; a fault gives None."""
    found = _SPAN.fullmatch(item.text)
    if found is None or int(found[1]) == 0:
        reading.fault(
            "not-a-span",
            f'"{shorten(item.text)}" is not a length of time.',
            "Write a whole number and minutes, hours, days or weeks: 30 days.",
            item.offset,
        )
        return None
    count, unit = int(found[1]), found[2]
    if unit in {"month", "year"}:
        reading.fault(
            "uneven-span",
            "Months and years are not all equally long.",
            f"Write days: {count * (30 if unit == 'month' else 365)} days.",
            item.offset,
        )
        return None
    if kind is Kind.DATE and unit in {"minute", "hour"}:
        reading.fault(
            "span-finer-than-date",
            "This field is a date, which has no time of day.",
            "Write days or weeks.",
            item.offset,
        )
        return None
    if count * _UNITS[unit] > _LONGEST.total_seconds():
        reading.fault(
            "span-too-long",
            f"{shorten(item.text)} is more than a century.",
            "Write 36525 days or less.",
            item.offset,
        )
        return None
    length = timedelta(seconds=count * _UNITS[unit])
    return Span(length, f"{count} {unit}{'' if count == 1 else 's'}")


def listed_choices(type_: FieldType) -> str:
    """Name the values of a choice, the first few where there are many."""
    shown = ", ".join(shorten(value, 20) for value in type_.values[:_CHOICES_SHOWN])
    rest = len(type_.values) - _CHOICES_SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown


def _text(reading: Reading, item: Item) -> str | None:
    if not item.quoted and item.text.casefold() in LIKE_UNKNOWN:
        reading.fault(
            "reads-like-unknown",
            f'"is {item.text}" would compare with the word "{item.text}".',
            f'Write "is unknown" or "is known"; if the word is meant, write "{item.text}" in '
            "double quotes.",
            item.offset,
        )
        return None
    return item.text


def _email(reading: Reading, operand: Operand, item: Item) -> str | None:
    if "@" not in item.text:
        reading.fault(
            "not-an-email",
            f'"{shorten(item.text)}" is not an email address.',
            f'For a part of the address write "{operand.ref} contains {quoted_word(item)}".',
            item.offset,
        )
        return None
    return item.text


def quoted_word(item: Item) -> str:
    """Return a value as it must be written where it would be read as something else."""
    return f'"{shorten(item.text)}"' if item.quoted or "." in item.text else shorten(item.text)


def _choice(reading: Reading, operand: Operand, item: Item) -> str | None:
    if item.text in operand.type.values:
        return item.text
    meant = nearest(item.text, operand.type.values)
    offer = f'Did you mean "{meant}"? ' if meant else ""
    reading.fault(
        "not-a-choice",
        f'"{shorten(item.text)}" is not a value of {operand.ref}.',
        f"{offer}Its values are: {listed_choices(operand.type)}.",
        item.offset,
    )
    return None


def _number(reading: Reading, operand: Operand, item: Item) -> Decimal | None:
    if _NUMBER.fullmatch(item.text):
        return Decimal(item.text)
    reading.fault(
        "not-a-number",
        f'{operand.ref} is a number, and "{shorten(item.text)}" is not.',
        "Write digits, with a point before decimals and no unit: 1500 or 2.5.",
        item.offset,
    )
    return None


def _flag(reading: Reading, operand: Operand, item: Item) -> bool | None:
    value = _FLAGS.get(item.text.lower())
    if value is None:
        reading.fault(
            "not-a-flag",
            f'{operand.ref} is true or false, and "{shorten(item.text)}" is neither.',
            f'Write "{operand.ref} is true" or "{operand.ref} is false".',
            item.offset,
        )
    return value


def _date(reading: Reading, operand: Operand, item: Item) -> date | None:
    value = _calendar_day(item.text)
    if value is None:
        reading.fault(
            "not-a-date",
            f'{operand.ref} is a date, and "{shorten(item.text)}" is not one.',
            "Write year, month and day: 2026-12-31.",
            item.offset,
        )
    return value


def _calendar_day(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:  # 2026-02-30
        return None


def _time(reading: Reading, operand: Operand, item: Item) -> datetime | Day | None:
    day = _calendar_day(item.text)
    found = _TIME.fullmatch(item.text)
    zone = reading.vocabulary.zone
    if zone is None and (day is not None or (found is not None and found["zone"] is None)):
        reading.fault(
            "time-without-zone",
            f'"{shorten(item.text)}" does not say in which time zone it is meant.',
            "Add time of day and offset (2026-12-31 09:00+01:00), or Z for UTC.",
            item.offset,
        )
        return None
    try:
        if day is not None and zone is not None:
            return Day(_midnight(day, zone), _midnight(day + timedelta(days=1), zone))
        if found is not None:
            local = datetime.fromisoformat(f"{found['date']} {found['time']}")
            if found["zone"] is not None:
                offset = "+00:00" if found["zone"] in {"Z", "UTC"} else found["zone"]
                return datetime.fromisoformat(f"{local.isoformat()}{offset}").astimezone(UTC)
            if zone is not None:
                return _moment(reading, item, local, zone)
    except (ValueError, OverflowError):
        # There is no 2026-02-30 09:00, and no UTC for the first hours of year 1 in Berlin.
        found = None
    reading.fault(
        "not-a-time",
        f'{operand.ref} is a time, and "{shorten(item.text)}" is not one.',
        "Write a date, or date and time of day: 2026-12-31, 2026-12-31 09:00, "
        "2026-12-31 09:00+01:00.",
        item.offset,
    )
    return None


def _midnight(day: date, zone: tzinfo) -> datetime:
    """Return the first moment of a day.

    Where the clocks change at midnight it is there twice, then the earlier is meant, or it is
    skipped, then the moment of the change: ``fold`` 0, the default, gives both.
    """
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _moment(reading: Reading, item: Item, local: datetime, zone: tzinfo) -> datetime | None:
    """Place a time of day in the project's zone; one that is there twice or never is refused."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    how = "twice" if first < second else "never"
    reading.fault(
        "time-of-clock-change",
        f'"{shorten(item.text)}" happens {how} in {zone}, because the clocks change.',
        "Write another time, or add the offset that you mean (2026-12-31 09:00+01:00).",
        item.offset,
    )
    return None
