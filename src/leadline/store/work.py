"""The life of an action after it was intended: claimed, moved, settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from leadline.store.advance import Key
from leadline.store.load import load
from leadline.store.pool import Connection
from leadline.store.statement import columns, fetch, fetch_one, key_columns, run

_SQL = load("work")
ALL_BUCKETS = tuple(range(1024))


class WorkRow(NamedTuple):
    """Work that waits for its call."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    ordinal: int
    lane: str
    record: str | None
    due_at: datetime
    attempt: int
    not_after: datetime | None
    retry_until: datetime

    @property
    def key(self) -> Key:
        """What names the action in the store."""
        return (self.bucket, self.enrollment_id, self.step, self.visit)


class RecordWork(NamedTuple):
    """Open work of a vendor record, whatever its state."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    ordinal: int
    lane: str
    record: str
    due_at: datetime
    attempt: int
    not_after: datetime | None
    retry_until: datetime
    state: str

    @property
    def key(self) -> Key:
        """What names the action in the store."""
        return (self.bucket, self.enrollment_id, self.step, self.visit)


class ActionRow(NamedTuple):
    """The intent behind some work."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    contact_id: UUID
    workflow: str
    release: str
    kind: str
    payload: Mapping[str, object]
    ordinal: int
    intended_at: datetime

    @property
    def key(self) -> Key:
        """What names the action in the store."""
        return (self.bucket, self.enrollment_id, self.step, self.visit)


class Claimed(NamedTuple):
    """Work that is ours to call, under a token, until its lease ends."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    attempt: int
    token: UUID

    @property
    def key(self) -> Key:
        """What names the action in the store."""
        return (self.bucket, self.enrollment_id, self.step, self.visit)


class Move(NamedTuple):
    """One change of where an action stands.

    ``token`` None means that the state alone is compared. ``due_at`` None keeps the old one.
    ``vendor_at`` is when the change happened by the vendor's own clock, where it said so.
    """

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    from_state: str
    to_state: str
    token: UUID | None
    due_at: datetime | None
    cause: str
    call_id: UUID | None
    vendor_id: str | None
    reason: str | None
    vendor_at: datetime | None = None


class Moved(NamedTuple):
    """A change that took place."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    state: str


class OutcomeRow(NamedTuple):
    """One more line of what became of an action."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    state: str
    cause: str
    call_id: UUID | None
    vendor_id: str | None
    reason: str | None


class Standing(NamedTuple):
    """Where an action stands."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    state: str | None
    token: UUID | None
    lease_until: datetime | None


class Orphan(NamedTuple):
    """A claim whose lease has ended."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    token: UUID
    lease_until: datetime
    record: str | None

    @property
    def key(self) -> Key:
        """What names the action in the store."""
        return (self.bucket, self.enrollment_id, self.step, self.visit)


class UnknownWork(NamedTuple):
    """Work whose last call may or may not have had its effect."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    ordinal: int
    lane: str
    record: str | None
    due_at: datetime
    attempt: int
    not_after: datetime | None
    retry_until: datetime
    token: UUID
    lease_until: datetime

    @property
    def key(self) -> Key:
        """What names the action in the store."""
        return (self.bucket, self.enrollment_id, self.step, self.visit)


class Overdue(NamedTuple):
    """Waiting work whose time is over."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    not_after: datetime | None
    retry_until: datetime
    reason: str | None

    @property
    def key(self) -> Key:
        """What names the action in the store."""
        return (self.bucket, self.enrollment_id, self.step, self.visit)


class Queue(NamedTuple):
    """How much of a connection's work is in a state."""

    connection: str
    state: str
    times: int
    oldest: datetime


class _At(NamedTuple):
    at: datetime | None


def _of(connection: str, most: int) -> dict[str, object]:
    return {"buckets": ALL_BUCKETS, "connection": connection, "most": most}


async def due_work(conn: Connection, connection: str, lane: str, most: int) -> list[WorkRow]:
    """Read what a lane of a connection may call now, in order."""
    return await fetch(conn, _SQL["due_work"], _of(connection, most) | {"lane": lane}, WorkRow)


async def bundled_work(conn: Connection, connection: str, lane: str, most: int) -> list[WorkRow]:
    """Read what waits for a connection, its bundle time over or not."""
    params = _of(connection, most) | {"lane": lane}
    return await fetch(conn, _SQL["bundled_work"], params, WorkRow)


