"""A vendor record is written by one call at a time, in ledger order, and is never left blocked."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from leadline.connectors.contract import Allowance, Answered, Effect, NotNow
from leadline.ledger.outcome import Accepted, Outcome, Rejected, Unavailable, Unknown
from tests.runtime.floor import direct, expire, intent_of, one_call, open_floor, states

pytestmark = pytest.mark.anyio


async def _answered(_: UUID) -> Answered:
    return Answered(True, "200")


async def test_a_refused_batch_is_halved_within_its_claim(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        sizes: list[int] = []

        async def perform(allowance: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
            begun = await allowance.begin(intent_of(link, effects))
            if isinstance(begun, NotNow):
                return tuple(Unavailable(begun.reason) for _ in effects)
            sizes.append(len(effects))
            await allowance.end(begun.call_id, Answered(True, "400"))
            if len(effects) == 1:
                return (Rejected("refused"),)
            half = len(effects) // 2
            first = await perform(allowance, effects[:half])
            return (*first, *await perform(allowance, effects[half:]))

        link = direct(stage, "hubspot", perform)
        for name in ("ann", "bea", "cleo", "dora"):
            await stage.comes("signup", f"{name}@x.example", {"title": "One"})
        await stage.move()
        assert sizes == [4, 2, 1, 1, 2, 1, 1]
        assert await stage.sql("select from call_record where open") == []


async def test_a_record_that_evidence_settled_early_is_written_again_later(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:

        async def perform(allowance: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
            outcome = Unknown("no answer") if not answers else Accepted("v")
            return await one_call(link, allowance, effects, _answered, outcome)

        answers: list[str] = []
        link = direct(stage, "hubspot", perform)
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        await stage.move()
        assert (await states(stage))["crm"] == "unknown"
        ((ref,),) = await stage.sql("select ref from call_action")
        await stage.sql(
            "insert into receipt (connection, id, ref, kind, at, permanent, received_at, due_at)"
            " values ('hubspot', gen_random_uuid(), %s, 'accepted', now(), false, now(), now())",
            ref,
        )
        answers.append("yes")
        await stage.move()
        assert (await states(stage))["crm"] == "accepted"
        await stage.comes("second", "ann@x.example", {"title": "Two"})
        await stage.move()
        assert (await states(stage))["crm2"] == "pending"  # the first call may still be going on
        assert await stage.sql("select attempt from work where step = 'crm2'") == [(0,)]
        await expire(stage, "hubspot")
        await stage.move()
        assert (await states(stage))["crm2"] == "accepted"


async def test_a_held_write_does_not_block_its_record(tmp_path: Path, database_url: str) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        outcomes: list[Outcome] = [Unknown("no answer"), Accepted("v")]

        async def perform(allowance: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
            return await one_call(link, allowance, effects, _answered, outcomes.pop(0))

        link = direct(stage, "hubspot", perform)
        await stage.comes("signup", "ann@x.example", {"title": "One"})
        await stage.move()
        await expire(stage, "hubspot")
        await stage.move()
        assert (await states(stage))["crm"] == "held"
        await stage.comes("second", "ann@x.example", {"title": "Two"})
        await stage.move()
        assert (await states(stage))["crm2"] == "accepted"


async def test_two_spellings_of_an_address_are_one_record(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        await stage.comes("signup", "Ann@X.example", {"title": "One"})
        await stage.move(calls=False)
        await stage.comes("second", "ann@x.example", {"title": "Two"})
        await stage.move()
        assert await stage.sql("select record from call_record") == [("ann@x.example",)]
        one, other = "Jose\u0301@x.example", "Jos\u00e9@x.example"
        assert stage.worker.suppression_digest(one) == stage.worker.suppression_digest(other)
