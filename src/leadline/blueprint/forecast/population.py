"""Who the people of a forecast are: their fields as counted, else complete, branches evenly.

Facts (``Project.known``) say how many have no value, and how often each value stands. Where
nothing was counted, a field has a value, drawn evenly from the values between which the conditions
of the forecast workflows tell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from uuid import UUID
from zoneinfo import ZoneInfo

from leadline.expression.tree import (
    All,
    Any,
    Between,
    Compare,
    Condition,
    Contains,
    Is,
    Known,
    Nothing,
    Operand,
    Ref,
    StartsWith,
    Unknown,
    Within,
)
from leadline.expression.types import FieldType, Kind, KnownValue, Value
from leadline.journey.facts import EventFact
from leadline.project.known import Seen
from leadline.project.project import Project
from leadline.project.quantities import typed

ADDRESS = "person@people.example"
SOMETHING = "Something else"
AHEAD = timedelta(days=7)
"""A time of an event (when a webinar starts) lies so far ahead, as in the demo."""
_SLIVER = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Drawn:
    """How one field is drawn: its values, and up to which part of 1 each of them reaches."""

    values: tuple[Value, ...]
    upto: tuple[float, ...]

    def place(self, draw: float) -> int:
        """Return the place of the value that a draw falls on."""
        return min(bisect_right(self.upto, draw), len(self.values) - 1)


def evenly(values: Sequence[Value], empty: float = 0.0) -> Drawn:
    """Draw each of these as often as the others; a part of the people has none."""
    weights = [(1 - empty) / len(values)] * len(values)
    return _drawn([*values, None], [*weights, empty])


def _drawn(values: Sequence[Value], weights: Sequence[float]) -> Drawn:
    kept = [(value, weight) for value, weight in zip(values, weights, strict=True) if weight > 0]
    total = sum(weight for _, weight in kept)
    upto = accumulate(weight / total for _, weight in kept)
    return Drawn(tuple(value for value, _ in kept), tuple(upto))


@dataclass(frozen=True, slots=True)
class Population:
    """How people and their event are drawn: each dotted name with its values. ``guessed`` names
    the fields that some condition reads and of which nothing was counted."""

    drawn: tuple[tuple[str, Drawn], ...]
    event: str
    begin: datetime
    guessed: tuple[str, ...]

    @property
    def varied(self) -> tuple[tuple[str, Drawn], ...]:
        """What is not the same of all."""
        return tuple(pair for pair in self.drawn if len(pair[1].values) > 1)

    def facts(self, places: tuple[int, ...]) -> tuple[Mapping[str, Value], EventFact]:
        """Return the contact and the event of somebody drawn so."""
        contact: dict[str, Value] = {}
        properties: dict[str, Value] = {}
        where = dict(zip((name for name, _ in self.varied), places, strict=True))
        for name, each in self.drawn:
            value = each.values[where.get(name, 0)]
            if value is not None:
                scope, _, own = name.partition(".")
                (contact if scope == "contact" else properties)[own] = value
        return contact, EventFact(UUID(int=0), self.event, properties, self.begin)


def population(
    project: Project, event: str, conditions: Iterable[Condition], begin: datetime
) -> Population:
    """Say how people are drawn of whom this event tells."""
    named = _named(conditions)
    known = project.known
    seen: Mapping[str, Seen] = known.fields if known is not None else {}
    drawn = {
        f"contact.{name}": _field(
            each.type, named.get(Ref("contact", name), ()), seen.get(name), project, begin
        )
        for name, each in project.fields.items()
    }
    drawn |= {
        f"event.{name}": evenly(_candidates(kind, named.get(Ref("event", name), ()), begin))
        for name, kind in project.events[event].properties.items()
    }
    guessed = [
        str(ref)
        for ref in sorted(named)
        if not (ref.scope == "contact" and ref.name in seen and seen[ref.name].values)
    ]
    return Population(tuple(drawn.items()), event, begin, tuple(guessed))


def _field(
    kind: FieldType,
    named: Sequence[KnownValue],
    seen: Seen | None,
    project: Project,
    begin: datetime,
) -> Drawn:
    empty = seen.share_empty if seen is not None else 0.0
    if seen is not None and seen.values:
        zone = ZoneInfo(project.time_zone)
        values = {typed(text, kind, zone): 0 for text in seen.values}
        for text, count in seen.values.items():
            values[typed(text, kind, zone)] += count
        values.pop(None, None)
        total = sum(values.values())
        if total:
            weights = [count / total * (1 - empty) for count in values.values()]
            return _drawn([*values, None], [*weights, empty])
    return evenly(_candidates(kind, named, begin), empty)


def _candidates(kind: FieldType, named: Sequence[KnownValue], begin: datetime) -> list[Value]:
    """The values between which conditions tell, or one of the usual kind."""
    match kind.kind:
        case Kind.EMAIL:
            return [ADDRESS]
        case Kind.CHOICE:
            return list(kind.values) or [SOMETHING]
        case Kind.FLAG:
            return [True, False]
        case Kind.TEXT:
            return [*dict.fromkeys(named), SOMETHING] if named else [SOMETHING]
        case Kind.NUMBER:
            return list(dict.fromkeys(named)) or [Decimal(1)]
        case Kind.TIME:
            return list(dict.fromkeys(named)) or [begin + AHEAD]
        case Kind.DATE:
            return list(dict.fromkeys(named)) or [(begin + AHEAD).date()]


def _named(conditions: Iterable[Condition]) -> dict[Ref, list[KnownValue]]:
    found: dict[Ref, list[KnownValue]] = {}
    for condition in conditions:
        for ref, values in _told_apart(condition):
            found.setdefault(ref, []).extend(values)
    return found


def _told_apart(condition: Condition) -> Iterator[tuple[Ref, list[KnownValue]]]:
    """Each field with values on either side of what the condition asks."""
    match condition:
        case All(parts) | Any(parts) | Nothing(parts):
            for part in parts:
                yield from _told_apart(part)
        case Is(operand, values):
            constants = [v for v in values if not isinstance(v, Operand)]
            others = [o for v in constants[:1] for o in _other(v)]
            yield operand.ref, [*constants, *others]
        case Compare(operand, _, value):
            sides = [] if isinstance(value, Operand) else _sides(value)
            yield operand.ref, sides
        case Between(operand, low, high):
            yield operand.ref, [_sides(low)[0], low, _sides(high)[1]]
        case Contains(operand, text) | StartsWith(operand, text):
            yield operand.ref, [text, SOMETHING]
        case Within() | Known() | Unknown():
            yield condition.operand.ref, []


def _other(value: KnownValue) -> list[KnownValue]:
    if isinstance(value, bool):
        return [not value]
    return [SOMETHING] if isinstance(value, str) else _sides(value)[1:]


def _sides(value: KnownValue) -> list[KnownValue]:
    """A value a little below and one a little above."""
    match value:
        case bool() | str():
            return [value, value]
        case Decimal():
            return [value - _SLIVER, value + _SLIVER]
        case datetime() | date():
            return [value - timedelta(days=1), value + timedelta(days=1)]
