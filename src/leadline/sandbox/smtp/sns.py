"""Amazon SNS as a sender: the JSON it posts and how it signs it.

The signed text is made of named fields, each name and value on a line of its own, in the order of
the alphabet; version 1 signs its SHA-1, version 2 its SHA-256, both RSA PKCS #1 v1.5.
Source: SNS developer guide, "Verifying the signatures of Amazon SNS messages".
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from leadline.sandbox.smtp.certificates import make_signing_identity
from leadline.sandbox.timing import iso

TOPIC = "arn:aws:sns:eu-central-1:000000000000:leadline-sandbox"
SIGNED_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
SIGNED_CONFIRMATION = (
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
)
Version = Literal["1", "2"]


@dataclass(frozen=True, slots=True)
class Posting:
    """One signed HTTP POST."""

    id: str
    kind: str
    body: bytes

    def headers(self) -> dict[str, str]:
        """The headers that SNS sends."""
        return {
            "content-type": "text/plain; charset=UTF-8",
            "user-agent": "Amazon Simple Notification Service Agent",
            "x-amz-sns-message-type": self.kind,
            "x-amz-sns-message-id": self.id,
            "x-amz-sns-topic-arn": TOPIC,
            "x-amz-sns-subscription-arn": f"{TOPIC}:{uuid.UUID(int=1)}",
        }


@dataclass(slots=True)
class Topic:
    """A topic whose certificate and confirmation pages lie under ``address``."""

    address: str
    version: Version
    token: str = field(default_factory=lambda: uuid.uuid4().hex * 2)
    certificate_pem: bytes = field(init=False)
    certificate_path: str = field(init=False)
    _key: rsa.RSAPrivateKey = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._key, self.certificate_pem = make_signing_identity()
        digest = hashlib.sha256(self.certificate_pem).hexdigest()[:32]
        self.certificate_path = f"/SimpleNotificationService-{digest}.pem"

    def notification(self, message: str, now: float) -> Posting:
        """A message to subscribers."""
        fields = self._fields("Notification", message, now)
        fields["Subject"] = "Amazon SES Email Event Notification"
        fields["UnsubscribeURL"] = f"{self.address}/?Action=Unsubscribe&TopicArn={TOPIC}"
        return self._signed(fields, SIGNED_NOTIFICATION)

    def confirmation(self, now: float) -> Posting:
        """The question whether the subscriber wants this topic: visiting SubscribeURL says yes."""
        words = f"You have chosen to subscribe to the topic {TOPIC}."
        fields = self._fields("SubscriptionConfirmation", words, now)
        fields["Token"] = self.token
        query = f"Action=ConfirmSubscription&TopicArn={TOPIC}&Token={self.token}"
        fields["SubscribeURL"] = f"{self.address}/?{query}"
        return self._signed(fields, SIGNED_CONFIRMATION)

    def _fields(self, kind: str, message: str, now: float) -> dict[str, str]:
        return {
            "Type": kind,
            "MessageId": str(uuid.uuid4()),
            "TopicArn": TOPIC,
            "Message": message,
            "Timestamp": iso(now),
            "SignatureVersion": self.version,
            "SigningCertURL": self.address + self.certificate_path,
        }

    def _signed(self, fields: dict[str, str], names: tuple[str, ...]) -> Posting:
        digest = hashes.SHA1() if self.version == "1" else hashes.SHA256()  # noqa: S303  (SNS v1)
        signature = self._key.sign(signed_text(fields, names), padding.PKCS1v15(), digest)
        fields["Signature"] = base64.b64encode(signature).decode()
        body = json.dumps(fields).encode()
        return Posting(fields["MessageId"], fields["Type"], body)


def signed_text(fields: Mapping[str, str], names: tuple[str, ...]) -> bytes:
    """What SNS signs: ``name\\nvalue\\n`` for each field that is there."""
    return "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields).encode()
