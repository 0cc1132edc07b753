"""Runs that are due, and what they become: state, decisions, actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from leadline.store.load import load
from leadline.store.pool import Connection
from leadline.store.statement import columns, fetch, fetch_one, key_columns, run

_SQL = load("advance")

Key = tuple[int, UUID, str, int]
"""Bucket, enrollment, step, visit: what names an action in the store."""
Subject = tuple[int, UUID]
"""Bucket and id of a run or a person."""
Arrived = tuple[int, datetime, UUID]
"""Bucket, time of arrival and id of an event."""


class EnrollmentRow(NamedTuple):
    """One run as it stands."""

    bucket: int
    id: UUID
    workflow: str
    release: str
    contact_id: UUID
    once_value: str
    trigger_id: UUID | None
    trigger_received_at: datetime | None
    trigger_at: datetime
    started_at: datetime
    state: object
    decisions: int


class Settled(NamedTuple):
    """An action that is over and whose run has not heard of it."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    state: str
    reason: str | None


class PastEvent(NamedTuple):
    """Something a person did."""

    bucket: int
    id: UUID
    contact_id: UUID
    name: str
    properties: Mapping[str, object]
    occurred_at: datetime


class TriggerEvent(NamedTuple):
    """The event that began a run."""

    bucket: int
    id: UUID
    name: str
    properties: Mapping[str, object]
    occurred_at: datetime


class EnrollmentUpdate(NamedTuple):
    """What a run becomes."""

    bucket: int
    id: UUID
    state: object
    step: str | None
    wake_at: datetime | None
    decisions: int
    ended_at: datetime | None
    end_reason: str | None


class DecisionRow(NamedTuple):
    """One move of the interpreter; ``at`` is the moment that it took for now."""

    bucket: int
    enrollment_id: UUID
    n: int
    at: datetime
    signal: object
    records: object


class NewAction(NamedTuple):
    """An intended effect, and how long its work waits before it may be called.

    ``payload`` is the action as JSON, as its hash was made of it.
    """

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    contact_id: UUID
    workflow: str
    release: str
    kind: str
    connection: str
    lane: str
    record: str | None
    payload: bytes
    payload_hash: str
    not_after: datetime | None
    retry_until: datetime
    delay_s: float


class _At(NamedTuple):
    at: datetime | None


async def due_enrollments(
    conn: Connection, buckets: Sequence[int], most: int
) -> list[EnrollmentRow]:
    """Read the runs of these buckets whose time has come, bucket by bucket."""
    params = {"buckets": tuple(buckets), "most": most}
    return await fetch(conn, _SQL["due_enrollments"], params, EnrollmentRow)


async def settled_work(conn: Connection, buckets: Sequence[int], most: int) -> list[Settled]:
    """Read actions that are over and that their runs must hear of."""
    params = {"buckets": tuple(buckets), "most": most}
    return await fetch(conn, _SQL["settled_work"], params, Settled)


async def enrollments_of(conn: Connection, runs: Sequence[Subject]) -> list[EnrollmentRow]:
    """Read these runs."""
    if not runs:
        return []
    return await fetch(conn, _SQL["enrollments_of"], columns(("bucket", "id"), runs), EnrollmentRow)


async def trigger_events(conn: Connection, events: Sequence[Arrived]) -> list[TriggerEvent]:
    """Read the events that began runs."""
    if not events:
        return []
    params = columns(("bucket", "received_at", "id"), events)
    return await fetch(conn, _SQL["trigger_events"], params, TriggerEvent)


async def events_since(
    conn: Connection, people: Sequence[Subject], names: Sequence[str], since: datetime
) -> list[PastEvent]:
    """Look back: what these people did of these kinds since a time, in its order."""
    if not people or not names:
        return []
    params: dict[str, object] = dict(columns(("bucket", "contact_id"), people))
    params |= {"names": list(names), "since": since}
    return await fetch(conn, _SQL["events_since"], params, PastEvent)


async def update_enrollments(conn: Connection, updates: Sequence[EnrollmentUpdate]) -> None:
    """Store what runs have become."""
    if updates:
        params = columns(EnrollmentUpdate._fields, updates, {"state"})
        await run(conn, _SQL["update_enrollments"], params)


async def insert_decisions(conn: Connection, decisions: Sequence[DecisionRow]) -> None:
    """Store the moves of the interpreter."""
    if decisions:
        params = columns(DecisionRow._fields, decisions, {"signal", "records"})
        await run(conn, _SQL["insert_decisions"], params)


async def insert_actions(conn: Connection, actions: Sequence[NewAction]) -> None:
    """Store intended effects together with their work."""
    if actions:
        await run(conn, _SQL["insert_actions"], columns(NewAction._fields, actions, {"payload"}))


async def forget_heard_work(conn: Connection, heard: Sequence[Settled]) -> None:
    """Delete the work of actions whose runs have heard that, and how, they are over."""
    if heard:
        params = key_columns((s.bucket, s.enrollment_id, s.step, s.visit) for s in heard)
        params["state"] = [s.state for s in heard]
        await run(conn, _SQL["forget_heard_work"], params)


async def next_wake(conn: Connection, buckets: Sequence[int]) -> datetime | None:
    """Return when the next run of these buckets is due."""
    row = await fetch_one(conn, _SQL["next_wake"], {"buckets": tuple(buckets)}, _At)
    return row.at if row else None
