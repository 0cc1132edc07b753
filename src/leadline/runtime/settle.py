"""Settle: what answers and verdicts mean for actions, written by compare and set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from leadline.ledger.lease import VERIFY_FOR, verify_after
from leadline.ledger.outcome import (
    Absent,
    Accepted,
    Policy,
    Rejected,
    Settlement,
    Throttled,
    Unavailable,
    Unknown,
    Verdict,
    settle,
)
from leadline.ledger.transitions import Cause, State
from leadline.runtime.claim import Claim
from leadline.runtime.evidence import LATE_ANSWER
from leadline.runtime.link import Link
from leadline.runtime.worker import Worker
from leadline.store import call as calls
from leadline.store import control, gate, work
from leadline.store.advance import Key
from leadline.store.call import NewReceipt
from leadline.store.pool import Connection, now
from leadline.store.work import Move


@dataclass(frozen=True, slots=True)
class Told:
    """What was found out about one action. ``attempt`` counts its calls, from 1."""

    key: Key
    record: str | None
    verdict: Verdict
    attempt: int
    retry_until: datetime


@dataclass(frozen=True, slots=True)
class Under:
    """The claim under which it was found out."""

    before: State
    token: UUID
    lease_until: datetime
    call_id: UUID | None


async def settle_claim(
    conn: Connection, worker: Worker, link: Link, claim: Claim, found: Sequence[Told]
) -> None:
    """Write what the calls of a claim led to, one transaction for all its members."""
    made = await calls.calls_of_tokens(conn, link.name, [claim.token])
    under = Under(State.SENDING, claim.token, claim.lease_until, made[-1].id if made else None)
    await settle_all(conn, worker, link, found, under)


async def settle_all(
    conn: Connection, worker: Worker, link: Link, found: Sequence[Told], under: Under
) -> None:
    """Move every action along the path that its verdict gives, and let go of its record."""
    decided = await _decide(conn, worker, link, found, under)
    moved = await _move(conn, decided, under)
    made = await calls.calls_of_tokens(conn, link.name, [under.token])
    call_ids = [call.id for call in made]
    late = [one for one, s in decided if s.path and one.key not in moved]
    if late and under.before is State.SENDING:
        await _heed(conn, worker, link, late, under, call_ids)
    settled = {one.record for one, s in decided if not _in_doubt(s, under.before)}
    await calls.close_records(conn, link.name, call_ids, sorted(filter(None, settled)))
    for reason in {s.pause for _, s in decided if s.pause is not None}:
        await _pause(conn, link, reason)
    if any(isinstance(one.verdict, Accepted) for one, _ in decided):
        await calls.set_health(conn, link.name, "ok", None)
        await control.resolve_incident(conn, f"connection {link.name} refused")


Decided = list[tuple[Told, Settlement]]


async def _decide(
    conn: Connection, worker: Worker, link: Link, found: Sequence[Told], under: Under
) -> Decided:
    """What each verdict means. One draw for all: what went in one call comes back in one."""
    moment = await now(conn)
    verify_at = verify_after(
        under.lease_until, link.timing.vendor_processing, link.timing.read_back
    )
    draw = worker.draw()
    return [
        (
            one,
            settle(
                under.before,
                one.verdict,
                _times(one, under, moment - verify_at),
                Policy(link.settles, one.retry_until, verify_at, verify_at + VERIFY_FOR, draw),
                moment,
            ),
        )
        for one in found
    ]


def _times(one: Told, under: Under, looked_for: timedelta) -> int:
    """Which attempt this was: of calls, or of looks for an effect in doubt.

    Looks are counted by the time that passed, as if each wait were twice the one before: so a
    vendor that cannot say is asked ever more seldom, unless it says when to come back.
    """
    verdict = one.verdict
    if under.before is not State.UNKNOWN or isinstance(verdict, Absent | Rejected):
        return max(1, one.attempt)
    if isinstance(verdict, Throttled | Unavailable) and verdict.until is not None:
        return 1
    return 1 + int(max(looked_for.total_seconds(), 0)).bit_length()


async def _move(conn: Connection, decided: Decided, under: Under) -> set[Key]:
    """Write it; return the actions that still stood where the decision was made."""
    moved = await work.move(conn, [_first(one, s, under) for one, s in decided if s.path])
    await work.move(conn, [m for one, s in decided for m in _second(one, s, under)])
    await work.look_later(
        conn, {one.key: s.due_at for one, s in decided if not s.path and s.due_at is not None}
    )
    return {(m.bucket, m.enrollment_id, m.step, m.visit) for m in moved}


async def _heed(
    conn: Connection,
    worker: Worker,
    link: Link,
    late: Sequence[Told],
    under: Under,
    call_ids: Sequence[UUID],
) -> None:
    """Take answers that came after their claim had ended for what they are: evidence.

    One that denies the effect ends the doubt about just this claim. One that shows it is kept,
    and weighed like all evidence (see ``evidence``).
    """
    denied = [
        replace(one, verdict=Absent(f"the late answer: {type(one.verdict).__name__.lower()}"))
        for one in late
        if not isinstance(one.verdict, Accepted | Unknown)
    ]
    doubted = replace(under, before=State.UNKNOWN)
    await _move(conn, await _decide(conn, worker, link, denied, doubted), doubted)
    accepted = {one.key: one.verdict for one in late if isinstance(one.verdict, Accepted)}
    members = await calls.members_of_calls(conn, link.name, call_ids if accepted else ())
    refs = {m.key: m.ref for m in members if m.ref is not None}
    moment = await now(conn)
    await calls.insert_receipts(
        conn,
        link.name,
        [
            NewReceipt(uuid7(), refs[key], LATE_ANSWER, moment, vendor_id=said.vendor_id)
            for key, said in accepted.items()
            if key in refs
        ],
    )


def _first(one: Told, settlement: Settlement, under: Under) -> Move:
    cause = Cause.ANSWER if under.before is State.SENDING else Cause.PROOF
    accepted = one.verdict if isinstance(one.verdict, Accepted) else None
    reason = settlement.reason if accepted is None else accepted.detail
    return Move(
        *one.key,
        under.before,
        settlement.path[0],
        under.token,
        settlement.due_at,
        cause,
        under.call_id,
        accepted.vendor_id if accepted else None,
        reason or None,
        accepted.vendor_time if accepted else None,
    )


def _second(one: Told, settlement: Settlement, under: Under) -> list[Move]:
    """What follows the first move in the same breath: given up at once."""
    return [
        Move(
            *one.key,
            before,
            after,
            None,
            None,
            Cause.GIVE_UP,
            under.call_id,
            None,
            settlement.reason,
        )
        for before, after in zip(settlement.path, settlement.path[1:], strict=False)
    ]


def _in_doubt(settlement: Settlement, before: State) -> bool:
    return settlement.next_state(before) in {State.UNKNOWN, State.SENDING}


async def _pause(conn: Connection, link: Link, reason: str) -> None:
    """A connection that refuses us stands still, with one incident and not ten thousand."""
    if not gate.stands_still(await gate.pauses(conn), link.name):  # a person's reason stays
        await gate.pause(conn, "connection", link.name, reason, "leadline")
    await calls.set_health(conn, link.name, "refused", reason)
    await control.open_incident(
        conn,
        f"connection {link.name} refused",
        f"{link.name} refuses our credentials: {reason}",
        f"Mend the credentials, then: leadline resume connection {link.name}.",
    )
