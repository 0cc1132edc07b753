"""Reading everything about one person, a few statements whatever she did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from leadline.explain.causes import ActionsLike, EntriesLike, EventsLike, Likes, RunsLike
from leadline.explain.pace import Pace, expected
from leadline.expression.types import Value
from leadline.journey.compiled import FORMAT, CompiledProject, from_json
from leadline.journey.encoding import decode
from leadline.journey.record import Record
from leadline.journey.signal import Signal
from leadline.journey.state import State
from leadline.ledger.budget import Lane, Slot
from leadline.project.address import spell
from leadline.store import call as calls
from leadline.store import control, gate, report
from leadline.store import request as requests
from leadline.store import why as store
from leadline.store.advance import Key
from leadline.store.contact import people_with, read_contacts
from leadline.store.pool import Connection, now
from leadline.store.report import EntryLine, OutcomeLine
from leadline.store.request import RequestRow
from leadline.store.why import CameIn, IntendedRow

MOST_EVENTS = 200
"""So many of the newest events of a person are read; older ones have left their entries."""
MOST_PEOPLE = 20


@dataclass(frozen=True, slots=True)
class Decision:
    """One move of a run: what woke it, and what it wrote down."""

    at: datetime
    signal: Signal
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class KnownRun:
    """One run with everything that happened in it.

    ``trigger`` None: another workflow enrolled, or the event is older than those that are read.
    """

    id: UUID
    workflow: str
    release: str
    once_value: str
    trigger: CameIn | None
    started_at: datetime
    state: State
    ended_at: datetime | None
    decisions: tuple[Decision, ...]
    actions: tuple[IntendedRow, ...]
    asked: tuple[RequestRow, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows about one address, or another name of a person.

    ``expected`` says of waiting actions when they should go out.
    """

    asked: str
    now: datetime
    current: CompiledProject | None
    releases: Mapping[str, CompiledProject]
    known: bool
    values: Mapping[str, Value]
    events: tuple[CameIn, ...]
    rejected: tuple[CameIn, ...]
    entries: tuple[EntryLine, ...]
    runs: tuple[KnownRun, ...]
    outcomes: Mapping[Key, tuple[OutcomeLine, ...]]
    pauses: tuple[gate.Pause, ...]
    suppressed: str | None
    expected: Mapping[Key, datetime] = field(default_factory=dict[Key, datetime])


async def read_person(
    conn: Connection, asked: str, digest: str, paces: Mapping[str, Pace]
) -> Known:
    """Read what is known; ``digest`` is the suppression digest of what was asked.

    ``paces`` says by connection how fast it may be called.
    """
    moment = await now(conn)
    current = await _current(conn)
    people = await _people(conn, asked)
    buckets, ids = sorted({p.bucket for p in people}), [p.id for p in people]
    events: list[CameIn] = []
    entries: list[EntryLine] = []
    runs: tuple[KnownRun, ...] = ()
    outcomes: dict[Key, tuple[OutcomeLine, ...]] = {}
    values: Mapping[str, Value] = {}
    if people:
        events = await store.came_in(conn, buckets, ids, MOST_EVENTS)
        entries = await report.entries_of(conn, buckets, ids)
        causes = {e.enrollment_id: e.cause for e in entries if e.enrollment_id is not None}
        by_id = {event.id: event for event in events}
        triggers = {run: by_id[cause] for run, cause in causes.items() if cause in by_id}
        runs, outcomes = await _runs(conn, buckets, ids, triggers)
        values = await _values(conn, people, current)
    rejected = {e.id: e for e in events if e.rejected is not None}
    rejected |= {e.id: e for e in await store.rejected_naming(conn, asked, MOST_EVENTS)}
    suppressed = await gate.suppressed(conn, [digest])
    return Known(
        asked=asked,
        now=moment,
        current=current,
        releases=await _releases(conn, {run.release for run in runs}),
        known=bool(people),
        values=values,
        events=tuple(e for e in events if e.rejected is None),
        rejected=tuple(rejected.values()),
        entries=tuple(entries),
        runs=runs,
        outcomes=outcomes,
        pauses=tuple(await gate.pauses(conn)),
        suppressed=suppressed.get(digest),
        expected=await _expected(conn, runs, paces, moment),
    )


def properties(event: CameIn) -> dict[str, object]:
    """Return what an event said of itself, without what it said of the person."""
    return {
        name: _time_or(value)
        for name, value in event.properties.items()
        if not name.startswith("$")
    }


def _time_or(value: object) -> object:
    """A text that is a time, as a time; all else as it is."""
    if not isinstance(value, str) or len(value) < len("2026-12-01T09:00Z") or value[10] != "T":
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return value


