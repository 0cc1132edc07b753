"""What only the last hour or day asks for does not pile up."""

from __future__ import annotations

import pytest

from leadline.runtime.ingest.upkeep import keep_up_once
from leadline.store import lease
from leadline.store.pool import Store

pytestmark = pytest.mark.anyio


async def test_killed_workers_and_old_bursts_are_forgotten(store: Store) -> None:
    async with store.connection() as conn:
        await lease.worker_seen(conn, "killed")
        await conn.execute("update worker set seen_at = now() - interval '2 days'")
        await lease.worker_seen(conn, "alive")
        await conn.execute(
            "insert into burst values ('w', now() - interval '2 days', 9), ('w', now(), 1)"
        )
    await keep_up_once(store)
    async with store.connection() as conn:
        workers = await (await conn.execute("select id from worker")).fetchall()
        bursts = await (await conn.execute("select admitted from burst")).fetchall()
    assert (workers, bursts) == ([("alive",)], [(1,)])
