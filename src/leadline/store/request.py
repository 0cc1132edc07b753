"""What people ask of runs and actions; see ``migrations/0002_request.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from leadline.store.advance import Key
from leadline.store.load import load
from leadline.store.pool import Connection
from leadline.store.statement import columns, fetch, key_columns, run
from leadline.store.work import ALL_BUCKETS

_SQL = load("request")
STOP = "stop"
REPLAY = "replay"


class NewRequest(NamedTuple):
    """What a person asks of a run; ``step`` and ``visit`` name the action to replay."""

    bucket: int
    enrollment_id: UUID
    kind: str
    step: str | None = None
    visit: int | None = None


class RequestRow(NamedTuple):
    """What a person asked of a run, and nobody has done yet."""

    bucket: int
    id: UUID
    enrollment_id: UUID
    kind: str
    step: str | None
    visit: int | None
    by: str
    why: str
    at: datetime


class RunRow(NamedTuple):
    """A run, as a command needs to know it."""

    bucket: int
    id: UUID
    workflow: str
    contact_id: UUID
    step: str | None
    ended_at: datetime | None
    end_reason: str | None


class DeadRun(NamedTuple):
    """A run in the dead letters."""

    bucket: int
    id: UUID
    workflow: str
    contact_id: UUID
    step: str | None
    ended_at: datetime
    end_reason: str
    state: object


class ActionRow(NamedTuple):
    """An action and where it stands, as a command needs to know it; ``end_reason``: its run's."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    contact_id: UUID
    workflow: str
    connection: str
    kind: str
    record: str | None
    not_after: datetime | None
    state: str
    reason: str | None
    at: datetime
    end_reason: str | None

    @property
    def key(self) -> Key:
        """What names the action in the store."""
        return (self.bucket, self.enrollment_id, self.step, self.visit)


class _Id(NamedTuple):
    id: UUID


class _Key(NamedTuple):
    bucket: int
    enrollment_id: UUID
    step: str
    visit: int


class _Run(NamedTuple):
    bucket: int
    id: UUID


async def ask(conn: Connection, requests: Sequence[NewRequest], by: str, why: str) -> list[UUID]:
    """Write down what a person asks; return the ids of the requests."""
    if not requests:
        return []
    ids = [uuid7() for _ in requests]
    params: dict[str, object] = dict(columns(NewRequest._fields, requests))
    await run(conn, _SQL["ask"], params | {"id": ids, "by": by, "why": why})
    return ids


async def asked(conn: Connection, buckets: Sequence[int], most: int) -> list[RequestRow]:
    """Read what people ask of the runs of these buckets, the oldest first."""
    return await fetch(conn, _SQL["asked"], {"buckets": tuple(buckets), "most": most}, RequestRow)


async def asked_of(
    conn: Connection, buckets: Sequence[int], enrollments: Sequence[UUID]
) -> list[RequestRow]:
    """Read what people ask of these runs, the oldest first."""
    params = {"buckets": list(buckets), "enrollments": list(enrollments)}
    return await fetch(conn, _SQL["asked_of"], params, RequestRow)


async def answered(conn: Connection, requests: Sequence[RequestRow]) -> None:
    """Forget what is done; the audit log keeps who asked for it."""
    if requests:
        params = {"buckets": sorted({r.bucket for r in requests}), "ids": [r.id for r in requests]}
        await run(conn, _SQL["answered"], params)


async def still_asked(conn: Connection, ids: Sequence[UUID]) -> int:
    """Count which of these requests nobody has done yet."""
    params = {"buckets": list(ALL_BUCKETS), "ids": list(ids)}
    return len(await fetch(conn, _SQL["still_asked"], params, _Id))


async def pending_of_runs(
    conn: Connection, buckets: Sequence[int], enrollments: Sequence[UUID]
) -> list[Key]:
    """Read the actions of runs that wait for their call."""
    params = {"buckets": list(buckets), "enrollments": list(enrollments)}
    rows = await fetch(conn, _SQL["pending_of_runs"], params, _Key)
    return [(r.bucket, r.enrollment_id, r.step, r.visit) for r in rows]


async def running_of_workflow(conn: Connection, workflow: str) -> list[tuple[int, UUID]]:
    """Read the runs of a workflow that are not over, each by bucket and id."""
    params = {"buckets": list(ALL_BUCKETS), "workflow": workflow}
    rows = await fetch(conn, _SQL["running_of_workflow"], params, _Run)
    return [(r.bucket, r.id) for r in rows]


async def runs_by_id(conn: Connection, ids: Sequence[UUID]) -> list[RunRow]:
    """Read runs of which only the id is known."""
    params = {"buckets": list(ALL_BUCKETS), "ids": list(ids)}
    return await fetch(conn, _SQL["runs_by_id"], params, RunRow)


async def actions_by_key(
    conn: Connection, keys: Sequence[tuple[UUID, str, int]]
) -> list[ActionRow]:
    """Read actions by the keys that people write: enrollment, step, visit."""
    if not keys:
        return []
    params: dict[str, object] = dict(columns(("enrollment_id", "step", "visit"), keys))
    return await fetch(
        conn, _SQL["actions_by_key"], params | {"buckets": list(ALL_BUCKETS)}, ActionRow
    )


async def failed_actions(conn: Connection, workflow: str | None, most: int) -> list[ActionRow]:
    """Read actions that are dead or were rejected, the oldest first."""
    params = {"buckets": list(ALL_BUCKETS), "workflow": workflow, "most": most}
    return await fetch(conn, _SQL["failed_actions"], params, ActionRow)


async def dead_runs(conn: Connection, workflow: str | None, most: int) -> list[DeadRun]:
    """Read runs in the dead letters, the oldest first."""
    params = {"buckets": list(ALL_BUCKETS), "workflow": workflow, "most": most}
    return await fetch(conn, _SQL["dead_runs"], params, DeadRun)


async def prolong(conn: Connection, key: Key) -> None:
    """Give waiting work the time that its step allows once more, from now on."""
    bucket, enrollment_id, step, visit = key
    params = {
        "buckets": [bucket],
        "enrollment_id": enrollment_id,
        "step": step,
        "visit": visit,
    }
    await run(conn, _SQL["prolong"], params)


async def overtaken(conn: Connection, keys: Sequence[Key]) -> set[Key]:
    """Return those of these record writes that a later write of the same fields has overtaken."""
    if not keys:
        return set()
    rows = await fetch(conn, _SQL["overtaken"], key_columns(keys), _Key)
    return {(r.bucket, r.enrollment_id, r.step, r.visit) for r in rows}
