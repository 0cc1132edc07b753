"""What the flows read and write, one row a field and place: ``flow_read``, ``flow_write``.

A condition is walked to its comparisons. Under "none of", and in a condition that keeps people
out, a comparison acts the other way round; a goal's does not decide who gets what.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadline.audit.stack import Stack
from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Every,
    FieldRef,
    Flow,
    Live,
    Membership,
    Neither,
    Some,
)

READ_COLUMNS = (
    "flow varchar, flow_name varchar, live boolean, system varchar, object varchar, "
    "field varchar, step varchar, negative boolean, blank_passes boolean, values_known boolean"
)
VALUE_COLUMNS = (
    "flow varchar, live boolean, system varchar, object varchar, field varchar, "
    "step varchar, value varchar"
)
WRITE_COLUMNS = (
    "flow varchar, flow_name varchar, live boolean, system varchar, object varchar, "
    "field varchar, step varchar, value varchar"
)


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One reading of a field. ``negative``: it asks for the absence of a value;
    ``blank_passes``: who has no value gets through (None = the format does not say);
    ``values`` what it is compared with, by the vendor's own words."""

    field: FieldRef
    step: str | None
    negative: bool = False
    blank_passes: bool | None = None
    values: tuple[str, ...] = ()


def reads_of(flow: Flow) -> Iterator[FieldRead]:
    """Every field that the flow reads: at the way in (step None) and at each step."""
    for trigger in flow.triggers:
        yield from _plain(trigger.reads, None)
        yield from _asked(trigger.condition, None)
    for condition in (flow.keeps_out, flow.checked_at_each_step, flow.goal):
        yield from _asked(condition, None, turned=condition is flow.keeps_out)
    for step in flow.steps.values():
        yield from _plain(step.reads, step.id)
        for write in step.writes:
            yield from _plain(write.source, step.id)
        for edge in step.edges:
            yield from _asked(edge.condition, step.id)


def _plain(fields: tuple[FieldRef, ...], step: str | None) -> Iterator[FieldRead]:
    for field in fields:
        yield FieldRead(field, step)


def _asked(
    condition: Condition | None, step: str | None, *, turned: bool = False
) -> Iterator[FieldRead]:
    match condition:
        case None | Membership():
            return
        case Every(parts) | Some(parts):
            for part in parts:
                yield from _asked(part, step, turned=turned)
        case Neither(parts):
            for part in parts:
                yield from _asked(part, step, turned=not turned)
        case Comparison():
            yield _compared(condition, step, turned=turned)
            yield from _plain(condition.others, step)
        case _:
            yield from _plain(condition.reads, step)


def _compared(asked: Comparison, step: str | None, *, turned: bool) -> FieldRead:
    passes = {Blank.PASSES: True, Blank.FAILS: False, Blank.UNSAID: None}[asked.blank]
    if passes is None and not asked.negative and asked.values:
        passes = False  # nothing is equal to no value, in every tool
    negative = asked.negative
    if turned:
        passes = None if passes is None else not passes
        negative = bool(asked.values) and not negative
    return FieldRead(asked.field, step, negative, passes, asked.values)


def lay_flow_views(stack: Stack) -> None:
    """Make flow_read, flow_value and flow_write in the stack's connection."""
    reads: list[tuple[object, ...]] = []
    values: list[tuple[object, ...]] = []
    writes: list[tuple[object, ...]] = []
    for flow in stack.flows:
        live = {Live.ON: True, Live.OFF: False, Live.UNSAID: None}[flow.live]
        for read in dict.fromkeys(reads_of(flow)):
            ref = (read.field.system, read.field.object, read.field.name)
            known = bool(read.values)
            row = (flow.key, flow.name, live, *ref, read.step)
            reads.append((*row, read.negative, read.blank_passes, known))
            values += [(flow.key, live, *ref, read.step, value) for value in read.values]
        for step in flow.steps.values():
            for write in step.writes:
                ref = (write.field.system, write.field.object, write.field.name)
                writes.append((flow.key, flow.name, live, *ref, step.id, write.value))
    _fill(stack, "flow_read", READ_COLUMNS, reads)
    _fill(stack, "flow_value", VALUE_COLUMNS, values)
    _fill(stack, "flow_write", WRITE_COLUMNS, writes)


def _fill(stack: Stack, view: str, columns: str, rows: list[tuple[object, ...]]) -> None:
    stack.connection.execute(f"create or replace table {view} ({columns})")
    if rows:
        # A list a column: a statement a row takes seconds for a thousand flows.
        types = [column.split()[1] for column in columns.split(", ")]
        lists = ", ".join(f"unnest(?::{kind}[])" for kind in types)
        stack.connection.execute(
            f"insert into {view} select {lists}",
            [list(column) for column in zip(*rows, strict=True)],
        )
