"""Events coming in: who they are about, which are repeats, and the rows themselves."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg import errors

from leadline.errors import StoreUnavailable
from leadline.store.load import load
from leadline.store.pool import Connection, Store
from leadline.store.statement import columns, fetch, fetch_one, run

_SQL = load("intake")

# A messageId that comes again after this long is a new event (design, section 4).
MESSAGE_IDS_KEPT = timedelta(days=90)
_FORGOTTEN_AT_ONCE = 10_000

# COPY takes a third of the time of an insert from arrays, and the client's share is a fifth.
# It cannot be prepared, so it does not stand among the statements of queries/.
_COPY_EVENTS: LiteralString = """
copy event (
    bucket, id, contact_id, kind, name, properties, source, message_id, occurred_at,
    received_at, rejected, routed_at
) from stdin
"""


class NewEvent(NamedTuple):
    """One event to store; ``properties`` is JSON. A rejected one needs no routing."""

    bucket: int
    id: UUID
    contact_id: UUID
    kind: str
    name: str
    properties: str
    source: str
    message_id: str
    occurred_at: datetime
    received_at: datetime
    rejected: str | None
    routed_at: datetime | None


class Known(NamedTuple):
    """Whose an identifier is."""

    kind: str
    value: str
    contact_id: UUID
    bucket: int


class StrongIdentifier(NamedTuple):
    """An address or a user id of a person."""

    contact_id: UUID
    kind: str
    value: str


class Alias(NamedTuple):
    """Two ids that turned out to be one person."""

    loser: UUID
    loser_bucket: int
    survivor: UUID
    survivor_bucket: int


class _Id(NamedTuple):
    id: str


class _Start(NamedTuple):
    seqscan: str
    hashjoin: str
    mergejoin: str
    now: datetime


class _Survivor(NamedTuple):
    first: UUID
    id: UUID
    bucket: int


@asynccontextmanager
async def transaction(store: Store) -> AsyncGenerator[Connection]:
    """Lend a connection inside a transaction, as the store does, for taking events in.

    What another try may mend raises StoreUnavailable, which here includes a lock that was
    not had in time.
    """
    try:
        async with store.transaction() as conn:
            yield conn
    except (errors.QueryCanceled, errors.LockNotAvailable, errors.DeadlockDetected) as error:
        raise StoreUnavailable(
            "The database is too busy to store events.",
            where=store.where,
            fix="Send them again in a moment; look for transactions that last minutes.",
        ) from error


async def start(conn: Connection) -> datetime:
    """Begin taking in, in an open transaction; return its time, UTC."""
    row = await fetch_one(conn, _SQL["start"], {}, _Start)
    assert row is not None
    return row.now


async def known_message_ids(conn: Connection, source: str, ids: Sequence[str]) -> set[str]:
    """Return which of these messages were taken in already."""
    params = {"source": source, "ids": list(ids)}
    return {row.id for row in await fetch(conn, _SQL["known_message_ids"], params, _Id)}


async def people_of(conn: Connection, identifiers: Iterable[tuple[str, str]]) -> list[Known]:
    """Return whose these identifiers (kind, value) are, as far as they are anybody's."""
    params = columns(("kind", "value"), identifiers)
    return await fetch(conn, _SQL["people_of"], params, Known)


async def strong_identifiers(conn: Connection, people: Iterable[UUID]) -> list[StrongIdentifier]:
    """Return the addresses and user ids of these people."""
    ids = list(people)
    if not ids:
        return []
    return await fetch(conn, _SQL["strong_identifiers"], {"ids": ids}, StrongIdentifier)


async def link(conn: Connection, links: Sequence[Known], now: datetime) -> bool:
    """Give these identifiers to people; False where another was quicker with one of them."""
    if not links:
        return True
    params = columns(Known._fields, sorted(links)) | {"now": now}
    return await run(conn, _SQL["link"], params) == len(links)


async def begin_people(conn: Connection, people: Sequence[tuple[int, UUID]], now: datetime) -> None:
    """Store new people, each a bucket and an id."""
    if people:
        params = columns(("bucket", "id"), people) | {"now": now}
        await run(conn, _SQL["begin_people"], params)


async def claim_message_ids(
    conn: Connection, source: str, messages: Iterable[tuple[str, int]], now: datetime
) -> set[str]:
    """Note messages (id, bucket) as taken in; return those that are new."""
    params = columns(("id", "bucket"), sorted(messages)) | {"source": source, "now": now}
    return {row.id for row in await fetch(conn, _SQL["claim_message_ids"], params, _Id)}


async def join_people(conn: Connection, joins: Sequence[Alias], now: datetime) -> None:
    """Write aliases between the people as they stand now, which may no longer be as given."""
    if not joins:
        return
    await conn.execute(_SQL["lock_aliases"].text)
    ids = list({id_ for join in joins for id_ in (join.loser, join.survivor)})
    found = await fetch(conn, _SQL["survivors"], {"ids": ids}, _Survivor)
    now_is = {row.first: (row.id, row.bucket) for row in found}

    def root(id_: UUID, bucket: int) -> tuple[UUID, int]:
        while id_ in now_is:
            id_, bucket = now_is[id_]
        return id_, bucket

    aliases: list[Alias] = []
    for join in joins:
        loser = root(join.loser, join.loser_bucket)
        survivor = root(join.survivor, join.survivor_bucket)
        if loser != survivor:
            now_is[loser[0]] = survivor
            aliases.append(Alias(*loser, *survivor))
    if aliases:
        params = columns(Alias._fields, aliases) | {"now": now}
        await run(conn, _SQL["insert_aliases"], params)


async def insert_events(conn: Connection, events: Sequence[NewEvent]) -> None:
    """Store events."""
    async with conn.cursor() as cursor, cursor.copy(_COPY_EVENTS) as copy:
        for event in events:
            await copy.write_row(event)


async def forget_message_ids(conn: Connection) -> int:
    """Delete the ids of messages that are older than what is kept; return how many."""
    params = {"kept": MESSAGE_IDS_KEPT, "most": _FORGOTTEN_AT_ONCE}
    forgotten = 0
    while (count := await run(conn, _SQL["forget_message_ids"], params)) > 0:
        forgotten += count
    return forgotten
