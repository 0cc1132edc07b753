"""Advance: runs that are due, or whose actions are over, move on.

A batch is one transaction: it checks the leases of its buckets, reads what the moves need,
lets the pure interpreter decide, and stores states, decisions, actions and wake-ups together.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid5

from leadline.journey.action import (
    Enroll,
    Look,
    PostMessage,
    SaveRecord,
    SendEmail,
    SetField,
)
from leadline.journey.advance import Advance, advance
from leadline.journey.encoding import decode, encode
from leadline.journey.facts import EventFact, Facts
from leadline.journey.program import Program
from leadline.journey.record import Failed, Told
from leadline.journey.reentry import Enter, enter_by_step
from leadline.journey.run import Run
from leadline.journey.set_field import apply
from leadline.journey.signal import ActionSettled, Signal, Started
from leadline.journey.state import AwaitingAction, Ended, EndReason, Ready, State, wakes_at
from leadline.journey.wake import wake
from leadline.ledger.budget import Lane
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import Cause, over_past_deadline
from leadline.ledger.transitions import State as Standing
from leadline.project.fields import Field
from leadline.runtime import command
from leadline.runtime.actions import new_action
from leadline.runtime.buckets import Batch
from leadline.runtime.properties import event_fact
from leadline.runtime.route import already_in, begin_runs
from leadline.runtime.worker import Worker
from leadline.store import advance as store
from leadline.store import control, work
from leadline.store import request as requests
from leadline.store.advance import DecisionRow, EnrollmentRow, EnrollmentUpdate, Key, NewAction
from leadline.store.contact import Contact, read_contacts, write_contacts
from leadline.store.pool import Connection, now
from leadline.store.request import RequestRow
from leadline.store.route import EntryRow, NewEnrollment, insert_entries

LOOK_AGAIN = timedelta(seconds=5)
"""A run whose action should be over by now, but whose answer is on its way, is looked at again."""
BREATH = 25
"""After so many moves (a millisecond or two) the calls of this process have their turn."""


@dataclass(slots=True)
class _Moves:
    """What a batch of moves adds up to."""

    updates: list[EnrollmentUpdate] = field(default_factory=list[EnrollmentUpdate])
    decisions: list[DecisionRow] = field(default_factory=list[DecisionRow])
    actions: list[NewAction] = field(default_factory=list[NewAction])
    contacts: dict[UUID, Contact] = field(default_factory=dict[UUID, Contact])
    children: list[tuple[EntryRow, NewEnrollment]] = field(
        default_factory=list[tuple[EntryRow, NewEnrollment]]
    )
    dead: list[work.OutcomeRow] = field(default_factory=list[work.OutcomeRow])
    told: dict[tuple[str, str, str], int] = field(default_factory=dict[tuple[str, str, str], int])
    states: dict[UUID, State] = field(default_factory=dict[UUID, State])


@dataclass(frozen=True, slots=True)
class _Told:
    """What one run hears beside the clock and its events: its actions, and what people ask."""

    settled: Sequence[store.Settled]
    asked: Sequence[RequestRow]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read for a batch; ``fields`` are those of its contacts."""

    fields: Sequence[Field]
    contacts: dict[UUID, Contact]
    triggers: dict[UUID, EventFact]
    events: dict[UUID, list[EventFact]]
    states: dict[UUID, State]
    standing: dict[Key, str]


@dataclass(frozen=True, slots=True)
class _Moved:
    """One run that moved, and what it moved by."""

    row: EnrollmentRow
    contact: Contact
    facts: Facts
    moment: datetime


async def advance_due(worker: Worker, buckets: Sequence[int], most: int) -> Batch:
    """Move runs of these buckets: up to so many that are due, and as many that are to hear."""
    if not buckets or worker.releases.current is None:
        return Batch()

    async def batch(conn: Connection) -> Batch:
        settled = await store.settled_work(conn, buckets, most)
        due = await store.due_enrollments(conn, buckets, most)
        asked = await requests.asked(conn, buckets, most)
        rows = {row.id: row for row in due}
        touched = {one.enrollment_id: (one.bucket, one.enrollment_id) for one in (*settled, *asked)}
        missing = [run for run_id, run in touched.items() if run_id not in rows]
        for row in await store.enrollments_of(conn, missing):
            rows[row.id] = row
        if not rows and not settled:
            return Batch()
        if not await worker.buckets.hold(conn, {r.bucket for r in rows.values()}):
            return Batch()  # lost to another worker: it moves them
        await _move(conn, worker, list(rows.values()), settled, asked)
        full = [found[-1].bucket for found in (settled, due, asked) if len(found) >= most]
        return Batch(len(rows), min(full, default=None))

    return await worker.steps.transaction("advance", batch)


