"""The months of the event table, made before they begin."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from psycopg import errors, sql

from leadline.errors import StoreUnavailable
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
    partition meanwhile are moved. Raises StoreUnavailable where the table stays busy.
    """
    month = Month(now.year, now.month)
    made: list[str] = []
    for _ in range(MONTHS_AHEAD + 1):
        # Looked at without a lock first: the check is daily, a new month is not.
        if not await _exists(conn, month):
            try:
                made += [month.table] if await _make(conn, month) else []
            except (errors.LockNotAvailable, errors.QueryCanceled) as error:
                raise StoreUnavailable(
                    "The table of events is too busy to get the partition of a new month.",
                    where=month.table,
                    fix="It is tried again by itself; end transactions that last minutes.",
                ) from error
        month = month.following
    return tuple(made)


async def _exists(conn: Connection, month: Month) -> bool:
    # Not by to_regclass: inside a transaction it may remember that the table was not there.
    cursor = await conn.execute(
        "select from pg_inherits i join pg_class c on c.oid = i.inhrelid"
        " where i.inhparent = 'event'::regclass and c.relname = %s",
        [month.table],
    )
    return await cursor.fetchone() is not None


async def _make(conn: Connection, month: Month) -> bool:
    names = {
        "table": sql.Identifier(month.table),
        "start": sql.Literal(month.start.isoformat()),
        "end": sql.Literal(month.following.start.isoformat()),
    }
    async with conn.transaction():
        await conn.execute(_LOCK)
        # Who waits for an exclusive lock holds up all that come after.
        await conn.execute("set local lock_timeout = '5s'")
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
