"""Slots: none is left behind, neither by an owner that stays nor by one that died."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadline.runtime.recover import recover
from tests.cli.stage import Stage
from tests.runtime.floor import open_floor, owner

pytestmark = pytest.mark.anyio


async def test_an_owner_that_stays_forgets_slots_that_are_free(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        dispatcher = await owner(stage, stage.worker.links["hubspot"])
        await _slot(stage, "now() - interval '1 minute'")
        await recover(stage.worker, dispatcher.link, dispatcher.epoch)
        assert await stage.sql("select from slot") == []


async def test_a_slot_of_a_dead_owner_frees_once_for_all(tmp_path: Path, database_url: str) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        link = stage.worker.links["hubspot"]
        await _slot(stage, "'infinity'", next(iter(link.windows)))
        dispatcher = await owner(stage, link)
        assert [s.window for s in dispatcher.budget.slots.values()] == list(link.windows)[:1]
        ((free_at,),) = await stage.sql("select free_at::text from slot")
        assert free_at != "infinity"
        await stage.sql("update connection_lease set expires_at = now()")
        await owner(stage, link)
        assert await stage.sql("select free_at::text from slot") == [(free_at,)]


async def _slot(stage: Stage, free_at: str, window: str = "no such") -> None:
    await stage.sql(
        "insert into slot (connection, id, span, scope_key, units, lane, taken_at, free_at)"
        " values ('hubspot', gen_random_uuid(), %s, '', 1, 'transactional', now(),"
        f" {free_at})",
        window,
    )
