"""Mail over SMTP, with delivery evidence from Amazon SES where its feed is switched on.

SMTP has neither a key against doubles nor a way to ask. So one mail is one call, and after its
final dot only evidence or a person settles what got no answer. Contract: vendors.md, section 4.
"""

from __future__ import annotations

from datetime import timedelta

from leadline.connectors.contract import Connector, Mail, Settings, Single
from leadline.connectors.smtp.feed import receive
from leadline.connectors.smtp.send import check, perform
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Settles
from leadline.ledger.vendor_limits import SMTP


def _settles(settings: Settings) -> Settles:
    """A feed proves what became of a mail; a DSN goes to a mailbox that a person reads."""
    return Settles.VERIFIED if settings.values.get("evidence") == "feed" else Settles.HELD


connector = Connector(
    kind="smtp",
    secrets=("user", "password"),
    limits=SMTP,
    objects=(),
    actions={Mail: Single()},
    settles=_settles,
    timing=CallTiming(
        time_out=timedelta(seconds=20),
        margin=timedelta(seconds=5),
        # After the dot a server may go on as long as it likes (RFC 5321 grants it 10 minutes);
        # the delivery feed, not the time, says what became of it.
        vendor_processing=timedelta(seconds=5),
        read_back=timedelta(seconds=1),
    ),
    check=check,
    perform=perform,
    receive=receive,
)
