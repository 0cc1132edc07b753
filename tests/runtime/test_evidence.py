"""Evidence: what is strange, or too early, holds nothing up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadline.connectors.contract import Receipt
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
