"""A worker outlives what passes: a full disk, a statement that took too long, a lost store."""

from __future__ import annotations

from pathlib import Path

import anyio
import psycopg.errors
import pytest

from leadline.errors import DiskFull, StoreUnavailable
from leadline.runtime.steps import LiveSteps
from leadline.runtime.supervise import Supervisor
from leadline.store.pool import Connection, Store
from tests.runtime.floor import Flaky, open_floor, until

pytestmark = pytest.mark.anyio


async def test_a_deadlock_or_a_statement_that_takes_too_long_is_trouble_that_passes(
    store: Store,
) -> None:
    async def slow(conn: Connection) -> None:
        await conn.execute("set local statement_timeout = '20ms'")
        await conn.execute("select pg_sleep(5)")

    with pytest.raises(StoreUnavailable, match="too busy") as trouble:
        await LiveSteps(store).transaction("slow", slow)
    assert isinstance(trouble.value.__cause__, psycopg.errors.QueryCanceled)


async def test_a_full_disk_does_not_end_a_worker(tmp_path: Path, database_url: str) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        flaky = Flaky(LiveSteps(stage.store), frozenset({"*"}), DiskFull("No room."))
        stage.worker.steps = flaky
        stop = anyio.Event()

        async def revive() -> None:
            raise DiskFull("No room.")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Supervisor(stage.worker, revive).run, stop)
            await until(lambda: flaky.failures >= 10)
            flaky.away = frozenset()
            await until(lambda: len(stage.worker.buckets.held) == 64)
            stop.set()
