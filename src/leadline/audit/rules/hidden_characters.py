"""Spaces at the edge, and characters that nobody sees."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.column_pass import count_where, data_tables, has_hidden, key_of
from leadline.audit.evidence import Query, findings
from leadline.audit.sql_text import clean, name, text
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "hidden-characters",
    "Spaces at the edge and invisible characters",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.SAFE,
    "“Berlin ” is not “Berlin”: lists miss it, and two records of one person do not meet, though "
    "nobody can see why.",
    "Every column of every table, in one pass: white space at an edge (of any kind of Unicode) or "
    "zero-width characters, marks of direction, soft hyphens anywhere. Up to 0.5 % of the rows is "
    "a note.",
    "Trim them: it changes nothing that a reader sees. Let the form and the import trim.",
    needs=("person|company|deal",),
)
TOLERANCE = 0.005  # one in two hundred: what hand typing leaves
MESSAGE = "{count} of {of} values of {field} in {system} have spaces or invisible characters."


def find(stack: Stack) -> Iterator[Finding]:
    """One pass a table, then a query for each column that has some."""
    for table in data_tables(stack):
        for column, count in count_where(stack, table, table.columns, _bad).items():
            if count:
                own = name(column.name)
                sql = (
                    f"select {text(table.system)} as system, {text(table.name)} as tbl, "
                    f"_row as row, {key_of(table)} as key, {text(column.name)} as field, "
                    f"{own} as value, {clean(own)} as mended "
                    f"from {name(table.name)} where {_bad(own)}"
                )
                yield from findings(RULE, stack, Query(sql, MESSAGE, TOLERANCE))


def _bad(column: str) -> str:
    """A cell of nothing but blanks is an empty cell, which other rules judge."""
    return f"({has_hidden(column)} and {clean(column)} is not null)"
