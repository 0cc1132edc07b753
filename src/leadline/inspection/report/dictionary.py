"""The data dictionary: what each column holds, how far it is filled, and which flows use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Meaning, Table
from leadline.blueprint.graph.flow import FieldRef
from leadline.inspection.findings import is_live
from leadline.inspection.uses import same_field, uses

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLE_ROWS = 10_000  # rows from which the type is read off; the filled share counts all rows
MOST = 0.95  # share of the sample that must look like a type
_NUMBER = r"^\s*[+-]?\d+([.,]\d+)?\s*$"
_DATE = r"^\s*(\d{4}-\d{2}-\d{2}([ T].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}( .*)?)\s*$"
_CHOICES = 50  # distinct values up to which a column counts as a choice


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
        DescribedTable(table, tuple(_describe(stack.connection, table, used)))
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


def _describe(connection: DuckDBPyConnection, table: Table, used: _Used) -> Iterable[Described]:
    if not table.columns:
        return
    counts = _counts(connection, table)
    reads, writes = used
    for place, column in enumerate(table.columns):
        filled, distinct, seen, numbers, dates, flags = counts[place * 6 : place * 6 + 6]
        ref = FieldRef(table.system, table.object, column.name)
        yield Described(
            column,
            filled,
            distinct,
            _type(column, distinct, seen, (numbers, dates, flags)),
            _keys(reads, ref),
            _keys(writes, ref),
        )


def _keys(found: Mapping[str, list[tuple[FieldRef, str]]], ref: FieldRef) -> tuple[str, ...]:
    near = found.get(ref.name.casefold(), ())
    return tuple(dict.fromkeys(key for field, key in near if same_field(field, ref)))


def _counts(connection: DuckDBPyConnection, table: Table) -> tuple[int, ...]:
    wholes, samples = list[str](), list[str]()
    for place, column in enumerate(table.columns):
        name = quoted(column.name)
        value = f"nullif(trim({name}), '')"
        wholes += [f"count({value}) as f{place}", f"approx_count_distinct({value}) as d{place}"]
        samples += [
            f"count({value}) as s{place}",
            f"count(*) filter (regexp_matches({name}, '{_NUMBER}')) as n{place}",
            f"count(*) filter (regexp_matches({name}, '{_DATE}')) as t{place}",
            f"count(*) filter (lower(trim({name})) in ('true', 'false', 'yes', 'no')) as b{place}",
        ]
    ordered = ", ".join(f"f{n}, d{n}, s{n}, n{n}, t{n}, b{n}" for n in range(len(table.columns)))
    source = quoted(table.name)
    row = connection.execute(
        f"select {ordered} from (select {', '.join(wholes)} from {source}), "
        f"(select {', '.join(samples)} from (select * from {source} limit {SAMPLE_ROWS}))"
    ).fetchone()
    assert row is not None
    return row


def _type(column: Column, distinct: int, seen: int, alike: tuple[int, int, int]) -> str:
    numbers, dates, flags = alike
    if column.meaning in {Meaning.EMAIL, Meaning.PHONE, Meaning.MOBILE, Meaning.KEY}:
        named = {Meaning.EMAIL: "email", Meaning.KEY: "id"}
        return named.get(column.meaning, "phone")
    if not seen:
        return "empty"
    if flags >= MOST * seen:
        return "yes or no"
    if dates >= MOST * seen:
        return "date"
    if numbers >= MOST * seen:
        return "number"
    return "choice" if distinct <= _CHOICES and distinct * 5 <= seen else "text"


def quoted(name: str) -> str:
    """A name for SQL, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'
