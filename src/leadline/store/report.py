"""What people ask of the ledger; every list is bounded by ``most``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from leadline.store.load import load
from leadline.store.pool import Connection
from leadline.store.statement import fetch, fetch_one
from leadline.store.work import ALL_BUCKETS

_SQL = load("report")


class ActionLine(NamedTuple):
    """One action and where it stands."""

    bucket: int
    enrollment_id: UUID
    step: str
    visit: int
    contact_id: UUID
    workflow: str
    connection: str
    kind: str
    state: str
    reason: str | None
    vendor_id: str | None
    at: datetime
    intended_at: datetime

    @property
    def key(self) -> str:
        """The key as people write it."""
        return f"{self.enrollment_id}/{self.step}/{self.visit}"


@dataclass(frozen=True, slots=True)
class ActionFilter:
    """Which actions to list; None leaves a part open."""

    workflow: str | None = None
    connection: str | None = None
    step: str | None = None
    state: str | None = None
    contact_id: UUID | None = None


class StateCount(NamedTuple):
    """How many actions of a step stand in a state."""

    workflow: str
    connection: str
    step: str
    state: str
    times: int


class OutcomeLine(NamedTuple):
    """One line of what became of an action; ``vendor_at`` is by the vendor's own clock."""

    enrollment_id: UUID
    step: str
    visit: int
    at: datetime
    state: str
    cause: str
    call_id: UUID | None
    vendor_id: str | None
    reason: str | None
    vendor_at: datetime | None


class Run(NamedTuple):
    """One run of a workflow."""

    bucket: int
    id: UUID
    workflow: str
    release: str
    contact_id: UUID
    once_value: str
    trigger_at: datetime
    started_at: datetime
    state: object
    step: str | None
    wake_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None


class DecisionLine(NamedTuple):
    """One move of the interpreter."""

    enrollment_id: UUID
    n: int
    at: datetime
    signal: object
    records: object


class EntryLine(NamedTuple):
    """What became of a trigger."""

    bucket: int
    cause: UUID
    workflow: str
    contact_id: UUID
    outcome: str
    reason: str | None
    detail: Mapping[str, object]
    enrollment_id: UUID | None
    caused_at: datetime
    at: datetime


class DeadLetter(NamedTuple):
    """A run that ended in the dead letters."""

    bucket: int
    id: UUID
    workflow: str
    release: str
    contact_id: UUID
    step: str | None
    ended_at: datetime
    end_reason: str


class EntryCount(NamedTuple):
    """How many triggers of a workflow ended so."""

    workflow: str
    outcome: str
    reason: str | None
    times: int


class EndCount(NamedTuple):
    """How many runs of a workflow ended so; None: they still run."""

    workflow: str
    end_reason: str | None
    times: int


class PromiseCount(NamedTuple):
    """Runs, those that kept the promise, those that still may."""

    runs: int
    kept: int
    open: int


class SuccessCount(NamedTuple):
    """Runs of a workflow and how many of them had success."""

    workflow: str
    runs: int
    successes: int


class Email(NamedTuple):
    """An address of a person."""

    contact_id: UUID
    email: str


def _all(**more: object) -> dict[str, object]:
    return {"buckets": list(ALL_BUCKETS), **more}


async def actions(conn: Connection, wanted: ActionFilter, most: int) -> list[ActionLine]:
    """List actions, the newest first."""
    params = _all(
        workflow=wanted.workflow,
        connection=wanted.connection,
        step=wanted.step,
        state=wanted.state,
        contact_id=wanted.contact_id,
        most=most,
    )
    return await fetch(conn, _SQL["actions"], params, ActionLine)


async def counts_by_state(conn: Connection) -> list[StateCount]:
    """Count actions by workflow, connection, step and state."""
    return await fetch(conn, _SQL["counts_by_state"], _all(), StateCount)


async def outcomes_of(
    conn: Connection, buckets: Sequence[int], enrollments: Sequence[UUID]
) -> list[OutcomeLine]:
    """Read what became of the actions of runs, in order."""
    params = {"buckets": list(buckets), "enrollments": list(enrollments)}
    return await fetch(conn, _SQL["outcomes_of"], params, OutcomeLine)


async def enrollments_of_contacts(
    conn: Connection, buckets: Sequence[int], contacts: Sequence[UUID]
) -> list[Run]:
    """Read the runs of people, the oldest first."""
    params = {"buckets": list(buckets), "contacts": list(contacts)}
    return await fetch(conn, _SQL["enrollments_of_contacts"], params, Run)


async def decisions_of(
    conn: Connection, buckets: Sequence[int], enrollments: Sequence[UUID]
) -> list[DecisionLine]:
    """Read the moves of runs, in order."""
    params = {"buckets": list(buckets), "enrollments": list(enrollments)}
    return await fetch(conn, _SQL["decisions_of"], params, DecisionLine)


async def entries_of(
    conn: Connection, buckets: Sequence[int], contacts: Sequence[UUID]
) -> list[EntryLine]:
    """Read what became of the triggers of people."""
    params = {"buckets": list(buckets), "contacts": list(contacts)}
    return await fetch(conn, _SQL["entries_of"], params, EntryLine)


async def dead_letters(conn: Connection, workflow: str | None, most: int) -> list[DeadLetter]:
    """Read runs that ended in the dead letters, the newest first."""
    return await fetch(conn, _SQL["dead_letters"], _all(workflow=workflow, most=most), DeadLetter)


async def entries_by_outcome(conn: Connection) -> list[EntryCount]:
    """Count what became of triggers."""
    return await fetch(conn, _SQL["entries_by_outcome"], _all(), EntryCount)


async def runs_by_end(conn: Connection) -> list[EndCount]:
    """Count runs by how they ended."""
    return await fetch(conn, _SQL["runs_by_end"], _all(), EndCount)


async def promise_kept(
    conn: Connection, workflow: str, step: str, within: timedelta, since: datetime
) -> PromiseCount:
    """Count how often the promise of a workflow was kept since a moment."""
    params = _all(workflow=workflow, step=step, within=within, since=since)
    row = await fetch_one(conn, _SQL["promise_kept"], params, PromiseCount)
    assert row is not None
    return row


async def successes(conn: Connection) -> list[SuccessCount]:
    """Count successes by workflow."""
    return await fetch(conn, _SQL["successes"], _all(), SuccessCount)


async def emails_of(conn: Connection, contacts: Sequence[UUID]) -> dict[UUID, str]:
    """Return the first known address of each person."""
    found: dict[UUID, str] = {}
    for row in await fetch(conn, _SQL["emails_of"], {"contacts": list(contacts)}, Email):
        found.setdefault(row.contact_id, row.email)
    return found


class _Times(NamedTuple):
    times: int


async def unrouted_events(conn: Connection) -> int:
    """Count the events that no worker has looked at yet."""
    row = await fetch_one(conn, _SQL["unrouted_events"], _all(), _Times)
    return row.times if row else 0
