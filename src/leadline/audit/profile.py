"""What each column holds: how full, how many different values, which are common, of what type.

Set-wise, in few passes a table: one aggregate over all columns at once (filled, distinct,
shortest and longest, smallest and largest), one over a sample of twenty thousand rows (what share
looks like numbers, dates, flags, addresses), and one small one for the most frequent values of
columns with at most ten thousand different ones. Above that distinct counts are estimates
(HyperLogLog), and no value is frequent enough to show. Values that are nothing but spaces count as
empty; the frequent ones are counted after trim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leadline.audit.sql_text import FALSE_WORDS, TRUE_WORDS, name, one_of
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
SAMPLE = 20_000  # rows: a share is then known to within a hundredth
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


def _blank(own: str) -> str:
    """Whether a value is nothing but spaces: asked only of those that begin with one."""
    first = f"({own} < '!' or starts_with({own}, '\u00a0'))"
    return f"(case when {first} then {_trimmed(own)} = '' else false end)"


def _trimmed(own: str) -> str:
    return f"trim({own}, ' \t\r\n\u00a0')"


def _described(stack: Stack, table: Table, columns: Sequence[Column]) -> list[ColumnProfile]:
    asked = ", ".join(_aggregates(name(column.name)) for column in columns)
    row = stack.connection.execute(f"select {asked} from {name(table.name)}").fetchone()
    assert row is not None
    kinds = _kinds(stack, table, columns)
    width = len(row) // len(columns)
    found: list[ColumnProfile] = []
    for at, column in enumerate(columns):
        filled, distinct, shortest, longest, low, high = row[at * width : (at + 1) * width]
        distinct = int(distinct) if filled else 0
        top: tuple[tuple[str, int], ...] = ()
        if 0 < distinct <= EXACT_UP_TO:
            distinct, top = _exact(stack, table, column)
        found.append(
            ColumnProfile(
                column,
                table.rows,
                int(filled),
                distinct,
                int(shortest or 0),
                int(longest or 0),
                low,
                high,
                top,
                _kind(int(filled), distinct, kinds[at]),
            )
        )
    return found


def _aggregates(own: str) -> str:
    """Filled, distinct, lengths, smallest and largest, of the values that are not blank."""
    there = f"(case when {_blank(own)} then null else {own} end)"
    return ", ".join(
        (
            f"count({there})",
            f"approx_count_distinct({there})",
            f"min(length({there}))",
            f"max(length({there}))",
            f"min({there})",
            f"max({there})",
        )
    )


def _kinds(stack: Stack, table: Table, columns: Sequence[Column]) -> list[dict[str, float]]:
    """The share of a sample of each column that looks like a flag, number, date or address."""
    asked = ", ".join(_looks(name(column.name)) for column in columns)
    row = stack.connection.execute(
        f"select {asked} from {name(table.name)} "
        f"using sample reservoir({SAMPLE} rows) repeatable (1)"
    ).fetchone()
    assert row is not None
    names = ("flag", "number", "date", "email")
    return [
        {kind: float(row[at * len(names) + n] or 0) for n, kind in enumerate(names)}
        for at in range(len(columns))
    ]


def _looks(own: str) -> str:
    value = _trimmed(own)
    tests = (
        one_of(f"lower({value})", TRUE_WORDS + FALSE_WORDS),
        f"regexp_matches({value}, '{NUMBER}')",
        f"regexp_matches({value}, '{DATE}')",
        f"regexp_matches({value}, '{EMAIL}')",
    )
    return ", ".join(
        f"avg(case when {test} then 1 else 0 end) filter (where {value} <> '')" for test in tests
    )


def _exact(stack: Stack, table: Table, column: Column) -> tuple[int, tuple[tuple[str, int], ...]]:
    """The exact number of values and the most frequent ones, where there are few."""
    rows = stack.connection.execute(
        f"with raw as (select {name(column.name)} as raw, count(*) as n from {name(table.name)} "
        "where raw is not null group by raw), "
        f"counted as (select {_trimmed('raw')} as value, sum(n) as n from raw group by value) "
        "select value, n, count(*) over () from counted where value <> '' "
        f"order by n desc, value limit {TOP}"
    ).fetchall()
    return (int(rows[0][2]) if rows else 0), tuple((str(v), int(n)) for v, n, _ in rows)


def _kind(filled: int, distinct: int, looks: dict[str, float]) -> str:
    if not filled:
        return "empty"
    for kind, share in looks.items():
        # A column of 0 and 1 is a flag; one of 0 to 9 is not.
        if share >= MOSTLY and (kind != "flag" or distinct <= 2):
            return kind
    return "choice" if distinct <= min(CHOICE_MOST, filled / 2) else "text"
