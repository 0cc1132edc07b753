"""A mail account: who may send, how fast, and what becomes of each mail.

Limits and answers are those of SES (vendors.md section 4): recipients a second and in any 24 h,
50 recipients and 40 MB a message, a full window told only after DATA (``454 Throttling
failure``), and then the message is gone. 14 a second is a common account's rate, not a promise.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from leadline.sandbox.config import SandboxConfig
from leadline.sandbox.control import Door, read_json
from leadline.sandbox.faults import Fault, FaultKind, Faults
from leadline.sandbox.limits import Concurrency, Limits, Refusal, Window
from leadline.sandbox.listener import Answer, Request
from leadline.sandbox.smtp.certificates import make_tls_identity
from leadline.sandbox.smtp.events import (
    COMPLAINED,
    DELIVERED,
    SUPPRESSED,
    Accepted,
    fate_event,
    read_headers,
    send_event,
)
from leadline.sandbox.smtp.feed import Feed
from leadline.sandbox.smtp.sns import Version
from leadline.sandbox.timing import AnswerTime, Clock, Delays
from leadline.sandbox.truth import OURS, Call, Truth

MAX_RECIPIENTS = 50
MAX_BYTES = 40_000_000
PER_S = 14
PER_24_H = 50_000
SIMULATOR = {
    "bounce@simulator.amazonses.com": "Permanent/General",
    "complaint@simulator.amazonses.com": COMPLAINED,
    "suppressionlist@simulator.amazonses.com": SUPPRESSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailConfig(SandboxConfig):
    """Settings of the account.

    ``users`` are passwords by user name; those in ``strangers`` are not ours. ``unknown_users``
    are refused at RCPT with 550; ``suppressed`` are accepted, then bounced; ``fates`` gives an
    address a bounce (``Permanent/NoEmail``) or ``complained``. ``dsn`` offers ENVID and NOTIFY.
    ``delivery_time`` is how long a delivery event takes.
    """

    users: Mapping[str, str] = field(
        default_factory=lambda: {"sandbox": "sandbox-password", "stranger": "stranger-password"}
    )
    strangers: frozenset[str] = frozenset({"stranger"})
    auth: Literal["required", "optional"] = "required"
    tls: Literal["none", "offered", "required"] = "offered"
    dsn: bool = False
    per_s: int = PER_S
    per_24_h: int = PER_24_H
    connections: int = 100
    unknown_users: frozenset[str] = frozenset()
    suppressed: frozenset[str] = frozenset()
    fates: Mapping[str, str] = field(default_factory=dict[str, str])
    verified_senders: frozenset[str] = frozenset()
    """Addresses or domains that may send; empty: all may."""
    feed_url: str | None = None
    signature_version: Version = "1"
    feed_retry_s: float = 0.5
    delivery_time: AnswerTime = field(default_factory=lambda: AnswerTime(0.1))


class MailSandbox:
    """One account, served over SMTP, with its control pages over HTTP."""

    kind = "smtp"

    def __init__(self, config: MailConfig | None = None) -> None:
        self.config = settings = config or MailConfig()
        self.clock = Clock(settings.clock_skew_s)
        self.truth = Truth(self.clock.now, settings.truth_file)
        self.faults = Faults(settings.seed, frozenset(FaultKind))
        self.limits = Limits(settings.seed)
        self.connections = Concurrency(settings.connections)
        self.delays = Delays(settings.answer_time, settings.seed)
        self.tls = make_tls_identity() if settings.tls != "none" else None
        self.feed = Feed(
            self.faults,
            self.clock.now,
            settings.feed_url,
            settings.signature_version,
            settings.feed_retry_s,
        )
        self.outage: Fault | None = None
        self.messages: list[Accepted] = []
        self.suppressed: set[str] = {address.lower() for address in settings.suppressed}
        self._ids = random.Random(f"ids:{settings.seed}")  # noqa: S311  (a repeatable draw)
        self._delivery = Delays(settings.delivery_time, settings.seed + 1)

    def answer_outage_with(self, fault: Fault | None) -> None:
        """Greet every connection with this fault's status until told None."""
        self.outage = fault

    def user(self, name: str, password: str) -> str | None:
        """Who this is: ``ours`` or the stranger's name; None for wrong credentials."""
        if self.config.users.get(name) != password:
            return None
        return name if name in self.config.strangers else OURS

    def may_send(self, sender: str) -> bool:
        """Whether this address is verified."""
        verified = self.config.verified_senders
        return not verified or sender.lower() in verified or _domain(sender) in verified

    def knows(self, recipient: str) -> bool:
        """Whether the recipient's server would take mail for this address."""
        return recipient.lower() not in {u.lower() for u in self.config.unknown_users}

    def admit(self, by: str, recipients: int) -> Refusal | None:
        """Count recipients against the second and the day."""
        windows: list[Window] = [
            self.limits.window("rate", self.config.per_s, 1.0),
            self.limits.window("day", self.config.per_24_h, 86_400.0),
        ]
        return self.limits.admit(self.clock.now(), windows, ours=by == OURS, cost=recipients)

    def accept(self, call: Call, envelope: Envelope, source: bytes) -> Accepted:
        """Take a message: one effect for each recipient, and the events that will follow."""
        fates = {recipient: self._fate(recipient) for recipient in envelope.recipients}
        message = Accepted(
            id=f"{self._ids.getrandbits(64):016x}-{uuid.UUID(int=self._ids.getrandbits(128))}",
            at=self.clock.now(),
            sender=envelope.sender,
            fates=fates,
            headers=read_headers(source),
            source=source,
            envid=envelope.envid,
            notify=dict(envelope.notify),
        )
        self.messages.append(message)
        for recipient in fates:
            self.truth.effect(
                call,
                "mail.accepted",
                f"{message.id}/{recipient}",
                message.headers.message_id,
                _effect_values(message, recipient),
            )
        self.feed.publish(send_event(message), 0.0)
        for recipient in fates:
            there_s, back_s = self._delivery.draw()
            event = fate_event(message, recipient, self.clock.now() + there_s + back_s)
            self.feed.publish(event, there_s + back_s)
        return message

    def serve_page(self, request: Request) -> Answer | None:
        """The notification service's pages; None for any other."""
        return self.feed.serve_page(request)

    def control_doors(self) -> Mapping[tuple[str, str], Door]:
        """``messages``, ``feed`` (read, or subscribe a URL), ``suppress`` and ``tls``."""
        return {
            ("GET", "messages"): self._all_messages,
            ("GET", "feed"): lambda _: self.feed.report(),
            ("POST", "feed"): self._subscribe,
            ("POST", "suppress"): self._suppress,
            ("GET", "tls"): lambda _: self.tls.certificate_pem.decode() if self.tls else None,
            ("GET", "connections"): lambda _: dict[str, JsonValue](self.connections.figures()),
        }

    def _fate(self, recipient: str) -> str:
        address = recipient.lower()
        if address in self.suppressed:
            return SUPPRESSED
        return self.config.fates.get(address) or SIMULATOR.get(address) or DELIVERED

    def _all_messages(self, _: Request) -> JsonValue:
        return {
            "messages": [
                {
                    "id": m.id,
                    "at": m.at,
                    "sender": m.sender,
                    "fates": dict[str, JsonValue](m.fates),
                    "message_id": m.headers.message_id,
                    "subject": m.headers.subject,
                    "envid": m.envid,
                    "source": m.source.decode("utf-8", "replace"),
                }
                for m in self.messages
            ]
        }

    def _subscribe(self, request: Request) -> JsonValue:
        body = read_json(request.body)
        url = body.get("url") if isinstance(body, dict) else None
        if not isinstance(url, str) or not url.startswith("http"):
            raise ValueError('The body must be {"url": "http://…"}.')
        self.feed.subscribe(url)
        return self.feed.report()

    def _suppress(self, request: Request) -> JsonValue:
        body = read_json(request.body)
        address = body.get("address") if isinstance(body, dict) else None
        if not isinstance(address, str) or not address:
            raise ValueError('The body must be {"address": "…"}.')
        self.suppressed.add(address.lower())
        return {"suppressed": list[JsonValue](sorted(self.suppressed))}


@dataclass(slots=True)
class Envelope:
    """What a client said before DATA."""

    sender: str
    envid: str | None = None
    recipients: list[str] = field(default_factory=list[str])
    notify: dict[str, str] = field(default_factory=dict[str, str])


def _effect_values(message: Accepted, recipient: str) -> dict[str, JsonValue]:
    return {
        "recipient": recipient,
        "sender": message.sender,
        "subject": message.headers.subject,
        "ses_id": message.id,
        "fate": message.fates[recipient],
        "envid": message.envid,
        "notify": message.notify.get(recipient),
        "tags": dict[str, JsonValue](message.headers.tags),
    }


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
