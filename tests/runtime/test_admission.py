"""Bursts: never more people than max_burst an hour, whoever routes them; approval lets them in."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from leadline.runtime import route as routing
from leadline.runtime.buckets import Buckets
from leadline.store import control, lease
from tests.cli.stage import Stage
from tests.runtime.floor import FILES, open_floor

pytestmark = pytest.mark.anyio

SMALL = FILES["leadline.yaml"].replace("defaults:\n", "defaults:\n  max_burst: 5\n")


async def test_two_workers_admit_no_more_than_one(tmp_path: Path, database_url: str) -> None:
    async with open_floor(tmp_path, database_url, {"leadline.yaml": SMALL}) as stage:
        for number in range(40):
            await stage.comes("signup", f"p{number}@x.example", {"title": "One"})
        async with stage.store.transaction() as conn:
            await stage.worker.releases.refresh(conn)
            held = await lease.take_buckets(conn, "stage", 64, 60)
        stage.worker.buckets = Buckets("stage", {h.bucket: h.epoch for h in held})
        everyone = stage.worker.buckets.buckets()
        async with anyio.create_task_group() as tasks:
            for part in range(4):
                tasks.start_soon(routing.route, stage.worker, everyone[part::4], 500)
        assert await _entries(stage) == [("entered", 5), ("waiting", 35)]


async def test_a_workflow_that_is_gone_takes_nobody_in_and_ends_no_worker(
    tmp_path: Path, database_url: str
) -> None:
    async with open_floor(tmp_path, database_url, {"leadline.yaml": SMALL}) as stage:
        for number in range(8):
            await stage.comes("signup", f"p{number}@x.example", {"title": "One"})
        await stage.move(calls=False)
        await stage.sql("update entry set workflow = 'gone' where outcome = 'waiting'")
        async with stage.store.connection() as conn:
            await control.approve(conn, "gone", "me")
        await stage.move(calls=False)
        assert await _entries(stage) == [("entered", 5), ("not entered", 3)]


async def _entries(stage: Stage) -> list[tuple[object, ...]]:
    return await stage.sql("select outcome, count(*)::int from entry group by 1 order by 1")
