"""All safe fixes over a stack: each cell once, with everything that is wrong with it mended.

A fix of one text alone is a module with ``CODE`` (the rule that finds the fault), ``suspects``
(an SQL condition, so that a million rows need not pass through Python) and ``mend``. The order
matters: what an encoding broke may hide a space.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.audit.sql_text import name
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Meaning, Table
from leadline.blueprint.finding import Change, Finding, FixKind
from leadline.inspection.fixes import encoding, picklist, whitespace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TEXT_FIXES = (encoding, whitespace)
RECORDS = frozenset({Kind.CONTACT, Kind.LEAD, Kind.COMPANY, Kind.DEAL})
# What the vendor sets by itself, or what names another record: an import cannot, or must not.
_NOT_OURS = frozenset(
    {Meaning.KEY, Meaning.CREATED_AT, Meaning.UPDATED_AT, Meaning.LAST_ACTIVITY_AT}
    | {Meaning.OWNER, Meaning.COMPANY_KEY, Meaning.CONTACT_KEY, Meaning.CONVERTED_KEY}
    | {Meaning.CONSENT, Meaning.CONSENT_AT, Meaning.OPTED_OUT, Meaning.OPTED_OUT_AT}
)
# Of people who left or bounced nothing is written: an import could bring them back.
_LEFT_ALONE = frozenset({"unsubscribed", "cleaned", "nonsubscribed"})
_MOST_VALUES = 10_000  # different values up to which a column is held against a picklist
_PORTION = 10_000


@dataclass(frozen=True, slots=True)
class Planned:
    """A change with the table it is of and the rules whose findings it mends."""

    change: Change
    table: Table
    column: Column
    rules: tuple[str, ...]


def planned(stack: Stack) -> Iterator[Planned]:
    """Every safe change of the stack, table by table and column by column."""
    for table in stack.tables:
        if table.kind in RECORDS and table.status not in _LEFT_ALONE:
            calculated = _calculated(stack.connection, table)
            for column in table.columns:
                if column.meaning not in _NOT_OURS and column.name not in calculated:
                    yield from _of_column(stack.connection, table, column)


def _of_column(connection: DuckDBPyConnection, table: Table, column: Column) -> Iterator[Planned]:
    cell = name(column.name)
    spelt = _spellings(connection, table, column)
    conditions = [fix.suspects(cell) for fix in TEXT_FIXES]
    conditions += [f"{cell} in (select unnest($spelt))"] if spelt else []
    key = table.column(Meaning.KEY) or table.column(Meaning.EMAIL)
    shown = f"coalesce({name(key.name)}, '')" if key else "''"
    # A cursor of its own: the rows are fetched while others may use the connection.
    cursor = connection.cursor()
    cursor.execute(
        f"select {shown}, {cell} from {name(table.name)} "  # noqa: S608
        f"where {cell} is not null and ({' or '.join(conditions)}) order by _row",
        {"spelt": list(spelt)} if spelt else None,
    )
    while rows := cursor.fetchmany(_PORTION):
        for row_key, old in rows:
            new, rules = _mended(old, spelt)
            # An empty cell in an import says "leave it": a blank is not mended by one.
            if new != old and new:
                change = Change(table.system, table.name, row_key, column.name, old, new)
                yield Planned(change, table, column, rules)


def _mended(old: str, spelt: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    new, rules = old, list[str]()
    for fix in TEXT_FIXES:
        mended = fix.mend(new)
        if mended != new:
            rules.append(fix.CODE)
            new = mended
    for spelling in (new, old):
        if spelling in spelt:
            return spelt[spelling], (*rules, picklist.CODE)
    return new, tuple(rules)


def _spellings(connection: DuckDBPyConnection, table: Table, column: Column) -> Mapping[str, str]:
    """The values of a column that mean an option of its picklist, where one was given."""
    if not has_view(connection, "option"):
        return {}
    options = connection.execute(
        "select value, coalesce(label, value) from option where system = $system "
        "and lower(object) = lower($object) and lower(field) = lower($field) "
        "and value is not null",
        {"system": table.system, "object": table.object, "field": column.name},
    ).fetchall()
    if not options:
        return {}
    values = connection.execute(
        f"select distinct {name(column.name)} from {name(table.name)} "  # noqa: S608
        f"where {name(column.name)} is not null limit {_MOST_VALUES}"
    ).fetchall()
    return picklist.spellings(options, (value for (value,) in values))


def _calculated(connection: DuckDBPyConnection, table: Table) -> frozenset[str]:
    """The fields that the vendor works out, by the definitions given."""
    if not has_view(connection, "field"):
        return frozenset()
    rows = connection.execute(
        "select name from field where system = $system and lower(object) = lower($object) "
        "and lower(cast(calculated as varchar)) = 'true'",
        {"system": table.system, "object": table.object},
    ).fetchall()
    return frozenset(field for (field,) in rows)


def has_view(connection: DuckDBPyConnection, view: str) -> bool:
    """Whether a canonical view was laid."""
    found = connection.execute(
        "select 1 from information_schema.tables where table_name = $view", {"view": view}
    ).fetchone()
    return found is not None


def mended_examples(finding: Finding) -> Iterator[tuple[str, str, str, str]]:
    """Key, field, value before and after, for the examples of a finding that is safe to mend."""
    if finding.rule.fix is not FixKind.SAFE:
        return
    for example in finding.examples:
        for field, value in example.values.items():
            new, _ = _mended(value, {})
            if new != value:
                yield example.key, field, value, new
