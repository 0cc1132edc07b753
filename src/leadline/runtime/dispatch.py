"""Dispatch: one worker calls one connection, inside its windows, one claim after another.

The loop takes the connection's lease, settles what a predecessor left, and then claims as
many groups as there is room for, each carried out by a task of its own. The lease is renewed
every second; a worker that loses it begins nothing more. What is under way is finished in any
case, whether the lease is lost, the store is away or the worker is told to stop: an answer that
is thrown away is an effect in doubt, and where the vendor cannot be asked it stays in doubt.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import anyio
from anyio.abc import TaskGroup

from leadline.journey.action import Look
from leadline.ledger import lease as lease_times
from leadline.ledger.outcome import Outcome, Rejected, Unauthorised, Unavailable, Unknown
from leadline.runtime.allowance import AHEAD, Budget, ClaimAllowance, LeaseLost
from leadline.runtime.claim import MOST_CALLS, Claim, claim_due, shut_since
from leadline.runtime.effects import Maker, Prepared
from leadline.runtime.evidence import AT_ONCE, weigh_receipts
from leadline.runtime.link import Clock, Link
from leadline.runtime.look import look
from leadline.runtime.notify import mail_notices
from leadline.runtime.recover import recover, verify_unknown
from leadline.runtime.settle import Told, settle_claim
from leadline.runtime.steps import STORE_TROUBLE, insist
from leadline.runtime.worker import Worker
from leadline.store import lease
from leadline.store.advance import Key
from leadline.store.pool import Connection, now
from leadline.telemetry.events import CallFailed
from leadline.telemetry.logs import emit

LEASE_S = lease_times.CONNECTION.total_seconds()
RENEW_S = LEASE_S / 5
POLL_S = 0.1
"""Work that another process intended is seen this late at most."""
PROBE = timedelta(milliseconds=250)
"""After a connection could not be reached it is tried again after this, then ever later."""
PROBE_AT_MOST = timedelta(seconds=5)


@dataclass(slots=True)
class Dispatcher:
    """One connection as its owner runs it."""

    worker: Worker
    link: Link
    budget: Budget
    epoch: int
    wake: anyio.Event = field(default_factory=anyio.Event)
    under_way: int = 0
    unreachable: int = 0
    most: int = MOST_CALLS
    closed_until: datetime | None = None
    lost: bool = False
    left: bool = False
    stopping: bool = False

    async def run(self, stop: anyio.Event) -> None:
        """Call until told to stop or until the lease is lost; what is under way is finished."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._renew, stop)
            tasks.start_soon(self._recover, stop)
            while not stop.is_set() and not self.lost and not self.left:
                started = await self._start(tasks)
                if not started:
                    await self._rest()
            self.stopping = True
            while self.under_way:
                await self._rest()
            tasks.cancel_scope.cancel()

    async def _start(self, tasks: TaskGroup) -> int:
        """Claim what there is room for and carry it out; return how many calls began."""
        if self.closed_until is not None and self.budget.clock.now() < self.closed_until:
            return 0
        try:
            claims = await claim_due(self.worker, self.link, self.budget, self.epoch, self.most)
        except LeaseLost:
            self.lost = True
            return 0
        except STORE_TROUBLE:
            return 0  # the loops that move people tell of it and bring the store back
        for claim in claims.claims:
            self.under_way += 1
            tasks.start_soon(self._carry_out, claim)
        return len(claims.claims) + claims.settled

    async def _carry_out(self, claim: Claim) -> None:
        allowance = self._allowance(claim)
        try:
            found = await self._answers(claim, allowance)
            self._feel(claim, allowance, found)
            self._learn(allowance)
            await self._settle(claim, found)
        finally:
            self.budget.release(claim.token)
            self.under_way -= 1
            self.nudge()

    def _allowance(self, claim: Claim) -> ClaimAllowance:
        return ClaimAllowance(
            self.budget,
            self.worker.steps,
            self.worker.name,
            self.epoch,
            claim.token,
            claim.group.lane,
            {f"{k[1]}/{k[2]}/{k[3]}": k for k in claim.attempts},
            claim.lease_until,
            partial(shut_since, worker=self.worker, link=self.link, claim=claim),
        )

    async def _answers(self, claim: Claim, allowance: ClaimAllowance) -> dict[Key, Outcome]:
        try:
            return await perform(self, claim, allowance)
        except STORE_TROUBLE as error:
            found: Outcome = Unavailable(str(error))
        # A fault in one message or connector costs its own actions, not all calls under way.
        except Exception as error:  # noqa: BLE001
            why = f"Leadline failed on it ({type(error).__name__})"
            emit(
                CallFailed(self.link.name, f"{type(error).__name__}: {error}", len(claim.attempts))
            )
            found = Unknown(why) if allowance.effects else Rejected(why)
        return dict.fromkeys(claim.attempts, found)

    async def _settle(self, claim: Claim, found: Mapping[Key, Outcome]) -> None:
        """Write the answers, however long the store is away; until the claim's end if stopping."""
        told = _told(claim, found)
        await insist(
            self.worker.steps,
            "settle",
            lambda conn: settle_claim(conn, self.worker, self.link, claim, told),
            give_up=lambda: self.stopping and self.budget.clock.now() >= claim.lease_until,
        )

    def _feel(self, claim: Claim, allowance: ClaimAllowance, found: Mapping[Key, Outcome]) -> None:
        """A connection that cannot be reached is left alone for a while, all its work with it.

        What we did not let go, and a look that shows nothing yet, say nothing about that.
        """
        if allowance.refused or claim.group.kind is Look:
            return
        outcomes = list(found.values())
        if any(isinstance(o, Unavailable) for o in outcomes):
            self.unreachable += 1
            pause = min(PROBE * 2 ** min(self.unreachable - 1, 10), PROBE_AT_MOST)
            self.closed_until = self.budget.clock.now() + pause * (0.5 + self.worker.draw() / 2)
        elif outcomes:
            self.unreachable = 0
            self.closed_until = None
        if any(isinstance(o, Unauthorised) for o in outcomes):
            self.closed_until = self.budget.clock.now() + PROBE_AT_MOST

    def _learn(self, allowance: ClaimAllowance) -> None:
        """Claim less at a time while claims come too late for their calls.

        On a machine that is short of time a large claim takes so long that no call of it can
        begin any more; all of it then waits again, and the next claim is as large: measured, a
        queue of 8,000 records stood still for minutes.
        """
        if allowance.late:
            self.most = max(1, self.most // 2)
        elif not allowance.refused:
            self.most = min(MOST_CALLS, self.most + 1)

    async def _rest(self) -> None:
        """Wait for an answer, for a slot, or until it is time to look again."""
        pause_s = POLL_S
        soon = self.budget.clock.now() + AHEAD
        next_ = min(
            (s.free_at for s in self.budget.slots.values() if s.free_at and s.free_at > soon),
            default=None,
        )
        if next_ is not None:
            pause_s = min(pause_s, max(0.001, (next_ - soon).total_seconds()))
        event = self.wake
        with anyio.move_on_after(pause_s):
            await event.wait()

    def leave(self) -> None:
        """Begin nothing more, so that another worker takes the connection over."""
        self.left = True
        self.nudge()

    def nudge(self) -> None:
        """Have the loop look again at once."""
        self.wake.set()
        self.wake = anyio.Event()

    async def _renew(self, stop: anyio.Event) -> None:
        while not self.lost:
            await self.worker.steps.sleep("renew", RENEW_S)
            try:
                kept = await self.worker.steps.transaction("renew connection", self._renew_once)
            except STORE_TROUBLE:
                continue  # the lease runs out by itself if the store stays away
            if not kept:
                self.lost = True
                self.nudge()

    async def _renew_once(self, conn: Connection) -> bool:
        return await lease.renew_connection(
            conn, self.link.name, self.worker.name, self.epoch, LEASE_S
        )

    async def _recover(self, stop: anyio.Event) -> None:
        while not stop.is_set() and not self.lost:
            with contextlib.suppress(LeaseLost, *STORE_TROUBLE):
                await recover(self.worker, self.link, self.epoch)
                while await weigh_receipts(self.worker, self.link, self.epoch) >= AT_ONCE:
                    pass
                await verify_unknown(self.worker, self.link, self.budget, self.epoch)
                await mail_notices(self.worker, self.link, self.budget, self.epoch)
            self.nudge()
            await self.worker.steps.sleep("recover", 1.0)


async def perform(
    dispatcher: Dispatcher, claim: Claim, allowance: ClaimAllowance
) -> dict[Key, Outcome]:
    """Carry out a claim; every member that was claimed gets an outcome."""
    worker, link = dispatcher.worker, dispatcher.link
    door = worker.open_door(link, allowance)
    if claim.group.kind is Look:
        verdict = await look(worker, link, door, claim.group.members[0])
        return dict.fromkeys(claim.attempts, verdict)
    maker = Maker(link, worker.secret, worker.environment, worker.releases.loaded)
    prepared = maker.prepare(claim.group)
    effects = tuple(p.effect for p in prepared if not isinstance(p.effect, Rejected))
    answers: tuple[Outcome, ...] = ()
    if effects:
        answers = await worker.steps.call("perform", lambda: link.connector.perform(door, effects))
    return _by_member(prepared, answers)


def _by_member(prepared: tuple[Prepared, ...], answers: tuple[Outcome, ...]) -> dict[Key, Outcome]:
    given = iter(answers)
    found: dict[Key, Outcome] = {}
    for one in prepared:
        outcome = one.effect if isinstance(one.effect, Rejected) else next(given)
        found |= {m.work.key: outcome for m in one.members}
    return found


def _told(claim: Claim, found: Mapping[Key, Outcome]) -> list[Told]:
    by_key = {m.work.key: m.work for m in claim.group.members}
    return [
        Told(key, by_key[key].record, outcome, claim.attempts[key], by_key[key].retry_until)
        for key, outcome in found.items()
    ]


async def take_over(worker: Worker, link: Link) -> Dispatcher | None:
    """Become the owner of a connection, if nobody is; read the slots that are taken."""

    async def take(conn: Connection) -> tuple[int, Budget] | None:
        epoch = await lease.take_connection(conn, link.name, worker.name, LEASE_S)
        if epoch is None:
            return None
        budget = Budget(link, Clock(await now(conn)))
        await budget.load(conn)
        return epoch, budget

    taken = await worker.steps.transaction("take connection", take)
    if taken is None:
        return None
    epoch, budget = taken
    return Dispatcher(worker, link, budget, epoch)


async def give_back(dispatcher: Dispatcher) -> None:
    """Let go of the connection, so that another worker takes it at once."""

    async def give(conn: Connection) -> None:
        await lease.give_back_connection(
            conn, dispatcher.link.name, dispatcher.worker.name, dispatcher.epoch
        )

    await dispatcher.worker.steps.transaction("give back connection", give)
