"""Which events concern a run: those of its contact, of its once_per value, since its trigger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from leadline.expression.tree import Condition
from leadline.expression.types import Value
from leadline.journey.facts import EventFact, Facts
from leadline.journey.program import Program
from leadline.journey.run import Row, Run, answer

ONCE_EVER = ""
"""The once_per value of every run of a workflow that says none: one run a contact, for ever."""


def once_value(
    program: Program, properties: Mapping[str, Value], contact: Mapping[str, Value]
) -> str | None:
    """Return the text of the once_per value, or None where it is unknown.

    Equal values have equal texts: a number however it is written, a time in whatever zone, an
    address in either case.
    """
    ref = program.starts.once_per
    if ref is None:
        return ONCE_EVER
    value = properties.get(ref.name) if ref.scope == "event" else contact.get(ref.name)
    if isinstance(value, str):
        return value.lower() if program.folds_once else value
    return _text(value)


def _text(value: Value) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return str(_shortest(value)) if value.is_finite() else str(value).lower()
        case datetime():
            return (value if value.tzinfo is None else value.astimezone(UTC)).isoformat()
        case date():
            return value.isoformat()
        case str():
            return value


def _shortest(number: Decimal) -> Decimal:
    """The number without closing zeros, however many digits it has; zero has no sign."""
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).lstrip("0")
    short = text.rstrip("0")
    if not short:
        return Decimal(0)
    return Decimal((sign, tuple(map(int, short)), exponent + len(text) - len(short)))


def same_once(program: Program, once: str, event: EventFact, contact: Mapping[str, Value]) -> bool:
    """Whether an event has the once_per value of a run.

    Where once_per is a field of the contact, or nothing, every event of the contact has it.
    """
    ref = program.starts.once_per
    if ref is None or ref.scope != "event":
        return True
    return once_value(program, event.properties, contact) == once


def stop_event(
    program: Program, run: Run, events: Iterable[EventFact], facts: Facts, now: datetime
) -> EventFact | None:
    """Return the first event that stops the run."""
    stops = program.stops
    if stops is None:
        return None
    named = (event for event in events if event.name in stops.when)
    return _first(program, run, named, stops.where_, (facts, now))


def awaited_event(
    program: Program,
    run: Run,
    awaited: tuple[str, Condition | None, datetime],
    events: Iterable[EventFact],
    facts: Facts,
    now: datetime,
) -> EventFact | None:
    """Return the first event that a wait looks for: ``awaited`` is its name, where and until.

    While the wait is open every one counts that is there; once its time is over, those that
    happened before.
    """
    name, where, until = awaited
    is_open = now <= until
    named = (event for event in events if event.name == name and (is_open or event.at <= until))
    return _first(program, run, named, where, (facts, now))


def _first(
    program: Program,
    run: Run,
    events: Iterable[EventFact],
    where: Condition | None,
    seen: tuple[Facts, datetime],
) -> EventFact | None:
    facts, now = seen
    trigger = facts.trigger
    for event in events:
        if event.at < run.trigger_at or (trigger is not None and event.id == trigger.id):
            continue
        if where is None:
            fits: bool | None = same_once(program, run.once_value, event, facts.contact)
        else:
            fits = answer(where, Row(facts.contact, event.properties), now, program.time_zone)
        if fits:
            return event
    return None
