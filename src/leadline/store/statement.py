"""Running named statements: parameters in, typed rows out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar, cast
from uuid import UUID

from psycopg.rows import args_row

from leadline.store.arrays import Documents, array, numbers
from leadline.store.load import Statement
from leadline.store.pool import Connection

Row = TypeVar("Row")
Params = Mapping[str, object]
"""A list is a column of a batch; a tuple of numbers is one that comes again and again."""


async def fetch(
    conn: Connection, statement: Statement, params: Params, row: type[Row]
) -> list[Row]:
    """Run a statement and make a ``row`` of each row that comes back, by position."""
    async with conn.cursor(row_factory=args_row(row)) as cursor:
        await cursor.execute(statement.text, as_sent(params))
        return await cursor.fetchall()


async def fetch_one(
    conn: Connection, statement: Statement, params: Params, row: type[Row]
) -> Row | None:
    """Run a statement that gives one row or none."""
    rows = await fetch(conn, statement, params, row)
    return rows[0] if rows else None


async def run(conn: Connection, statement: Statement, params: Params) -> int:
    """Run a statement; return how many rows it touched."""
    cursor = await conn.execute(statement.text, as_sent(params))
    return cursor.rowcount


def as_sent(params: Params) -> Params:
    """Write the columns of a batch as arrays."""
    return {name: _sent(value) for name, value in params.items()}


def _sent(value: object) -> object:
    if isinstance(value, list):
        return array(cast(list[object], value))
    return numbers(cast(tuple[int, ...], value)) if isinstance(value, tuple) else value


def columns(
    names: Sequence[str], rows: Iterable[Sequence[object]], documents: Collection[str] = ()
) -> dict[str, list[object]]:
    """Turn rows into one list a column, as ``unnest`` takes them; ``documents`` hold JSON."""
    turned = list(zip(*rows, strict=True))
    if not turned:
        return {name: [] for name in names}
    return {
        name: Documents(values) if name in documents else list(values)
        for name, values in zip(names, turned, strict=True)
    }


def key_columns(
    keys: Iterable[tuple[int, UUID, str, int]],
) -> dict[str, list[object]]:
    """Turn the keys of actions into the four columns that name them in every statement."""
    found = columns(("bucket", "enrollment_id", "step", "visit"), keys)
    found["buckets"] = sorted(set(found["bucket"]))  # type: ignore[type-var]  # they are numbers
    return found
