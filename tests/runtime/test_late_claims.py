"""A machine that is short of time claims less at a time, until its claims are in time again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import anyio
import pytest

from leadline.connectors.contract import Allowance, Answered, Effect
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Outcome
from leadline.runtime.claim import MOST_CALLS, Claims
from leadline.runtime.steps import LiveSteps, T
from leadline.store.pool import Connection
from tests.runtime.floor import direct, one_call, open_floor, owner, until_true

pytestmark = pytest.mark.anyio

PEOPLE = 2 * MOST_CALLS
A_CLAIM_S = 0.1
"""So long the claim of one call takes here."""
TIMING = CallTiming(
    time_out=timedelta(seconds=5),
    margin=20 * timedelta(seconds=A_CLAIM_S),
    vendor_processing=timedelta(seconds=1),
    read_back=timedelta(seconds=1),
)
"""Half of the margin is for claiming: ten calls at a time are in time here, more are not."""


@dataclass(slots=True)
class Slow:
    """Steps of a machine on which a claim takes the longer, the more it takes."""

    live: LiveSteps

    async def transaction(self, name: str, work: Callable[[Connection], Awaitable[T]]) -> T:
        async def slow(conn: Connection) -> T:
            found = await work(conn)
            if isinstance(found, Claims):
                await anyio.sleep(A_CLAIM_S * len(found.claims))
            return found

        return await self.live.transaction(name, slow)

    async def call(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        return await self.live.call(name, work)

    async def sleep(self, name: str, seconds: float) -> None:
        await self.live.sleep(name, min(seconds, 0.05))


async def test_claims_that_come_too_late_become_smaller_until_they_do_not(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:

        async def between(_: UUID) -> Answered:
            return Answered(True, "250")

        async def perform(allowance: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
            return await one_call(link, allowance, effects, between)

        async def all_of_it_is_accepted() -> bool:
            rows = await stage.sql("select count(*) from outcome where state = 'accepted'")
            return rows == [(PEOPLE,)]

        link = direct(stage, "mail", perform, timing=TIMING)
        for n in range(PEOPLE):
            await stage.comes("signup", f"p{n}@x.example", {"title": "One"})
        await stage.move(calls=False)
        await stage.sql("update work set state = 'accepted' where connection = 'hubspot'")
        await stage.move(calls=False)
        stage.worker.steps = Slow(LiveSteps(stage.store))
        dispatcher = await owner(stage, link)
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(dispatcher.run, stop)
            await until_true(all_of_it_is_accepted, 30.0)
            stop.set()
