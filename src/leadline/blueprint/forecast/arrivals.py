"""When people come: a burst that is asked for, or the real events of another day."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from leadline.blueprint.forecast.draws import Stream
from leadline.blueprint.forecast.population import Population
from leadline.blueprint.forecast.simulate import Arrival
from leadline.expression.types import FieldType, Value
from leadline.journey.facts import EventFact
from leadline.project.problems import Problem, Where, did_you_mean, quoted
from leadline.project.quantities import typed

MOST_PEOPLE = 500_000
MOST_SPAN = timedelta(days=366)
_BURST = re.compile(r"(\d{1,15})\s*/\s*(\d{1,9})\s*(s|m|h|d)", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_TIMES = ("timestamp", "time", "sent_at", "sentAt", "received_at", "at", "date")
_EVENTS = ("event", "event_name", "name")
_PEOPLE = ("email", "userId", "user_id", "anonymousId", "anonymous_id")


@dataclass(frozen=True, slots=True)
class Burst:
    """So many people, each at a moment of the span, drawn evenly."""

    count: int
    within_s: float


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a file: when it happened, which, whose, with what."""

    at: datetime
    name: str
    who: str
    properties: Mapping[str, object]


def read_burst(text: str) -> Burst | str:
    """Read ``500/1m``; what is wrong with it, where it is none.

    >>> read_burst("500/1m")
    Burst(count=500, within_s=60.0)
    >>> read_burst("0/1m")
    'a burst has at least one person.'
    """
    found = _BURST.fullmatch(text.strip())
    if found is None:
        return "a burst is people in a span, such as 500/1m (s, m, h or d)."
    count, within_s = int(found[1]), int(found[2]) * _UNITS[found[3]]
    if count == 0:
        return "a burst has at least one person."
    if count > MOST_PEOPLE:
        return f"a forecast takes {MOST_PEOPLE:,} people at most, not {count:,}."
    if within_s == 0:
        return "the span of a burst is at least a second: 500/1s."
    if within_s > MOST_SPAN.total_seconds():
        return "the span of a burst is at most a year."
    return Burst(count, float(within_s))


def of_burst(
    asked: Burst, populations: Sequence[Population], seed: int, replication: int
) -> Iterator[Arrival]:
    """Draw who comes when: for each event so many people, in the order of their time."""
    coming: list[tuple[float, int, int]] = []
    for place, population in enumerate(populations):
        when = Stream(seed, replication, f"arrivals of {population.event}")
        first = place * asked.count
        coming += [(when.at(n) * asked.within_s, place, first + n) for n in range(asked.count)]
    coming.sort()
    people = [_People(p, seed, replication) for p in populations]
    for at, place, who in coming:
        yield people[place].arrival(at, who)


class _People:
    """People as they are drawn, those of equal facts as one value."""

    def __init__(self, population: Population, seed: int, replication: int) -> None:
        self.population = population
        self.drawing = [
            (Stream(seed, replication, f"{population.event}: {name}"), each)
            for name, each in population.varied
        ]
        self.known: dict[tuple[object, ...], tuple[Mapping[str, Value], EventFact]] = {}

    def arrival(self, at: float, who: int) -> Arrival:
        """Draw the person of this number."""
        places = tuple([each.place(stream.at(who)) for stream, each in self.drawing])
        found = self.known.get(places)
        if found is None:
            found = self.known[places] = self.population.facts(places)
        return Arrival(at, who, *found)

    def told(self, at: float, who: int, properties: Mapping[str, Value]) -> Arrival:
        """Draw the person, and take of the event what is known of it."""
        drawn = self.arrival(at, who)
        key = (id(drawn.trigger), *sorted((n, str(v)) for n, v in properties.items()))
        found = self.known.get(key)
        if found is None:
            trigger = drawn.trigger
            own = {**trigger.properties, **properties}
            found = (drawn.contact, EventFact(UUID(int=0), trigger.name, own, trigger.at))
            self.known[key] = found
        return Arrival(at, who, drawn.contact, found[1])


def of_events(
    events: Sequence[Event],
    populations: Mapping[str, Population],
    types: Mapping[str, Mapping[str, FieldType]],
    seed: int,
    replication: int,
) -> Iterator[Arrival]:
    """Let the events of a file come again, at the same distance from the first.

    ``types`` holds, by event, the properties that decide something; what else an event says is
    drawn. The same person in the file is the same person here.
    """
    ordered = sorted(events, key=lambda e: e.at)
    people = {name: _People(p, seed, replication) for name, p in populations.items()}
    numbers: dict[str, int] = {}
    for event in ordered:
        if event.name not in people:
            continue
        who = numbers.setdefault(event.who, len(numbers))
        own = {
            name: value
            for name, kind in types[event.name].items()
            if (value := _value(event.properties.get(name), kind)) is not None
        }
        yield people[event.name].told((event.at - ordered[0].at).total_seconds(), who, own)