async def _move(
    conn: Connection,
    worker: Worker,
    rows: Sequence[EnrollmentRow],
    settled: Sequence[store.Settled],
    asked: Sequence[RequestRow],
) -> None:
    moment = await now(conn)
    for release in {row.release for row in rows}:
        await worker.releases.load(conn, release)
    known = await _read(conn, worker, rows, moment)
    heard: dict[UUID, list[store.Settled]] = defaultdict(list)
    for one in settled:
        heard[one.enrollment_id].append(one)
    wishes: dict[UUID, list[RequestRow]] = defaultdict(list)
    for request in asked:
        wishes[request.enrollment_id].append(request)
    moves = _Moves()
    for number, row in enumerate(rows, 1):
        told = _Told(heard[row.id], wishes[row.id])
        _move_one(worker, row, told, known, moment, moves)
        if number % BREATH == 0:
            await asyncio.sleep(0)
    await _store(conn, worker, moves, known.fields, moment)
    await store.forget_heard_work(conn, settled)
    # After that: an action that a person lets go again gets new work.
    await command.fulfil(conn, asked, moves.states)


async def _read(
    conn: Connection, worker: Worker, rows: Sequence[EnrollmentRow], moment: datetime
) -> _Known:
    people = list({row.contact_id: (row.bucket, row.contact_id) for row in rows}.values())
    fields = worker.fields  # the same until they are written: a deploy may come in between
    contacts = await read_contacts(conn, people, fields)
    begun: dict[UUID, store.Arrived] = {
        r.trigger_id: (r.bucket, r.trigger_received_at, r.trigger_id)
        for r in rows
        if r.trigger_id is not None and r.trigger_received_at is not None
    }
    triggers = await store.trigger_events(conn, list(begun.values()))
    names: set[str] = set()
    waiting: list[EnrollmentRow] = []
    for row in rows:
        program = worker.releases.program(row.release, row.workflow)
        if program is not None and program.awaits:
            names |= program.awaits
            waiting.append(row)
    since = min((row.trigger_at for row in waiting), default=moment)
    past = await store.events_since(
        conn, list({(r.bucket, r.contact_id) for r in waiting}), sorted(names), since
    )
    states = {row.id: cast(State, decode(row.state)) for row in rows}
    standing = await _overdue(conn, rows, states, moment)
    current = worker.releases.current
    assert current is not None
    events: dict[UUID, list[EventFact]] = defaultdict(list)
    for e in past:
        declared = current.events.get(e.name)
        events[e.contact_id].append(event_fact(declared, e.name, e.id, e.properties, e.occurred_at))
    return _Known(
        fields,
        contacts,
        {
            t.id: event_fact(current.events.get(t.name), t.name, t.id, t.properties, t.occurred_at)
            for t in triggers
        },
        events,
        states,
        standing,
    )


async def _overdue(
    conn: Connection,
    rows: Sequence[EnrollmentRow],
    states: Mapping[UUID, State],
    moment: datetime,
) -> dict[Key, str]:
    """Where the actions stand for which runs have waited long enough."""
    keys: list[Key] = []
    for row in rows:
        state = states[row.id]
        if isinstance(state, AwaitingAction) and state.until <= moment:
            keys.append((row.bucket, row.id, state.key.step, state.key.visit))
    found = await work.standing(conn, keys)
    return {(s.bucket, s.enrollment_id, s.step, s.visit): s.state or "pending" for s in found}


def _move_one(
    worker: Worker,
    row: EnrollmentRow,
    told: _Told,
    known: _Known,
    moment: datetime,
    moves: _Moves,
) -> None:
    program = worker.releases.program(row.release, row.workflow)
    assert program is not None, "a release holds every workflow that its runs follow"
    contact = moves.contacts.get(row.contact_id) or known.contacts.get(row.contact_id)
    if contact is None:
        contact = Contact(row.bucket, row.contact_id)
    since = row.trigger_at
    facts = Facts(
        contact.values,
        known.triggers.get(row.trigger_id) if row.trigger_id else None,
        tuple(e for e in known.events.get(row.contact_id, ()) if e.at >= since),
    )
    run = Run(
        row.id,
        row.workflow,
        row.once_value,
        row.started_at,
        row.trigger_at,
        known.states[row.id],
    )
    n = row.decisions
    for signal in _signals(program, run, row, told, known, facts, moment):
        result = advance(program, run, signal, facts, moment)
        run = Run(
            run.id, run.workflow, run.once_value, run.started_at, run.trigger_at, result.state
        )
        _collect(worker, _Moved(row, contact, facts, moment), result, moves)
        moves.decisions.append(
            DecisionRow(
                row.bucket,
                row.id,
                n,
                moment,
                encode(signal),
                [encode(r) for r in result.records],
            )
        )
        n += 1
    moves.states[row.id] = run.state
    moves.updates.append(_update(row, run.state, n, moment))


