"""Which people this worker works for: its share of the buckets, by lease.

The share follows the number of workers that live. A worker that has more than its share gives
back at most a third of all at a time; one that has less takes what nobody holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from leadline.ledger import lease as lease_times
from leadline.runtime.steps import Steps
from leadline.store import lease
from leadline.store.pool import Connection

ALIVE_S = lease_times.BUCKET.total_seconds()
RENEW_S = ALIVE_S / 5
MOVE_AT_MOST = len(lease.LEASES) // 3


@dataclass(frozen=True, slots=True)
class Batch:
    """How much one batch handled; ``reached`` is the bucket after which there may be more.

    None: it was not full, and so came to the end of its buckets.
    """

    handled: int = 0
    reached: int | None = None


def share(workers: int) -> int:
    """Return how many leases each of so many workers should hold.

    >>> share(1), share(2), share(3), share(100)
    (64, 32, 22, 1)
    """
    return max(1, math.ceil(len(lease.LEASES) / max(1, workers)))


@dataclass(slots=True)
class Buckets:
    """The leases that this worker holds, first bucket to epoch; ``alive`` are the workers that
    it last saw, itself among them."""

    worker: str
    held: dict[int, int] = field(default_factory=dict[int, int])
    alive: tuple[str, ...] = ()

    def buckets(self, lane: int = 0, lanes: int = 1) -> list[int]:
        """List the buckets of all leases, or of one of several lanes that share them out."""
        firsts = sorted(b for b in self.held if b // lease.SHARE % lanes == lane)
        return [b for first in firsts for b in range(first, first + lease.SHARE)]

    def covering(self, buckets: Iterable[int]) -> list[lease.Held]:
        """Return the leases that cover these buckets, as they are held."""
        firsts = sorted({lease.lease_of(b) for b in buckets})
        return [lease.Held(first, self.held.get(first, -1)) for first in firsts]

    async def hold(self, conn: Connection, buckets: Iterable[int]) -> bool:
        """Lock the leases of these buckets until the transaction ends; False if one is lost."""
        covering = self.covering(buckets)
        if not covering:
            return True
        if any(h.epoch < 0 for h in covering):
            return False
        return await lease.hold_buckets(conn, self.worker, covering)

    async def balance(self, steps: Steps) -> None:
        """Prolong, give back and take, so that this worker holds its share."""
        kept, taken = await steps.transaction("balance buckets", self._balance)
        self.held = {h.bucket: h.epoch for h in (*kept, *taken)}

    async def _balance(self, conn: Connection) -> tuple[list[lease.Held], list[lease.Held]]:
        await lease.worker_seen(conn, self.worker)
        alive = await lease.workers_alive(conn, ALIVE_S)
        self.alive = tuple(alive)
        mine = share(len(alive))
        kept = await lease.renew_buckets(conn, self.worker, list(self.held), ALIVE_S)
        kept.sort()
        surplus = kept[mine:][:MOVE_AT_MOST]
        if surplus:
            await lease.give_back_buckets(conn, self.worker, [h.bucket for h in surplus])
            kept = [h for h in kept if h not in surplus]
        taken: list[lease.Held] = []
        if len(kept) < mine:
            taken = await lease.take_buckets(conn, self.worker, mine - len(kept), ALIVE_S)
        return kept, taken

    async def leave(self, steps: Steps) -> None:
        """Give everything back, so that others go on at once."""
        held, self.held = list(self.held), {}

        async def work(conn: Connection) -> None:
            await lease.give_back_buckets(conn, self.worker, held)
            await lease.worker_gone(conn, self.worker)

        await steps.transaction("leave buckets", work)
