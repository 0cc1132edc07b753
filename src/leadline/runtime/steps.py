"""The borders of the running system: transactions, calls, sleeps.

Everything that the loops do to the world goes through one of three verbs. A test carries them
out with its own ``Steps``, and so can stop, interleave or kill a loop at every border.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import anyio

from leadline.store.pool import Connection, Store

T = TypeVar("T")


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
        async with self.store.transaction() as conn:
            return await work(conn)

    async def call(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """Talk to the outside."""
        return await work()

    async def sleep(self, name: str, seconds: float) -> None:
        """Wait."""
        await anyio.sleep(max(0.0, seconds))