def _signals(
    program: Program,
    run: Run,
    row: EnrollmentRow,
    told: _Told,
    known: _Known,
    facts: Facts,
    moment: datetime,
) -> list[Signal]:
    """What this run hears now, in order."""
    # A person who stops a run is heard before anything else moves it.
    signals: list[Signal] = command.signals(told.asked, requests.STOP)
    if isinstance(run.state, Ready) and not run.state.visits:
        signals.append(Started())
    for one in told.settled:
        key = ActionKey(one.enrollment_id, one.step, one.visit)
        signals.append(ActionSettled(key, Standing(one.state), one.reason))
    signals += command.signals(told.asked, requests.REPLAY)
    if isinstance(run.state, AwaitingAction) and not told.settled:
        key = (row.bucket, row.id, run.state.key.step, run.state.key.visit)
        standing = known.standing.get(key)
        if standing is not None and over_past_deadline(Standing(standing)) is not None:
            signals.append(ActionSettled(run.state.key, Standing(standing)))
    woken = wake(program, run, facts, moment)
    if woken is not None:
        signals.append(woken)
    return signals


def _collect(worker: Worker, moved: _Moved, result: Advance, moves: _Moves) -> None:
    row, contact = moved.row, moved.contact
    for action in result.actions:
        match action:
            case SendEmail() | SaveRecord() | PostMessage() | Look():
                moves.actions.append(new_action(row, action, Lane.TRANSACTIONAL))
            case SetField():
                for name, write in action.fields.items():
                    value = apply(write, contact.values.get(name))
                    if value is None:
                        contact.values.pop(name, None)
                    else:
                        contact.values[name] = value
                    contact.meta[name] = {
                        "at": moved.moment.isoformat(),
                        "source": f"workflow {row.workflow}",
                    }
                moves.contacts[contact.id] = contact
            case Enroll():
                moves.children.append(_child(worker, moved, action))
    for record in result.records:
        if (
            isinstance(record, Failed)
            and record.state is Standing.REJECTED
            and _is_dead(result.state)
        ):
            # The run ends in the dead letters, so this action is one of them: replay finds it.
            moves.dead.append(
                work.OutcomeRow(
                    row.bucket,
                    record.key.enrollment,
                    record.key.step,
                    record.key.visit,
                    Standing.DEAD,
                    Cause.GIVE_UP,
                    None,
                    None,
                    record.reason,
                )
            )
        if isinstance(record, Told):
            told = (f"{row.workflow}/{record.step}/{record.cause}", record.who, record.cause)
            moves.told[told] = moves.told.get(told, 0) + 1


def _child(worker: Worker, moved: _Moved, action: Enroll) -> tuple[EntryRow, NewEnrollment]:
    """The entry and the run that ``enroll_in`` asks for; the same trigger is handed on."""
    row = moved.row
    target = worker.releases.program(row.release, action.workflow)
    assert target is not None, "the compiler saw that the workflow exists"
    verdict = enter_by_step(target, moved.facts, moved.moment)
    cause = uuid5(row.id, str(action.key))
    entry = EntryRow(
        row.bucket,
        cause,
        action.workflow,
        row.contact_id,
        "entered",
        None,
        {"enrolled_by": str(action.key)},
        None,
        row.trigger_at,
    )
    once_value = ""
    if isinstance(verdict, Enter):
        once_value = verdict.once_value
    else:
        detail = {**entry.detail, "detail": verdict.detail}
        entry = entry._replace(outcome="not entered", reason=verdict.reason, detail=detail)
    run = NewEnrollment(
        row.bucket,
        uuid5(cause, "run"),
        action.workflow,
        row.release,
        row.contact_id,
        once_value,
        row.id,
        row.trigger_id,
        row.trigger_received_at,
        row.trigger_at,
    )
    return entry, run


def _update(row: EnrollmentRow, state: State, decisions: int, moment: datetime) -> EnrollmentUpdate:
    ended = isinstance(state, Ended)
    wake_at = wakes_at(state)
    if wake_at is not None and wake_at <= moment:
        wake_at = moment + LOOK_AGAIN
    return EnrollmentUpdate(
        row.bucket,
        row.id,
        encode(state),
        state.step,
        wake_at,
        decisions,
        moment if ended else None,
        state.reason.value if isinstance(state, Ended) else None,
    )


async def _store(
    conn: Connection, worker: Worker, moves: _Moves, fields: Sequence[Field], moment: datetime
) -> None:
    await store.update_enrollments(conn, moves.updates)
    await store.insert_decisions(conn, moves.decisions)
    await store.insert_actions(conn, moves.actions)
    await work.note_outcomes(conn, moves.dead)
    await write_contacts(conn, list(moves.contacts.values()), fields, moment)
    wanted = [(e, run) for e, run in moves.children if e.outcome == "entered"]
    begun = await begin_runs(conn, worker, [run for _, run in wanted])
    entries = [e for e, _ in moves.children if e.outcome != "entered"]
    entries += [
        e._replace(enrollment_id=run.id) if run.id in begun else already_in(e) for e, run in wanted
    ]
    await insert_entries(conn, entries)
    told = [
        control.Telling(cause, who, sentence, times)
        for (cause, who, sentence), times in moves.told.items()
    ]
    await control.tell(conn, told)


def _is_dead(state: State) -> bool:
    return isinstance(state, Ended) and state.reason is EndReason.DEAD_LETTER