async def work_of_records(
    conn: Connection, connection: str, records: Sequence[str]
) -> list[RecordWork]:
    """Read all open work of these vendor records, in ledger order."""
    if not records:
        return []
    params = {
        "buckets": ALL_BUCKETS,
        "connection": connection,
        "records": list(records),
    }
    return await fetch(conn, _SQL["work_of_records"], params, RecordWork)


async def next_due(conn: Connection, connection: str) -> datetime | None:
    """Return when the next work of a connection is due."""
    params = {"buckets": ALL_BUCKETS, "connection": connection}
    row = await fetch_one(conn, _SQL["next_due"], params, _At)
    return row.at if row else None


async def actions_of_work(conn: Connection, keys: Sequence[Key]) -> list[ActionRow]:
    """Read the intents behind these keys."""
    if not keys:
        return []
    return await fetch(conn, _SQL["actions_of_work"], key_columns(keys), ActionRow)


async def claim(conn: Connection, tokens: Mapping[Key, UUID], lease_s: float) -> list[Claimed]:
    """Claim what is still pending, each under its token; the rest is somebody else's."""
    if not tokens:
        return []
    params = key_columns(tokens) | {"token": list(tokens.values()), "lease_s": lease_s}
    return await fetch(conn, _SQL["claim"], params, Claimed)


async def postpone(conn: Connection, keys: Sequence[Key], delay_s: float) -> None:
    """Look at waiting work again later."""
    if keys:
        await run(conn, _SQL["postpone"], key_columns(keys) | {"delay_s": delay_s})


async def move(conn: Connection, moves: Sequence[Move]) -> list[Moved]:
    """Change where actions stand, by compare and set; return the changes that took place."""
    if not moves:
        return []
    params = columns(Move._fields, moves)
    buckets = sorted({m.bucket for m in moves})
    return await fetch(conn, _SQL["move"], params | {"buckets": buckets}, Moved)


async def look_later(conn: Connection, due_at: Mapping[Key, datetime]) -> None:
    """Ask again about these unknown actions then."""
    if due_at:
        await run(conn, _SQL["look_later"], key_columns(due_at) | {"due_at": list(due_at.values())})


async def note_outcomes(conn: Connection, rows: Sequence[OutcomeRow]) -> None:
    """Note what became of actions that have no work any more."""
    if rows:
        params = columns(OutcomeRow._fields, rows)
        buckets = sorted({r.bucket for r in rows})
        await run(conn, _SQL["note_outcomes"], params | {"buckets": buckets})


async def standing(conn: Connection, keys: Sequence[Key]) -> list[Standing]:
    """Read where these actions stand."""
    if not keys:
        return []
    return await fetch(conn, _SQL["standing"], key_columns(keys), Standing)


async def tell_late_effect(conn: Connection, keys: Sequence[Key]) -> None:
    """Let runs hear that actions that were over without effect had one after all."""
    if keys:
        await run(conn, _SQL["tell_late_effect"], key_columns(keys))


async def restore_work(conn: Connection, keys: Sequence[Key]) -> list[Key]:
    """Give settled actions work again (replay); return those that had none."""
    if not keys:
        return []
    rows = await fetch(conn, _SQL["restore_work"], key_columns(keys), _Key)
    return [(r.bucket, r.enrollment_id, r.step, r.visit) for r in rows]


class _Key(NamedTuple):
    bucket: int
    enrollment_id: UUID
    step: str
    visit: int


async def orphaned_claims(conn: Connection, connection: str, most: int) -> list[Orphan]:
    """Read claims of a connection whose lease has ended."""
    return await fetch(conn, _SQL["orphaned_claims"], _of(connection, most), Orphan)


async def unknown_to_verify(conn: Connection, connection: str, most: int) -> list[UnknownWork]:
    """Read unknown work that may be asked about now."""
    return await fetch(conn, _SQL["unknown_to_verify"], _of(connection, most), UnknownWork)


async def past_deadline(conn: Connection, connection: str, most: int) -> list[Overdue]:
    """Read waiting work whose time is over."""
    return await fetch(conn, _SQL["past_deadline"], _of(connection, most), Overdue)


async def waiting_by_connection(conn: Connection) -> list[Queue]:
    """Count open work by connection and state."""
    params = {"buckets": ALL_BUCKETS}
    return await fetch(conn, _SQL["waiting_by_connection"], params, Queue)
