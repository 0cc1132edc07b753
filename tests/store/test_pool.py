"""Connections are lent, given back and lost as the pool says."""

from __future__ import annotations

from datetime import UTC

import pytest

from leadline.store.pool import Store, now


@pytest.mark.anyio
async def test_the_clock_is_the_databases_and_speaks_utc(store: Store) -> None:
    async with store.transaction() as connection:
        at = await now(connection)
    assert at.tzinfo is UTC
