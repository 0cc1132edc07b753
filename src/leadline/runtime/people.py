"""People: routed and advanced in lanes, so that one computes while another's batch is written.

A lane has its share of this worker's buckets, so that all that concerns one person happens in
one lane, one batch after another.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from leadline.runtime.advance import advance_due
from leadline.runtime.route import route
from leadline.runtime.worker import Worker

LANES = 2
AT_ONCE = 500
IDLE_S = 0.05


@dataclass(slots=True)
class PeopleLane:
    """One lane of a worker.

    A full batch may have left something in the buckets that come later, so the next one begins
    after its last bucket: nobody waits for a bucket that is never empty.
    """

    worker: Worker
    lane: int = 0
    lanes: int = LANES
    routed_to: int | None = None
    moved_to: int | None = None

    async def move(self) -> float:
        """Route and advance one batch each; return how long to wait before the next."""
        buckets = self.worker.buckets.buckets(self.lane, self.lanes)
        whole = self.routed_to is None and self.moved_to is None
        routed = await route(self.worker, _after(buckets, self.routed_to), AT_ONCE)
        self.routed_to = routed.reached
        moved = await advance_due(self.worker, _after(buckets, self.moved_to), AT_ONCE)
        self.moved_to = moved.reached
        # Let answers that came meanwhile be written before the next batch.
        await asyncio.sleep(0)
        return IDLE_S if whole and not routed.handled and not moved.handled else 0.0


def _after(buckets: list[int], reached: int | None) -> list[int]:
    return buckets if reached is None else [b for b in buckets if b > reached]
