"""A field that flows read, but that nothing fills any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from leadline.audit.audience import asked_of, column_of, live_flows, tables_of
from leadline.audit.evidence import system_title
from leadline.audit.sql_text import clean, name, text
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Meaning, Table
from leadline.blueprint.finding import (
    Broken,
    Example,
    Finding,
    FixKind,
    Repair,
    Rule,
    Severity,
)
from leadline.blueprint.graph.flow import FieldRef, Flow

RULE = Rule(
    "field-nobody-writes",
    "Flows read a field that nobody fills any more",
    Severity.WARNING,
    Repair.MUST_ASK,
    FixKind.NONE,
    "The flow decides by a field that stopped long ago: everybody who came since takes the path "
    "for “no value”.",
    "A live flow compares the field, no live flow writes it, and it went silent: in the history "
    "the last write is 180 days before the day of the export; or, without history, no record "
    "made in the last 180 days has a value, though at least 3 were made and at least 2 older "
    "ones have one; or the field is empty for everybody.",
    "Find out what used to fill it (a form, an import, a person who left), start that again or let "
    "the flow ask for another field.",
    exact=False,
    topic="joint",
    needs=("flows", "person|company|deal"),
)
SILENT_DAYS = 180  # half a year: longer than any season of a form
LEAST_NEW = 3  # records made since; fewer prove no silence
LEAST_OLD = 2
EXAMPLES = 5


def find(stack: Stack) -> Iterator[Finding]:
    """Judge each field that live flows compare, once."""
    written = {
        (w.field.system, w.field.name.lower())
        for flow in live_flows(stack)
        for step in flow.steps.values()
        for w in step.writes
    }
    readers: dict[FieldRef, list[tuple[Flow, str | None]]] = {}
    for flow in live_flows(stack):
        for asked in asked_of(flow):
            places = readers.setdefault(asked.comparison.field, [])
            if all(known.key != flow.key for known, _ in places):
                places.append((flow, asked.step))
    for ref, places in readers.items():
        if (ref.system, ref.name.lower()) in written:
            continue
        for table in tables_of(stack, places[0][0]):
            column = column_of(table, ref)
            if column is not None and table.rows:
                yield from _judge(stack, table, column, places)


def _judge(
    stack: Stack, table: Table, column: Column, places: list[tuple[Flow, str | None]]
) -> Iterator[Finding]:
    edge = stack.taken_at.replace(tzinfo=None) - timedelta(days=SILENT_DAYS)
    silent = _silence(stack, table, column, edge)
    if silent is None:
        return
    since, people = silent
    value = clean(f"t.{name(column.name)}")
    rows = stack.connection.execute(
        f"select coalesce(p.key, cast(p.row as varchar)), p.email from person p "
        f"join {name(table.name)} t on t._row = p.row where p.tbl = {text(table.name)} "
        f"and {value} is null order by p.created_at desc nulls last, p.row limit {EXAMPLES}"
    ).fetchall()
    when = f"since {since:%Y-%m-%d}" if since else "for any record"
    flows = f"{len(places)} live flow{'s' if len(places) > 1 else ''}"
    yield Finding(
        RULE,
        f"Nothing has filled {column.name} in {system_title(table.system)} {when}, but {flows} "
        f"read it: {people:,} people have no value.",
        table.system,
        table=table.name,
        fields=(FieldRef(table.system, table.object, column.name),),
        flow=places[0][0].key if len(places) == 1 else None,
        step=places[0][1] if len(places) == 1 else None,
        count=people,
        of=table.rows,
        examples=tuple(
            Example(str(key), {"email": str(email)} if email else {}) for key, email in rows
        ),
        breaks=tuple(
            Broken(flow.key, step, f"reads {column.name}, which nobody fills", people)
            for flow, step in places
        ),
    )


def _silence(
    stack: Stack, table: Table, column: Column, edge: datetime
) -> tuple[datetime | None, int] | None:
    """Since when nothing was written (None = never), and who has no value; None = it lives."""
    value = clean(name(column.name))
    row = stack.connection.execute(
        f"select count({value}), count(*) - count({value}) from {name(table.name)}"
    ).fetchone()
    assert row is not None
    filled, blank = int(row[0]), int(row[1])
    if not filled:
        return None, blank
    last = stack.connection.execute(
        'select max("at"), (select count(distinct field) from change where system = ?) '
        "from change where system = ? and lower(field) = ?",
        [table.system, table.system, column.name.lower()],
    ).fetchone()
    if last and last[0] is not None:
        return (last[0], blank) if last[0] < edge and blank else None
    if table.column(Meaning.CREATED_AT) is None:
        return None
    row = stack.connection.execute(
        f"select max(p.created_at) filter (where {clean('t.' + name(column.name))} is not null), "
        f"count(*) filter (where p.created_at >= ?), "
        f"count(*) filter (where p.created_at >= ? and "
        f"{clean('t.' + name(column.name))} is not null), "
        f"count(*) filter (where p.created_at < ? and "
        f"{clean('t.' + name(column.name))} is not null) "
        f"from person p join {name(table.name)} t on t._row = p.row "
        f"where p.tbl = {text(table.name)}",
        [edge, edge, edge],
    ).fetchone()
    assert row is not None
    since, new, new_filled, old_filled = row
    quiet = int(new) >= LEAST_NEW and not int(new_filled) and int(old_filled) >= LEAST_OLD
    return (since, blank) if quiet else None
