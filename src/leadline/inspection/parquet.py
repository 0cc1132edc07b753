"""Parquet files: their columns and first rows, through DuckDB's own reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.inspection.delimited import SHOWN_ROWS
from leadline.inspection.files import Found
from leadline.inspection.load import text
from leadline.inspection.part import Form, NoTable, Part

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def from_parquet(connection: DuckDBPyConnection, found: Found) -> Part:
    """The part that a Parquet file is. Raises NoTable where it is damaged."""
    import duckdb

    try:
        cursor = connection.execute(
            f"SELECT COLUMNS(*)::VARCHAR FROM read_parquet({text(str(found.disk))}) "
            f"LIMIT {SHOWN_ROWS}"
        )
        header = tuple(column[0] for column in cursor.description or ())
        rows = cursor.fetchall()
    except duckdb.Error as error:
        raise NoTable(
            "The Parquet file is damaged or cut off.", found.path, "Export it again."
        ) from error
    sample = tuple(tuple(cell or "" for cell in row) for row in rows)
    return Part(found.path, found.disk, header, sample, found.modified, form=Form.PARQUET)
