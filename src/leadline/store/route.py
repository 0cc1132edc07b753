"""Stored events that nobody has looked at, and the entries that they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from leadline.store.contact import Person
from leadline.store.load import load
from leadline.store.pool import Connection
from leadline.store.statement import columns, fetch, run

_SQL = load("route")


class EventRow(NamedTuple):
    """One stored event."""

    bucket: int
    id: UUID
    contact_id: UUID
    kind: str
    name: str
    properties: Mapping[str, object]
    source: str
    occurred_at: datetime
    received_at: datetime


class EntryRow(NamedTuple):
    """What became of one trigger for one workflow."""

    bucket: int
    cause: UUID
    workflow: str
    contact_id: UUID
    outcome: str
    reason: str | None
    detail: Mapping[str, object]
    enrollment_id: UUID | None
    caused_at: datetime


class NewEnrollment(NamedTuple):
    """A run that begins."""

    bucket: int
    id: UUID
    workflow: str
    release: str
    contact_id: UUID
    once_value: str
    parent_id: UUID | None
    trigger_id: UUID | None
    trigger_received_at: datetime | None
    trigger_at: datetime


class Running(NamedTuple):
    """A run, as routing needs to know it."""

    bucket: int
    id: UUID
    workflow: str
    release: str
    contact_id: UUID
    once_value: str
    trigger_at: datetime
    trigger_id: UUID | None
    trigger_received_at: datetime | None
    started_at: datetime


class SuccessRow(NamedTuple):
    """An event that counts as success of a run."""

    bucket: int
    enrollment_id: UUID
    event_id: UUID
    at: datetime


class Waiting(NamedTuple):
    """An entry that waits for approval."""

    bucket: int
    cause: UUID
    workflow: str
    contact_id: UUID
    detail: Mapping[str, object]
    caused_at: datetime
    at: datetime


class _Id(NamedTuple):
    id: UUID


class Admitted(NamedTuple):
    """How many people a workflow admitted in the last hour."""

    workflow: str
    admitted: int


class Approval(NamedTuple):
    """Until when a person let bursts of a workflow through."""

    workflow: str
    at: datetime


async def events_to_route(conn: Connection, buckets: Sequence[int], most: int) -> list[EventRow]:
    """Read events of these buckets that were not routed yet, bucket by bucket, oldest first."""
    params = {"buckets": tuple(buckets), "most": most}
    return await fetch(conn, _SQL["events_to_route"], params, EventRow)


async def mark_routed(conn: Connection, events: Sequence[EventRow]) -> None:
    """Note that these events were looked at."""
    if events:
        params = columns(
            ("bucket", "received_at", "id"), ((e.bucket, e.received_at, e.id) for e in events)
        )
        await run(conn, _SQL["mark_routed"], params)


async def insert_entries(conn: Connection, entries: Sequence[EntryRow]) -> None:
    """Store what became of triggers; a trigger that has an entry keeps it."""
    if entries:
        await run(conn, _SQL["insert_entries"], columns(EntryRow._fields, entries, {"detail"}))


async def insert_enrollments(
    conn: Connection, enrollments: Sequence[NewEnrollment], state: object
) -> set[UUID]:
    """Begin runs in a first state; return those that are new (nobody was in before)."""
    if not enrollments:
        return set()
    params: dict[str, object] = dict(columns(NewEnrollment._fields, enrollments))
    params["state"] = Jsonb(state)
    rows = await fetch(conn, _SQL["insert_enrollments"], params, _Id)
    return {row.id for row in rows}


async def wake_for_events(
    conn: Connection, people: Sequence[Person], workflows: Sequence[str]
) -> None:
    """Have the interpreter look at everyone of these who may wait for what just happened."""
    if people and workflows:
        params = columns(("bucket", "contact_id"), people) | {"workflows": list(workflows)}
        await run(conn, _SQL["wake_for_events"], params)


async def running_enrollments(
    conn: Connection, people: Sequence[Person], workflows: Sequence[str]
) -> list[Running]:
    """Read the runs of these people in these workflows, ended ones too."""
    if not people or not workflows:
        return []
    params = columns(("bucket", "contact_id"), people) | {"workflows": list(workflows)}
    return await fetch(conn, _SQL["running_enrollments"], params, Running)


async def insert_successes(conn: Connection, rows: Sequence[SuccessRow]) -> None:
    """Count successes, the first of each run."""
    if rows:
        await run(conn, _SQL["insert_successes"], columns(SuccessRow._fields, rows))


async def lock_bursts(conn: Connection, workflows: Sequence[str]) -> None:
    """Let nobody else admit people to these workflows until the transaction ends."""
    await run(conn, _SQL["lock_bursts"], {"workflows": list(workflows)})


async def admitted_in_the_last_hour(conn: Connection, workflows: Sequence[str]) -> dict[str, int]:
    """Count the people that each workflow admitted in the last hour."""
    rows = await fetch(
        conn, _SQL["admitted_in_the_last_hour"], {"workflows": list(workflows)}, Admitted
    )
    return {row.workflow: row.admitted for row in rows}


async def count_admitted(conn: Connection, admitted: Mapping[str, int]) -> None:
    """Add to the count of people admitted in this minute."""
    if admitted:
        params = columns(("workflow", "admitted"), admitted.items())
        await run(conn, _SQL["count_admitted"], params)


async def forget_bursts(conn: Connection) -> None:
    """Forget how many were admitted more than a day ago."""
    await run(conn, _SQL["forget_bursts"], {})


async def approvals(conn: Connection) -> dict[str, datetime]:
    """Read until when bursts were let through, by workflow."""
    return {row.workflow: row.at for row in await fetch(conn, _SQL["approvals"], {}, Approval)}


async def waiting_entries(
    conn: Connection, buckets: Sequence[int], workflows: Sequence[str], most: int
) -> list[Waiting]:
    """Read entries of these workflows that wait for approval, the oldest first."""
    params = {"buckets": tuple(buckets), "workflows": list(workflows), "most": most}
    return await fetch(conn, _SQL["waiting_entries"], params, Waiting)


async def enter_waiting(conn: Connection, entries: Sequence[EntryRow]) -> None:
    """Store what became of entries that waited."""
    if entries:
        rows = [
            (e.bucket, e.cause, e.workflow, e.outcome, e.reason, e.enrollment_id) for e in entries
        ]
        names = ("bucket", "cause", "workflow", "outcome", "reason", "enrollment_id")
        await run(conn, _SQL["enter_waiting"], columns(names, rows))
