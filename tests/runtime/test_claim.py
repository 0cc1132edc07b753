"""Claims: a group whole or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from leadline.runtime.claim import claim_due
from leadline.runtime.recover import recover
from leadline.store import work
from leadline.store.pool import Connection
from tests.runtime.floor import open_floor, owner

pytestmark = pytest.mark.anyio


async def test_a_member_that_is_settled_meanwhile_undoes_the_claim(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        await stage.move(calls=False)
        await stage.comes("second", "ann@x.example", {"title": "Two"})
        await stage.move(calls=False)
        dispatcher = await owner(stage, stage.worker.links["hubspot"])
        claim: Callable[..., Awaitable[list[work.Claimed]]] = work.claim

        async def settled_first(conn: Connection, *rest: object) -> list[work.Claimed]:
            monkeypatch.setattr(work, "claim", claim)
            await stage.sql("update work set state = 'dead' where step = 'crm'")
            return await claim(conn, *rest)

        monkeypatch.setattr(work, "claim", settled_first)
        link, budget, epoch = dispatcher.link, dispatcher.budget, dispatcher.epoch
        undone = await claim_due(stage.worker, link, budget, epoch)
        assert (undone.claims, undone.settled) == ([], 1)
        assert budget.promised == {}
        assert await stage.sql("select state from work where step = 'crm2'") == [("pending",)]
        found = await claim_due(stage.worker, link, budget, epoch)
        assert [m.work.step for c in found.claims for m in c.group.members] == ["crm2"]


async def test_what_is_past_its_last_attempt_is_not_begun(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        await stage.move(calls=False)
        await stage.comes("second", "ann@x.example", {"title": "Two"})
        await stage.move(calls=False)
        await stage.sql("update work set retry_until = now() where step = 'crm'")
        dispatcher = await owner(stage, stage.worker.links["hubspot"])
        link, budget, epoch = dispatcher.link, dispatcher.budget, dispatcher.epoch
        assert (await claim_due(stage.worker, link, budget, epoch)).claims == []
        assert await recover(stage.worker, link, epoch) == 1
        found = await claim_due(stage.worker, link, budget, epoch)
        assert [m.work.step for c in found.claims for m in c.group.members] == ["crm2"]
