"""Storing what arrived: one transaction for many messages, each stored exactly once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from leadline.errors import StoreUnavailable
from leadline.runtime.ingest.identify import (
    Directory,
    Identifier,
    IdentifierKind,
    Person,
    Resolution,
    bucket_of,
    resolve,
)
from leadline.runtime.ingest.message import Said
from leadline.runtime.ingest.times import age_of, occurred_at
from leadline.store import intake
from leadline.store.intake import Alias, Known, NewEvent
from leadline.store.pool import Connection, Store

SOURCE = "tracking"
NOBODY = UUID(int=0)
"""The contact of a rejected message that names nobody."""

# Each time that a transaction is overtaken, another has been committed; so many in a row
# mean that something else is wrong.
_ATTEMPTS = 20

_KINDS: dict[str, IdentifierKind] = {"email": "email", "user": "user", "anonymous": "anonymous"}


class Arrived(NamedTuple):
    """A message, and when it arrived by this process's steady clock (seconds)."""

    said: Said
    at_s: float


class _Overtaken(Exception):
    """Another transaction linked an identifier that this one held for unknown."""


async def save(store: Store, messages: Sequence[Arrived]) -> int:
    """Store messages and who they are about; return how many were new.

    All or nothing, durable on return. Repeats are left out. Raises StoreUnavailable or
    DiskFull; after a lost connection it may have been stored, which a repeat will find.
    """
    for _ in range(_ATTEMPTS):
        try:
            async with intake.transaction(store) as conn:
                return await _save(conn, messages)
        except _Overtaken:
            continue
    raise StoreUnavailable(
        "Too many others write about the same people at this moment.",
        where=store.where,
        fix="Send it again in a moment.",
    )


async def _save(conn: Connection, messages: Sequence[Arrived]) -> int:
    now, now_s = await intake.start(conn), time.monotonic()
    fresh = await _without_repeats(conn, messages)
    if not fresh:
        return 0
    found = await _identify(conn, [message.said.identifiers for message in fresh], now)
    people = [
        person or Person(NOBODY, bucket_of(uuid7())) for person in found.people
    ]  # nobody's messages are spread, as all others are
    claims = [
        (message.said.message_id, person.bucket)
        for message, person in zip(fresh, people, strict=True)
    ]
    new = await intake.claim_message_ids(conn, SOURCE, claims, now)
    joins = [Alias(*join.loser, *join.survivor) for join in found.joins]
    await intake.join_people(conn, joins, now)
    events = [
        _event(message, person, now, now_s)
        for message, person in zip(fresh, people, strict=True)
        if message.said.message_id in new
    ]
    await intake.insert_events(conn, events)
    return len(events)


async def _without_repeats(conn: Connection, messages: Sequence[Arrived]) -> list[Arrived]:
    by_id: dict[str, Arrived] = {}
    for message in messages:
        by_id.setdefault(message.said.message_id, message)
    for known in await intake.known_message_ids(conn, SOURCE, list(by_id)):
        del by_id[known]
    return list(by_id.values())


async def _identify(
    conn: Connection, wanted: Sequence[tuple[Identifier, ...]], now: datetime
) -> Resolution:
    directory = await _directory(conn, wanted)
    found = resolve(wanted, directory, uuid7)
    links = [Known(*link.identifier, *link.person) for link in found.links]
    if not await intake.link(conn, links, now):
        raise _Overtaken
    await intake.begin_people(conn, [(person.bucket, person.id) for person in found.born], now)
    return found


async def _directory(conn: Connection, wanted: Sequence[tuple[Identifier, ...]]) -> Directory:
    named = {identifier for identifiers in wanted for identifier in identifiers}
    known = {
        Identifier(_KINDS[row.kind], row.value): Person(row.contact_id, row.bucket)
        for row in await intake.people_of(conn, named)
    }
    # Only a device's word is weighed against what the person is known by.
    by_device = {person.id for identifier, person in known.items() if not identifier.strong}
    strong: dict[UUID, list[Identifier]] = {}
    for row in await intake.strong_identifiers(conn, by_device):
        strong.setdefault(row.contact_id, []).append(Identifier(_KINDS[row.kind], row.value))
    return Directory(known, strong)


def _event(message: Arrived, person: Person, now: datetime, now_s: float) -> NewEvent:
    said = message.said
    arrived_at = now - age_of(message.at_s, now_s)
    return NewEvent(
        bucket=person.bucket,
        id=uuid7(),
        contact_id=person.id,
        kind=said.kind,
        name=said.name,
        properties=said.properties,
        source=SOURCE,
        message_id=said.message_id,
        occurred_at=occurred_at(said.timestamp, said.sent_at, arrived_at),
        received_at=now,
        rejected=said.rejected,
        # A rejected event starts nothing: it must not stand in the index of what is to do.
        routed_at=now if said.rejected else None,
    )
