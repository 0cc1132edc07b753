"""What each column holds: how full, how many different values, which are common, of what type.

Set-wise, in few passes a table: one aggregate over all columns at once (filled, distinct,
shortest and longest, smallest and largest, what share looks like numbers, dates, flags, addresses),
one small one for the most frequent values of columns with at most ten thousand different ones.
Above that distinct counts are estimates (HyperLogLog), and no value is frequent enough to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leadline.audit.sql_text import FALSE_WORDS, TRUE_WORDS, name, one_of, plain
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Table
from leadline.audit.times import ISO, SLASHED

TOP = 5
AT_ONCE = 20  # columns in one query: more make the plan slow to build
EXACT_UP_TO = 10_000
MOSTLY = 0.95  # one in twenty may be odd, and a rule names it
NUMBER = "^[-+]?[0-9]+([.,][0-9]+)*$"
DATE = f"{ISO}|{SLASHED}|^[0-9]{{1,2}}[.][0-9]{{1,2}}[.][0-9]{{2,4}}"
EMAIL = "^[^@ ]+@[^@ ]+[.][^@ ]+$"
CHOICE_MOST = 50  # distinct values of a field that is chosen from


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column in figures. ``smallest`` and ``largest`` compare as text; ``top`` is value and
    count; ``kind`` is a guess: empty, flag, number, date, email, choice, text."""

    column: Column
    rows: int
    filled: int
    distinct: int
    shortest: int
    longest: int
    smallest: str | None
    largest: str | None
    top: tuple[tuple[str, int], ...]
    kind: str

    @property
    def filled_share(self) -> float:
        """The share of rows that hold a value, from 0 to 1."""
        return self.filled / self.rows if self.rows else 0.0


def profile(stack: Stack, table: Table) -> tuple[ColumnProfile, ...]:
    """Describe every column of the table; values that are blank after trim count as empty."""
    found: list[ColumnProfile] = []
    for at in range(0, len(table.columns), AT_ONCE):
        found += _described(stack, table, table.columns[at : at + AT_ONCE])
    return tuple(found)


def _value(column: Column) -> str:
    """The trimmed value, NULL where blank; what is plain is spared the trimming."""
    own = name(column.name)
    return (
        f"(case when {plain(own)} then {own} else nullif(trim({own}, ' \\t\\r\\n\\u00a0'), '') end)"
    )


def _described(stack: Stack, table: Table, columns: Sequence[Column]) -> list[ColumnProfile]:
    inner = ", ".join(f"{_value(column)} as c{at}" for at, column in enumerate(columns))
    asked = ", ".join(_aggregates(f"c{at}") for at in range(len(columns)))
    source = f"(select {inner} from {name(table.name)})"  # noqa: S608
    row = stack.connection.execute(f"select {asked} from {source}").fetchone()  # noqa: S608
    assert row is not None
    width = len(row) // len(columns)
    found: list[ColumnProfile] = []
    for at, column in enumerate(columns):
        filled, distinct, shortest, longest, low, high, numbers, dates, flags, emails = row[
            at * width : (at + 1) * width
        ]
        top: tuple[tuple[str, int], ...] = ()
        if 0 < int(distinct) <= EXACT_UP_TO:
            distinct, top = _exact(stack, table, column)
        counts = {"flag": int(flags), "number": int(numbers), "date": int(dates)}
        counts["email"] = int(emails)
        found.append(
            ColumnProfile(
                column,
                table.rows,
                int(filled),
                int(distinct) if filled else 0,
                int(shortest or 0),
                int(longest or 0),
                low,
                high,
                top,
                _kind(int(filled), int(distinct), counts),
            )
        )
    return found


def _aggregates(own: str) -> str:
    lowered = f"lower({own})"
    return ", ".join(
        (
            f"count({own})",
            f"approx_count_distinct({own})",
            f"min(length({own}))",
            f"max(length({own}))",
            f"min({own})",
            f"max({own})",
            f"count(*) filter (where regexp_matches({own}, '{NUMBER}'))",
            f"count(*) filter (where regexp_matches({own}, '{DATE}'))",
            f"count(*) filter (where {one_of(lowered, TRUE_WORDS + FALSE_WORDS)})",
            f"count(*) filter (where regexp_matches({own}, '{EMAIL}'))",
        )
    )


def _exact(stack: Stack, table: Table, column: Column) -> tuple[int, tuple[tuple[str, int], ...]]:
    """The exact number of values and the most frequent ones, where there are few."""
    rows = stack.connection.execute(
        f"with held as (select {_value(column)} as value from {name(table.name)}), "  # noqa: S608
        "counted as (select value, count(*) as n from held where value is not null group by value) "
        "select value, n, count(*) over () from counted order by n desc, value "
        f"limit {TOP}"
    ).fetchall()
    return (int(rows[0][2]) if rows else 0), tuple((str(v), int(n)) for v, n, _ in rows)


def _kind(filled: int, distinct: int, counts: dict[str, int]) -> str:
    if not filled:
        return "empty"
    for kind, count in counts.items():
        # A column of 0 and 1 is a flag; one of 0 to 9 is not.
        if count >= MOSTLY * filled and (kind != "flag" or distinct <= 2):
            return kind
    return "choice" if distinct <= min(CHOICE_MOST, filled / 2) else "text"
