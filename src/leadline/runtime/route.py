"""Route: stored events become changed contacts, entries, runs, and wake-ups.

One batch is one transaction under the leases of its buckets, so routing and advancing of one
person never race and no wake-up is lost.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from leadline.journey.compiled import CompiledProject
from leadline.journey.doors import doors
from leadline.journey.encoding import encode
from leadline.journey.facts import EventFact, Facts
from leadline.journey.program import Program
from leadline.journey.reentry import Enter
from leadline.journey.state import Ready
from leadline.journey.success import counts_as_success
from leadline.runtime.buckets import Batch
from leadline.runtime.properties import event_fact
from leadline.runtime.traits import take_in, traits_of
from leadline.runtime.worker import Worker
from leadline.store import route as store
from leadline.store.contact import Contact, read_contacts, write_contacts
from leadline.store.pool import Connection, now
from leadline.store.route import EntryRow, EventRow, NewEnrollment, SuccessRow

WAITS_FOR_APPROVAL = "more people at once than max_burst"
WORKFLOW_GONE = "the workflow was taken out while they waited"


@dataclass(slots=True)
class _Batch:
    """What one batch of events leads to."""

    entries: list[EntryRow] = field(default_factory=list[EntryRow])
    entering: list[tuple[EntryRow, NewEnrollment]] = field(
        default_factory=list[tuple[EntryRow, NewEnrollment]]
    )
    touched: dict[UUID, Contact] = field(default_factory=dict[UUID, Contact])


async def route(worker: Worker, buckets: Sequence[int], most: int) -> Batch:
    """Route up to so many events of these buckets."""
    if not buckets or worker.releases.current is None:
        return Batch()

    async def work(conn: Connection) -> Batch:
        events = await store.events_to_route(conn, buckets, most)
        if not events or not await worker.buckets.hold(conn, {e.bucket for e in events}):
            return Batch()  # nothing to do, or lost to another worker: it routes them
        held = await worker.releases.hold(conn)
        if held is None:
            return Batch()
        await _route_batch(conn, worker, held, events)
        return Batch(len(events), events[-1].bucket if len(events) >= most else None)

    return await worker.steps.transaction("route", work)


async def _route_batch(
    conn: Connection,
    worker: Worker,
    held: tuple[str, CompiledProject],
    events: Sequence[EventRow],
) -> None:
    release, current = held
    moment = await now(conn)
    contacts = await _take_in(conn, current, events, moment)
    batch = _Batch()
    for event in events:
        if event.kind == "track":
            _match(release, current, event, contacts[event.contact_id], moment, batch)
    await _limit_bursts(conn, current, batch)
    await _store_entries(conn, worker, batch)
    await _wake(conn, worker, current, events, contacts)
    await store.mark_routed(conn, events)


async def _take_in(
    conn: Connection,
    current: CompiledProject,
    events: Sequence[EventRow],
    moment: datetime,
) -> dict[UUID, Contact]:
    """Read the contacts of these events, with what the events say of them, and store changes."""
    fields = [current.fields[name] for name in sorted(current.fields)]
    people = list({e.contact_id: (e.bucket, e.contact_id) for e in events}.values())
    contacts = await read_contacts(conn, people, fields)
    changed: dict[UUID, Contact] = {}
    for event in events:
        contact = contacts.get(event.contact_id)
        if contact is None:
            contact = Contact(event.bucket, event.contact_id)
            contacts[event.contact_id] = changed[event.contact_id] = contact
        if take_in(
            contact,
            traits_of(event.kind, event.properties),
            current.fields,
            event.occurred_at,
            event.source,
        ):
            changed[event.contact_id] = contact
    await write_contacts(conn, list(changed.values()), fields, moment)
    return contacts


def _match(
    release: str,
    current: CompiledProject,
    event: EventRow,
    contact: Contact,
    moment: datetime,
    batch: _Batch,
) -> None:
    declared = current.events.get(event.name)
    fact = event_fact(declared, event.name, event.id, event.properties, event.occurred_at)
    facts, late_after = Facts(contact.values, fact), current.defaults.late_after
    asked = doors(current.programs.values(), declared, fact, facts, moment, late_after)
    for program, verdict in asked:
        entry = EntryRow(
            event.bucket,
            event.id,
            program.workflow,
            event.contact_id,
            "not entered",
            None,
            {},
            None,
            event.occurred_at,
        )
        if isinstance(verdict, Enter):
            run = NewEnrollment(
                event.bucket,
                uuid7(),
                program.workflow,
                release,
                event.contact_id,
                verdict.once_value,
                None,
                event.id,
                event.received_at,
                event.occurred_at,
            )
            batch.entering.append((entry._replace(outcome="entered", enrollment_id=run.id), run))
        else:
            batch.entries.append(
                entry._replace(reason=verdict.reason, detail={"detail": verdict.detail})
            )


async def _limit_bursts(conn: Connection, current: CompiledProject, batch: _Batch) -> None:
    """Let through what max_burst allows an hour; the rest waits for a person's approval."""
    if not batch.entering:
        return
    workflows = sorted({run.workflow for _, run in batch.entering})
    # Held until the batch is stored: the next worker counts those of this one.
    await store.lock_bursts(conn, workflows)
    admitted = Counter(await store.admitted_in_the_last_hour(conn, workflows))
    now_admitted: Counter[str] = Counter()
    through: list[tuple[EntryRow, NewEnrollment]] = []
    for entry, run in batch.entering:
        limit = current.programs[run.workflow].starts.max_burst
        if admitted[run.workflow] + now_admitted[run.workflow] >= limit:
            kept = {
                "once_value": run.once_value,
                "trigger_received_at": run.trigger_received_at.isoformat()
                if run.trigger_received_at
                else None,
            }
            batch.entries.append(
                entry._replace(
                    outcome="waiting", reason=WAITS_FOR_APPROVAL, detail=kept, enrollment_id=None
                )
            )
        else:
            now_admitted[run.workflow] += 1
            through.append((entry, run))
    batch.entering = through
    await store.count_admitted(conn, now_admitted)


