"""The borders of the running system: transactions, calls, sleeps.

Everything that the loops do to the world goes through one of three verbs. A test carries them
out with its own ``Steps``, and so can stop, interleave or kill a loop at every border.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import anyio

from leadline.errors import DiskFull, StoreUnavailable
from leadline.store.pool import Connection, Store, batch

T = TypeVar("T")

STORE_TROUBLE = (StoreUnavailable, DiskFull)
"""What passes by itself, or when somebody has mended it: wait, and go on."""
AGAIN_S = 0.25


class Steps(Protocol):
    """Carries out what a loop does; ``name`` says which border it is."""

    async def transaction(self, name: str, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run ``work`` in one transaction."""
        ...

    async def call(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """Talk to the outside."""
        ...

    async def sleep(self, name: str, seconds: float) -> None:
        """Wait."""
        ...


@dataclass(frozen=True, slots=True)
class LiveSteps:
    """The real ones."""

    store: Store

    async def transaction(self, name: str, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run ``work`` in one transaction of the store."""
        async with batch(self.store) as conn:
            return await work(conn)

    async def call(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """Talk to the outside."""
        return await work()

    async def sleep(self, name: str, seconds: float) -> None:
        """Wait."""
        await anyio.sleep(max(0.0, seconds))


async def insist(
    steps: Steps,
    name: str,
    work: Callable[[Connection], Awaitable[None]],
    give_up: Callable[[], bool],
) -> bool:
    """Run a transaction that must come about, again and again while the store is away.

    ``work`` may have happened when its commit was lost, so it must be harmless twice. False
    where ``give_up`` said so before the store was back.
    """
    while True:
        try:
            await steps.transaction(name, work)
        except STORE_TROUBLE:
            if give_up():
                return False
            await steps.sleep(name, AGAIN_S)
        else:
            return True
