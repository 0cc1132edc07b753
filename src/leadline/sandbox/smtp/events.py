"""What SES tells of a mail: Send, then Delivery, Bounce or Complaint for each recipient.

Shape: SES event publishing (vendors.md section 4). ``mail.messageId`` is SES's own id; the
Message-ID that the sender wrote is in ``mail.headers`` and ``mail.commonHeaders``.
"""

from __future__ import annotations

import email
import email.header
import email.policy
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from leadline.sandbox.timing import iso

ACCOUNT = "000000000000"
DELIVERED = "delivered"
COMPLAINED = "complained"
SUPPRESSED = "Permanent/OnAccountSuppressionList"
DIAGNOSES = {
    "Permanent/General": "smtp; 550 5.1.1 user unknown",
    "Permanent/NoEmail": "smtp; 550 5.1.1 user unknown",
    "Transient/MailboxFull": "smtp; 452 4.2.2 mailbox full",
    "Permanent/OnAccountSuppressionList": "Amazon SES did not send the message to this address "
    "because it is on the suppression list for your account.",
    "Permanent/Suppressed": "Amazon SES has suppressed sending to this address.",
}


@dataclass(frozen=True, slots=True)
class Headers:
    """What a mail says of itself."""

    message_id: str | None
    subject: str
    all: tuple[tuple[str, str], ...]
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    configuration_set: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted message. ``fates`` says for each recipient what will become of it."""

    id: str
    at: float
    sender: str
    fates: Mapping[str, str]
    headers: Headers
    source: bytes
    envid: str | None
    notify: Mapping[str, str]


def read_headers(source: bytes) -> Headers:
    """Read the header part of a message; encoded words are decoded."""
    parsed = email.message_from_bytes(source, policy=email.policy.compat32)
    found = tuple((name, _decoded(str(value))) for name, value in parsed.items())
    by_name = {name.lower(): value for name, value in found}
    tags: dict[str, str] = {}
    for pair in by_name.get("x-ses-message-tags", "").split(","):
        name, equals, value = pair.strip().partition("=")
        if equals:
            tags[name] = value
    message_id = by_name.get("message-id")
    return Headers(
        message_id=message_id.strip() if message_id else None,
        subject=by_name.get("subject", ""),
        all=found,
        tags=tags,
        configuration_set=by_name.get("x-ses-configuration-set"),
    )


def _decoded(value: str) -> str:
    unfolded = value.replace("\r\n", "").replace("\n", "")
    try:
        return str(email.header.make_header(email.header.decode_header(unfolded)))
    except (LookupError, UnicodeDecodeError):
        return unfolded


def send_event(message: Accepted) -> dict[str, JsonValue]:
    """SES took the message and will try."""
    return {"eventType": "Send", "mail": _mail(message), "send": {}}


def fate_event(message: Accepted, recipient: str, now: float) -> dict[str, JsonValue]:
    """What became of it for one recipient."""
    fate = message.fates[recipient]
    mail = _mail(message)
    if fate == DELIVERED:
        delivery: JsonValue = {
            "timestamp": iso(now),
            "processingTimeMillis": max(1, int((now - message.at) * 1000)),
            "recipients": [recipient],
            "smtpResponse": "250 2.0.0 OK",
            "reportingMTA": "a1-2.smtp-out.sandbox.invalid",
        }
        return {"eventType": "Delivery", "mail": mail, "delivery": delivery}
    if fate == COMPLAINED:
        complaint: JsonValue = {
            "complainedRecipients": [{"emailAddress": recipient}],
            "timestamp": iso(now),
            "feedbackId": str(uuid.uuid4()),
            "complaintFeedbackType": "abuse",
        }
        return {"eventType": "Complaint", "mail": mail, "complaint": complaint}
    kind, _, sub = fate.partition("/")
    bounced: JsonValue = {
        "emailAddress": recipient,
        "action": "failed",
        "status": "5.1.1" if kind == "Permanent" else "4.4.7",
        "diagnosticCode": DIAGNOSES.get(fate, "smtp; 550 5.0.0 refused"),
    }
    bounce: JsonValue = {
        "bounceType": kind,
        "bounceSubType": sub,
        "bouncedRecipients": [bounced],
        "timestamp": iso(now),
        "feedbackId": str(uuid.uuid4()),
        "reportingMTA": "dsn; a1-2.smtp-out.sandbox.invalid",
    }
    return {"eventType": "Bounce", "mail": mail, "bounce": bounce}


def _mail(message: Accepted) -> dict[str, JsonValue]:
    headers = message.headers
    by_name = {name.lower(): value for name, value in headers.all}
    common: dict[str, JsonValue] = {"subject": headers.subject}
    if headers.message_id is not None:
        common["messageId"] = headers.message_id
    for name in ("from", "to"):
        if name in by_name:
            common[name] = [by_name[name]]
    tags: dict[str, JsonValue] = {
        "ses:configuration-set": [headers.configuration_set or "sandbox"],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": [message.sender.rpartition("@")[2]],
    }
    tags |= {name: [value] for name, value in headers.tags.items()}
    return {
        "timestamp": iso(message.at),
        "source": message.sender,
        "sendingAccountId": ACCOUNT,
        "messageId": message.id,
        "destination": list[JsonValue](message.fates),
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in headers.all],
        "commonHeaders": common,
        "tags": tags,
    }
