"""Numbers and dates that are kept as text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadline.audit.column_pass import count_where, data_tables, key_of
from leadline.audit.evidence import Query, findings
from leadline.audit.sql_text import clean, name, text
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Meaning, Table
from leadline.audit.times import ISO, SLASHED
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "value-as-text",
    "Numbers or dates kept as text",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.REVIEW,
    "“More than 200” does not work on text: “1,500” and “90+” are compared letter by letter, so "
    "branches by size or date take the wrong people.",
    "Where definitions are given: fields of type text that hold nothing but numbers or dates, and "
    "values of number and date fields that are none. Without: columns of which at least 60 % are "
    "numbers (or dates) and the rest is not. Ids, codes, phones and postcodes are left out. Up to "
    "1 % odd values is a note.",
    "Give the field the type number or date, and map “200+” and “50-100” to numbers once.",
    exact=False,
    needs=("person|company|deal",),
)
MOST = 0.6  # three of five: the column is meant to be numbers
LEAST = 3  # fewer values prove no type
TOLERANCE = 0.01
NUMBER = "^[-+]?[0-9]+([.,][0-9]+)*$"
DATE = f"{ISO}|{SLASHED}|^[0-9]{{1,2}}[.][0-9]{{1,2}}[.][0-9]{{2,4}}"
UNIX = "^[0-9]{10}([0-9]{3})?$"
JUDGED = {Meaning.OTHER, Meaning.AMOUNT, Meaning.SCORE}
NOT_A_NUMBER = re.compile(
    r"(^|[_ ])(id|ids|code|zip|plz|postal|phone|tel|mobile|fax|number|nr|no|sku|iban|vat|ip|key"
    r"|uuid|guid|hash|euid|leid|version|time|tags?)($|[_ ])|id$|phone|mobile|zip",
    re.IGNORECASE,
)
MESSAGE = "{count} of {of} values of {field} in {system} are {fault}."


def find(stack: Stack) -> Iterator[Finding]:
    """Judge each free column by its type where defined, else by what most values are."""
    types = {
        (str(system), str(field).lower()): str(kind).lower()
        for system, field, kind in stack.connection.execute(
            "select system, name, type from field where name is not null and type is not null"
        ).fetchall()
    }
    for table in data_tables(stack):
        columns = [
            c for c in table.columns if c.meaning in JUDGED and not NOT_A_NUMBER.search(c.name)
        ]
        filled = count_where(stack, table, columns, lambda own: f"{clean(own)} is not null")
        numbers = count_where(stack, table, columns, lambda own: _is(own, NUMBER))
        dates = count_where(stack, table, columns, lambda own: _is(own, DATE))
        for column in columns:
            counts = (filled[column], numbers[column], dates[column])
            kind = types.get((table.system, column.name.lower()))
            bad = _fault(kind, counts)
            if bad is not None:
                yield from findings(RULE, stack, _query(table, column, *bad, filled[column]))


def _is(own: str, pattern: str) -> str:
    return f"regexp_matches({clean(own)}, '{pattern}')"


def _fault(kind: str | None, counts: tuple[int, int, int]) -> tuple[str, str] | None:
    """The pattern that a value has to meet, or must not, and the fault in words."""
    filled, numbers, dates = counts
    if filled < LEAST:
        return None
    if kind == "number":
        return (f"not {{}} ~ {NUMBER}", "no numbers") if numbers < filled else None
    if kind in {"date", "datetime"}:
        return (f"not {{}} ~ {DATE}|{UNIX}", "no dates") if dates < filled else None
    if kind in {"string", "text"} and numbers == filled:
        return f"{{}} ~ {NUMBER}", "numbers in a field of type text"
    if kind in {"string", "text"} and dates == filled:
        return f"{{}} ~ {DATE}", "dates in a field of type text"
    if kind not in {None, "string", "text"}:
        return None
    if MOST * filled <= numbers < filled:
        return f"not {{}} ~ {NUMBER}", "text among numbers"
    if MOST * filled <= dates < filled:
        return f"not {{}} ~ {DATE}", "text among dates"
    return None


def _query(table: Table, column: Column, asked: str, fault: str, filled: int) -> Query:
    own = clean(name(column.name))
    pattern = asked.partition(" ~ ")[2]
    negated = "not " if asked.startswith("not ") else ""
    sql = (
        f"select {text(table.system)} as system, {text(table.name)} as tbl, _row as row, "
        f"{key_of(table)} as key, {text(column.name)} as field, {text(fault)} as fact_fault, "
        f'{filled} as "of", {own} as value from {name(table.name)} '
        f"where {own} is not null and {negated}regexp_matches({own}, '{pattern}')"
    )
    return Query(sql, MESSAGE, TOLERANCE)
