"""HubSpot: contacts are looked up by address, changed by record id, created under our own key.

Settles ``verified``: HubSpot has no idempotency key, but a read by address or id shows every
write at once (search, which lags, is never used). An ``increment`` cannot be read back and is
held where its answer was lost, unless the record shows that nothing touched it.

Why creation is ``batch/create`` and not ``batch/upsert``: both are idempotent by the unique
property ``leadline_key`` (and by the address), but an upsert that arrives late, or that meets a
contact whose address a person has corrected meanwhile, overwrites what is newer; a create is
refused with a conflict, and what is there is then read and updated.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from leadline.connectors.contract import Batch, Connector, RecordWrite
from leadline.connectors.door import Door
from leadline.connectors.hubspot.calls import read_one
from leadline.connectors.hubspot.check import check, create_key_property, mend
from leadline.connectors.hubspot.verify import verify
from leadline.connectors.hubspot.writing import perform
from leadline.ledger import vendor_limits
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Settles

__all__ = ["connector", "create_key_property"]


async def has_seen(door: Door, record_id: str, since: datetime) -> bool:
    """Whether a record, read by its id, was changed at this moment or later, by HubSpot's clock.

    HubSpot tells milliseconds. A record that cannot be read shows nothing.
    """
    row = await read_one(door, record_id)
    if row is None or row.updated_at is None:
        return False
    return row.updated_at >= since.replace(microsecond=since.microsecond // 1000 * 1000)


connector = Connector(
    kind="hubspot",
    secrets=("token",),
    limits=vendor_limits.HUBSPOT,
    objects=("contact",),
    actions={RecordWrite: Batch(vendor_limits.HUBSPOT.sizes["batch"].most)},
    settles=lambda settings: Settles.VERIFIED,
    # A write is the second or third call of its claim: half the margin is for those before it.
    # HubSpot states no figure for how long it may go on after a lost answer (a batch takes a
    # second or two), so that is an assumption. A read by id or address is fresh at once.
    timing=CallTiming(
        time_out=timedelta(seconds=10),
        margin=timedelta(seconds=10),
        vendor_processing=timedelta(seconds=5),
        read_back=timedelta(seconds=1),
    ),
    check=check,
    perform=perform,
    verify=verify,
    has_seen=has_seen,
    mend=mend,
)
