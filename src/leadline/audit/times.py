"""Times out of text: ISO, the forms of HubSpot, Salesforce, Mailchimp and Zoom, unix seconds.

A date with slashes has an order only where the column proves it: one first part above 12 says
day first, one second part above 12 says month first. Neither, or both: NULL, and a rule says so.
Years before 1900 or after 2100 are placeholders (0001, 9999) and NULL. All are taken as UTC
where no offset stands: an export rarely says its zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.audit.sql_text import clean, name, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
OFFSET = r"^.{10}[T ][0-9]{2}:[0-9]{2}.*[+-](0[1-9]|1[0-9]|00:?[1-9])"
SLASHED = r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}"
FIRST_OVER_12 = r"^(1[3-9]|2[0-9]|3[01])/"
SECOND_OVER_12 = r"^[0-9]{1,2}/(1[3-9]|2[0-9]|3[01])/"
WORDED = (
    "%b %d, %Y %I:%M:%S %p",
    "%b %d, %Y %I:%M %p",
    "%b %d, %Y %H:%M:%S",
    "%b %d, %Y %H:%M",
    "%b %d, %Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
)
CLOCKS = ("", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S", " %H:%M")
FIRST_YEAR, LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class Shapes:
    """How many values of a column have which form."""

    filled: int
    iso: int
    with_offset: int
    slashed: int
    day_first: int
    month_first: int

    @property
    def order(self) -> str | None:
        """``day`` or ``month`` first where the values prove it, else None."""
        if self.day_first and not self.month_first:
            return "day"
        if self.month_first and not self.day_first:
            return "month"
        return None


def shapes(
    connection: DuckDBPyConnection, table: str, columns: Sequence[str]
) -> Mapping[str, Shapes]:
    """Count the forms of each column: one pass for ISO, one more for those that hold others."""
    iso = _counts(connection, table, columns, (ISO, OFFSET))
    others = [column for column in columns if iso[column][1] < iso[column][0]]
    forms = _counts(connection, table, others, (SLASHED, FIRST_OVER_12, SECOND_OVER_12))
    return {
        column: Shapes(*iso[column], *(forms[column][1:] if column in forms else (0, 0, 0)))
        for column in columns
    }


def _counts(
    connection: DuckDBPyConnection,
    table: str,
    columns: Sequence[str],
    patterns: tuple[str, ...],
) -> dict[str, tuple[int, ...]]:
    """Per column how many values are filled, and how many match each pattern."""
    if not columns:
        return {}
    cleaned = ", ".join(f"{clean(name(c))} as c{at}" for at, c in enumerate(columns))
    asked = ", ".join(
        f"count(c{at}), "
        + ", ".join(f"count(*) filter (where regexp_matches(c{at}, '{p}'))" for p in patterns)
        for at in range(len(columns))
    )
    row = connection.execute(
        f"select {asked} from (select {cleaned} from {name(table)})"
    ).fetchone()
    assert row is not None
    width = len(patterns) + 1
    return {
        column: tuple(int(n) for n in row[at * width : (at + 1) * width])
        for at, column in enumerate(columns)
    }


def moment(column: str, found: Shapes) -> str:
    """The SQL expression of a column as TIMESTAMP (UTC) or NULL."""
    value = clean(name(column))
    iso = f"try_cast({value} as timestamp)"
    if found.with_offset:
        iso = f"(try_cast({value} as timestamptz) at time zone 'UTC')"
    if found.iso == found.filled:
        return _in_bounds(iso)
    arms = [f"when regexp_matches({value}, '{ISO}') then {iso}"]
    arms.append(
        f"when regexp_matches({value}, '^[0-9]{{10}}([.][0-9]+)?$') "
        f"then make_timestamp(cast(trunc(cast({value} as double) * 1000000) as bigint))"
    )
    arms.append(
        f"when regexp_matches({value}, '^[0-9]{{13}}$') "
        f"then make_timestamp(cast({value} as bigint) * 1000)"
    )
    if found.order is not None:
        date = "%d/%m/%Y" if found.order == "day" else "%m/%d/%Y"
        arms.append(
            f"when regexp_matches({value}, '{SLASHED}') "
            f"then {_tried(value, tuple(date + clock for clock in CLOCKS))}"
        )
    return _in_bounds(f"case {' '.join(arms)} else {_tried(value, WORDED)} end")


def _tried(value: str, formats: tuple[str, ...]) -> str:
    return f"try_strptime({value}, [{', '.join(text(form) for form in formats)}])"


def _in_bounds(expression: str) -> str:
    bounds = f"timestamp '{FIRST_YEAR}-01-01' and timestamp '{LAST_YEAR}-12-31'"
    return f"(case when {expression} between {bounds} then {expression} end)"
