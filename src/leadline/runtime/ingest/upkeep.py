"""What the event store needs once a day: new months made, old message ids forgotten."""

from __future__ import annotations

import anyio
from anyio.abc import TaskStatus

from leadline.errors import LeadlineError
from leadline.store.event_partitions import ensure_event_partitions
from leadline.store.intake import forget_message_ids
from leadline.store.pool import Store, now

EVERY_S = 24 * 60 * 60
# Trouble of the database, which everything else feels and tells at the same time.
AGAIN_AFTER_S = 60


async def keep_up(
    store: Store, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED
) -> None:
    """Do the upkeep now and then daily, until cancelled; started when it was done once.

    Raises the first time what the store raises; later it tries again.
    """
    await keep_up_once(store)
    task_status.started()
    wait_s = EVERY_S
    while True:
        await anyio.sleep(wait_s)
        try:
            await keep_up_once(store)
            wait_s = EVERY_S
        except LeadlineError:
            wait_s = AGAIN_AFTER_S


async def keep_up_once(store: Store) -> None:
    """Make the partitions of the coming months and forget old message ids."""
    async with store.connection() as conn:
        await ensure_event_partitions(conn, await now(conn))
        await forget_message_ids(conn)
