"""An answer that comes after its claim has ended is evidence, and evidence of an effect wins."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import anyio
import pytest

from leadline.connectors.contract import Allowance, Answered, Effect
from leadline.ledger.outcome import Accepted, Outcome, Unavailable
from leadline.runtime.recover import recover
from tests.runtime.floor import direct, expire, one_call, open_floor, owner, states

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("outcome", "verified", "expected"),
    [
        (Accepted("v-1"), False, "accepted"),
        (Accepted("v-1"), True, "accepted"),  # it was held by then
        (Unavailable("down"), False, "pending"),
    ],
)
async def test_a_frozen_worker_says_what_it_was_told(
    tmp_path: Path, database_url: str, outcome: Outcome, expected: str, *, verified: bool
) -> None:
    async with open_floor(tmp_path, database_url) as stage:

        async def frozen(_: UUID) -> Answered:
            await expire(stage, "hubspot")
            epoch = (await owner_epoch())[0][0]
            assert isinstance(epoch, int)
            assert await recover(stage.worker, link, epoch) == 1
            assert (await states(stage))["crm"] == "unknown"
            if verified:
                await stage.sql("update work set state = 'held', token = null")
            return Answered(True, "200")

        async def owner_epoch() -> list[tuple[object, ...]]:
            return await stage.sql("select epoch from connection_lease")

        async def perform(allowance: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
            return await one_call(link, allowance, effects, frozen, outcome)

        link = direct(stage, "hubspot", perform)
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        await stage.move(calls=False)
        dispatcher = await owner(stage, link)
        async with anyio.create_task_group() as tasks:
            assert await dispatcher._start(tasks) == 1
        await stage.sql("update connection_lease set expires_at = now()")
        (line,) = await stage.sql("select kind, vendor_id from receipt") or [(None, None)]
        if expected == "accepted":
            assert line == ("late answer", "v-1")
            await stage.move()
        assert (await states(stage))["crm"] == expected
        assert await stage.sql("select from receipt") == []
        assert await stage.sql("select from call_record where open") == []
