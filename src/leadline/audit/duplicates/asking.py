"""Questions to DuckDB that are read to their end: an open result blocks the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def one_row(connection: DuckDBPyConnection, sql: str, parameters: object = None) -> tuple[Any, ...]:
    """The first row of an answer that has one."""
    return connection.execute(sql, parameters).fetchall()[0]


def columns_of(connection: DuckDBPyConnection, table: str) -> list[str]:
    """The columns of a table or view, in their order."""
    described = connection.execute(f"describe select * from {table}").fetchall()
    return [row[0] for row in described]


def filled_columns(connection: DuckDBPyConnection, table: str) -> set[str]:
    """The columns that hold anything in any row."""
    names = columns_of(connection, table)
    counts = ", ".join(f'count("{name}") > 0' for name in names)
    row = one_row(connection, f"select {counts} from {table}")
    return {name for name, filled in zip(names, row, strict=True) if filled}
