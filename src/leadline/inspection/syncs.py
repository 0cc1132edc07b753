"""Syncs that run beside the flows: told by the history of values, and by scheduled copies.

A history names an integration as the writer of a field: that integration brings the field from
another system, at a pace that no export tells. A live flow that a schedule starts, and that
writes a field of one system from a field of another, is a sync with the pace of its schedule.
"""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.stack import Stack
from leadline.audit.tables import Table
from leadline.blueprint.graph.flow import FieldRef, Flow, TriggerKind
from leadline.blueprint.graph.inventory import Sync
from leadline.blueprint.graph.walk import steps_that_run, ways_in
from leadline.inspection.findings import is_live

LEAST = 3  # records: what an integration wrote once is no sync
_WRITTEN = f"""
    select c.system, c.object, c.field, c.writer as name from change c
    where lower(c.writer_kind) = 'integration' and c.writer is not null
    group by all having count(distinct c.key) >= {LEAST} order by all
"""


def syncs(stack: Stack) -> Iterator[Sync]:
    """Every sync that the data and the definitions tell; the audit's views must have been laid."""
    for flow in filter(is_live, stack.flows):
        yield from _scheduled(flow)
    by_flows = {flow.system for flow in stack.flows}
    for system, thing, field, name in stack.connection.execute(_WRITTEN).fetchall():
        # What a flow of the files does, the flow itself tells.
        if not any(known in name.lower() for known in by_flows - {system}):
            target = FieldRef(system, thing or "contact", field)
            yield Sync(_source(stack, target, name), target, name)


def _scheduled(flow: Flow) -> Iterator[Sync]:
    ways = ways_in(flow)
    if not ways or any(trigger.kind is not TriggerKind.SCHEDULE for trigger in ways):
        return
    paces = [trigger.every_s for trigger in ways if trigger.every_s is not None]
    every_s = min(paces) if len(paces) == len(ways) else None
    for step in steps_that_run(flow):
        for write in step.writes:
            for source in write.source:
                if source.system not in {write.field.system, flow.system}:
                    yield Sync(source, write.field, flow.name, every_s)


def _source(stack: Stack, target: FieldRef, name: str) -> FieldRef:
    """Where it comes from: the field of the integration's system that means the same."""
    told = name.lower()
    for table in stack.tables:
        if table.system != target.system and table.system in told:
            column = _alike(stack, table, target)
            if column is not None:
                return FieldRef(table.system, table.object, column)
    return FieldRef(told, "", target.name)


def _alike(stack: Stack, table: Table, target: FieldRef) -> str | None:
    """The column with the same meaning as the target's, else with the same name."""
    row = stack.connection.execute(
        "select s.field from columns s join columns t on s.tbl = $table and t.system = $system "
        "and lower(t.field) = lower($field) and ((s.meaning = t.meaning and s.meaning <> 'other') "
        "or lower(s.field) = lower(t.field)) order by s.meaning = 'other', s.field limit 1",
        {"table": table.name, "system": target.system, "field": target.name},
    ).fetchone()
    return str(row[0]) if row else None
