"""What people ask of the running system: planned and written down here, done by its owner.

Each command is one transaction that also notes in the audit log who asked, and why. A command
never moves a run: only the owner of its bucket does (see ``advance``). It writes a request, and
the owner, with its next batch, has the run hear it and gives actions their work back, or takes
it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from leadline.explain.letters import Letter
from leadline.journey.signal import Replayed, Signal, Stopped
from leadline.journey.state import Ended, EndReason, State
from leadline.ledger.transitions import Cause, may
from leadline.ledger.transitions import State as Standing
from leadline.store import call as calls
from leadline.store import control, gate, report, work
from leadline.store import request as store
from leadline.store.advance import Key
from leadline.store.pool import Connection, now
from leadline.store.request import REPLAY, STOP, ActionRow, NewRequest, RequestRow
from leadline.store.work import Move, OutcomeRow

STAYS = frozenset({EndReason.STOPPED, EndReason.BY_PERSON})
"""A run that was stopped stays stopped, and its actions with it."""
OVERTAKEN = "a later write of the same fields went out since; this one would undo it."
IN_DOUBT = frozenset({Standing.SENDING, Standing.UNKNOWN, Standing.HELD})


@dataclass(frozen=True, slots=True)
class By:
    """Who asks, and why; both stand in the audit log."""

    who: str
    why: str


# ---------------------------------------------------------------- replay


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that is not replayed, and why."""

    letter: Letter
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a replay will do."""

    going: tuple[Letter, ...]
    refused: tuple[Refused, ...]


async def plan_replay(conn: Connection, letters: Sequence[Letter]) -> Plan:
    """Say what of this can be replayed; what is stale, or under way, cannot."""
    moment = await now(conn)
    overtaken = await store.overtaken(conn, [one.action.key for one in letters if one.action])
    going: list[Letter] = []
    refused: list[Refused] = []
    for letter in letters:
        reason = why_not_replayed(letter, moment)
        if reason is None and letter.action is not None and letter.action.key in overtaken:
            reason = OVERTAKEN
        if reason is None:
            going.append(letter)
        else:
            refused.append(Refused(letter, reason))
    return Plan(tuple(going), tuple(refused))


def why_not_replayed(letter: Letter, moment: datetime) -> str | None:
    """Say why something cannot be replayed, as a sentence; None where it can."""
    action = letter.action
    if action is None:
        return None if letter.in_dead_letters else "its run did not end in the dead letters."
    if action.end_reason in STAYS:
        return f"its run was {action.end_reason}, and stays so."
    if action.kind == "look":
        return None if letter.in_dead_letters else "it only looked at a system; its run went on."
    if action.not_after is not None and action.not_after <= moment:
        return f"it was to go by {action.not_after:%Y-%m-%d %H:%M:%S UTC}; it would come too late."
    return _WHY_NOT.get(Standing(action.state))


_WHY_NOT: Mapping[Standing, str] = {
    Standing.PENDING: "it waits for its turn already.",
    Standing.SENDING: "it is being sent at this moment.",
    Standing.UNKNOWN: "it may have taken effect; that is being found out.",
    Standing.HELD: "it may have taken effect; say what you know with `leadline settle`.",
    Standing.ACCEPTED: "it was accepted, so that a replay would do it twice.",
    Standing.CONFIRMED: "it was confirmed, so that a replay would do it twice.",
    Standing.BOUNCED: "it was taken and came back; another attempt would come back as well.",
    Standing.SUPERSEDED: "a later write said everything that it said.",
    Standing.SKIPPED: "a rule refused it, and would again.",
    Standing.EXPIRED: "it was too late when it was given up.",
}
"""The states from which nothing is replayed, and why; those of a dead letter are not here."""


async def replay(conn: Connection, going: Sequence[Letter], by: By) -> list[UUID]:
    """Ask the owners to replay these; return the ids of the requests."""
    wanted: list[NewRequest] = []
    for letter in going:
        action = letter.action
        # A look is not repeated: its run waits once more, and looks anew.
        if action is None or action.kind == "look":
            wanted.append(NewRequest(letter.bucket, letter.enrollment, REPLAY))
        else:
            wanted.append(
                NewRequest(letter.bucket, letter.enrollment, REPLAY, action.step, action.visit)
            )
    ids = await store.ask(conn, wanted, by.who, by.why)
    keys = [letter.key or str(letter.enrollment) for letter in going]
    await control.audit(conn, by.who, "replay", by.why, {"keys": keys})
    return ids


# ---------------------------------------------------------------- stop


async def stop(
    conn: Connection, runs: Sequence[tuple[int, UUID]], by: By, what: Mapping[str, object]
) -> list[UUID]:
    """Ask the owners to end these runs, each (bucket, id); return the ids of the requests."""
    wanted = [NewRequest(bucket, enrollment, STOP) for bucket, enrollment in runs]
    ids = await store.ask(conn, wanted, by.who, by.why)
    await control.audit(conn, by.who, "stop", by.why, {**what, "runs": len(runs)})
    return ids


# ---------------------------------------------------------------- what the owner does


def signals(asked: Sequence[RequestRow], kind: str) -> list[Signal]:
    """Return what a run hears of the requests of a kind."""
    return [
        Stopped(None, request.by, request.why) if kind == STOP else Replayed(request.by)
        for request in asked
        if request.kind == kind
    ]


async def fulfil(
    conn: Connection, asked: Sequence[RequestRow], states: Mapping[UUID, State]
) -> None:
    """Do to the actions what people asked, now that their runs have heard it.

    Runs in the transaction of the owner's batch; ``states`` is where the runs stand after it.
    """
    if not asked:
        return
    stopped = {r.enrollment_id: r for r in asked if r.kind == STOP}
    buckets = sorted({r.bucket for r in asked})
    pending = await store.pending_of_runs(conn, buckets, list(stopped))
    await work.move(conn, [_given_up(key, stopped[key[1]]) for key in pending])
    left = await _restore(
        conn,
        [r for r in asked if r.kind == REPLAY and not _stays(states.get(r.enrollment_id))],
    )
    await store.answered(conn, [r for r in asked if r.id not in left])


def _stays(state: State | None) -> bool:
    return isinstance(state, Ended) and state.reason in STAYS


def _given_up(key: Key, request: RequestRow) -> Move:
    reason = f"the run was stopped by {request.by}: {request.why}"
    return Move(*key, Standing.PENDING, Standing.DEAD, None, None, Cause.PERSON, None, None, reason)


async def _restore(conn: Connection, asked: Sequence[RequestRow]) -> set[UUID]:
    """Give failed actions work again; return the requests that wait for the next batch."""
    by_key: dict[Key, RequestRow] = {
        (r.bucket, r.enrollment_id, r.step, r.visit): r
        for r in asked
        if r.step is not None and r.visit is not None
    }
    standing = {
        (s.bucket, s.enrollment_id, s.step, s.visit): s.state
        for s in await work.standing(conn, list(by_key))
    }
    failed = [k for k, s in standing.items() if s in (Standing.DEAD, Standing.REJECTED)]
    restored = await work.restore_work(conn, failed)
    notes: list[OutcomeRow] = []
    for key in restored:
        request = by_key[key]
        said = f"{request.by}: {request.why}"
        if standing[key] == Standing.REJECTED:
            notes.append(OutcomeRow(*key, Standing.DEAD, Cause.PERSON, None, None, said))
        notes.append(OutcomeRow(*key, Standing.PENDING, Cause.REPLAY, None, None, said))
    await work.note_outcomes(conn, notes)
    # Those whose run has not heard of the failure still have their old work: the next batch.
    return {by_key[key].id for key in set(failed) - set(restored)}


# ---------------------------------------------------------------- settle


async def why_not_settled(conn: Connection, action: ActionRow, to: Standing) -> str | None:
    """Say why a person cannot settle an action so, as a sentence; None where she can."""
    if action.state != Standing.HELD:
        return f"it is not held: it is {action.state}."
    if not may(Standing.HELD, to):
        return f"a held action cannot become {to}."
    moment = await now(conn)
    if to is Standing.PENDING and action.not_after is not None and action.not_after <= moment:
        return f"it was to go by {action.not_after:%Y-%m-%d %H:%M:%S UTC}; it would come too late."
    if to is Standing.PENDING and await store.overtaken(conn, [action.key]):
        return OVERTAKEN
    return None


async def settle(conn: Connection, action: ActionRow, to: Standing, by: By) -> bool:
    """Settle a held action as a person says; False where it moved at this very moment.

    To pending: it is sent again, within the time that its step allows, counted from now.
    """
    said = f"{by.who}: {by.why}"
    change = Move(*action.key, Standing.HELD, to, None, None, Cause.PERSON, None, None, said)
    if not await work.move(conn, [change]):
        return False
    if to is Standing.PENDING:
        await store.prolong(conn, action.key)
    if action.record is not None:
        await _let_go_of_record(conn, action, action.record)
    key = f"{action.enrollment_id}/{action.step}/{action.visit}"
    await control.audit(conn, by.who, "settle", by.why, {"key": key, "to": to})
    return True


async def _let_go_of_record(conn: Connection, action: ActionRow, record: str) -> None:
    """The record may be written again, unless another action of it is still in doubt."""
    open_work = await work.work_of_records(conn, action.connection, [record])
    if not any(one.state in IN_DOUBT for one in open_work):
        await calls.release_record(conn, action.connection, action.key, record)


# ---------------------------------------------------------------- the gate


async def approve(conn: Connection, workflow: str, by: By) -> int:
    """Let through who waits for approval now; return how many do."""
    waiting = sum(
        count.times
        for count in await report.entries_by_outcome(conn)
        if count.workflow == workflow and count.outcome == "waiting"
    )
    await control.approve(conn, workflow, by.who)
    await control.audit(conn, by.who, "approve", by.why, {"workflow": workflow, "waiting": waiting})
    return waiting


async def suppress(conn: Connection, digest: str, by: By) -> bool:
    """Never write to an address again, known by its digest; False where that is so already."""
    new = await gate.suppress(conn, [digest], by.why, by.who)
    await control.audit(conn, by.who, "suppress", by.why, {"digest": digest})
    return new > 0


async def unsuppress(conn: Connection, digest: str, by: By) -> bool:
    """Write to an address again; False where it was not suppressed."""
    lifted = await gate.unsuppress(conn, [digest])
    await control.audit(conn, by.who, "unsuppress", by.why, {"digest": digest})
    return lifted > 0


async def pause(conn: Connection, kind: str, name: str, by: By) -> None:
    """Make everything, a connection or a workflow stand still."""
    await gate.pause(conn, kind, name, by.why, by.who)
    await control.audit(conn, by.who, "pause", by.why, {"kind": kind, "name": name})


async def resume(conn: Connection, kind: str, name: str, by: By) -> bool:
    """Let it go on; False where it did not stand still."""
    went_on = await gate.resume(conn, kind, name)
    await control.audit(conn, by.who, "resume", by.why, {"kind": kind, "name": name})
    return went_on
