"""Leadline on the same table: its profile, the same checks as plain SQL, or all of its rules.

``checks``   the sixteen checks alone, as one rule file would say them: on the values as they
             stand, for so the others judge
``profile``  the profile of all columns, then the checks
``rules``    the file read, every rule that applies in a base install, and the profile
``extra``    the same with the extra ``audit``, which links people who are probably the same
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "src"))

import duckdb
from checks import COLUMNS, ONE_OF, PATTERNS, PRESENT, SCORE, UNIQUE
from timed import timed

from leadline.audit import run
from leadline.audit.profile import profile
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Source, Table
from leadline.inspection.read import read_stack

TAKEN_AT = datetime(2026, 1, 1, tzinfo=UTC)  # no check asks for it


def checks(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Count by check what is not as it should be."""
    asked = [(f"missing {c}", f"{c} is null") for c in PRESENT]
    asked += [
        (f"pattern {c}", f"not regexp_matches({c}, '{pattern}')") for c, pattern in PATTERNS.items()
    ]
    column, low, high = SCORE
    asked.append((f"range {column}", f"try_cast({column} as double) not between {low} and {high}"))
    counts = ", ".join(f"count(*) filter ({condition})" for _, condition in asked)
    (row,) = connection.execute(f"select {counts} from contacts").fetchall()
    found = dict(zip((name for name, _ in asked), row, strict=True))
    for column, values in ONE_OF.items():
        (found[f"one of {column}"],) = connection.execute(
            f"""select coalesce(sum(n), 0)::bigint from (
                select {column} as value, count(*) as n from contacts
                where {column} is not null group by 1
            ) anti join (select unnest($values) as value) using (value)""",
            {"values": values},
        ).fetchall()[0]
    for column in UNIQUE:
        (found[f"unique {column}"],) = connection.execute(
            f"select count({column}) - count(distinct {column}) from contacts"
        ).fetchall()[0]
    return found


def raw(path: str) -> Stack:
    """The table as it stands in the file, without anything made of it."""
    connection = duckdb.connect()
    connection.execute(
        f"create table contacts as select row_number() over () as _row, 0 as _file, * from '{path}'"
    )
    (rows,) = connection.execute("select count(*) from contacts").fetchall()[0]
    table = Table(
        "contacts",
        "plain",
        Kind.CONTACT,
        "contact",
        tuple(Column(name, name) for name in COLUMNS),
        rows,
        (Source(path, rows),),
    )
    return Stack(connection, (table,), (), TAKEN_AT)


def judge() -> dict[str, int]:
    path, what = sys.argv[1:3]
    if what in {"rules", "extra"}:
        if what == "rules":
            run.EXTRAS.clear()
        stack = read_stack([Path(path)]).stack
        found, _ = run.audit(stack)
        for table in stack.tables:
            profile(stack, table)
        return {finding.rule.code: finding.count or 0 for finding in found}
    stack = raw(path)
    if what == "profile":
        profile(stack, stack.tables[0])
    return checks(stack.connection)


if __name__ == "__main__":
    timed(judge)
