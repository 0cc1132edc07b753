"""Slots: none is left behind, neither by an owner that stays nor by one that died."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from leadline.connectors.contract import Answered, Begun, CallIntent, Place
from leadline.ledger.budget import Lane, adds_up
from leadline.runtime.allowance import ClaimAllowance
from leadline.runtime.dispatch import Dispatcher
from leadline.runtime.link import Link
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


async def test_answered_calls_of_a_day_are_one_row_with_their_units(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        link = stage.worker.links["hubspot"]
        dispatcher = await owner(stage, link)
        for _ in range(5):
            await _read_call(stage, dispatcher)
        daily = [w for w in link.windows.values() if adds_up(w)]
        assert daily, "HubSpot counts by the day"
        found = await stage.sql("select span, count(*)::int, sum(units)::int from slot group by 1")
        by_span = {span: (rows, units) for span, rows, units in found}
        for window in link.windows.values():
            assert by_span[window.name] == ((1, 5) if adds_up(window) else (5, 5))
        again = await _taken_over(stage, link)
        for window in daily:
            (slot,) = [s for s in again.budget.slots.values() if s.window == window.name]
            assert slot.units == 5
        await _read_call(stage, again)
        assert await stage.sql(
            "select sum(units)::int, count(*)::int from slot where span = %s", daily[0].name
        ) == [(6, 1)]


async def _read_call(stage: Stage, dispatcher: Dispatcher) -> None:
    """One request that has no effect: it only counts."""
    budget = dispatcher.budget
    allowance = ClaimAllowance(
        budget,
        stage.worker.steps,
        stage.worker.name,
        dispatcher.epoch,
        uuid4(),
        Lane.TRANSACTIONAL,
        {},
        budget.clock.now() + timedelta(seconds=30),
    )
    places = tuple(Place(name) for name in dispatcher.link.windows)
    begun = await allowance.begin(CallIntent("read", (), (), places, 1, None, 5.0))
    assert isinstance(begun, Begun)
    await allowance.end(begun.call_id, Answered(sent=True, words="200"))


async def _taken_over(stage: Stage, link: Link) -> Dispatcher:
    await stage.sql("update connection_lease set expires_at = now()")
    return await owner(stage, link)
