"""Evidence: what vendors tell later of our actions, kept at once and weighed by the owner.

A webhook only stores what it says. The connection's owner weighs it against the ledger, a
batch a transaction: evidence of an effect wins over everything that denies it. What concerns
an action that is just being sent waits until its answer is written (rule 2). An answer that came
after its claim had ended is evidence too, and kept beside the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from uuid_utils.compat import uuid7

from leadline.connectors.contract import Receipt
from leadline.ledger.outcome import Accepted, Bounced, Confirmed, Evidence, weigh
from leadline.ledger.transitions import OPEN, Cause, State
from leadline.runtime.allowance import LeaseLost
from leadline.runtime.link import Link
from leadline.runtime.steps import Steps
from leadline.runtime.worker import Worker
from leadline.store import call as calls
from leadline.store import gate, lease, work
from leadline.store.advance import Key
from leadline.store.call import ByRef, NewReceipt, ReceiptRow
from leadline.store.pool import Connection, now
from leadline.store.work import Move, OutcomeRow

AT_ONCE = 500
LATE_ANSWER = "late answer"
"""The kind of a receipt that no vendor told: an answer to a call of ours, after its claim ended."""
STRANGE_FOR = timedelta(hours=1)
"""A receipt whose action is not known is kept this long: its call may not be written yet."""


async def keep_receipts(steps: Steps, connection: str, receipts: Sequence[Receipt]) -> None:
    """Store what a webhook said; answered only after that."""
    rows = [
        NewReceipt(uuid7(), r.ref, r.kind, r.at, r.reason, r.permanent, r.recipient)
        for r in receipts
    ]
    await steps.transaction(
        "keep receipts", lambda conn: calls.insert_receipts(conn, connection, rows)
    )


async def weigh_receipts(worker: Worker, link: Link, epoch: int) -> int:
    """Weigh what was told of a connection's actions; return how much of it is done."""

    async def work_(conn: Connection) -> int:
        rows = await calls.receipts(conn, link.name, AT_ONCE)
        if not rows:
            return 0
        if not await lease.hold_connection(conn, link.name, worker.name, epoch):
            raise LeaseLost(link.name)
        return await _weigh(conn, worker, link, rows)

    return await worker.steps.transaction("weigh receipts", work_)


async def _weigh(conn: Connection, worker: Worker, link: Link, rows: Sequence[ReceiptRow]) -> int:
    moment = await now(conn)
    members: dict[str, list[ByRef]] = defaultdict(list)
    for member in await calls.members_by_ref(conn, link.name, list({r.ref for r in rows})):
        members[member.ref].append(member)
    keys = list({m.key for group in members.values() for m in group})
    standing = {
        (s.bucket, s.enrollment_id, s.step, s.visit): State(s.state or State.PENDING)
        for s in await work.standing(conn, keys)
    }
    done: list[ReceiptRow] = []
    moves: dict[Key, Move] = {}
    notes: dict[Key, list[OutcomeRow]] = defaultdict(list)
    for row in rows:
        touched = {m.key for m in members[row.ref]}
        if any(standing[key] is State.SENDING for key in touched):
            continue
        for key in touched:
            standing[key] = _plan(key, standing[key], row, moves, notes)
        if touched or moment - row.received_at > STRANGE_FOR:
            done.append(row)
    moved = {
        (m.bucket, m.enrollment_id, m.step, m.visit)
        for m in await work.move(conn, list(moves.values()))
    }
    missed = set(moves) - moved  # settled by an answer at this very moment: weighed again
    done = [r for r in done if not missed & {m.key for m in members[r.ref]}]
    noted = [one for key, group in notes.items() if key not in missed for one in group]
    await work.note_outcomes(conn, noted)
    late = {n[:4]: None for n in noted if n.state is State.ACCEPTED}
    await work.tell_late_effect(conn, list(late))
    told = [row for row in done if row.kind != LATE_ANSWER]
    heard = list({m.call_id for row in told for m in members[row.ref]})
    await calls.hear_feed(conn, link.name, heard)
    await _suppress(conn, worker, [row for row in done if members[row.ref]])
    await calls.drop_receipts(conn, link.name, [row.id for row in done])
    ended = {row.id for row in done}
    await calls.keep_receipts(conn, link.name, [r.id for r in rows if r.id not in ended])
    return len(done)


def _plan(
    key: Key,
    state: State,
    row: ReceiptRow,
    moves: dict[Key, Move],
    notes: dict[Key, list[OutcomeRow]],
) -> State:
    """Add what the evidence does to one action; return where it stands then."""
    path = list(weigh(state, _evidence(row)))
    if path and state in OPEN and key not in moves:
        after = path.pop(0)
        cause, said = Cause.EVIDENCE, (row.vendor_id, row.reason)
        moves[key] = Move(*key, state, after, None, None, cause, None, *said)
        state = after
    for after in path:
        notes[key].append(OutcomeRow(*key, after, Cause.EVIDENCE, None, row.vendor_id, row.reason))
        state = after
    return state


def _evidence(row: ReceiptRow) -> Evidence:
    match row.kind:
        case "bounced":
            return Bounced(row.reason or "it came back", row.at)
        case "confirmed" | "complaint":
            return Confirmed("delivery feed", row.at)
        case _:
            return Accepted(row.vendor_id, row.at)


async def _suppress(conn: Connection, worker: Worker, rows: Sequence[ReceiptRow]) -> None:
    """A hard bounce or a complaint is a word that the address is not to be written to."""
    for kind, reason in (("bounced", "hard bounce"), ("complaint", "complaint")):
        digests = {
            worker.suppression_digest(row.recipient)
            for row in rows
            if row.kind == kind and row.recipient and (row.permanent or kind == "complaint")
        }
        await gate.suppress(conn, sorted(digests), reason, "leadline")
