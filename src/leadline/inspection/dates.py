"""The day a stack was taken: told by the files, not by the clock of the machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from leadline.audit.tables import Kind, Meaning, Table
from leadline.inspection.load import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What lies in the past when a file is written; a close date or a webinar may lie ahead.
_PAST = {
    Meaning.CREATED_AT,
    Meaning.UPDATED_AT,
    Meaning.LAST_ACTIVITY_AT,
    Meaning.AT,
    Meaning.CONSENT_AT,
    Meaning.OPTED_OUT_AT,
}
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_NAMED = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
# Newest by this much than all but one value in a thousand: a slip of somebody's pen.
_STRAY = timedelta(days=31)


def taken_at(
    connection: DuckDBPyConnection,
    tables: Sequence[Table],
    paths: Iterable[str],
    modified: Sequence[datetime],
) -> datetime:
    """The newest plausible moment (UTC) of file names and data, else of the files themselves.

    Implausible is what lies before 2000, or after the newest file was last written.
    """
    written = max(modified, default=_FIRST)
    last = written + timedelta(days=1) if written > _FIRST else datetime.max.replace(tzinfo=UTC)
    told = [*_of_names(paths), *_of_data(connection, tables, last)]
    return max((moment for moment in told if _FIRST <= moment <= last), default=written)


def named_day(path: str) -> str:
    """The newest date that a file's path names, as ``YYYYMMDD``; empty where it names none."""
    return max(("".join(found) for found in _NAMED.findall(path)), default="")


def _of_names(paths: Iterable[str]) -> Iterable[datetime]:
    for path in paths:
        for year, month, day in _NAMED.findall(path):
            try:
                yield datetime(int(year), int(month), int(day), tzinfo=UTC)
            except ValueError:
                continue


def _of_data(
    connection: DuckDBPyConnection, tables: Sequence[Table], last: datetime
) -> Iterable[datetime]:
    for table in tables:
        if table.kind in {Kind.USER, Kind.PROPERTY, Kind.OPTION}:
            continue
        for column in table.columns:
            if column.meaning in _PAST:
                moment = _newest(connection, table.name, column.name, last)
                if moment is not None:
                    yield moment


def _newest(
    connection: DuckDBPyConnection, table: str, column: str, last: datetime
) -> datetime | None:
    """The newest moment in a column; forms that leave day and month open are passed over."""
    cell = quoted(column)
    rows = connection.execute(
        f"""
        WITH cells AS (SELECT {cell} AS v FROM {quoted(table)} WHERE {cell} IS NOT NULL),
        moments AS (
          SELECT coalesce(
            try_cast(regexp_replace(v, 'Z$|[+-][0-9]{{2}}:?[0-9]{{2}}$', '') AS TIMESTAMP),
            CASE WHEN regexp_full_match(v, '1[0-9]{{9}}([.][0-9]+)?')
                 THEN make_timestamp(v[1:10]::BIGINT * 1000000) END,
            try_strptime(v, ['%b %d, %Y %H:%M:%S', '%b %d, %Y %I:%M %p', '%b %d, %Y'])
          ) AS told FROM cells)
        SELECT max(told), quantile_disc(told, 0.999) FROM moments WHERE told BETWEEN ? AND ?
        """,
        [_FIRST.replace(tzinfo=None), last.replace(tzinfo=None)],
    ).fetchall()
    newest, usual = rows[0]
    if newest is None:
        return None
    return (newest if newest - usual <= _STRAY else usual).replace(tzinfo=UTC)
