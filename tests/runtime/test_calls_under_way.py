"""A call under way is finished and settled, whatever happens to its worker meanwhile."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import anyio
import pytest

from leadline.connectors.contract import Allowance, Answered, Effect
from leadline.ledger.outcome import Outcome
from leadline.runtime.steps import LiveSteps
from tests.cli.stage import Stage
from tests.runtime.floor import (
    Flaky,
    direct,
    one_call,
    open_floor,
    owner,
    states,
    until,
    until_true,
)

pytestmark = pytest.mark.anyio


async def test_a_store_that_goes_away_under_a_call_costs_no_answer(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        flaky = Flaky(LiveSteps(stage.store))
        sent: list[UUID] = []

        async def between(call_id: UUID) -> Answered:
            sent.append(call_id)
            flaky.away = frozenset({"*"})
            return Answered(True, "200")

        async def perform(allowance: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
            return await one_call(link, allowance, effects, between)

        link = direct(stage, "hubspot", perform)
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        await stage.move(calls=False)
        stage.worker.steps = flaky
        dispatcher = await owner(stage, link)
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(dispatcher.run, stop)
            await until(lambda: flaky.failures >= 5)
            flaky.away = frozenset()
            await until_true(lambda: _is(stage, "accepted"))
            stop.set()
        assert len(sent) == 1


async def test_a_lost_connection_lease_lets_what_is_under_way_finish(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        reached, go_on = anyio.Event(), anyio.Event()

        async def between(_: UUID) -> Answered:
            reached.set()
            await go_on.wait()
            return Answered(True, "200")

        async def perform(allowance: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
            return await one_call(link, allowance, effects, between)

        link = direct(stage, "hubspot", perform)
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        await stage.move(calls=False)
        dispatcher = await owner(stage, link)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(dispatcher.run, anyio.Event())
            await reached.wait()
            await stage.sql("update connection_lease set owner = 'other', epoch = epoch + 1")
            await until(lambda: dispatcher.lost)
            await until(lambda: dispatcher.stopping)
            go_on.set()
        assert await _is(stage, "accepted")


async def test_a_message_that_cannot_be_made_costs_only_itself(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:

        async def perform(allowance: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
            raise KeyError("no such message")

        link = direct(stage, "hubspot", perform)
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        await stage.move(calls=False)
        dispatcher = await owner(stage, link)
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(dispatcher.run, stop)
            await until_true(lambda: _is(stage, "rejected"))
            stop.set()


async def _is(stage: Stage, state: str) -> bool:
    return (await states(stage)).get("crm") == state
