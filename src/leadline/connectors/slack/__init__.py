"""Slack: posts to channels, many in one message, found again by what they carry.

Slack has no key against doubles, so a post carries the names of its members as metadata, and
after a lost answer the channel's history tells whether it is there. Contract: vendors.md,
section 3, where each figure has its source.
"""

from __future__ import annotations

from datetime import timedelta

from leadline.connectors.contract import Connector, Digest, Post, Settings
from leadline.connectors.slack.check import check
from leadline.connectors.slack.history import verify
from leadline.connectors.slack.post import MOST_POSTS, perform
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Settles
from leadline.ledger.vendor_limits import SLACK


def _settles(settings: Settings) -> Settles:
    del settings
    return Settles.VERIFIED


connector = Connector(
    kind="slack",
    secrets=("token",),
    limits=SLACK,
    objects=(),
    actions={Post: Digest(MOST_POSTS)},
    settles=_settles,
    timing=CallTiming(
        time_out=timedelta(seconds=8),
        margin=timedelta(seconds=6),
        # Assumed: Slack answers in well under a second, or not at all.
        vendor_processing=timedelta(seconds=3),
        read_back=timedelta(seconds=1),
    ),
    check=check,
    perform=perform,
    verify=verify,
)
