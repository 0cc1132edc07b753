"""Wait for something that another task, thread or process brings about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(true: Callable[[], bool], within_s: float = 5.0) -> None:
    """Return once it is true. Raises TimeoutError after ``within_s`` seconds."""
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110  (what changes it sets no event)
            await asyncio.sleep(0.01)
