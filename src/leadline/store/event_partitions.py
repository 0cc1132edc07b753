"""The months of the event table, made before they begin."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from psycopg import sql

from leadline.store.pool import Connection

# The default partition takes what no month has; it only must stay small.
MONTHS_AHEAD = 2

_LOCK = "select pg_advisory_xact_lock(hashtextextended('leadline.event_partitions', 0))"


class Month(NamedTuple):
    """One month of arrival."""

    year: int
    month: int

    @property
    def table(self) -> str:
        """The name of its partition."""
        return f"event_{self.year:04}_{self.month:02}"

    @property
    def start(self) -> datetime:
        """Its first moment, UTC."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def following(self) -> Month:
        """The month after it."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)


async def ensure_event_partitions(conn: Connection, now: datetime) -> tuple[str, ...]:
    """Make the partitions of this month and the next ones; return the names of new ones.

    Several processes may do so at once. Events of such a month that went to the default
    partition meanwhile are moved.
    """
    month = Month(now.year, now.month)
    made: list[str] = []
    for _ in range(MONTHS_AHEAD + 1):
        # Looked at without a lock first: the check is daily, a new month is not.
        if not await _exists(conn, month) and await _make(conn, month):
            made.append(month.table)
        month = month.following
    return tuple(made)


async def _exists(conn: Connection, month: Month) -> bool:
    cursor = await conn.execute("select to_regclass(%s) is not null", [month.table])
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def _make(conn: Connection, month: Month) -> bool:
    names = {
        "table": sql.Identifier(month.table),
        "start": sql.Literal(month.start.isoformat()),
        "end": sql.Literal(month.following.start.isoformat()),
    }
    async with conn.transaction():
        await conn.execute(_LOCK)
        if await _exists(conn, month):
            return False
        # A partition cannot be made while the default one holds rows of it; so the default
        # stands aside for a moment. Ingest waits, for the lock on the table is exclusive.
        await conn.execute("alter table event detach partition event_other")
        for statement in (
            "create table {table} partition of event for values from ({start}) to ({end})",
            "insert into event select * from event_other"
            " where received_at >= {start} and received_at < {end}",
            "delete from event_other where received_at >= {start} and received_at < {end}",
        ):
            await conn.execute(sql.SQL(statement).format(**names))
        await conn.execute("alter table event attach partition event_other default")
    return True
