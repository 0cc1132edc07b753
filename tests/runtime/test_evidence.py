"""Evidence: what is strange, or too early, holds nothing up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadline.connectors.contract import Receipt
from leadline.ledger.outcome import Rejected
from leadline.runtime import evidence
from leadline.runtime.evidence import keep_receipts, weigh_receipts
from tests.runtime.floor import open_floor, owner, states

pytestmark = pytest.mark.anyio


async def test_receipts_of_others_do_not_hold_up_ours(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "AT_ONCE", 5)
    async with open_floor(tmp_path, database_url) as stage:
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        await stage.move()
        assert (await states(stage))["greet"] == "accepted"
        ((ref,),) = await stage.sql("select ref from call_action where step = 'greet'")
        at = datetime.now(UTC)
        strange = [Receipt(f"of others {number}", "confirmed", at) for number in range(12)]
        await keep_receipts(stage.worker.steps, "mail", strange)
        await keep_receipts(stage.worker.steps, "mail", [Receipt(str(ref), "confirmed", at)])
        dispatcher = await owner(stage, stage.worker.links["mail"])
        for _ in range(3):
            await weigh_receipts(stage.worker, dispatcher.link, dispatcher.epoch)
        assert (await states(stage))["greet"] == "confirmed"
        assert await stage.sql("select count(*)::int from receipt") == [(12,)]


@pytest.mark.parametrize("heard", [True, False])
async def test_late_evidence_takes_a_run_out_of_the_dead_letters(
    tmp_path: Path, database_url: str, *, heard: bool
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        stage.answers["hubspot"] = lambda _: Rejected("no")
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        if heard:
            await stage.move()
            assert await stage.sql("select end_reason from enrollment") == [("dead letter",)]
        else:
            await stage.move(calls=False)
            await stage._call(stage.worker.links["hubspot"])
        ((ref,),) = await stage.sql("select ref from call_action where step = 'crm'")
        told = [Receipt(str(ref), "accepted", datetime.now(UTC))]
        await keep_receipts(stage.worker.steps, "hubspot", told)
        dispatcher = await owner(stage, stage.worker.links["hubspot"])
        assert await weigh_receipts(stage.worker, dispatcher.link, dispatcher.epoch) == 1
        await stage.sql("update connection_lease set expires_at = now()")
        await stage.move()
        found = await states(stage)
        assert (found["crm"], found["greet"]) == ("accepted", "accepted")
        assert await stage.sql("select from work") == []
