"""Claim: what a connection may call now, past the gate, in groups, under tokens.

One transaction: it holds the connection's lease, reads what is due, asks the gate, groups what
may go, and claims it by compare-and-set. What the gate refuses for good is settled here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from leadline.connectors.contract import Batch, Digest, Effect, RecordWrite, Single
from leadline.journey.action import Look, SaveRecord, SendEmail
from leadline.ledger import gate as law
from leadline.ledger.budget import Lane, Scoped
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import Cause, State
from leadline.runtime.actions import OVERWRITTEN_BY, read_action
from leadline.runtime.allowance import Budget, LeaseLost
from leadline.runtime.grouping import Group, Waiting, group
from leadline.runtime.link import Link
from leadline.runtime.worker import Worker
from leadline.store import call as calls
from leadline.store import gate, lease, work
from leadline.store.advance import Key
from leadline.store.pool import Connection, now
from leadline.store.work import Move, RecordWork, WorkRow

MOST_CALLS = 32
"""So many calls of a connection are claimed at a time, and fewer while claims come too late."""
PAUSED_S = 5.0
"""Work of a paused workflow is looked at again after this."""
MARGIN = timedelta(seconds=5)


class Regroup(Exception):
    """A member was settled while its group was claimed; the claim is undone and made anew."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A group that is ours to call until its lease ends. ``attempts`` is kept by member."""

    token: UUID
    group: Group
    attempts: Mapping[Key, int]
    claimed_at: datetime
    lease_until: datetime


@dataclass(slots=True)
class Claims:
    """What one look at the work gave; ``later`` is when to look again for a digest."""

    claims: list[Claim] = field(default_factory=list[Claim])
    later: datetime | None = None
    settled: int = 0


@dataclass(frozen=True, slots=True)
class _Gate:
    """What the gate goes by in one claim."""

    pauses: Sequence[gate.Pause]
    only_to: tuple[str, ...]
    moment: datetime


async def claim_due(
    worker: Worker, link: Link, budget: Budget, epoch: int, most: int = MOST_CALLS
) -> Claims:
    """Claim what its windows have room for, now or at once: at most so many groups a lane."""
    if not has_room(link, budget):
        return Claims()
    tokens: list[UUID] = []

    async def claim(conn: Connection) -> Claims:
        if not await lease.hold_connection(conn, link.name, worker.name, epoch):
            raise LeaseLost(link.name)
        return await _claim(conn, worker, link, budget, tokens, most)

    try:
        return await worker.steps.transaction("claim", claim)
    except BaseException as error:
        for token in tokens:
            budget.release(token)
        if isinstance(error, Regroup):
            return Claims(settled=1)  # look again at once
        raise


async def _claim(
    conn: Connection, worker: Worker, link: Link, budget: Budget, tokens: list[UUID], most: int
) -> Claims:
    moment = await now(conn)
    pauses = await gate.pauses(conn)
    only_to = worker.only_to
    if gate.stands_still(pauses, link.name) or only_to is None:
        return Claims()
    found = Claims()
    for lane in Lane:
        waiting = await _waiting(conn, worker, link, lane, moment, most)
        gate_ = _Gate(pauses, only_to, moment)
        waiting = await _past_the_gate(conn, worker, link, waiting, gate_, found)
        groups, later = group(waiting, link.connector.actions, moment)
        if later is not None:
            found.later = later if found.later is None else min(found.later, later)
        chosen = [g for g in groups[:most] if _promised(link, budget, g, tokens)]
        await _take(conn, link, chosen, tokens[len(tokens) - len(chosen) :], moment, found)
    return found


async def _waiting(
    conn: Connection, worker: Worker, link: Link, lane: Lane, moment: datetime, most_calls: int
) -> list[Waiting]:
    most = most_calls * max(_size(rule) for rule in link.connector.actions.values())
    due: list[WorkRow | RecordWork] = list(await work.due_work(conn, link.name, lane, most))
    if any(isinstance(rule, Digest) for rule in link.connector.actions.values()) and due:
        keys = {row.key for row in due}
        due += [
            r for r in await work.bundled_work(conn, link.name, lane, most) if r.key not in keys
        ]
    records = sorted({row.record for row in due if row.record is not None})
    if records:
        due = [row for row in due if row.record is None]
        held = await calls.held_records(conn, link.name, records)
        of_records = await work.work_of_records(conn, link.name, records)
        due += _ready_records([r for r in of_records if r.record not in held], lane, moment)
    rows = {row.key: row for row in await work.actions_of_work(conn, [r.key for r in due])}
    for row in rows.values():
        await worker.releases.load(conn, row.release)
    return [Waiting(one, rows[one.key], read_action(rows[one.key])) for one in due]


def _size(rule: Single | Batch | Digest) -> int:
    return 1 if isinstance(rule, Single) else rule.size


def _ready_records(
    rows: Sequence[RecordWork], lane: Lane, moment: datetime
) -> list[WorkRow | RecordWork]:
    """Pending writes of records of which nothing is under way or in doubt.

    A record whose earliest write waits for its next attempt waits with it: no later write
    overtakes it. A write of another lane that comes first holds the record back as well, and one
    whose time is over, until it is given up. One that is held does not: its call is over, and
    nobody knows when a person looks at it.
    """
    by_record: dict[str, list[RecordWork]] = {}
    for row in rows:
        if row.state != State.HELD:
            by_record.setdefault(row.record, []).append(row)
    ready: list[WorkRow | RecordWork] = []
    for group_of_record in by_record.values():
        first = group_of_record[0]
        if all(r.state == State.PENDING for r in group_of_record) and first.due_at <= moment:
            for row in group_of_record:
                if row.lane != lane or row.retry_until <= moment:
                    break
                ready.append(row)
    return ready


