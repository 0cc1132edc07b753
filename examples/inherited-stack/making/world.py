"""A stack being made: its tables, definitions, history and flows, and what was planted in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from making.people import Firm, Person, draw_for

Row = dict[str, str]
Json = dict[str, Any]

TAKEN_AT = datetime(2026, 11, 20, 6, 0)  # noqa: DTZ001  (exports carry no zone)
IMPORT_AT = datetime(2026, 3, 3, 9, 14, 7)  # noqa: DTZ001
IMPORT = ("IMPORT", "88412031", "trade-fair-list-march.csv")
THE_IMPORT = "import of 3 March 2026"


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault as it stands in the files.

    ``keys`` are the system's own ids of the records (addresses where it has none); ``fields``
    the vendor's internal names; ``also`` codes that may be found for the same reason.
    """

    code: str
    system: str
    table: str = ""
    fields: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    flow: str | None = None
    step: str | None = None
    count: int = 1
    because: str | None = None
    also: tuple[str, ...] = ()

    def as_json(self) -> Json:
        """The entry of ``truth.json``."""
        return {
            "code": self.code,
            "system": self.system,
            "table": self.table,
            "fields": list(self.fields),
            "keys": list(self.keys),
            "flow": self.flow,
            "step": self.step,
            "count": self.count,
            "because": self.because,
            "also": list(self.also),
        }


@dataclass(slots=True)
class World:
    """The stack in memory. Tables are lists of rows by header, in the vendor's order.

    ``home`` maps a table to its rows by the number of the person; ``busy`` holds whom a fault
    already concerns, so that no two faults share a record.
    """

    seed: object
    systems: frozenset[str]
    people: list[Person]
    firms: list[Firm]
    tables: dict[str, list[Row]] = field(default_factory=dict)
    columns: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    home: dict[str, dict[int, Row]] = field(default_factory=dict)
    options: dict[str, dict[str, list[tuple[str, str]]]] = field(default_factory=dict)
    history: dict[str, dict[str, list[Json]]] = field(default_factory=dict)
    flows: list[Json] = field(default_factory=list)
    n8n: list[Json] = field(default_factory=list)
    busy: set[int] = field(default_factory=set)
    planted: list[Planted] = field(default_factory=list)
    guests: list[tuple[Person, bool]] = field(default_factory=list)
    next_id: int = 900_000

    def draw(self, purpose: str) -> Random:
        """Chance for that purpose."""
        return draw_for(self.seed, purpose)

    def fresh_id(self) -> int:
        """A number that no record bears yet."""
        self.next_id += 1
        return self.next_id

    def row(self, table: str, person: Person) -> Row | None:
        """The person's row in that table, or None."""
        return self.home.get(table, {}).get(person.number)

    def contact(self, person: Person) -> Row:
        """The person's HubSpot contact."""
        return self.home["hubspot.contacts"][person.number]

    def add(self, table: str, row: Row, person: Person | None = None) -> None:
        """Put a row into a table."""
        self.tables.setdefault(table, []).append(row)
        if person is not None:
            self.home.setdefault(table, {})[person.number] = row

    def drop(self, table: str, person: Person) -> None:
        """Take the person's row out of a table, if there is one."""
        row = self.home.get(table, {}).pop(person.number, None)
        if row is not None:
            self.tables[table] = [each for each in self.tables[table] if each is not row]

    def pick(self, purpose: str, count: int, fits: Callable[[Person], bool]) -> list[Person]:
        """People whom no fault concerns yet, at most that many; they are taken from now on."""
        free = [p for p in self.people if p.number not in self.busy and fits(p)]
        chosen = self.draw(f"pick/{purpose}").sample(free, min(count, len(free)))
        if not chosen:
            raise LookupError(f"Nobody is left to plant {purpose} on.")
        self.busy.update(person.number for person in chosen)
        return sorted(chosen, key=lambda person: person.number)

    def changed(
        self, person: Person, name: str, value: str, at: datetime, by: tuple[str, ...]
    ) -> None:
        """Write one line of the property history (newest first, as HubSpot tells it)."""
        key = self.contact(person)["Record ID"]
        lines = self.history.setdefault(key, {}).setdefault(name, [])
        lines.append(
            {
                "value": value,
                "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                "sourceType": by[0],
                "sourceId": by[1],
                "sourceLabel": by[2],
            }
        )
        lines.sort(key=lambda line: line["timestamp"], reverse=True)

    def plant(self, planted: Planted) -> None:
        """Write down a fault."""
        self.planted.append(planted)


def keys_of(rows: Iterable[Row], column: str) -> tuple[str, ...]:
    """The ids of some rows."""
    return tuple(row[column] for row in rows)
