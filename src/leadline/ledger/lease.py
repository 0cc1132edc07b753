"""Three leases, and the arithmetic of rule 4.

A lease is a promise about time: who holds it may act, who waits for its end may conclude. All
moments are the database's clock; a worker measures the time since its claim with its own
monotonic clock, started *before* the claim's statement, so that an error is on the safe side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

BUCKET = timedelta(seconds=10)
"""A worker owns a bucket this long without renewing; renewed at a third of it."""

CONNECTION = timedelta(seconds=5)
"""A worker owns a connection this long without renewing: a dead owner is replaced in 5 s."""

VERIFY_FOR = timedelta(hours=1)
"""So long an unknown effect is looked for where the vendor can be asked; then it is held."""


@dataclass(frozen=True, slots=True)
class CallTiming:
    """How long one call may take, and how long its trace may stay in doubt.

    ``time_out``: from the first byte to giving up the answer. ``margin``: what claiming,
    writing the call row and waking up may take beside it; half of it before the call, half
    after. ``vendor_processing``: how long after the time-out the vendor may still carry the
    call out. ``read_back``: how long after that an effect may be missing from a read by id.
    """

    time_out: timedelta
    margin: timedelta
    vendor_processing: timedelta
    read_back: timedelta


def lease_until(claimed_at: datetime, timing: CallTiming) -> datetime:
    """When the claim's lease ends: the call's time-out and the margin after it was claimed."""
    return claimed_at + timing.time_out + timing.margin


def send_by(claimed_at: datetime, timing: CallTiming) -> datetime:
    """The last moment to begin the call: its time-out then ends before the lease does."""
    return claimed_at + timing.margin / 2


def verify_after(
    lease_end: datetime, vendor_processing: timedelta, read_back: timedelta
) -> datetime:
    """The first moment at which not finding an effect proves that there is none."""
    return lease_end + vendor_processing + read_back