async def _past_the_gate(
    conn: Connection,
    worker: Worker,
    link: Link,
    waiting: Sequence[Waiting],
    asked: _Gate,
    found: Claims,
) -> list[Waiting]:
    addresses = {w.work.key: _address(w) for w in waiting}
    digests = {a: worker.suppression_digest(a) for a in addresses.values() if a is not None}
    suppressed = await gate.suppressed(conn, list(set(digests.values())))
    paused = {p.name: p.reason for p in asked.pauses if p.kind == "workflow"}
    moves: list[Move] = []
    postponed: list[Key] = []
    through: list[Waiting] = []
    held_back: set[str] = set()
    for one in sorted(waiting, key=lambda w: w.work.ordinal):
        if one.work.record in held_back:  # an earlier write of the record may not go yet
            postponed.append(one.work.key)
            continue
        address = addresses[one.work.key]
        verdict = law.admit(
            _request(link, one, address),
            law.GateFacts(
                environment=worker.environment,
                only_to=asked.only_to,
                suppressed=suppressed.get(digests[address]) if address else None,
                workflow_paused=paused.get(one.row.workflow),
            ),
            asked.moment,
        )
        if isinstance(verdict, law.Admitted):
            through.append(one)
        elif verdict.final is None:
            postponed.append(one.work.key)
            if one.work.record is not None:
                held_back.add(one.work.record)
        else:
            cause = Cause.DEADLINE if verdict.final is State.EXPIRED else Cause.GATE
            moves.append(_move(one, State.PENDING, verdict.final, cause, verdict.reason))
    found.settled += len(await work.move(conn, moves))
    await work.postpone(conn, postponed, PAUSED_S)
    return through


async def shut_since(conn: Connection, worker: Worker, link: Link, claim: Claim) -> str | None:
    """Say what was paused or suppressed since the claim, if anything of it was.

    The claim is then given up as a whole: the next one asks the gate of each of its actions.
    """
    workflows = {member.row.workflow for member in claim.group.members}
    for pause in await gate.pauses(conn):
        if (
            pause.kind == "everything"
            or (pause.kind, pause.name) == ("connection", link.name)
            or (pause.kind == "workflow" and pause.name in workflows)
        ):
            return f"paused meanwhile: {pause.reason}"
    digests = {
        worker.suppression_digest(member.action.to)
        for member in claim.group.members
        if isinstance(member.action, SendEmail)
    }
    if await gate.suppressed(conn, sorted(digests)):
        return "the address was suppressed meanwhile"
    return None


def _address(one: Waiting) -> str | None:
    match one.action:
        case SendEmail(to=to):
            return to
        case SaveRecord(record=record):
            return record
        case _:
            return None


def _request(link: Link, one: Waiting, address: str | None) -> law.GateRequest:
    action = one.action
    purpose = law.Purpose(action.purpose) if isinstance(action, SendEmail) else None
    return law.GateRequest(link.name, one.row.workflow, address, purpose, one.work.not_after)


def windows_of(link: Link, group_: Group) -> tuple[Scoped, ...]:
    """The windows that the first call of a group meets."""
    kind: type[Effect] = RecordWrite if group_.kind is Look else group_.kind  # type: ignore[assignment]  # Look is the one kind that is no effect
    return link.places(kind, group_.key)


def has_room(link: Link, budget: Budget) -> bool:
    """Whether any call could begin soon: while a window is full there is nothing to look for."""
    return any(
        budget.soon(link.places(kind), Lane.TRANSACTIONAL) for kind in link.connector.actions
    )


def _promised(link: Link, budget: Budget, group_: Group, tokens: list[UUID]) -> bool:
    """Keep room for the group's first call, if there is some."""
    windows = windows_of(link, group_)
    if not budget.soon(windows, group_.lane):
        return False
    token = uuid7()
    budget.promise(token, windows, group_.lane)
    tokens.append(token)
    return True


async def _take(
    conn: Connection,
    link: Link,
    groups: Sequence[Group],
    tokens: Sequence[UUID],
    moment: datetime,
    found: Claims,
) -> None:
    wanted: dict[Key, UUID] = {}
    moves: list[Move] = []
    for one, token in zip(groups, tokens, strict=True):
        superseded = one.superseded
        for member in one.members:
            key = ActionKey(member.work.enrollment_id, member.work.step, member.work.visit)
            if key in superseded:
                why = f"{OVERWRITTEN_BY}{superseded[key]}"
                moves.append(_move(member, State.PENDING, State.SUPERSEDED, Cause.COALESCE, why))
            else:
                wanted[member.work.key] = token
    lease_s = (link.timing.time_out + link.timing.margin).total_seconds()
    claimed = await work.claim(conn, wanted, lease_s)
    if len(claimed) < len(wanted):  # a merged write without one of its members is another write
        raise Regroup
    found.settled += len(await work.move(conn, moves))
    attempts: dict[UUID, dict[Key, int]] = {token: {} for token in tokens}
    for row in claimed:
        attempts[row.token][row.key] = row.attempt
    until = moment + timedelta(seconds=lease_s)
    found.claims += [
        Claim(token, one, attempts[token], moment, until)
        for one, token in zip(groups, tokens, strict=True)
    ]


def _move(one: Waiting, before: State, after: State, cause: Cause, reason: str) -> Move:
    return Move(*one.work.key, before, after, None, None, cause, None, None, reason)
