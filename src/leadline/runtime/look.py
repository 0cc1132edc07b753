"""Look: ask a system whether it shows what an action of ours wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from leadline.connectors.door import Door
from leadline.journey.action import Look
from leadline.ledger.key import ActionKey
from leadline.ledger.outcome import Accepted, Outcome, Rejected, Unavailable
from leadline.ledger.transitions import State
from leadline.runtime.actions import OVERWRITTEN_BY
from leadline.runtime.grouping import Waiting
from leadline.runtime.link import Link
from leadline.runtime.worker import Worker
from leadline.store import report
from leadline.store.pool import Connection
from leadline.store.work import ALL_BUCKETS

ANY_TIME = datetime.min.replace(tzinfo=UTC)
"""Of a write whose time the vendor did not tell, every state of its record shows it."""


class _Written(NamedTuple):
    """What a write left; ``at`` is the vendor's own time of it."""

    vendor_id: str
    at: datetime


async def look(worker: Worker, link: Link, door: Door, waiting: Waiting) -> Outcome:
    """Return Accepted once the record shows the state that our write returned."""
    action = waiting.action
    assert isinstance(action, Look)
    has_seen = link.connector.has_seen
    if has_seen is None:
        return Rejected(f"{link.name} cannot be asked what it has seen.")

    async def read(conn: Connection) -> _Written | None:
        return await _written(conn, action.written)

    written = await worker.steps.transaction("read written", read)
    if written is None:
        return Unavailable("what it waits for was not written")
    seen = await worker.steps.call("look", lambda: has_seen(door, written.vendor_id, written.at))
    if seen:
        return Accepted(written.vendor_id, detail="the record shows the write")
    return Unavailable("the record does not show the write yet")


async def _written(conn: Connection, key: ActionKey) -> _Written | None:
    """Find what an action wrote, or the later write that says the same in its place."""
    lines = await report.outcomes_of(conn, ALL_BUCKETS, [key.enrollment])
    for line in reversed(lines):
        if (line.step, line.visit) != (key.step, key.visit):
            continue
        if line.vendor_id is not None:
            return _Written(line.vendor_id, line.vendor_at or ANY_TIME)
        if line.state == State.SUPERSEDED and line.reason is not None:
            # A write is overwritten by a later one only, so that this comes to an end.
            return await _written(conn, ActionKey.parse(line.reason.removeprefix(OVERWRITTEN_BY)))
    return None
