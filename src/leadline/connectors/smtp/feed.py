"""The delivery feed: events of Amazon SES, signed and posted by SNS.

A signature proves that Amazon sent it, and a Message-ID of ours, a keyed digest, that it is
about a mail of ours. Source: SNS developer guide, "Verifying the signatures of Amazon SNS
messages"; SES, "Contents of event data" (vendors.md, section 4).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast
from urllib.parse import urlsplit

import orjson
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from leadline.connectors.addresses import is_loopback
from leadline.connectors.contract import (
    Confirm,
    NeedsCertificate,
    NotGenuine,
    Receipt,
    Receipts,
    Received,
    Settings,
    Unreadable,
    Webhook,
)
from leadline.connectors.replies import as_object, as_objects, as_text
from leadline.connectors.smtp_message import TAG

_AMAZON = re.compile(r"sns\.[a-z0-9-]{2,32}\.amazonaws\.com(\.cn)?")
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9a-f]{16,64}\.pem")
_SIGNED: Mapping[str, tuple[str, ...]] = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    ),
}
Fields = Mapping[str, object]


def receive(webhook: Webhook, settings: Settings, certificates: Mapping[str, bytes]) -> Received:
    """Judge one posting of SNS and read what SES says in it."""
    try:
        fields = as_object(orjson.loads(webhook.body))
    except orjson.JSONDecodeError:
        return Unreadable("it is not JSON")
    kind = as_text(fields.get("Type")) or ""
    if kind == "UnsubscribeConfirmation":
        return Receipts()
    names = _SIGNED.get(kind)
    url = as_text(fields.get("SigningCertURL"))
    if names is None or url is None:
        return Unreadable("it is no notification of SNS")
    if not _is_trusted(url, settings) or not _CERTIFICATE.fullmatch(urlsplit(url).path):
        return NotGenuine("the signing certificate is not Amazon's")
    pem = certificates.get(url)
    if pem is None:
        return NeedsCertificate(url)
    if not _is_signed(fields, names, pem):
        return NotGenuine("the signature does not fit")
    topic = settings.values.get("topic")
    if topic is not None and topic != fields.get("TopicArn"):
        return NotGenuine("it comes from another topic")
    if kind == "SubscriptionConfirmation":
        visit = as_text(fields.get("SubscribeURL")) or ""
        return Confirm(visit) if _is_trusted(visit, settings) else NotGenuine("a strange address")
    return _read_event(as_text(fields.get("Message")) or "")


def _is_trusted(url: str, settings: Settings) -> bool:
    """Whether an address is Amazon's, or that of our own sandbox on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.username is not None:
        return False
    if parts.scheme == "https" and parts.port in (None, 443) and _AMAZON.fullmatch(host):
        return True
    own = settings.values.get("host", "")
    private = settings.allow_private or is_loopback(own)
    return private and parts.scheme in {"http", "https"} and host == own


def _is_signed(fields: Fields, names: tuple[str, ...], pem: bytes) -> bool:
    """Whether the named fields are signed by the certificate: SHA-1 in version 1, else SHA-256."""
    version = fields.get("SignatureVersion")
    if version not in {"1", "2"}:
        return False
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()  # noqa: S303  (what SNS signs)
    pairs = [(name, as_text(fields.get(name))) for name in names if name in fields]
    if any(value is None for _, value in pairs):
        return False
    signed = "".join(f"{name}\n{value}\n" for name, value in pairs)
    try:
        key = x509.load_pem_x509_certificate(pem).public_key()
        signature = base64.b64decode(as_text(fields.get("Signature")) or "", validate=True)
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        key.verify(signature, signed.encode("utf-8", "surrogatepass"), padding.PKCS1v15(), digest)
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return True


def _read_event(message: str) -> Received:
    try:
        event = as_object(orjson.loads(message))
    except orjson.JSONDecodeError:
        return Receipts()  # a word of Amazon's to a person
    mail = as_object(event.get("mail"))
    ref = _ref(mail)
    if ref is None:
        return Receipts()  # a mail that somebody else sends over the same account
    kind = as_text(event.get("eventType")) or as_text(event.get("notificationType")) or ""
    sent_at = _moment(mail.get("timestamp"))
    match kind:
        case "Send":
            return _receipts(ref, "accepted", sent_at, [None])
        case "Delivery":
            told = as_object(event.get("delivery"))
            at = _moment(told.get("timestamp")) or sent_at
            listed = told.get("recipients")
            to = cast("list[object]", listed) if isinstance(listed, list) else [None]
            return _receipts(ref, "confirmed", at, [as_text(one) for one in to])
        case "Bounce":
            return _bounce(ref, as_object(event.get("bounce")), sent_at)
        case "Complaint":
            told = as_object(event.get("complaint"))
            at = _moment(told.get("timestamp")) or sent_at
            to = [
                as_text(r.get("emailAddress")) for r in as_objects(told.get("complainedRecipients"))
            ]
            reason = as_text(told.get("complaintFeedbackType")) or "complaint"
            return _receipts(ref, "complaint", at, to, reason)
        case "Reject":
            reason = as_text(as_object(event.get("reject")).get("reason")) or "content"
            return _receipts(ref, "bounced", sent_at, [None], f"SES refused it: {reason}")
        case _:
            return Receipts()


def _bounce(ref: str, told: Fields, sent_at: datetime | None) -> Receipts:
    kind = as_text(told.get("bounceType")) or "Undetermined"
    reason = f"{kind}/{as_text(told.get('bounceSubType')) or 'Undetermined'}"
    at = _moment(told.get("timestamp")) or sent_at
    found: list[Receipt] = []
    for one in as_objects(told.get("bouncedRecipients")):
        words = as_text(one.get("diagnosticCode"))
        found += _receipts(
            ref,
            "bounced",
            at,
            [as_text(one.get("emailAddress"))],
            f"{reason}: {words[:200]}" if words else reason,
            permanent=kind == "Permanent",
        ).receipts
    return Receipts(tuple(found))


def _receipts(
    ref: str,
    kind: str,
    at: datetime | None,
    recipients: Sequence[str | None],
    reason: str | None = None,
    *,
    permanent: bool = False,
) -> Receipts:
    if at is None:
        return Receipts()
    return Receipts(tuple(Receipt(ref, kind, at, reason, permanent, to) for to in recipients))


def _ref(mail: Fields) -> str | None:
    """Our Message-ID: our own header first, for a provider may write a Message-ID of its own."""
    headers = {
        (as_text(h.get("name")) or "").lower(): as_text(h.get("value"))
        for h in as_objects(mail.get("headers"))
    }
    tag = headers.get(TAG.lower())
    if tag:
        return f"<{tag}>"
    found = headers.get("message-id") or as_text(
        as_object(mail.get("commonHeaders")).get("messageId")
    )
    return found.strip() if found else None


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
