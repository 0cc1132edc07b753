"""Files that claim to be the same thing: equal bytes, or one shape with the same records."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from leadline.audit.tables import Kind, Meaning, Table
from leadline.inspection.files import Found
from leadline.inspection.load import quoted
from leadline.inspection.recognition import Unread

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_RECORDS = {Kind.CONTACT, Kind.LEAD, Kind.COMPANY, Kind.DEAL}
_NAMED = 3  # pairs of files that are named
_SMALL = 256  # bytes; shorter files, an empty list say, are often equal by chance


def without_copies(found: Sequence[Found]) -> tuple[list[Found], list[Unread]]:
    """The files without those whose bytes another one has; copies are named."""
    sizes: dict[int, list[Found]] = {}
    for each in found:
        sizes.setdefault(each.size, []).append(each)
    kept: list[Found] = []
    copies: list[Unread] = []
    first: dict[tuple[int, bytes], str] = {}
    for each in found:
        if each.size >= _SMALL and len(sizes[each.size]) > 1:
            known = first.setdefault((each.size, _digest(each.disk)), each.path)
            if known != each.path:
                what = f"It has the same bytes as {known} and was read once."
                copies.append(Unread(each.path, what, "Leave one of them out."))
                continue
        kept.append(each)
    return kept, copies


def _digest(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def overlaps(connection: DuckDBPyConnection, table: Table) -> list[Unread]:
    """Pairs of files of one table that hold the same records."""
    if table.kind not in _RECORDS or len(table.sources) < 2:
        return []
    column = table.column(Meaning.KEY) or table.column(Meaning.EMAIL)
    if column is None:
        return []
    rows: list[tuple[int, int, int]] = connection.execute(
        f"""
        WITH keys AS (SELECT DISTINCT _file, {quoted(column.name)} AS k FROM {quoted(table.name)}
                      WHERE {quoted(column.name)} IS NOT NULL)
        SELECT a._file, b._file, count(*) FROM keys a JOIN keys b ON a.k = b.k AND a._file < b._file
        GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
        """  # noqa: S608 - names are quoted
    ).fetchall()
    told: list[Unread] = []
    for one, other, count in rows[:_NAMED]:
        first, second = table.sources[one], table.sources[other]
        told.append(
            Unread(
                f"{first.path} and {second.path}",
                f"Both hold {table.system} {table.object} records, {count:,} of them the same; "
                "both were read.",
                "Give only the newer one, or the same people count twice.",
            )
        )
    return told
