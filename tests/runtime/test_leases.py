"""Leases: a batch keeps its ground, renewing waits for none, and nobody waits for the frozen."""

from __future__ import annotations

import anyio
import pytest

from leadline.store import lease
from leadline.store.pool import Store

pytestmark = pytest.mark.anyio


async def test_a_batch_under_way_delays_no_renewal(store: Store) -> None:
    async with store.transaction() as conn:
        epoch = await lease.take_connection(conn, "mail", "a", 5)
        held = await lease.take_buckets(conn, "a", 64, 10)
    assert epoch == 1
    with anyio.fail_after(5):
        async with store.transaction() as batch:
            assert await lease.hold_connection(batch, "mail", "a", 1)
            assert await lease.hold_buckets(batch, "a", held)
            async with store.transaction() as other:
                assert await lease.renew_connection(other, "mail", "a", 1, 5)
                buckets = [h.bucket for h in held]
                assert len(await lease.renew_buckets(other, "a", buckets, 10)) == 64


async def test_a_take_over_passes_over_what_a_batch_still_holds(store: Store) -> None:
    async with store.transaction() as conn:
        await lease.take_connection(conn, "mail", "a", 5)
        held = await lease.take_buckets(conn, "a", 64, 10)
    with anyio.fail_after(5):
        async with store.transaction() as batch:
            assert await lease.hold_connection(batch, "mail", "a", 1)
            assert await lease.hold_buckets(batch, "a", held[:2])
            async with store.connection() as conn:
                await conn.execute("update connection_lease set expires_at = now()")
                await conn.execute("update bucket_lease set expires_at = now()")
            async with store.transaction() as other:
                assert await lease.take_connection(other, "mail", "b", 5) is None
                taken = await lease.take_buckets(other, "b", 64, 10)
                assert len(taken) == 62
    async with store.transaction() as conn:
        assert await lease.take_connection(conn, "mail", "b", 5) == 2
        assert len(await lease.take_buckets(conn, "b", 64, 10)) == 2
