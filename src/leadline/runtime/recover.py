"""Recover: claims whose worker died, effects in doubt, and work whose time is over.

Rule 1: a lease that ends makes `unknown`, never `pending`, except where no call row exists
under its token; a mark is left there, so that none can begin any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from leadline.connectors.contract import PastCall
from leadline.ledger.budget import Lane
from leadline.ledger.lease import verify_after
from leadline.ledger.outcome import (
    Absent,
    Rejected,
    Settles,
    Unavailable,
    Unknown,
    Verdict,
    too_late,
)
from leadline.ledger.transitions import Cause, State
from leadline.runtime.actions import read_action
from leadline.runtime.allowance import Budget, ClaimAllowance, LeaseLost
from leadline.runtime.effects import Maker, Prepared
from leadline.runtime.grouping import Waiting, group
from leadline.runtime.link import Link
from leadline.runtime.settle import Told, Under, settle_all
from leadline.runtime.worker import Worker
from leadline.store import call as calls
from leadline.store import gate, lease, work
from leadline.store.advance import Key
from leadline.store.pool import Connection, now
from leadline.store.work import Move, Orphan, UnknownWork

AT_ONCE = 500
FEED_STRAGGLES = timedelta(seconds=15)
"""A delivery event that is told later than this after its mail was sent is not expected."""
FEED_LOOK_AGAIN = timedelta(seconds=2)
LONG_AGO_DUE = datetime.max.replace(tzinfo=UTC)
"""No digest waits for its time when it is made again."""


async def recover(worker: Worker, link: Link, epoch: int) -> int:
    """Settle what dead workers left and what is past its time; return how much there was."""

    async def work_(conn: Connection) -> int:
        if not await lease.hold_connection(conn, link.name, worker.name, epoch):
            raise LeaseLost(link.name)
        orphans = await work.orphaned_claims(conn, link.name, AT_ONCE)
        moves = await _orphan_moves(conn, link, orphans)
        overdue = await work.past_deadline(conn, link.name, AT_ONCE)
        moves += [_overdue_move(one) for one in overdue]
        moved = await work.move(conn, moves)
        await _let_go(conn, link)
        await calls.drop_free_slots(conn, link.name)
        return len(moved)

    return await worker.steps.transaction("recover", work_)


async def _let_go(conn: Connection, link: Link) -> None:
    """Let go of records whose call is over and of which nothing is in doubt any more.

    Settling does so for what it settles; but late evidence may have accepted the members of a
    call before it was over, and then nothing comes after it.
    """
    timing = link.timing
    after = timing.margin + timing.vendor_processing + timing.read_back
    over = await calls.records_over(conn, link.name, after.total_seconds(), AT_ONCE)
    records = sorted({one.record for one in over})
    doubtful = {
        row.record
        for row in await work.work_of_records(conn, link.name, records)
        if row.state in {State.SENDING, State.UNKNOWN}
    }
    await calls.release_records(conn, link.name, [o for o in over if o.record not in doubtful])


async def _orphan_moves(conn: Connection, link: Link, orphans: Sequence[Orphan]) -> list[Move]:
    voided: dict[UUID, bool] = {}
    members: dict[UUID, set[Key]] = {}
    moves: list[Move] = []
    for one in orphans:
        if one.token not in voided:
            voided[one.token] = await calls.void_token(conn, link.name, one.token)
            made = await calls.calls_of_tokens(conn, link.name, [one.token])
            rows = await calls.members_of_calls(conn, link.name, [c.id for c in made])
            members[one.token] = {row.key for row in rows}
        # A claim may have ended before the turn of some of its members came.
        if voided[one.token] or one.key not in members[one.token]:
            moves.append(_back(one))
        else:
            verify_at = verify_after(
                one.lease_until, link.timing.vendor_processing, link.timing.read_back
            )
            moves.append(
                Move(
                    *one.key,
                    State.SENDING,
                    State.UNKNOWN,
                    one.token,
                    verify_at,
                    Cause.LEASE_END,
                    None,
                    None,
                    "its worker ended before the answer was written",
                )
            )
    return moves


def _back(one: Orphan) -> Move:
    return Move(
        *one.key,
        State.SENDING,
        State.PENDING,
        one.token,
        None,
        Cause.LEASE_END,
        None,
        None,
        "its worker ended before anything was sent",
    )


def _overdue_move(one: work.Overdue) -> Move:
    after, reason = too_late(one.not_after, one.retry_until, one.reason)
    cause = Cause.DEADLINE if after is State.EXPIRED else Cause.GIVE_UP
    return Move(*one.key, State.PENDING, after, None, None, cause, None, None, reason)


async def verify_unknown(worker: Worker, link: Link, budget: Budget, epoch: int) -> int:
    """Ask the vendor about effects in doubt; return how many were looked at.

    Nothing is asked while the connection stands still: it may refuse us.
    """

    async def read(conn: Connection) -> list[UnknownWork]:
        if gate.stands_still(await gate.pauses(conn), link.name):
            return []
        return await work.unknown_to_verify(conn, link.name, AT_ONCE)

    rows = await worker.steps.transaction("read unknown", read)
    by_token: dict[UUID, list[UnknownWork]] = defaultdict(list)
    for row in rows:
        by_token[row.token].append(row)
    for token, group_rows in by_token.items():
        await _verify_token(worker, link, budget, epoch, token, group_rows)
    return len(rows)


async def _verify_token(
    worker: Worker,
    link: Link,
    budget: Budget,
    epoch: int,
    token: UUID,
    rows: Sequence[UnknownWork],
) -> None:
    async def read(
        conn: Connection,
    ) -> tuple[list[Waiting], list[calls.CallRow]]:
        actions = {r.key: r for r in await work.actions_of_work(conn, [r.key for r in rows])}
        for action in actions.values():
            await worker.releases.load(conn, action.release)
        waiting = [Waiting(r, actions[r.key], read_action(actions[r.key])) for r in rows]  # type: ignore[arg-type]  # an unknown row has all that a waiting one has
        return waiting, await calls.calls_of_tokens(conn, link.name, [token])

    waiting, made = await worker.steps.transaction("read doubt", read)
    verdicts = await _ask(worker, link, budget, epoch, waiting, made)
    found = [Told(r.key, r.record, verdicts[r.key], r.attempt, r.retry_until) for r in rows]

    async def write(conn: Connection) -> None:
        under = Under(State.UNKNOWN, token, rows[0].lease_until, made[-1].id if made else None)
        await settle_all(conn, worker, link, found, under)

    await worker.steps.transaction("settle doubt", write)


async def _ask(
    worker: Worker,
    link: Link,
    budget: Budget,
    epoch: int,
    waiting: Sequence[Waiting],
    made: Sequence[calls.CallRow],
) -> dict[Key, Verdict]:
    """Ask the vendor, or its delivery feed, what became of these actions."""
    keys = [w.work.key for w in waiting]
    if not made:
        return dict.fromkeys(keys, Absent("no request for it was ever written"))
    if link.settings.values.get("evidence") == "feed":
        return dict.fromkeys(keys, await _feed_verdict(worker, link, made))
    verify = link.connector.verify
    if verify is None or link.settles is Settles.HELD:
        return dict.fromkeys(keys, Unknown("the vendor cannot be asked what became of it"))
    prepared = _prepare(worker, link, waiting)
    effects = tuple(p.effect for p in prepared if not isinstance(p.effect, Rejected))
    allowance = ClaimAllowance(
        budget,
        worker.steps,
        worker.name,
        epoch,
        made[0].token,
        Lane.TRANSACTIONAL,
        {},
        budget.clock.now() + 3 * link.timing.time_out,
    )
    past = tuple(PastCall(c.id, c.began_at, c.send_before) for c in made)
    door = worker.open_door(link, allowance)
    answers = iter(await worker.steps.call("verify", lambda: verify(door, effects, past)))
    found: dict[Key, Verdict] = {}
    for one in prepared:
        verdict: Verdict = (
            Absent(one.effect.reason) if isinstance(one.effect, Rejected) else next(answers)
        )
        found |= dict.fromkeys((m.work.key for m in one.members), verdict)
    return found


def _prepare(worker: Worker, link: Link, waiting: Sequence[Waiting]) -> list[Prepared]:
    """Make the effects again as they were made for the call: nothing they hold has changed."""
    maker = Maker(link, worker.secret, worker.environment, worker.releases.loaded)
    groups, _ = group(waiting, link.connector.actions, LONG_AGO_DUE)
    return [one for group_ in groups for one in maker.prepare(group_)]


async def _feed_verdict(worker: Worker, link: Link, made: Sequence[calls.CallRow]) -> Verdict:
    """What the silence of the delivery feed means.

    The feed has told of mails that were sent later than this one could have been, and time
    for stragglers has passed: then it was never taken. Before that nothing is known.
    """
    latest = max(c.send_before for c in made)

    async def read(conn: Connection) -> tuple[datetime, datetime | None]:
        return await now(conn), await calls.feed_heard(conn, link.name)

    moment, heard = await worker.steps.transaction("read feed", read)
    if heard is not None and heard > latest and moment > latest + FEED_STRAGGLES:
        return Absent("the delivery feed tells of later mails and never told of this one")
    return Unavailable("the delivery feed has not told of it yet", moment + FEED_LOOK_AGAIN)
