"""Our values as HubSpot keeps them, and what each way of writing makes of what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
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
"""HubSpot moves a contact through these forward only; going back, it clears or ignores."""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_sent(value: Value) -> str:
    """A value as HubSpot takes it: all travel as text.

    >>> as_sent(Decimal("1200.50")), as_sent(True), as_sent(date(2026, 5, 1))
    ('1200.5', 'true', '2026-05-01')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case Decimal():
            text = format(value, "f")
            return text.rstrip("0").rstrip(".") if "." in text else text
        case datetime():
            moment = value if value.tzinfo else value.replace(tzinfo=UTC)
            return str((moment - _EPOCH) // timedelta(milliseconds=1))
        case date():
            return value.isoformat()
        case _:
            assert_never(value)


def is_same(wanted: str, found: str | None) -> bool:
    """Whether HubSpot shows what was written, in its own spelling.

    >>> is_same("1200.5", "1200.50"), is_same("", None), is_same(" Ada ", "Ada")
    (True, True, True)
    >>> is_same("1777593600000", "2026-05-01T00:00:00Z"), is_same("a;b", "b;a")
    (True, True)
    """
    held = found or ""
    if wanted.strip() == held.strip():
        return True
    if "@" in wanted and wanted.strip().lower() == held.strip().lower():
        return True
    if ";" in wanted and sorted(wanted.split(";")) == sorted(held.split(";")):
        return True
    return _number(wanted, held) or _moment(wanted, held)


def _number(wanted: str, held: str) -> bool:
    try:
        return Decimal(wanted) == Decimal(held)
    except InvalidOperation:
        return False


def _moment(wanted: str, held: str) -> bool:
    first, second = _as_moment(wanted), _as_moment(held)
    return first is not None and first == second


def _as_moment(text: str) -> datetime | None:
    try:
        if text.removeprefix("-").isdigit():
            return _EPOCH + timedelta(milliseconds=int(text))
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent for one record, and what is left out because nothing is to change.

    ``moves`` are the sent values that only go forward, so that HubSpot may keep another;
    ``notes`` say what was left out and why.
    """

    sent: Mapping[str, str]
    moves: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: tuple[str, ...] = ()


def plan(writes: Mapping[str, FieldWrite], held: Mapping[str, str | None] | None) -> Plan:
    """Say what to send, given what stands there; ``held`` None: the record does not exist yet.

    ``if empty``, additions and increments are worked out from what was just read: a change by
    somebody else in between is overwritten.
    """
    sent: dict[str, str] = {}
    moves: dict[str, str] = {}
    notes: list[str] = []
    for name, write in writes.items():
        now = (held or {}).get(name) or ""
        value, note = _one(name, write, now)
        if note is not None:
            notes.append(note)
        if value is None or (value == "" and held is None):
            continue
        sent[name] = value
        if value and (isinstance(write, Forward) or name == STAGE):
            moves[name] = value
    return Plan(sent, moves, tuple(notes))


def _one(name: str, write: FieldWrite, now: str) -> tuple[str | None, str | None]:
    match write:
        case SetTo(value=value):
            return as_sent(value), None
        case Clear():
            return "", None
        case IfEmpty(value=value):
            if now and not is_same(as_sent(value), now):
                return None, f"{name} was not empty"
            return (None if now else as_sent(value)), None
        case Forward(value=value, order=order):
            if is_further(name, now, value, order):
                return None, f'{name} did not move: it is further, at "{now}"'
            return value, None
        case AddTo(values=values):
            parts = [p for p in now.split(";") if p]
            return ";".join(dict.fromkeys([*parts, *map(as_sent, values)])), None
        case Increment(by=by):
            try:
                return as_sent(Decimal(now or "0") + by), None
            except InvalidOperation:
                return as_sent(by), f'{name} was no number ("{now}") and begins anew'
        case _:
            assert_never(write)


def is_further(name: str, now: str, wanted: str, order: tuple[str, ...]) -> bool:
    """Whether what stands there comes after what is wanted, in our order or else HubSpot's.

    >>> is_further("lifecyclestage", "opportunity", "lead", ("lead", "customer"))
    True
    """
    for known in (order, STAGES if name == STAGE else ()):
        if now in known and wanted in known:
            return known.index(now) > known.index(wanted)
    return False
