"""Effects in doubt: the vendor is asked, but not for ever the same, and not while paused."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from leadline.connectors.contract import Allowance, Answered, Effect
from leadline.ledger.outcome import Outcome, Unauthorised, Unavailable, Unknown, Verdict
from leadline.runtime.recover import verify_unknown
from leadline.store import gate
from tests.cli.stage import Stage
from tests.runtime.floor import direct, expire, one_call, open_floor, owner, states

pytestmark = pytest.mark.anyio


async def _doubt(stage: Stage, asked: list[str]) -> None:
    async def answered(_: UUID) -> Answered:
        return Answered(True, "no answer")

    async def perform(allowance: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
        return await one_call(link, allowance, effects, answered, Unknown("no answer"))

    def verify(effects: tuple[Effect, ...]) -> tuple[Verdict, ...]:
        asked.append("asked")
        return tuple(Unavailable("down") for _ in effects)

    link = direct(stage, "hubspot", perform, verify)
    await stage.comes("signup", "ann@x.example", {"title": "One"})
    await stage.move()
    assert (await states(stage))["crm"] == "unknown"
    await expire(stage, "hubspot")


async def test_a_paused_connection_is_not_asked(tmp_path: Path, database_url: str) -> None:
    asked: list[str] = []
    async with open_floor(tmp_path, database_url) as stage:
        await _doubt(stage, asked)
        async with stage.store.connection() as conn:
            await gate.pause(conn, "connection", "hubspot", "they look into it", "ann")
        await stage.move()
        assert asked == []
        async with stage.store.connection() as conn:
            await gate.resume(conn, "connection", "hubspot")
        await stage.move()
        assert asked == ["asked"]


async def test_a_vendor_that_cannot_say_is_asked_ever_more_seldom(
    tmp_path: Path, database_url: str
) -> None:
    asked: list[str] = []
    async with open_floor(tmp_path, database_url) as stage:
        await _doubt(stage, asked)
        await stage.sql("update work set lease_until = now() - interval '10 minutes'")
        dispatcher = await owner(stage, stage.worker.links["hubspot"])
        link, budget, epoch = dispatcher.link, dispatcher.budget, dispatcher.epoch
        assert await verify_unknown(stage.worker, link, budget, epoch) == 1
        ((wait,),) = await stage.sql("select extract(epoch from due_at - now())::float from work")
        assert isinstance(wait, float)
        assert 300 < wait < 900


async def test_a_refusal_leaves_the_pause_of_a_person_as_it_is(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:

        async def paused(_: UUID) -> Answered:
            async with stage.store.connection() as conn:
                await gate.pause(conn, "connection", "hubspot", "they look into it", "ann")
            return Answered(True, "401")

        async def perform(allowance: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
            return await one_call(link, allowance, effects, paused, Unauthorised("no"))

        link = direct(stage, "hubspot", perform)
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        await stage.move()
        assert await stage.sql("select reason, by from pause") == [("they look into it", "ann")]
        assert (await states(stage))["crm"] == "pending"
