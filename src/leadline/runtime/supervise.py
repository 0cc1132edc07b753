"""Supervise: the loops of one worker, from the first lease to the last.

A worker may be killed at any moment: everything it holds is a lease that ends, and everything
it knows is in the store. Told to stop (SIGTERM) it begins nothing new, finishes what is under
way, and gives its leases back, so that others go on at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio

from leadline.errors import LeadlineError
from leadline.runtime.buckets import RENEW_S
from leadline.runtime.connections import Connections, Relink, to_offer
from leadline.runtime.dispatch import Dispatcher, give_back, take_over
from leadline.runtime.link import Link
from leadline.runtime.people import AT_ONCE, LANES, PeopleLane
from leadline.runtime.route import admit_approved
from leadline.runtime.steps import STORE_TROUBLE
from leadline.runtime.worker import Worker
from leadline.telemetry.events import ConnectionTaken, StoreLost, WorkerStarted, WorkerStopped
from leadline.telemetry.logs import emit

IDLE_S = 0.05
TAKE_OVER_S = 0.5
AGAIN_S = 0.5
OFFER_S = 3 * TAKE_OVER_S
"""A connection that was left to others is theirs to take for so long."""


@dataclass(frozen=True, slots=True)
class Supervisor:
    """One worker and what brings its store back.

    ``revive`` is called after the store was lost (it starts an embedded server again).
    ``relink`` makes the connections of a release that was activated meanwhile; None: those of
    the worker stay. ``calling`` are the connections that this worker owns now; ``offered`` says to
    which workers one was left last, since it is left only once while these live: where none of
    them could take it, it stays here.
    """

    worker: Worker
    revive: Callable[[], Awaitable[None]]
    relink: Relink | None = None
    calling: dict[str, Dispatcher] = field(default_factory=dict[str, Dispatcher])
    offered: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    async def run(self, stop: anyio.Event) -> None:
        """Work until told to stop."""
        emit(WorkerStarted(self.worker.name))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep, self._balance, RENEW_S, stop)
            for lane in range(LANES):
                tasks.start_soon(self._keep, PeopleLane(self.worker, lane).move, 0.0, stop)
            connections = Connections(
                self.worker, self.relink, lambda link, end: tasks.start_soon(self._call, link, end)
            )
            await self._keep(connections.follow, RENEW_S, stop)
            connections.stop()
        await self._leave()
        emit(WorkerStopped(self.worker.name))

    async def _keep(
        self, work: Callable[[], Awaitable[float]], pause_s: float, stop: anyio.Event
    ) -> None:
        """Do something again and again; a lost store is waited for and brought back."""
        while not stop.is_set():
            try:
                pause = await work()
            except STORE_TROUBLE as error:
                await self._lost(error)
                pause = AGAIN_S
            with anyio.move_on_after(max(pause, pause_s)):
                await stop.wait()

    async def _balance(self) -> float:
        await self.worker.buckets.balance(self.worker.steps)
        await self.worker.steps.transaction("read releases", self.worker.releases.refresh)
        await admit_approved(self.worker, AT_ONCE)
        self._share_out()
        return RENEW_S

    def _share_out(self) -> None:
        """Leave one connection to others where this worker has more than its share of them."""
        alive = self.worker.buckets.alive
        name = to_offer(list(self.calling), len(self.worker.links), len(alive))
        if name is not None and self.offered.get(name) != alive:
            self.offered[name] = alive
            self.calling[name].leave()

    async def _call(self, link: Link, stop: anyio.Event) -> None:
        """Own a connection whenever nobody else does."""
        while not stop.is_set():
            left = False
            try:
                dispatcher = await take_over(self.worker, link)
                if dispatcher is not None:
                    emit(ConnectionTaken(self.worker.name, link.name))
                    left = await self._own(dispatcher, stop)
            except* STORE_TROUBLE as errors:
                await self._lost(errors.exceptions[0])
            with anyio.move_on_after(OFFER_S if left else TAKE_OVER_S):
                await stop.wait()

    async def _own(self, dispatcher: Dispatcher, stop: anyio.Event) -> bool:
        """Call a connection as its owner; return whether it was left to others."""
        self.calling[dispatcher.link.name] = dispatcher
        try:
            await dispatcher.run(stop)
        finally:
            del self.calling[dispatcher.link.name]
        await give_back(dispatcher)
        return dispatcher.left

    async def _lost(self, error: BaseException) -> None:
        emit(StoreLost(str(error)))
        try:
            await self.revive()
        except LeadlineError as still:
            emit(StoreLost(str(still)))
            await anyio.sleep(AGAIN_S)

    async def _leave(self) -> None:
        try:
            await self.worker.buckets.leave(self.worker.steps)
        except STORE_TROUBLE as error:
            # The leases end by themselves.
            emit(StoreLost(str(error)))
