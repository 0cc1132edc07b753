"""One pass over a table that asks the same of many columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from leadline.audit.sql_text import INVISIBLE, name, plain
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Meaning, Table

DATA = (Kind.CONTACT, Kind.LEAD, Kind.COMPANY, Kind.DEAL, Kind.REGISTRATION)
# Columns that are asked in one query; more make the plan slow to build.
AT_ONCE = 40


def data_tables(stack: Stack) -> list[Table]:
    """The tables whose rows are records of a team, not definitions or events."""
    return [table for table in stack.tables if table.kind in DATA and table.rows]


def count_where(
    stack: Stack, table: Table, columns: Sequence[Column], condition: Callable[[str], str]
) -> dict[Column, int]:
    """How many rows of each column meet the condition, which is made from the column's SQL name."""
    found: dict[Column, int] = {}
    for at in range(0, len(columns), AT_ONCE):
        part = columns[at : at + AT_ONCE]
        asked = ", ".join(f"count(*) filter (where {condition(name(c.name))})" for c in part)
        row = stack.connection.execute(f"select {asked} from {name(table.name)}").fetchone()
        assert row is not None
        found.update(zip(part, (int(n) for n in row), strict=True))
    return found


def key_of(table: Table) -> str:
    """The SQL of the record's own id, or of nothing."""
    key = table.column(Meaning.KEY)
    return f"cast({name(key.name)} as varchar)" if key else "cast(null as varchar)"


def has_hidden(column: str) -> str:
    """The condition that a value has edge spaces or characters that nobody sees."""
    edge = f"^[\\s\\p{{Z}}]|[\\s\\p{{Z}}]$|[{INVISIBLE}]"
    return f"(case when {plain(column)} then false else regexp_matches({column}, '{edge}') end)"
