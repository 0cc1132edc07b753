"""Files that claim to be the same thing: equal bytes, or one shape with the same records."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from leadline.audit.tables import Kind, Meaning, Source, Table
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


def without_repeats(
    connection: DuckDBPyConnection, table: Table, ranks: Sequence[tuple[int, str]]
) -> tuple[Table, list[Unread]]:
    """The table with each record once, where several of its files hold the same records.

    A record is known by the system's own id. It is kept from the file with the highest rank:
    the most columns, then the newest date. Without such an id (or where the file itself says
    a status, as one person may be in two audiences) nothing is taken out, and it is told.
    """
    if table.kind not in _RECORDS or len(table.sources) < 2:
        return table, []
    column = table.column(Meaning.KEY) or table.column(Meaning.EMAIL)
    if column is None:
        return table, []
    order = sorted(range(len(ranks)), key=lambda number: (ranks[number], number), reverse=True)
    pairs = _pairs(connection, table, quoted(column.name))
    if column.meaning is not Meaning.KEY or table.status is not None:
        return table, [_told(table, one, other, count, None) for one, other, count in pairs]
    if not pairs:
        return table, []
    told = [
        _told(table, one, other, count, min(one, other, key=order.index))
        for one, other, count in pairs[:_NAMED]
    ]
    return _take_out(connection, table, quoted(column.name), order), told


def _pairs(connection: DuckDBPyConnection, table: Table, key: str) -> list[tuple[int, int, int]]:
    """Pairs of files with how many records they share, the most first."""
    return connection.execute(
        f"""
        WITH keys AS (SELECT DISTINCT _file, {key} AS k FROM {quoted(table.name)}
                      WHERE {key} IS NOT NULL)
        SELECT a._file, b._file, count(*) FROM keys a JOIN keys b ON a.k = b.k AND a._file < b._file
        GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
        """
    ).fetchall()


def _told(table: Table, one: int, other: int, count: int, kept: int | None) -> Unread:
    first, second = table.sources[one].path, table.sources[other].path
    what = f"Both hold {table.system} {table.object} records, {count:,} of them the same"
    if kept is None:
        fix = "Give only the newer one, or the same people count twice."
        return Unread(f"{first} and {second}", f"{what}; both were read.", fix)
    name = "the first" if kept == one else "the second"
    fix = "If the other one is the newer, give only that."
    return Unread(f"{first} and {second}", f"{what}: those were taken from {name} only.", fix)


def _take_out(
    connection: DuckDBPyConnection, table: Table, key: str, order: Sequence[int]
) -> Table:
    rank = " ".join(f"WHEN {number} THEN {place}" for place, number in enumerate(order))
    gone: list[tuple[int, int]] = connection.execute(
        f"""
        SELECT _file, count(*) FROM (
          SELECT _file, CASE _file {rank} END AS place,
                 min(CASE _file {rank} END) OVER (PARTITION BY {key}) AS best
          FROM {quoted(table.name)} WHERE {key} IS NOT NULL)
        WHERE place > best GROUP BY 1
        """
    ).fetchall()
    connection.execute(
        f"""
        DELETE FROM {quoted(table.name)} WHERE _row IN (
          SELECT _row FROM (
            SELECT _row, CASE _file {rank} END AS place,
                   min(CASE _file {rank} END) OVER (PARTITION BY {key}) AS best
            FROM {quoted(table.name)} WHERE {key} IS NOT NULL)
          WHERE place > best)
        """
    ).fetchall()
    counts = dict(gone)
    sources = tuple(
        _less(source, counts.get(number, 0)) for number, source in enumerate(table.sources)
    )
    return replace(table, sources=sources, rows=sum(source.rows for source in sources))


def _less(source: Source, gone: int) -> Source:
    if not gone:
        return source
    said = f"{gone:,} records read from another file instead"
    note = f"{source.note}; {said}" if source.note else said
    return replace(source, rows=source.rows - gone, note=note)
