"""What the tables tell the checks of flows and the map: who comes in, who has left, what is blank.

The canonical views must have been laid (``audit.run`` does it); everything is counted on the
data given, and what it cannot tell is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from leadline.audit.audience import column_of, decided, entry_of, tables_of
from leadline.audit.sql_text import clean, name, text
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Table
from leadline.blueprint.flow_checks.facts import Facts, Share
from leadline.blueprint.graph.flow import FieldRef
from leadline.blueprint.graph.inventory import FieldSeen, Inventory, ObjectSeen
from leadline.inspection.bursts import bursts
from leadline.inspection.findings import is_live
from leadline.inspection.syncs import syncs
from leadline.inspection.uses import uses

_RECORDS = frozenset({Kind.CONTACT, Kind.LEAD, Kind.COMPANY, Kind.DEAL, Kind.REGISTRATION})


def facts_of(stack: Stack, tiers: Mapping[str, str] = MappingProxyType({})) -> Facts:
    """Count what the checks ask for; ``tiers``: the team's own tier by vendor."""
    return Facts(
        people=MappingProxyType(dict(_people(stack))),
        lists=MappingProxyType(dict(_lists(stack))),
        bursts=MappingProxyType(dict(bursts(stack))),
        unknown=MappingProxyType(dict(_unknown(stack))),
        syncs=tuple(syncs(stack)),
        gone=_gone(stack),
        tiers=tiers,
    )


def _lists(stack: Stack) -> Iterable[tuple[str, int]]:
    """How many members the vendors count in each list, by ``system/id``."""
    rows = stack.connection.execute(
        "select system, key, max(members) from lists "
        "where key is not null and members is not null group by system, key"
    ).fetchall()
    return ((f"{system}/{key}", int(members)) for system, key, members in rows)


def _people(stack: Stack) -> Iterable[tuple[str, int]]:
    """Who surely meets the way in of a live flow; left out where its condition is not told."""
    for flow in filter(is_live, stack.flows):
        entry = entry_of(flow)
        tables = tables_of(stack, flow) if entry is not None else []
        if entry is None or not tables:
            continue
        sure, open_ = 0, 0
        for table in tables:
            met = decided(entry, table)
            row = stack.connection.execute(
                f"select count(*) filter (where {met}), "
                f"count(*) filter (where ({met}) is null) from {name(table.name)} t "
                f"left join person p on p.tbl = {text(table.name)} and p.row = t._row"
            ).fetchone()
            assert row is not None
            sure, open_ = sure + row[0], open_ + row[1]
        # Nobody for sure and many perhaps is not "nobody": lists and events are not in the data.
        if sure or not open_:
            yield flow.key, sure


def _unknown(stack: Stack) -> Iterable[tuple[FieldRef, Share]]:
    """How many records have no value in each field that a flow uses."""
    wanted = dict.fromkeys(use.field for flow in stack.flows for use in uses(flow))
    for table in stack.tables:
        if table.kind not in _RECORDS:
            continue
        found = [(ref, column) for ref in wanted if (column := column_of(table, ref))]
        if found and table.rows:
            filled = _filled(stack, table, [column for _, column in found])
            for (ref, _), count in zip(found, filled, strict=True):
                yield ref, Share(table.rows - count, table.rows)


def _filled(stack: Stack, table: Table, columns: list[Column]) -> tuple[int, ...]:
    counts = ", ".join(f"count({clean(name(column.name))})" for column in columns)
    row = stack.connection.execute(f"select {counts} from {name(table.name)}").fetchone()
    assert row is not None
    return row


def _gone(stack: Stack) -> frozenset[str]:
    """Ids, names and addresses of owners that the system says are no longer active."""
    rows = stack.connection.execute(
        "select key, name, email from owner where active is false"
    ).fetchall()
    return frozenset(str(each).strip().lower() for row in rows for each in row if each)


def inventory_of(stack: Stack, filled: Mapping[tuple[str, str], int] | None = None) -> Inventory:
    """The objects and fields of the tables, for the map.

    ``filled`` gives the count of values by table and column, where it was counted already.
    """
    counts = filled or {}
    return Inventory(
        tuple(
            ObjectSeen(
                table.system,
                table.object,
                table.rows,
                tuple(_seen(table, column, counts) for column in table.columns),
            )
            for table in stack.tables
            if table.kind in _RECORDS
        ),
        tuple(syncs(stack)),
    )


def _seen(table: Table, column: Column, counts: Mapping[tuple[str, str], int]) -> FieldSeen:
    ref = FieldRef(table.system, table.object, column.name)
    return FieldSeen(ref, column.header, counts.get((table.name, column.name)))