async def count(conn: Connection, likes: Likes) -> int:
    """Count how many share a cause, the one who asked included."""
    match likes:
        case EntriesLike(workflow, outcome, reason):
            return await store.entries_sharing(conn, workflow, outcome, reason)
        case RunsLike(workflow, end_reason, step):
            return await store.runs_sharing(conn, workflow, end_reason, step)
        case ActionsLike(workflow, step, state, reason):
            return await store.actions_sharing(conn, workflow, step, state, reason)
        case EventsLike(reason):
            return await store.rejected_sharing(conn, reason)


async def _people(conn: Connection, asked: str) -> list[store.Whole]:
    """Everyone whom that names; what is no identifier may still stand in a contact."""
    found = await store.whole_person(conn, sorted({asked, spell(asked)}))
    if found:
        return found
    typed = await people_with(conn, "email", asked.strip(), MOST_PEOPLE)
    return await store.whole_person(conn, [], typed) if typed else []


async def _current(conn: Connection) -> CompiledProject | None:
    release = await control.active_release(conn)
    return (await _releases(conn, {release})).get(release) if release else None


async def _releases(conn: Connection, hashes: set[str]) -> dict[str, CompiledProject]:
    found: dict[str, CompiledProject] = {}
    for release in sorted(hashes):
        row = await control.read_release(conn, release)
        # A release that only a newer program reads tells nothing here; the rows still do.
        if row is not None and row.format <= FORMAT:
            found[release] = from_json(row.program)
    return found


async def _values(
    conn: Connection, people: Sequence[store.Whole], current: CompiledProject | None
) -> Mapping[str, Value]:
    if current is None:
        return {}
    fields = [current.fields[name] for name in sorted(current.fields)]
    survivors = [(p.bucket, p.id) for p in people if p.survives]
    contacts = await read_contacts(conn, survivors, fields)
    return {name: v for contact in contacts.values() for name, v in contact.values.items()}


async def _runs(
    conn: Connection,
    buckets: Sequence[int],
    ids: Sequence[UUID],
    triggers: Mapping[UUID, CameIn],
) -> tuple[tuple[KnownRun, ...], dict[Key, tuple[OutcomeLine, ...]]]:
    rows = await report.enrollments_of_contacts(conn, buckets, ids)
    enrollments = [row.id for row in rows]
    decisions: dict[UUID, list[Decision]] = defaultdict(list)
    for line in await report.decisions_of(conn, buckets, enrollments):
        records = cast(tuple[Record, ...], decode(line.records))
        decisions[line.enrollment_id].append(
            Decision(line.at, cast(Signal, decode(line.signal)), records)
        )
    actions: dict[UUID, list[IntendedRow]] = defaultdict(list)
    for action in await store.intended_for(conn, buckets, ids):
        actions[action.enrollment_id].append(action)
    asked: dict[UUID, list[RequestRow]] = defaultdict(list)
    for request in await requests.asked_of(conn, buckets, enrollments):
        asked[request.enrollment_id].append(request)
    outcomes: dict[Key, list[OutcomeLine]] = defaultdict(list)
    bucket_of = {row.id: row.bucket for row in rows}
    for outcome in await report.outcomes_of(conn, buckets, enrollments):
        bucket = bucket_of[outcome.enrollment_id]
        outcomes[bucket, outcome.enrollment_id, outcome.step, outcome.visit].append(outcome)
    runs = tuple(
        KnownRun(
            id=row.id,
            workflow=row.workflow,
            release=row.release,
            once_value=row.once_value,
            trigger=triggers.get(row.id),
            started_at=row.started_at,
            state=cast(State, decode(row.state)),
            ended_at=row.ended_at,
            decisions=tuple(decisions[row.id]),
            actions=tuple(actions[row.id]),
            asked=tuple(asked[row.id]),
        )
        for row in rows
    )
    return runs, {key: tuple(lines) for key, lines in outcomes.items()}


async def _expected(
    conn: Connection, runs: Sequence[KnownRun], paces: Mapping[str, Pace], moment: datetime
) -> dict[Key, datetime]:
    found: dict[Key, datetime] = {}
    taken: dict[str, list[Slot]] = {}
    for action in (a for run in runs for a in run.actions):
        pace = paces.get(action.connection)
        due_at = action.due_at
        if action.state != "pending" or pace is None or due_at is None or due_at > moment:
            continue
        if action.connection not in taken:
            taken[action.connection] = await read_slots(conn, action.connection)
        before = await store.waiting_before(conn, action)
        found[action.key] = expected(pace, before, taken[action.connection], moment)
    return found


async def read_slots(conn: Connection, connection: str) -> list[Slot]:
    """Read which places of its windows a connection's calls hold now."""
    return [
        Slot(row.span, row.scope_key, row.free_at, row.units, Lane(row.lane) if row.lane else None)
        for row in await calls.slots(conn, connection)
    ]
