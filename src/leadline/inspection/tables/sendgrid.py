"""SendGrid's activity, and its lists of suppressions, whose sort stands in the file's name."""

from __future__ import annotations

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Hint, Shape

_SORTS = (
    (r"bounce", "bounces"),
    (r"block", "blocks"),
    (r"invalid", "invalid"),
    (r"spam", "spam reports"),
    (r"group[_ -]?unsub|asm", "group unsubscribes"),
    (r"unsub", "unsubscribes"),
)

_SUPPRESSION = (
    H("email", ("Email Address",), Meaning.EMAIL, 0.05),
    H("created", ("created_at",), Meaning.AT, 0.3),
    H("reason", (), Meaning.REASON, 0.4),
    H("status", (), weight=0.2),
    H("group_id", ("group",), weight=0.2),
    H("ip", (), weight=0.1),
)

_ACTIVITY = (
    H("processed", (), Meaning.AT, 0.3),
    H("message_id", ("msg_id",), Meaning.KEY, 0.3),
    H("event", ("status",), Meaning.EVENT, 0.1),
    H("email", ("to_email",), Meaning.EMAIL, 0.05),
    H("reason", (), Meaning.REASON, 0.05),
    *(
        H(name, (), weight=weight)
        for name, weight in (
            ("api_key_id", 0.4),
            ("recv_message_id", 0.5),
            ("credential_id", 0.3),
            ("subject", 0.02),
            ("from", 0.02),
            ("asm_group_id", 0.5),
            ("template_id", 0.2),
            ("originating_ip", 0.3),
            ("outbound_ip", 0.3),
            ("outbound_ip_type", 0.4),
            ("mx", 0.2),
            ("url", 0.02),
            ("attempt", 0.1),
            ("user_agent", 0.05),
            ("type", 0.0),
            ("is_unique", 0.2),
            ("username", 0.0),
            ("categories", 0.1),
            ("marketing_campaign_id", 0.3),
            ("marketing_campaign_name", 0.3),
            ("unique_args", 0.4),
        )
    ),
)

SHAPES = (
    Shape(
        "sendgrid-suppressions",
        "sendgrid",
        Kind.SUPPRESSION,
        "suppression",
        _SUPPRESSION,
        (("email",), ("created",)),
        ("message_id", "event", "First Name", "Last Name", "Klaviyo ID"),
        Hint(r"suppression|bounce|block|spam|unsubscribe|invalid_?email", 0.5),
        (("created", Hint(r"1\d{9}", 0.5)),),
        _SORTS,
        gives="suppressed addresses",
    ),
    Shape(
        "sendgrid-activity",
        "sendgrid",
        Kind.ACTIVITY,
        "event",
        _ACTIVITY,
        (("email",), ("event",), ("message_id", "recv_message_id")),
        (),
        Hint(r"sendgrid|activity|email_?events", 0.3),
        gives="events",
    ),
)
