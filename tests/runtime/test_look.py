"""A run that waits until a system has seen a write goes on as soon as the record shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from leadline.connectors.contract import Allowance, Answered, Effect
from leadline.ledger.outcome import Accepted, Outcome
from leadline.runtime.link import Link
from tests.cli.stage import Stage
from tests.runtime.floor import FILES, direct, one_call, open_floor, states

pytestmark = pytest.mark.anyio

VENDORS_TIME = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORKFLOW = """
name: Second
why: Another one writes the same record.
owner: ops@acme.example
starts: { when: second }
steps:
  - step: crm2
    save_to: hubspot contact
    set: { last_webinar: event.title }
  - step: caught-up
    wait_until: hubspot has seen crm2
    at_most: 30 minutes
    if_not: stop
"""


def _crm(stage: Stage, asked: list[datetime]) -> Link:
    async def between(_: UUID) -> Answered:
        return Answered(True, "200")

    async def perform(allowance: Allowance, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
        accepted = Accepted("record-1", VENDORS_TIME)
        return await one_call(link, allowance, effects, between, accepted)

    async def has_seen(door: object, record: str, at: datetime) -> bool:
        asked.append(at)
        return at <= VENDORS_TIME

    link = direct(stage, "hubspot", perform)
    link = replace(link, connector=replace(link.connector, has_seen=has_seen))
    stage.worker.links = {**stage.worker.links, "hubspot": link}
    return link


async def test_it_asks_for_the_time_that_the_vendor_told(tmp_path: Path, database_url: str) -> None:
    asked: list[datetime] = []
    async with open_floor(tmp_path, database_url, {"workflows/second.yaml": WORKFLOW}) as stage:
        _crm(stage, asked)
        await stage.comes("second", "ann@x.example", {"title": "One"})
        await stage.move()
        assert asked == [VENDORS_TIME]
        assert await _ends(stage) == ["completed"]


async def test_a_superseded_write_is_seen_by_the_one_in_its_place(
    tmp_path: Path, database_url: str
) -> None:
    asked: list[datetime] = []
    later = FILES["workflows/welcome.yaml"]
    files = {"workflows/second.yaml": WORKFLOW, "workflows/welcome.yaml": later}
    async with open_floor(tmp_path, database_url, files) as stage:
        _crm(stage, asked)
        await stage.comes("second", "ann@x.example", {"title": "One"})
        await stage.move(calls=False)
        await stage.comes("signup", "ann@x.example", {"title": "Two"})
        await stage.move(calls=False)
        await stage.move()
        assert (await states(stage))["crm2"] == "superseded"
        assert asked == [VENDORS_TIME]


async def _ends(stage: Stage) -> Sequence[object]:
    return [row[0] for row in await stage.sql("select end_reason from enrollment")]
