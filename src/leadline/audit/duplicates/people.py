"""The people of a stack as the rules ask about them, cleaned once for all rules of one stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.audit.duplicates import cleaning
from leadline.audit.duplicates.asking import one_row
from leadline.audit.duplicates.columns import Held, Holds
from leadline.audit.duplicates.link import link
from leadline.audit.duplicates.records import Listing
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Example

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXAMPLES = 5
# What the view ``person`` holds, said once: nothing has to be recognised there.
_HELD = (
    Held("first_name", Holds.FIRST), Held("last_name", Holds.LAST), Held("email", Holds.EMAIL),
    Held("phone_raw", Holds.PHONE), Held("mobile_raw", Holds.PHONE),
    Held("company_name", Holds.FIRM), Held("street", Holds.STREET), Held("city", Holds.CITY),
    Held("state", Holds.STATE), Held("postcode", Holds.POSTCODE), Held("country", Holds.COUNTRY),
)  # fmt: skip
PEOPLE = "_dup_people"
PAIRS = "_dup_people_pair"


def has_rows(connection: DuckDBPyConnection, view: str) -> bool:
    """Whether a canonical view is there and not empty."""
    (there,) = one_row(
        connection,
        "select count(*) > 0 from information_schema.tables where table_name = $1",
        [view],
    )
    return there and one_row(connection, f"select count(*) > 0 from {view}")[0]


def lay_people(connection: DuckDBPyConnection) -> None:
    """Make ``_dup_people``: the records of view ``person`` with ``place`` (a number for each) and
    ``mailbox``; made anew only where ``person`` has another number of rows than it had."""
    (rows,) = one_row(connection, "select count(*) from person")
    if (
        _laid(connection, PEOPLE)
        and one_row(connection, f"select count(*) from {PEOPLE}")[0] == rows
    ):
        return
    connection.execute(
        f"""create or replace temp table {PEOPLE} as
        with read as (
            select *, {cleaning.address("email_raw")} as address, from person
        )
        select row_number() over (order by system, tbl, row) as place, *,
            nullif({cleaning.mailbox("address")}, '') as mailbox,
            coalesce(key, tbl || ' ' || row) as shown
        from read;
        drop table if exists {PAIRS}"""
    )


def lay_pairs(connection: DuckDBPyConnection) -> None:
    """Make ``_dup_people_pair(a, b, list, probability)`` over all systems together, once.

    ``a`` and ``b`` are places in ``_dup_people``. Without the extra only pairs of one mailbox.
    """
    lay_people(connection)
    if _laid(connection, PAIRS):
        return
    link(connection, Listing(PEOPLE, "place", _HELD))
    connection.execute(
        f"create temp table {PAIRS} as select left_id::bigint as a, right_id::bigint as b, list, "
        "probability from _dup_link"
    )


def _laid(connection: DuckDBPyConnection, table: str) -> bool:
    (there,) = one_row(
        connection,
        "select count(*) > 0 from duckdb_tables() where table_name = $1 and temporary",
        [table],
    )
    return there


def pair_examples(rows: list[tuple[str | None, ...]]) -> tuple[Example, ...]:
    """Examples of rows (key, email, name, other key, other email, other name)."""
    return tuple(
        Example(
            str(key),
            {
                "email": email or "",
                "name": name or "",
                "other": str(other),
                "other email": other_email or "",
                "other name": other_name or "",
            },
        )
        for key, email, name, other, other_email, other_name in rows
    )


def shown_name(alias: str) -> str:
    """SQL of a person's name as one text."""
    parts = f"nullif(concat_ws(' ', {alias}.first_name, {alias}.last_name), '')"
    return f"coalesce({alias}.full_name, {parts})"


def is_judged(stack: Stack) -> bool:
    """Whether there are people to judge."""
    return has_rows(stack.connection, "person")
