"""The delivery feed: what the sandbox's notification service signs, and what others forge."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from leadline.connectors.contract import (
    Confirm,
    NeedsCertificate,
    NotGenuine,
    Receipts,
    Received,
    Settings,
    Unreadable,
    Webhook,
)
from leadline.connectors.smtp.feed import receive
from leadline.sandbox.smtp.certificates import make_signing_identity
from tests.connectors.benches import Bench, bench, mails
from tests.connectors.raw_servers import answer, raw_server, read_request

pytestmark = pytest.mark.anyio
HERE = Settings("mail", {"host": "127.0.0.1"}, {}, allow_private=True)
THERE = Settings("mail", {"host": "email-smtp.eu-central-1.amazonaws.com"}, {})
AMAZON = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-" + "a" * 32 + ".pem"
KEY, PEM = make_signing_identity()


class Inbox:
    """Takes postings, confirms what is to be confirmed, and keeps what was said."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.said: list[Received] = []
        self.certificates: dict[str, bytes] = {}
        self.changed = asyncio.Event()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            _, headers, body = await read_request(reader)
            self.bodies.append(body)
            received = receive(Webhook(headers, body), HERE, self.certificates)
            async with httpx.AsyncClient(trust_env=False) as client:
                if isinstance(received, NeedsCertificate):
                    found = await client.get(received.url)
                    self.certificates[received.url] = found.content
                    received = receive(Webhook(headers, body), HERE, self.certificates)
                if isinstance(received, Confirm):
                    await client.get(received.url)
            self.said.append(received)
            self.changed.set()
            writer.write(answer("200 OK"))

    def receipts(self) -> list[tuple[str, str]]:
        return sorted(
            (r.ref, r.kind) for s in self.said if isinstance(s, Receipts) for r in s.receipts
        )


@asynccontextmanager
async def feeding(**config: Any) -> AsyncIterator[tuple[Bench, Inbox]]:
    inbox = Inbox()
    async with (
        raw_server(inbox.take) as port,
        bench("smtp", feed_url=f"http://127.0.0.1:{port}/v1/hooks/mail", **config) as b,
    ):
        yield b, inbox


async def until(inbox: Inbox, postings: int) -> None:
    async with asyncio.timeout(5.0):
        while len(inbox.said) < postings:
            inbox.changed.clear()
            await inbox.changed.wait()


@pytest.mark.parametrize("version", ["1", "2"])
async def test_what_the_feed_says_becomes_receipts_by_our_own_name(version: str) -> None:
    config = {
        "suppressed": frozenset({"p1@acme.example"}),
        "fates": {"p2@acme.example": "complained", "p3@acme.example": "Transient/MailboxFull"},
    }
    async with feeding(signature_version=version, **config) as (b, inbox):
        await b.perform(*mails(4))
        await until(inbox, 9)
    refs = [f"<mail-{i}@acme.example>" for i in range(4)]
    assert inbox.receipts() == [
        (refs[0], "accepted"),
        (refs[0], "confirmed"),
        (refs[1], "accepted"),
        (refs[1], "bounced"),
        (refs[2], "accepted"),
        (refs[2], "complaint"),
        (refs[3], "accepted"),
        (refs[3], "bounced"),
    ]
    told = [r for s in inbox.said if isinstance(s, Receipts) for r in s.receipts]
    bounces = {r.recipient: r for r in told if r.kind == "bounced"}
    assert bounces["p1@acme.example"].permanent
    assert not bounces["p3@acme.example"].permanent
    assert "MailboxFull" in (bounces["p3@acme.example"].reason or "")
    assert all(r.at.tzinfo is not None for r in told)


async def test_a_changed_word_is_not_genuine() -> None:
    async with feeding() as (b, inbox):
        await b.perform(*mails(1))
        await until(inbox, 3)
    for body in inbox.bodies:
        fields = json.loads(body)
        for name in ("Message", "Timestamp", "TopicArn", "MessageId", "Signature"):
            forged = {**fields, name: fields[name] + " "}
            found = receive(Webhook({}, orjson.dumps(forged)), HERE, inbox.certificates)
            assert isinstance(found, NotGenuine), name


def signed(fields: dict[str, str], names: list[str], version: str = "2", **over: str) -> Webhook:
    whole = {"SignatureVersion": version, "SigningCertURL": AMAZON, **fields}
    text = "".join(f"{n}\n{whole[n]}\n" for n in names)
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()
    signature = KEY.sign(text.encode(), padding.PKCS1v15(), digest)
    whole["Signature"] = base64.b64encode(signature).decode()
    return Webhook({}, orjson.dumps({**whole, **over}))


NOTE = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]


def note(event: object, **over: str) -> Webhook:
    fields = {
        "Type": "Notification",
        "Message": event if isinstance(event, str) else json.dumps(event),
        "MessageId": "m",
        "Timestamp": "2026-05-01T00:00:00.000Z",
        "TopicArn": "arn:aws:sns:eu-central-1:1:ours",
    }
    return signed(fields, NOTE, **over)


