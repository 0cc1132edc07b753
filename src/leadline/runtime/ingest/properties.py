"""The properties of an event against the tracking plan."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from leadline.expression.types import FieldType, Kind
from leadline.project.events import EventType
from leadline.runtime.ingest.json_values import Object, kind_of
from leadline.runtime.ingest.times import has_zone, read_date, read_moment

_SHOWN = 40  # characters of a value in a sentence
_CHOICES_SHOWN = 8


def check_properties(event: EventType, properties: Object) -> tuple[Object, tuple[str, ...]]:
    """Return the properties as they are stored, and what is wrong, each a sentence.

    A property that is left out or null is unknown, never wrong. What the plan does not
    declare is kept as it came. Times are stored in UTC.
    """
    stored = properties
    faults: list[str] = []
    for name, type_ in event.properties.items():
        value = properties.get(name)
        if value is None:
            continue
        fault = _FAULTS[type_.kind](value, type_)
        if fault is not None:
            faults.append(f'"{name}" {fault}')
        elif type_.kind is Kind.TIME:
            stored = {**stored, name: _in_utc(value)}
    return stored, tuple(faults)


def _text_fault(value: object, type_: FieldType) -> str | None:
    del type_
    if isinstance(value, str):
        return None
    return f"is {kind_of(value)}, the plan says text. Send it in quotes."


def _choice_fault(value: object, type_: FieldType) -> str | None:
    if isinstance(value, str) and value in type_.values:
        return None
    found = f'"{_short(value)}"' if isinstance(value, str) else kind_of(value)
    more = len(type_.values) - _CHOICES_SHOWN
    listed = ", ".join(type_.values[:_CHOICES_SHOWN]) + (f" and {more} more" if more > 0 else "")
    return f"is {found}. Send one of {listed}."


def _number_fault(value: object, type_: FieldType) -> str | None:
    del type_
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return None
    return f"is {_told(value)}, the plan says number. Send it without quotes."


def _flag_fault(value: object, type_: FieldType) -> str | None:
    del type_
    if isinstance(value, bool):
        return None
    return f"is {_told(value)}, the plan says flag. Send true or false, without quotes."


def _time_fault(value: object, type_: FieldType) -> str | None:
    del type_
    example = "Send it as 2026-12-01T09:00:00Z."
    if not isinstance(value, str):
        return f"is {kind_of(value)}, the plan says time. {example}"
    if read_moment(value) is None:
        return f'is "{_short(value)}", which is no time. {example}'
    # Read as UTC, nine o'clock in Berlin would be an hour or two late, and nobody would know.
    if not has_zone(value):
        return f'is "{_short(value)}", which says no time zone. End it with Z or +02:00.'
    return None


def _date_fault(value: object, type_: FieldType) -> str | None:
    del type_
    if isinstance(value, str) and read_date(value) is not None:
        return None
    return f"is {_told(value)}, the plan says date. Send it as 2026-12-01."


_FAULTS = {
    Kind.TEXT: _text_fault,
    # An impossible address is stored like any other: its entry says why nobody was entered.
    Kind.EMAIL: _text_fault,
    Kind.CHOICE: _choice_fault,
    Kind.NUMBER: _number_fault,
    Kind.FLAG: _flag_fault,
    Kind.TIME: _time_fault,
    Kind.DATE: _date_fault,
}


def _in_utc(value: object) -> str:
    moment = read_moment(value) if isinstance(value, str) else None
    assert moment is not None
    return moment.isoformat()


def _told(value: object) -> str:
    return f'the text "{_short(value)}"' if isinstance(value, str) else kind_of(value)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


Plan = Mapping[str, EventType]