def _value(raw: object, kind: FieldType) -> Value:
    if raw is None or isinstance(raw, dict | list):
        return None
    text = str(raw).lower() if isinstance(raw, bool) else str(raw)
    return typed(text, kind, UTC)


def read_events(
    text: str, file: str, known: Sequence[str], zone: str
) -> tuple[list[Event], list[Problem]]:
    """Read a file of events: JSON lines like those of Segment, or a CSV.

    A time without an offset is meant in ``zone``. Every row that cannot be used is a problem with
    its line; events that no file of the project declares are among them.
    """
    reader = _Rows(file, known, ZoneInfo(zone))
    rows = _of_csv(text, reader) if file.lower().endswith(".csv") else _of_lines(text, reader)
    return list(rows), reader.problems


@dataclass(slots=True)
class _Rows:
    file: str
    known: Sequence[str]
    zone: ZoneInfo
    problems: list[Problem]

    def __init__(self, file: str, known: Sequence[str], zone: ZoneInfo) -> None:
        self.file, self.known, self.zone = file, known, zone
        self.problems = []

    def wrong(self, line: int, message: str, fix: str) -> None:
        """Note a row that cannot be used."""
        self.problems.append(Problem("bad-event", message, Where(self.file, line), fix))

    def event(self, line: int, row: Mapping[str, object]) -> Event | None:
        """Make an event of a row, or note what is wrong with it."""
        name = _first(row, _EVENTS)
        if name is None:
            self.wrong(line, "no event is named.", 'Give it an "event".')
            return None
        if name not in self.known:
            fix = did_you_mean(name, self.known, "Events are declared in events.yaml.")
            self.wrong(line, f"unknown event {quoted(name)}.", fix)
            return None
        said = _first(row, _TIMES)
        at = None if said is None else self._time(said)
        if at is None:
            found = "no time" if said is None else f"{quoted(said)} is no time"
            self.wrong(line, f"{found}.", "Write it like 2026-11-27T18:04:05Z.")
            return None
        properties = row.get("properties", row)
        if not isinstance(properties, dict):
            self.wrong(line, '"properties" holds no names with values.', "Write an object there.")
            return None
        who = _first(row, _PEOPLE) or _trait(row) or f"line {line}"
        return Event(at, name, who, cast("Mapping[str, object]", properties))

    def _time(self, said: str) -> datetime | None:
        try:
            at = datetime.fromisoformat(said.strip())
            at = at if at.tzinfo else at.replace(tzinfo=self.zone)
            at = at.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return at if 1990 <= at.year <= 2200 else None


def _first(row: Mapping[str, object], names: Sequence[str]) -> str | None:
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def _trait(row: Mapping[str, object]) -> str | None:
    context = row.get("context")
    traits = cast("dict[str, object]", context).get("traits") if isinstance(context, dict) else None
    return _first(cast("dict[str, object]", traits), _PEOPLE) if isinstance(traits, dict) else None


def _of_lines(text: str, rows: _Rows) -> Iterator[Event]:
    for line, said in enumerate(text.split("\n"), start=1):
        if not said.strip():
            continue
        try:
            row: object = json.loads(said)
        except (ValueError, RecursionError):
            rows.wrong(line, "this line is no JSON.", "Write one JSON object a line.")
            continue
        if not isinstance(row, dict):
            rows.wrong(line, "this line is no JSON object.", "Write one JSON object a line.")
            continue
        event = rows.event(line, cast("Mapping[str, object]", row))
        if event is not None:
            yield event


def _of_csv(text: str, rows: _Rows) -> Iterator[Event]:
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""))
    columns = reader.fieldnames or []
    for names, what in ((_TIMES, "time"), (_EVENTS, "event")):
        if not any(name in columns for name in names):
            listed = ", ".join(names[:3])
            rows.wrong(1, f"there is no {what} column.", f"Call one of them: {listed}.")
    if rows.problems:
        return
    try:
        for row in reader:
            event = rows.event(reader.line_num, {k: v for k, v in row.items() if k and v})
            if event is not None:
                yield event
    except csv.Error as error:
        rows.wrong(reader.line_num, f"the table breaks off ({error}).", "Save it as CSV anew.")
