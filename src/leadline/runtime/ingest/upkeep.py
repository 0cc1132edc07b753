"""What the event store needs once a day: new months made, old message ids forgotten."""

from __future__ import annotations

import anyio

from leadline.errors import LeadlineError
from leadline.store.event_partitions import ensure_event_partitions
from leadline.store.intake import forget_message_ids
from leadline.store.lease import forget_workers
from leadline.store.pool import Store, now
from leadline.store.route import forget_bursts

EVERY_S = 24 * 60 * 60
# Trouble of the database, which everything else feels and tells at the same time.
AGAIN_AFTER_S = 60


async def keep_up(store: Store) -> None:
    """Do the upkeep daily, the first time in a day from now, until cancelled."""
    wait_s = EVERY_S
    while True:
        await anyio.sleep(wait_s)
        try:
            await keep_up_once(store)
            wait_s = EVERY_S
        except LeadlineError:
            wait_s = AGAIN_AFTER_S


async def keep_up_once(store: Store) -> None:
    """Make the partitions of the coming months; forget old message ids, workers and bursts.

    Raises StoreUnavailable or DiskFull.
    """
    async with store.connection() as conn:
        await ensure_event_partitions(conn, await now(conn))
        await forget_message_ids(conn)
        await forget_workers(conn)
        await forget_bursts(conn)