async def _store_entries(conn: Connection, worker: Worker, batch: _Batch) -> None:
    begun = await begin_runs(conn, worker, [run for _, run in batch.entering])
    for entry, run in batch.entering:
        batch.entries.append(entry if run.id in begun else already_in(entry))
    await store.insert_entries(conn, batch.entries)


def already_in(entry: EntryRow) -> EntryRow:
    """Return the entry of somebody who is, or was, in the workflow with this once_per value."""
    return entry._replace(outcome="not entered", reason="already entered", enrollment_id=None)


async def begin_runs(conn: Connection, worker: Worker, runs: Sequence[NewEnrollment]) -> set[UUID]:
    """Store new runs in their first state; return those whose person was not in before."""
    begun: set[UUID] = set()
    by_program: dict[tuple[str, str], list[NewEnrollment]] = defaultdict(list)
    for run in runs:
        by_program[run.release, run.workflow].append(run)
    for (release, workflow), group in by_program.items():
        program = worker.releases.program(release, workflow)
        assert program is not None
        first = encode(Ready(program.first, {}))
        begun |= await store.insert_enrollments(conn, group, first)
    return begun


async def _wake(
    conn: Connection,
    worker: Worker,
    current: CompiledProject,
    events: Sequence[EventRow],
    contacts: Mapping[UUID, Contact],
) -> None:
    by_name: dict[str, list[EventRow]] = defaultdict(list)
    for event in events:
        by_name[event.name].append(event)
    successes: list[SuccessRow] = []
    for name, group in by_name.items():
        people = list({e.contact_id: (e.bucket, e.contact_id) for e in group}.values())
        awaiting = sorted(worker.releases.awaiting(name))
        await store.wake_for_events(conn, people, awaiting)
        succeeding = sorted(worker.releases.succeeding(name))
        if succeeding:
            runs = await store.running_enrollments(conn, people, succeeding)
            successes += _successes(worker, current, group, runs, contacts)
    await store.insert_successes(conn, successes)


def _successes(
    worker: Worker,
    current: CompiledProject,
    events: Sequence[EventRow],
    runs: Sequence[store.Running],
    contacts: Mapping[UUID, Contact],
) -> list[SuccessRow]:
    by_person: dict[UUID, list[EventFact]] = defaultdict(list)
    for event in events:
        declared = current.events.get(event.name)
        by_person[event.contact_id].append(
            event_fact(declared, event.name, event.id, event.properties, event.occurred_at)
        )
    found: list[SuccessRow] = []
    for run in runs:
        program: Program | None = worker.releases.program(run.release, run.workflow)
        if program is None:
            continue
        for fact in by_person[run.contact_id]:
            if counts_as_success(
                program, run.once_value, run.trigger_at, fact, contacts[run.contact_id].values
            ):
                found.append(SuccessRow(run.bucket, run.id, fact.id, fact.at))
                break
    return found


async def admit_approved(worker: Worker, most: int) -> int:
    """Begin the runs of entries that a person let through; return how many entries moved."""
    buckets = worker.buckets.buckets()
    release = worker.releases.active
    if not buckets or release is None:
        return 0

    async def work(conn: Connection) -> int:
        until = await store.approvals(conn)
        if not until:
            return 0
        waiting = await store.waiting_entries(conn, buckets, list(until), most)
        waiting = [w for w in waiting if w.at <= until[w.workflow]]
        if not waiting or not await worker.buckets.hold(conn, {w.bucket for w in waiting}):
            return 0
        known = [w for w in waiting if worker.releases.program(release, w.workflow) is not None]
        pairs = [(_entry(w), _run(w, release)) for w in known]
        begun = await begin_runs(conn, worker, [run for _, run in pairs])
        moved = [
            entry._replace(outcome="entered", enrollment_id=run.id, reason=None)
            if run.id in begun
            else already_in(entry)
            for entry, run in pairs
        ]
        moved += [
            _entry(w)._replace(outcome="not entered", reason=WORKFLOW_GONE)
            for w in waiting
            if w not in known
        ]
        await store.enter_waiting(conn, moved)
        return len(moved)

    return await worker.steps.transaction("admit approved", work)


def _entry(waiting: store.Waiting) -> EntryRow:
    return EntryRow(
        waiting.bucket,
        waiting.cause,
        waiting.workflow,
        waiting.contact_id,
        "waiting",
        None,
        waiting.detail,
        None,
        waiting.caused_at,
    )


def _run(waiting: store.Waiting, release: str) -> NewEnrollment:
    once_value = waiting.detail["once_value"]
    received_at = waiting.detail["trigger_received_at"]
    assert isinstance(once_value, str)
    return NewEnrollment(
        waiting.bucket,
        uuid7(),
        waiting.workflow,
        release,
        waiting.contact_id,
        once_value,
        None,
        waiting.cause,
        datetime.fromisoformat(received_at) if isinstance(received_at, str) else None,
        waiting.caused_at,
    )
