"""From stored JSON to typed values: event properties and contact fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from leadline.expression.types import FieldType, Kind, Value
from leadline.journey.facts import EventFact
from leadline.project.events import EventType


def typed(raw: object, wanted: FieldType) -> Value:
    """Return the value as its type has it; None where it is not one of that type."""
    match wanted.kind:
        case Kind.TEXT | Kind.EMAIL:
            return _text(raw)
        case Kind.CHOICE:
            text = _text(raw)
            return text if text in wanted.values else None
        case Kind.NUMBER:
            return _number(raw)
        case Kind.FLAG:
            return raw if isinstance(raw, bool) else {"true": True, "false": False}.get(str(raw))
        case Kind.TIME:
            return _time(raw)
        case Kind.DATE:
            return _date(raw)


def event_fact(
    event: EventType | None,
    name: str,
    event_id: UUID,
    properties: Mapping[str, object],
    at: datetime,
) -> EventFact:
    """Return an event with the properties that the tracking plan declares, typed."""
    declared: Mapping[str, FieldType] = event.properties if event is not None else {}
    values = {
        key: typed(properties[key], kind) for key, kind in declared.items() if key in properties
    }
    return EventFact(event_id, name, values, at)


def _text(raw: object) -> str | None:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool) or raw is None:
        return None if raw is None else str(raw).lower()
    return str(raw) if isinstance(raw, int | float | Decimal) else None


def _number(raw: object) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _time(raw: object) -> datetime | None:
    if not isinstance(raw, str):
        return None
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        return None
    # A time without a zone is a moment nobody can name: it counts as unknown.
    return moment.astimezone(UTC) if moment.tzinfo else None


def _date(raw: object) -> date | None:
    if not isinstance(raw, str):
        return None
    try:
        return date.fromisoformat(raw[:10])
    except ValueError:
        return None
