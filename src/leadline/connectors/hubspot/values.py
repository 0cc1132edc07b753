"""HubSpot's values: all of them travel as text, and what comes back is not always what went out.

Numbers have no exponent and no thousands mark, a flag is ``true`` or ``false``, a date is its
midnight in UTC in milliseconds, a time is milliseconds (both may come back in ISO form), several
choices are joined by ``;``, and the empty text clears (``null`` does not).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import assert_never

from leadline.ledger.coalesce import (
    AddTo,
    Clear,
    FieldWrite,
    Forward,
    IfEmpty,
    Increment,
    SetTo,
    Value,
)
from leadline.ledger.outcome import Rejected

EMAIL = "email"
STAGE = "lifecyclestage"
STAGES = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
)
"""The order in which HubSpot lets a contact move: forward only (its contacts guide)."""
SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class Plan:
    """What one write sends, and what is to be said of the fields that it leaves alone."""

    properties: Mapping[str, str]
    details: tuple[str, ...] = ()


def read_before(fields: Mapping[str, FieldWrite]) -> set[str]:
    """Return the properties whose present value decides what is written.

    Between that reading and the writing somebody else may write: HubSpot has no conditional
    write, so an ``increment`` or ``add to`` of that instant is lost, as it is for everybody.
    """
    return {
        name
        for name, write in fields.items()
        if isinstance(write, Forward | IfEmpty | AddTo | Increment)
    }


def plan(fields: Mapping[str, FieldWrite], current: Mapping[str, str | None]) -> Plan | Rejected:
    """Decide what to send, given what stands there; Rejected for a value that cannot be sent."""
    properties: dict[str, str] = {}
    details: list[str] = []
    for name, write in fields.items():
        shown = current.get(name) or ""
        sent = _sent(name, write, shown)
        if isinstance(sent, Rejected):
            return sent
        if sent is None:
            if isinstance(write, Forward) and shown != write.value:
                details.append(f'{name} did not move: already further ("{shown}")')
            continue
        properties[name] = sent
    return Plan(properties, tuple(details))


def holds(name: str, write: FieldWrite, shown: str | None) -> bool | None:
    """Whether a record shows a write as done; None where its value cannot tell."""
    match write:
        case SetTo(value=value):
            return same(name, value, shown)
        case Clear():
            return not shown
        case IfEmpty():
            return bool(shown)
        case Forward(value=value, order=order):
            return shown == value or further(name, shown or "", value, order)
        case AddTo(values=values):
            return {_text(v) for v in values} <= set(_split(shown or ""))
        case Increment():
            return None
        case _:
            assert_never(write)


def same(name: str, value: Value, shown: str | None) -> bool:
    """Whether HubSpot shows this value, in whichever form it writes it."""
    if value == "" or not shown:
        return value == "" and not shown
    match value:
        case bool():
            return shown == _text(value)
        case Decimal():
            return _number(shown) == value
        case datetime():
            return _moment(shown) == _milliseconds(value)
        case date():
            return _moment(shown) == int(_text(value))
        case str():
            if name == EMAIL:
                return shown.strip().lower() == value.strip().lower()
            return shown.strip() == value.strip()
        case _:
            assert_never(value)


def further(name: str, shown: str, value: str, order: tuple[str, ...]) -> bool:
    """Whether ``shown`` comes after ``value``: in the project's order, else in HubSpot's own."""
    for known in (order, STAGES) if name == STAGE else (order,):
        if shown in known and value in known:
            return known.index(shown) > known.index(value)
    return False


def _sent(name: str, write: FieldWrite, shown: str) -> str | Rejected | None:
    """The text to send, None where nothing is."""
    match write:
        case SetTo(value=value):
            return sendable(name, _text(value))
        case Clear():
            return ""
        case IfEmpty(value=value):
            return None if shown else sendable(name, _text(value))
        case Forward(value=value, order=order):
            if shown == value or further(name, shown, value, order):
                return None
            return sendable(name, value)
        case AddTo(values=values):
            return _joined(name, values, shown)
        case Increment(by=by):
            number = _number(shown) if shown else Decimal(0)
            if number is None:
                return Rejected("What stands there is no number, so it cannot grow.", name)
            return sendable(name, _text(number + by))
        case _:
            assert_never(write)


def _joined(name: str, values: tuple[Value, ...], shown: str) -> str | Rejected | None:
    added = [_text(value) for value in values]
    if any(SEPARATOR in each for each in added):
        return Rejected("A value that joins others may not hold a semicolon.", name)
    there = _split(shown)
    if set(added) <= set(there):
        return None
    return sendable(name, SEPARATOR.join(dict.fromkeys([*there, *added])))


def _split(shown: str) -> list[str]:
    return [each for each in shown.split(SEPARATOR) if each]


def sendable(name: str, text: str) -> str | Rejected:
    """The text, or why it cannot be sent."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return Rejected("The value holds half a character (a lone surrogate).", name)
    if "\0" in text:
        return Rejected("The value holds a NUL character.", name)
    if text in {"NaN", "sNaN", "Infinity", "-Infinity"}:
        return Rejected("The value is no finite number.", name)
    return text


def _text(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f") if value.is_finite() else str(value)
        case datetime():
            return str(_milliseconds(value))
        case date():
            return str(_milliseconds(datetime.combine(value, time(), UTC)))
        case str():
            return value
        case _:
            assert_never(value)


def _milliseconds(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def _moment(shown: str) -> int | None:
    """A date or time as HubSpot shows it, in milliseconds; None where it is neither."""
    if re.fullmatch(r"-?\d{1,15}", shown):
        return int(shown)
    try:
        return _milliseconds(datetime.fromisoformat(shown))
    except ValueError:
        return None


def _number(shown: str) -> Decimal | None:
    try:
        number = Decimal(shown)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
