"""HubSpot: contacts, written by record id in batches and proved by reading back.

An address is looked up first (a read sees every write at once, a search does not); what is
there is updated by its id, what is not is created under a unique property of ours,
``leadline_key``, so that a repeat creates nothing twice. Contract: vendors.md, section 1.
"""

from __future__ import annotations

from datetime import timedelta

from leadline.connectors.contract import Batch, Connector, RecordWrite, Settings
from leadline.connectors.hubspot.check import check, mend
from leadline.connectors.hubspot.look import has_seen, verify
from leadline.connectors.hubspot.wire import MOST_RECORDS
from leadline.connectors.hubspot.write import perform
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Settles
from leadline.ledger.vendor_limits import HUBSPOT


def _settles(settings: Settings) -> Settles:
    del settings
    return Settles.VERIFIED


connector = Connector(
    kind="hubspot",
    secrets=("token",),
    limits=HUBSPOT,
    objects=("contact",),
    actions={RecordWrite: Batch(MOST_RECORDS)},
    settles=_settles,
    timing=CallTiming(
        time_out=timedelta(seconds=10),
        # Half of it is for the calls before the last one: lookup, write, halves of a batch.
        margin=timedelta(seconds=10),
        # Assumed: HubSpot ends a request within half a minute at most; a batch takes one or two
        # seconds, and reads by id see a write as soon as it is done.
        vendor_processing=timedelta(seconds=5),
        read_back=timedelta(seconds=1),
    ),
    check=check,
    perform=perform,
    verify=verify,
    has_seen=has_seen,
    mend=mend,
)
