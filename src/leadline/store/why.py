"""Reading everything about one person, and how many others share what became of her."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from leadline.store.advance import Key
from leadline.store.load import load
from leadline.store.pool import Connection
from leadline.store.statement import fetch, fetch_one
from leadline.store.work import ALL_BUCKETS

_SQL = load("why")


class Whole(NamedTuple):
    """One id of a person; ``survives`` where it is not the alias of another."""

    id: UUID
    bucket: int
    survives: bool


class CameIn(NamedTuple):
    """One event about a person; ``routed`` where a worker has looked at it."""

    bucket: int
    id: UUID
    contact_id: UUID
    name: str
    properties: Mapping[str, object]
    occurred_at: datetime
    received_at: datetime
    rejected: str | None
    routed: bool


class IntendedRow(NamedTuple):
    """One action of a person; from ``state`` on: its work, None where it has none any more."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    ordinal: int
    workflow: str
    connection: str
    kind: str
    lane: str
    payload: Mapping[str, object]
    intended_at: datetime
    not_after: datetime | None
    retry_until: datetime
    state: str | None
    due_at: datetime | None
    attempt: int | None
    lease_until: datetime | None
    reason: str | None

    @property
    def key(self) -> Key:
        """What names the action in the store."""
        return (self.bucket, self.enrollment_id, self.step, self.visit)


class _Number(NamedTuple):
    number: int


async def whole_person(
    conn: Connection, values: Sequence[str], ids: Sequence[tuple[int, UUID]] = ()
) -> list[Whole]:
    """Find the people behind identifiers, or behind ids, with all ids that became theirs."""
    params = {
        "values": list(values),
        "ids": [i for _, i in ids],
        "buckets": [b for b, _ in ids],
    }
    return await fetch(conn, _SQL["whole_person"], params, Whole)


async def came_in(
    conn: Connection, buckets: Sequence[int], contacts: Sequence[UUID], most: int
) -> list[CameIn]:
    """Read what came in about these people, the newest first."""
    params = {"buckets": list(buckets), "contacts": list(contacts), "most": most}
    return await fetch(conn, _SQL["came_in"], params, CameIn)


async def rejected_naming(conn: Connection, text: str, most: int) -> list[CameIn]:
    """Read rejected events in which a text stands, the newest first."""
    params = {"buckets": list(ALL_BUCKETS), "text": text, "most": most}
    return await fetch(conn, _SQL["rejected_naming"], params, CameIn)


async def newest_events(conn: Connection, most: int) -> list[CameIn]:
    """Read what came in, of everybody, the newest first."""
    params = {"buckets": list(ALL_BUCKETS), "most": most}
    return await fetch(conn, _SQL["newest_events"], params, CameIn)


async def newest_rejected(conn: Connection, most: int) -> list[CameIn]:
    """Read the events that count for nothing, the newest first."""
    params = {"buckets": list(ALL_BUCKETS), "most": most}
    return await fetch(conn, _SQL["newest_rejected"], params, CameIn)


async def intended_for(
    conn: Connection, buckets: Sequence[int], contacts: Sequence[UUID]
) -> list[IntendedRow]:
    """Read what was intended for these people, in ledger order."""
    params = {"buckets": list(buckets), "contacts": list(contacts)}
    return await fetch(conn, _SQL["intended_for"], params, IntendedRow)


async def waiting_before(conn: Connection, row: IntendedRow) -> int:
    """Count the work that goes before this action on its connection."""
    params = {
        "buckets": list(ALL_BUCKETS),
        "connection": row.connection,
        "lane": row.lane,
        "due_at": row.due_at,
        "ordinal": row.ordinal,
    }
    return await _number(conn, "waiting_before", params)


async def entries_sharing(conn: Connection, workflow: str, outcome: str, reason: str | None) -> int:
    """Count the people whose trigger became the same."""
    params = {"workflow": workflow, "outcome": outcome, "reason": reason}
    return await _number(conn, "entries_sharing", params)


async def runs_sharing(
    conn: Connection, workflow: str, end_reason: str | None, step: str | None
) -> int:
    """Count the people whose run stands, or ended, at the same step for the same reason."""
    params = {"workflow": workflow, "end_reason": end_reason, "step": step}
    return await _number(conn, "runs_sharing", params)


async def actions_sharing(
    conn: Connection, workflow: str, step: str, state: str, reason: str | None
) -> int:
    """Count the people whose action of a step stands the same; None: whatever the reason."""
    params = {"workflow": workflow, "step": step, "state": state, "reason": reason}
    return await _number(conn, "actions_sharing", params)


async def rejected_sharing(conn: Connection, reason: str) -> int:
    """Count the events that were rejected for the same reason."""
    return await _number(conn, "rejected_sharing", {"reason": reason})


async def _number(conn: Connection, name: str, params: Mapping[str, object]) -> int:
    everyone = {"buckets": list(ALL_BUCKETS)}
    row = await fetch_one(conn, _SQL[name], everyone | dict(params), _Number)
    assert row is not None
    return row.number