DELIVERY = {
    "notificationType": "Delivery",
    "mail": {
        "timestamp": "2026-05-01T00:00:00.000Z",
        "commonHeaders": {"messageId": "<a@b.example>"},
    },
    "delivery": {"timestamp": "2026-05-01T00:00:01.000Z", "recipients": ["x@y.example"]},
}


def test_amazons_certificate_is_believed_and_no_other() -> None:
    assert receive(note(DELIVERY), THERE, {}) == NeedsCertificate(AMAZON)
    found = receive(note(DELIVERY), THERE, {AMAZON: PEM})
    assert isinstance(found, Receipts)
    assert [(r.ref, r.kind, r.recipient) for r in found.receipts] == [
        ("<a@b.example>", "confirmed", "x@y.example")
    ]
    _, other = make_signing_identity()
    assert isinstance(receive(note(DELIVERY), THERE, {AMAZON: other}), NotGenuine)
    assert isinstance(receive(note(DELIVERY), THERE, {AMAZON: b"no certificate"}), NotGenuine)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-" + "a" * 32 + ".pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-aaaaaaaaaaaaaaaa.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-aaaaaaaaaaaaaaaa.pem",
        "https://evil.example/sns.eu-central-1.amazonaws.com/SimpleNotificationService-aaaaaaaaaaaaaaaa.pem",
        "https://s3.eu-central-1.amazonaws.com/SimpleNotificationService-aaaaaaaaaaaaaaaa.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-aaaaaaaaaaaaaaaa.pem",
        "https://sns.eu-central-1.amazonaws.com/mine.pem",
        "http://127.0.0.1:8713/SimpleNotificationService-aaaaaaaaaaaaaaaa.pem",
        "https://[::1/SimpleNotificationService-aaaaaaaaaaaaaaaa.pem",
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_fetched(url: str) -> None:
    found = receive(note(DELIVERY, SigningCertURL=url), THERE, {url: PEM})
    assert isinstance(found, NotGenuine)


def test_the_version_cannot_be_talked_down() -> None:
    assert isinstance(
        receive(note(DELIVERY, SignatureVersion="1"), THERE, {AMAZON: PEM}), NotGenuine
    )
    assert isinstance(
        receive(note(DELIVERY, SignatureVersion="3"), THERE, {AMAZON: PEM}), NotGenuine
    )


def test_another_topic_is_not_ours_where_ours_is_named() -> None:
    ours = Settings("mail", {**THERE.values, "topic": "arn:aws:sns:eu-central-1:1:ours"}, {})
    other = Settings("mail", {**THERE.values, "topic": "arn:aws:sns:eu-central-1:1:other"}, {})
    assert isinstance(receive(note(DELIVERY), ours, {AMAZON: PEM}), Receipts)
    assert isinstance(receive(note(DELIVERY), other, {AMAZON: PEM}), NotGenuine)


def test_a_confirmation_is_visited_at_amazon_only() -> None:
    fields = {
        "Type": "SubscriptionConfirmation",
        "Message": "You have chosen to subscribe.",
        "MessageId": "m",
        "Timestamp": "2026-05-01T00:00:00.000Z",
        "Token": "t",
        "TopicArn": "arn:aws:sns:eu-central-1:1:ours",
    }
    names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    good = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    found = receive(signed({**fields, "SubscribeURL": good}, names), THERE, {AMAZON: PEM})
    assert found == Confirm(good)
    for bad in ("https://evil.example/", "http://169.254.169.254/latest", "file:///etc/passwd"):
        webhook = signed({**fields, "SubscribeURL": bad}, names)
        assert isinstance(receive(webhook, THERE, {AMAZON: PEM}), NotGenuine)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'"x"', b'{"Type":"Other"}', b"\xff\xfe", b"{}"]
)
def test_what_is_no_notification_is_unreadable(body: bytes) -> None:
    assert isinstance(receive(Webhook({}, body), THERE, {AMAZON: PEM}), Unreadable)


@pytest.mark.parametrize(
    "event",
    [
        "Successfully validated SNS topic for Amazon SES event publishing.",
        {"eventType": "Open", "mail": DELIVERY["mail"]},
        {"eventType": "DeliveryDelay", "mail": DELIVERY["mail"]},
        {"eventType": "Delivery", "mail": {"messageId": "not ours, and without headers"}},
        {"eventType": "Delivery", "mail": {"headers": "none", "commonHeaders": []}},
        {"eventType": "Bounce", "mail": DELIVERY["mail"], "bounce": "what"},
        [],
    ],
)
def test_a_genuine_word_about_nothing_of_ours_says_nothing(event: object) -> None:
    assert receive(note(event), THERE, {AMAZON: PEM}) == Receipts()


def test_our_own_header_names_a_mail_whose_message_id_was_rewritten() -> None:
    mail = {
        "timestamp": "2026-05-01T00:00:00.000Z",
        "headers": [
            {"name": "Message-ID", "value": "<0100@eu-central-1.amazonses.com>"},
            {"name": "X-Leadline-Id", "value": "mail-7@acme.example"},
        ],
    }
    found = receive(note({"eventType": "Send", "mail": mail}), THERE, {AMAZON: PEM})
    assert isinstance(found, Receipts)
    assert [r.ref for r in found.receipts] == ["<mail-7@acme.example>"]
