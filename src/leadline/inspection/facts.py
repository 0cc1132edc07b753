"""What the tables tell the checks of flows and the map: who comes in, who has left, what is blank.

The canonical views must have been laid (``audit.run`` does it); everything is counted on the
data given, and what it cannot tell is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

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

T = TypeVar("T")
AT_ONCE = 40  # conditions in one pass over a table: more make the plan slow to build
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
    asked: dict[str, list[tuple[str, str]]] = {}
    for flow in filter(is_live, stack.flows):
        entry = entry_of(flow)
        for table in tables_of(stack, flow) if entry is not None else ():
            assert entry is not None
            asked.setdefault(table.name, []).append((flow.key, decided(entry, table)))
    sure, open_ = Counter[str](), Counter[str]()
    for table, conditions in asked.items():
        for some in batched(conditions, AT_ONCE):
            for key, (met, unsaid) in zip(
                (key for key, _ in some), _met(stack, table, [c for _, c in some]), strict=True
            ):
                sure[key] += met
                open_[key] += unsaid
    # Nobody for sure and many perhaps is not "nobody": lists and events are not in the data.
    return ((key, sure[key]) for key in sure if sure[key] or not open_[key])


def _met(stack: Stack, table: str, conditions: Sequence[str]) -> Iterable[tuple[int, int]]:
    """For each condition how many rows meet it, and of how many it cannot be told."""
    counts = ", ".join(
        f"count(*) filter (where {met}), count(*) filter (where ({met}) is null)"
        for met in conditions
    )
    row = stack.connection.execute(
        f"select {counts} from {name(table)} t "
        f"left join person p on p.tbl = {text(table)} and p.row = t._row"
    ).fetchone()
    assert row is not None
    counted: list[int] = list(row)
    return zip(counted[::2], counted[1::2], strict=True)


def batched(values: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """The values, so many at once."""
    return (values[at : at + size] for at in range(0, len(values), size))


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
