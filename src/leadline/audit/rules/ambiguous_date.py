"""Dates whose day and month nobody can tell apart."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.column_pass import count_where, data_tables, key_of
from leadline.audit.evidence import Query, findings
from leadline.audit.sql_text import clean, name, text
from leadline.audit.stack import Stack
from leadline.audit.times import FIRST_OVER_12, SECOND_OVER_12, SLASHED, shapes
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "ambiguous-date",
    "Day and month cannot be told apart",
    Severity.WARNING,
    Repair.MUST_ASK,
    FixKind.NONE,
    "Is 03/04/2026 in March or in April? Whoever imports it guesses, and birthdays, renewals and "
    "consents move by months.",
    "Per column: values with slashes where no part is above 12, so that nothing proves the order; "
    "or where one value proves day first and another month first. Columns whose order is proven "
    "by one value alone are fine, and are read in that order.",
    "Export again with ISO dates (2026-04-03); where both orders occur, find the import that "
    "brought the others.",
    needs=("person|company|deal",),
)
MESSAGE = "{count} dates of {field} in {system} {fault}."
UNPROVEN = "have no value that proves whether day or month comes first"
MIXED = "stand in a column where some values prove day first, others month first"


def find(stack: Stack) -> Iterator[Finding]:
    """One pass for slashes, then the forms of the columns that have some."""
    for table in data_tables(stack):
        slashed = count_where(stack, table, table.columns, _slashed)
        columns = [column for column, count in slashed.items() if count]
        forms = shapes(stack.connection, table.name, [column.name for column in columns])
        for column in columns:
            found = forms[column.name]
            if found.order is not None:
                continue
            fault = MIXED if found.day_first else UNPROVEN
            own = clean(name(column.name))
            open_ones = (
                f"not regexp_matches({own}, '{FIRST_OVER_12}') "
                f"and not regexp_matches({own}, '{SECOND_OVER_12}')"
            )
            sql = (
                f"select {text(table.system)} as system, {text(table.name)} as tbl, "
                f"_row as row, {key_of(table)} as key, {text(column.name)} as field, "
                f'{found.filled} as "of", {text(fault)} as fact_fault, {own} as value '
                f"from {name(table.name)} where regexp_matches({own}, '{SLASHED}')"
                + (f" and {open_ones}" if fault == UNPROVEN else "")
            )
            yield from findings(RULE, stack, Query(sql, MESSAGE))


def _slashed(own: str) -> str:
    """Most values hold no slash: that is asked first."""
    return (
        f"(case when contains({own}, '/') then regexp_matches({clean(own)}, '{SLASHED}') "
        "else false end)"
    )
