"""All fixes of single values over a stack: each cell once, safe ones apart from proposals.

Safe are the fixes of rules that say so (hidden characters, phone numbers whose country is known);
what a person must look at first (broken letters, spellings of an option) is proposed. A cell
that needs both gets the safe change, and the proposal starts from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.audit.rules import broken_encoding
from leadline.audit.sql_text import name
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Meaning, Table
from leadline.blueprint.finding import Change, Finding
from leadline.inspection.fixes import phone, picklist, whitespace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAFE = frozenset({whitespace.CODE, phone.CODE})
"""The rules whose findings the safe changes mend."""
ENCODING = broken_encoding.RULE.code

RECORDS = frozenset({Kind.CONTACT, Kind.LEAD, Kind.COMPANY, Kind.DEAL})
# What the vendor sets by itself, or what names another record: an import cannot, or must not.
_NOT_OURS = frozenset(
    {Meaning.KEY, Meaning.CREATED_AT, Meaning.UPDATED_AT, Meaning.LAST_ACTIVITY_AT}
    | {Meaning.OWNER, Meaning.COMPANY_KEY, Meaning.CONTACT_KEY, Meaning.CONVERTED_KEY}
    | {Meaning.CONSENT, Meaning.CONSENT_AT, Meaning.OPTED_OUT, Meaning.OPTED_OUT_AT}
)
# Of people who left or bounced nothing is written: an import could bring them back.
_LEFT_ALONE = frozenset({"unsubscribed", "cleaned", "nonsubscribed"})
_FOUND_BY_ADDRESS = frozenset({"mailchimp", "klaviyo", "sendgrid"})
_MOST_VALUES = 10_000  # different values up to which a column is held against a picklist
_PORTION = 10_000


@dataclass(frozen=True, slots=True)
class Planned:
    """A change with the table it is of and the rule whose finding it mends."""

    change: Change
    table: Table
    column: Column
    rule: str

    @property
    def safe(self) -> bool:
        """Whether it needs nobody's opinion."""
        return self.rule in SAFE


def planned(stack: Stack) -> Iterator[Planned]:
    """Every change of the stack, table by table and column by column.

    The audit's views must have been laid.
    """
    numbers: dict[tuple[str, Meaning], dict[int, str]] = {}
    for table, meaning, row, number in phone.full_numbers(stack):
        numbers.setdefault((table, meaning), {})[row] = number
    for table in stack.tables:
        if table.kind in RECORDS and table.status not in _LEFT_ALONE:
            calculated = _calculated(stack.connection, table)
            for column in table.columns:
                if column.meaning not in _NOT_OURS and column.name not in calculated:
                    known = numbers.get((table.name, column.meaning), {})
                    yield from _of_column(stack.connection, table, column, known)


def _of_column(
    connection: DuckDBPyConnection, table: Table, column: Column, numbers: Mapping[int, str]
) -> Iterator[Planned]:
    cell = name(column.name)
    spelt = _spellings(connection, table, column)
    conditions = [whitespace.suspects(cell), _broken(cell)]
    parameters: dict[str, object] = {}
    if spelt:
        conditions.append(f"{cell} in (select unnest($spelt))")
        parameters["spelt"] = list(spelt)
    if numbers:
        conditions.append("_row in (select unnest($rows))")
        parameters["rows"] = list(numbers)
    key = import_key(table)
    shown = f"coalesce({name(key.name)}, '')" if key else "''"
    # A cursor of its own: the rows are fetched while others may use the connection.
    cursor = connection.cursor()
    cursor.execute(
        f"select {shown}, {cell}, _row from {name(table.name)} "
        f"where {cell} is not null and ({' or '.join(conditions)}) order by _row",
        parameters or None,
    )
    while rows := cursor.fetchmany(_PORTION):
        for record, old, row in rows:
            for before, after, rule in _steps(old, numbers.get(row), spelt):
                change = Change(table.system, table.name, record, column.name, before, after)
                yield Planned(change, table, column, rule)


def _steps(
    old: str, number: str | None, spelt: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """One safe change at most, then one proposal at most, each with the rule it mends."""
    safe = number or whitespace.mend(old)
    # An empty cell in an import says "leave it", so a value is never mended into nothing.
    if not safe:
        return
    if safe != old:
        yield old, safe, phone.CODE if number else whitespace.CODE
    meant = spelt.get(safe) or spelt.get(old)
    if meant is not None and meant != safe:
        yield safe, meant, picklist.CODE
        return
    letters = broken_encoding.mended(safe)
    if letters and letters != safe:
        yield safe, whitespace.mend(letters), ENCODING


def import_key(table: Table) -> Column | None:
    """The column by which the vendor's import finds a record: its id, or the address."""
    by_id, by_address = table.column(Meaning.KEY), table.column(Meaning.EMAIL)
    return by_address or by_id if table.system in _FOUND_BY_ADDRESS else by_id or by_address


def _broken(cell: str) -> str:
    """An SQL condition that holds for every value that may have broken letters."""
    return f"(regexp_matches({cell}, '[ÃÂâÅÐÑï&]'))"


def _spellings(connection: DuckDBPyConnection, table: Table, column: Column) -> Mapping[str, str]:
    """The values of a column that mean an option of its picklist, where one was given."""
    options = connection.execute(
        "select value, coalesce(label, value) from option where system = $system "
        "and lower(object) = lower($object) and lower(field) = lower($field) "
        "and value is not null",
        {"system": table.system, "object": table.object, "field": column.name},
    ).fetchall()
    if not options:
        return {}
    values = connection.execute(
        f"select distinct {name(column.name)} from {name(table.name)} "
        f"where {name(column.name)} is not null limit {_MOST_VALUES}"
    ).fetchall()
    return picklist.spellings(options, (value for (value,) in values))


def _calculated(connection: DuckDBPyConnection, table: Table) -> frozenset[str]:
    """The fields that the vendor works out, by the definitions given."""
    rows = connection.execute(
        "select name from field where system = $system and lower(object) = lower($object) "
        "and lower(cast(calculated as varchar)) in ('true', '1', 'yes')",
        {"system": table.system, "object": table.object},
    ).fetchall()
    return frozenset(field for (field,) in rows)


def mended_examples(finding: Finding) -> Iterator[tuple[str, str, str, str]]:
    """Key, column, value before and after, for the examples that a rule gives both for.

    A rule says the mended value beside the bad one: ``value`` and ``mended``, ``phone`` and
    ``phone_mended``, ``country`` and ``usual_form``.
    """
    field = finding.fields[0].name if finding.fields else "value"
    for example in finding.examples:
        values = example.values
        for column, value in values.items():
            after = values.get(f"{column}_mended")
            if column == "value":
                after = values.get("mended")
            elif column == "country":
                after = values.get("usual_form")
            if after is not None and after != value:
                yield example.key, field if column == "value" else column, value, after
