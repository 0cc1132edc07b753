"""Small stacks out of text: tables as CSV blocks whose headers are Meaning names, flows as JSON.

A block's first line is ```` ```csv hubspot-contacts ````; a header that is no Meaning is a field
of its own. An empty cell is NULL. ``\\u200b`` and its kind are written as escapes. A rule's page
holds such blocks under "Fails" and "Mended".
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from leadline.audit.sql_text import name
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Meaning, Source, Table
from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Edge,
    EdgeKind,
    Every,
    FieldRef,
    Flow,
    Live,
    Send,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Write,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TAKEN_AT = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
BLOCK = re.compile(r"^```(csv|json) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KINDS = {
    "contacts": (Kind.CONTACT, "contact"),
    "leads": (Kind.LEAD, "lead"),
    "subscribed": (Kind.CONTACT, "member"),
    "unsubscribed": (Kind.CONTACT, "member"),
    "cleaned": (Kind.CONTACT, "member"),
    "nonsubscribed": (Kind.CONTACT, "member"),
    "registrants": (Kind.REGISTRATION, "registrant"),
    "companies": (Kind.COMPANY, "company"),
    "deals": (Kind.DEAL, "deal"),
    "bounces": (Kind.SUPPRESSION, "suppression"),
    "unsubscribes": (Kind.SUPPRESSION, "suppression"),
    "activity": (Kind.ACTIVITY, "event"),
    "owners": (Kind.USER, "owner"),
    "properties": (Kind.PROPERTY, "property"),
    "options": (Kind.OPTION, "option"),
    "history": (Kind.HISTORY, "change"),
    "lists": (Kind.LIST, "list"),
}
STATUSES = {"subscribed", "unsubscribed", "cleaned", "nonsubscribed", "bounces", "unsubscribes"}
UNIQUE_MEANINGS = set(Meaning) - {Meaning.OTHER}


@dataclass(frozen=True)
class Block:
    kind: str
    shape: str
    text: str


def blocks(text: str) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(text)]


@contextmanager
def stack_of(text: str, *, dns: bool = False) -> Iterator[Stack]:
    """The stack that the blocks of a text describe."""
    tables: list[tuple[Table, list[list[str | None]]]] = []
    flows: list[Flow] = []
    for block in blocks(text):
        if block.kind == "json":
            flows += [flow_of(said) for said in json.loads(block.text)]
        else:
            header, *rows = list(csv.reader(io.StringIO(block.text)))
            unescaped = [[_cell(cell) for cell in row] for row in rows]
            tables.append((table_of(block.shape, header, len(rows), len(tables)), unescaped))
    import duckdb

    # One thread: starting more costs longer than the few rows.
    with duckdb.connect(config={"threads": 1}) as connection:
        for table, rows in tables:
            load(connection, table, rows)
        yield Stack(connection, tuple(t for t, _ in tables), tuple(flows), TAKEN_AT, dns)


def table_of(shape: str, header: list[str], rows: int, number: int = 0) -> Table:
    system, _, what = shape.partition("-")
    kind, thing = KINDS[what]
    columns = tuple(
        Column(h, h, Meaning(h) if h in {m.value for m in UNIQUE_MEANINGS} else Meaning.OTHER)
        for h in header
    )
    status = what if what in STATUSES else None
    source = (Source(f"{shape}.csv", rows),)
    return Table(f"{shape}_{number}", system, kind, thing, columns, rows, source, status)


def load(connection: DuckDBPyConnection, table: Table, rows: Iterable[list[str | None]]) -> None:
    columns = ", ".join(f"{name(c.name)} varchar" for c in table.columns)
    connection.execute(f"create table {name(table.name)} ({columns}, _row bigint, _file integer)")
    values = [[*row, number, 0] for number, row in enumerate(rows, start=1)]
    if values:
        # A list a column: a statement a row would take seconds for thousands.
        types = ["varchar"] * len(table.columns) + ["bigint", "integer"]
        lists = ", ".join(f"unnest(?::{kind}[])" for kind in types)
        connection.execute(
            f"insert into {name(table.name)} select {lists}",
            [list(column) for column in zip(*values, strict=True)],
        )


def _cell(cell: str) -> str | None:
    made = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), cell)
    return made or None


def ref(said: str) -> FieldRef:
    system, thing, field = said.split(".", 2)
    return FieldRef(system, thing, field)


def flow_of(said: Mapping[str, Any]) -> Flow:
    """A flow from neutral words: ``reads`` (step null = at the way in), ``writes``, ``sends``."""
    system, _, number = said["flow"].partition("/")
    entry: list[Condition] = []
    edges: list[Edge] = []
    for read in said.get("reads", ()):
        asked = Comparison(
            ref(read["field"]),
            read.get("operator", "is none of" if read.get("negative") else "is any of"),
            read.get("words", "is"),
            tuple(read.get("values", ())),
            bool(read.get("negative")),
            Blank(read.get("blank", "unsaid")),
        )
        if read.get("step") is None:
            entry.append(asked)
        else:
            edges.append(Edge("last", EdgeKind.BRANCH, read.get("label", ""), asked))
    writes = tuple(Write(ref(w["field"]), w.get("value")) for w in said.get("writes", ()))
    sends = (Send("email", system, "mail 1"),) if said.get("sends") else ()
    steps = {
        "1": Step("1", StepKind.BRANCH, "choose", "branch", edges=(*edges, Edge("last"))),
        "last": Step(
            "last", StepKind.SEND if sends else StepKind.WRITE, "act", "act", writes=writes,
            sends=sends, system=system, notes=tuple(said.get("notes", ())),
        ),
    }  # fmt: skip
    kind = TriggerKind(said.get("trigger", "criteria"))
    trigger = Trigger(kind, said.get("trigger_words", "matches"), Every(tuple(entry)))
    return Flow(
        system, number, said.get("name", "A flow"), "flow.json", Live(said.get("live", "on")),
        said.get("object", "contact"), (trigger,), "1", steps,
    )  # fmt: skip
