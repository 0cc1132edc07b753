"""Look: ask a system whether it shows what an action of ours wrote."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from leadline.connectors.door import Door
from leadline.journey.action import Look
from leadline.ledger.outcome import Accepted, Outcome, Rejected, Unavailable
from leadline.runtime.grouping import Waiting
from leadline.runtime.link import Link
from leadline.runtime.worker import Worker
from leadline.store import report
from leadline.store.pool import Connection


class _Written(NamedTuple):
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
        lines = await report.outcomes_of(conn, [waiting.work.bucket], [action.written.enrollment])
        for line in reversed(lines):
            mine = (line.step, line.visit) == (action.written.step, action.written.visit)
            if mine and line.vendor_id is not None:
                return _Written(line.vendor_id, line.at)
        return None

    written = await worker.steps.transaction("read written", read)
    if written is None:
        return Unavailable("what it waits for was not written")
    seen = await worker.steps.call("look", lambda: has_seen(door, written.vendor_id, written.at))
    if seen:
        return Accepted(written.vendor_id, detail="the record shows the write")
    return Unavailable("the record does not show the write yet")
