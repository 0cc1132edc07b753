"""The data dictionary: what each column holds, how far it is filled, and which flows use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leadline.audit.profile import ColumnProfile, profile
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Meaning, Table
from leadline.blueprint.graph.flow import FieldRef
from leadline.inspection.findings import is_live
from leadline.inspection.uses import same_field, uses

_MEANT = {
    Meaning.EMAIL: "email",
    Meaning.PHONE: "phone",
    Meaning.MOBILE: "phone",
    Meaning.KEY: "id",
}
_WORDS = {"flag": "yes or no"}


@dataclass(frozen=True, slots=True)
class Described:
    """One column: how many rows have a value, about how many different ones, and what they are."""

    column: Column
    filled: int
    distinct: int
    type: str
    read_by: tuple[str, ...]  # keys of live flows
    written_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DescribedTable:
    """One table with its columns in the order of the file."""

    table: Table
    columns: tuple[Described, ...]


def dictionary(stack: Stack) -> tuple[DescribedTable, ...]:
    """Describe every table of the stack."""
    used = _used(stack)
    return tuple(
        DescribedTable(table, tuple(_describe(table, profile(stack, table), used)))
        for table in stack.tables
    )


_Used = tuple[Mapping[str, list[tuple[FieldRef, str]]], Mapping[str, list[tuple[FieldRef, str]]]]


def _used(stack: Stack) -> _Used:
    reads: dict[str, list[tuple[FieldRef, str]]] = {}
    writes: dict[str, list[tuple[FieldRef, str]]] = {}
    for flow in filter(is_live, stack.flows):
        for use in uses(flow):
            reads.setdefault(use.field.name.casefold(), []).append((use.field, flow.key))
        for step in flow.steps.values():
            for write in step.writes:
                writes.setdefault(write.field.name.casefold(), []).append((write.field, flow.key))
    return reads, writes


def _describe(table: Table, columns: Iterable[ColumnProfile], used: _Used) -> Iterable[Described]:
    reads, writes = used
    for each in columns:
        ref = FieldRef(table.system, table.object, each.column.name)
        meant = _MEANT.get(each.column.meaning) if each.filled else None
        yield Described(
            each.column,
            each.filled,
            each.distinct,
            meant or _WORDS.get(each.kind, each.kind),
            _keys(reads, ref),
            _keys(writes, ref),
        )


def _keys(found: Mapping[str, list[tuple[FieldRef, str]]], ref: FieldRef) -> tuple[str, ...]:
    near = found.get(ref.name.casefold(), ())
    return tuple(dict.fromkeys(key for field, key in near if same_field(field, ref)))
