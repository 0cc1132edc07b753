"""Playing the interpreter again over the decisions of every run, for invariant 4.

Each decision holds the signal and the moment; what a move read besides is read again: the
trigger, the contact (whose values, in the toy project, do not change once they matter), and
the events of the person up to that moment. An event that was being stored about that moment may
have been seen or not: both are tried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from psycopg.rows import dict_row

from leadline.journey.action import Enroll, SetField
from leadline.journey.advance import Run, advance
from leadline.journey.encoding import NotDecodable, decode, encode
from leadline.journey.facts import EventFact, Facts
from leadline.journey.program import Program
from leadline.journey.signal import Signal
from leadline.journey.state import Ready, State
from leadline.ledger.budget import Lane
from leadline.runtime.actions import new_action
from leadline.runtime.properties import event_fact
from leadline.runtime.releases import Releases
from leadline.store.advance import EnrollmentRow
from leadline.store.contact import read_contacts
from leadline.store.pool import Connection
from tests.chaos.history import Recorder, Replayed

UNSURE = 4
"""So many of the newest events may not have been seen yet by a move, or already."""
MOVE_LASTS = timedelta(seconds=10)
"""A move reads after the moment that it takes for now: what is stored by then it may have seen."""

Table = list[dict[str, Any]]


@dataclass(frozen=True)
class _Known:
    """What all runs are played from."""

    releases: Releases
    contacts: Mapping[UUID, Mapping[str, Any]]
    events: Mapping[UUID, list[tuple[datetime, EventFact]]]
    triggers: Mapping[UUID, EventFact]
    decisions: Mapping[UUID, Table]


class _Differs(Exception):
    """The interpreter says something else now."""


async def replay(conn: Connection, recorder: Recorder) -> int:
    """Play every run again and write down what it intends; return how many runs there were."""
    releases = Releases()
    await releases.refresh(conn)
    runs = await _table(conn, "enrollment")
    known = await _read(conn, releases, runs)
    for run in runs:
        recorder.write(_play(known, run))
    return len(runs)


async def _read(conn: Connection, releases: Releases, runs: Table) -> _Known:
    current = releases.current
    assert current is not None
    people = {(run["bucket"], run["contact_id"]) for run in runs}
    fields = [current.fields[name] for name in sorted(current.fields)]
    contacts = await read_contacts(conn, sorted(people), fields)
    events: dict[UUID, list[tuple[datetime, EventFact]]] = defaultdict(list)
    triggers: dict[UUID, EventFact] = {}
    for row in sorted(await _table(conn, "event"), key=lambda e: (e["occurred_at"], e["id"])):
        declared = current.events.get(row["name"])
        fact = event_fact(declared, row["name"], row["id"], row["properties"], row["occurred_at"])
        triggers[row["id"]] = fact
        events[row["contact_id"]].append((row["received_at"], fact))
    decisions: dict[UUID, Table] = defaultdict(list)
    for row in sorted(await _table(conn, "decision"), key=lambda d: d["n"]):
        decisions[row["enrollment_id"]].append(row)
    return _Known(
        releases,
        {key: contact.values for key, contact in contacts.items()},
        events,
        triggers,
        decisions,
    )


async def _table(conn: Connection, name: str) -> Table:
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(f"select * from {name}")  # type: ignore[arg-type]  # one of ours
        return await cursor.fetchall()


def _play(known: _Known, row: dict[str, Any]) -> Replayed:
    program = known.releases.program(row["release"], row["workflow"])
    assert program is not None
    state: State = Ready(program.first, {})
    actions: dict[str, str] = {}
    try:
        for decision in known.decisions[row["id"]]:
            state = _move(known, program, row, state, decision, actions)
        if encode(state) != row["state"]:
            raise _Differs(f"it ends at {state}")
    except (_Differs, NotDecodable) as error:
        return Replayed(str(row["id"]), actions, str(error))
    return Replayed(str(row["id"]), actions)


def _move(
    known: _Known,
    program: Program,
    row: dict[str, Any],
    state: State,
    decision: dict[str, Any],
    actions: dict[str, str],
) -> State:
    run = Run(
        row["id"],
        row["workflow"],
        row["once_value"],
        row["started_at"],
        row["trigger_at"],
        state,
    )
    enrollment = EnrollmentRow(**{name: row[name] for name in EnrollmentRow._fields})
    signal = cast(Signal, decode(decision["signal"]))
    for events in _events_seen(known, program, row, decision["at"]):
        facts = Facts(
            dict(known.contacts.get(row["contact_id"], {})),
            known.triggers.get(row["trigger_id"]),
            events,
        )
        result = advance(program, run, signal, facts, decision["at"])
        if [encode(record) for record in result.records] == decision["records"]:
            for action in result.actions:
                if not isinstance(action, SetField | Enroll):
                    stored = new_action(enrollment, action, Lane.TRANSACTIONAL)
                    actions[f"{action.key.step}/{action.key.visit}"] = stored.payload_hash
            return result.state
    raise _Differs(f"at its move {decision['n']} it decides something else")


def _events_seen(
    known: _Known, program: Program, row: dict[str, Any], at: datetime
) -> list[tuple[EventFact, ...]]:
    """What a move may have seen of what the person did, the likeliest first."""
    stored = [
        (received_at, fact)
        for received_at, fact in known.events.get(row["contact_id"], [])
        if fact.name in program.awaits
        and fact.at >= row["trigger_at"]
        and received_at <= at + MOVE_LASTS
    ]
    by_arrival = sorted(stored, key=lambda one: one[0])
    before = sum(received_at <= at for received_at, _ in stored)
    fewer = range(before, max(-1, before - UNSURE - 1), -1)
    more = range(before + 1, min(len(stored), before + UNSURE) + 1)
    found: list[tuple[EventFact, ...]] = []
    for seen in (*fewer, *more):
        ids = {fact.id for _, fact in by_arrival[:seen]}
        found.append(tuple(fact for _, fact in stored if fact.id in ids))
    return found
