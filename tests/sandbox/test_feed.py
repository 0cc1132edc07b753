"""The delivery feed: SES's events through SNS, checked as a careful subscriber would."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from anyio import to_thread
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from leadline.sandbox import AnswerTime, Fault, FaultKind, MailConfig, MailSandbox, Running, serve
from leadline.sandbox.listener import Answer, Link, Listener, Request, http_server
from tests.sandbox.test_smtp import mail, send
from tests.sandbox.waiting import until

pytestmark = pytest.mark.anyio


@dataclass
class Subscriber:
    """A web server that notes what it is sent; ``refusals`` postings are answered 500 first."""

    refusals: int = 0
    visits: bool = True
    got: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def handle(self, request: Request, _: Link) -> Answer:
        if self.refusals > 0:
            self.refusals -= 1
            return Answer(500)
        envelope = json.loads(request.body)
        self.got.append(envelope)
        self.headers.append(dict(request.headers))
        if envelope["Type"] == "SubscriptionConfirmation" and self.visits:
            async with httpx.AsyncClient(trust_env=False) as http:
                assert (await http.get(envelope["SubscribeURL"])).status_code == 200
        return Answer(204)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(e["Message"]) for e in self.got if e["Type"] == "Notification"]

    def kinds(self) -> list[str]:
        return [e["eventType"] for e in self.events()]


@asynccontextmanager
async def subscribed(
    *faults: Fault, subscriber: Subscriber | None = None, **settings: Any
) -> AsyncIterator[tuple[Running, Subscriber]]:
    listening = subscriber or Subscriber()
    listener = Listener(http_server(listening.handle), 0, "subscriber")
    await listener.open()
    config = MailConfig(
        faults=faults,
        feed_url=f"http://127.0.0.1:{listener.port}/v1/hooks/mail",
        feed_retry_s=0.02,
        **{"delivery_time": AnswerTime(0.02), **settings},
    )
    try:
        async with serve(MailSandbox(config)) as running:
            yield running, listening
    finally:
        await listener.shut_down()


async def mailed(running: Running, *to: str) -> None:
    messages = [mail(address, number) for number, address in enumerate(to, 1)]
    await to_thread.run_sync(lambda: send(running, *messages))


FIELDS = {
    "Notification": ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
    "SubscriptionConfirmation": [
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ],
}


def verify(envelope: dict[str, str], pem: bytes) -> None:
    key = x509.load_pem_x509_certificate(pem).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    text = "".join(f"{n}\n{envelope[n]}\n" for n in FIELDS[envelope["Type"]] if n in envelope)
    digest = hashes.SHA1() if envelope["SignatureVersion"] == "1" else hashes.SHA256()
    key.verify(base64.b64decode(envelope["Signature"]), text.encode(), padding.PKCS1v15(), digest)


@pytest.mark.parametrize("version", ["1", "2"])
async def test_every_posting_is_signed_as_sns_signs(version: str) -> None:
    async with subscribed(signature_version=version) as (running, subscriber):
        await mailed(running, "ada@x.example")
        await until(lambda: len(subscriber.got) == 3)
        async with httpx.AsyncClient(trust_env=False) as http:
            for envelope in subscriber.got:
                assert envelope["SignatureVersion"] == version
                pem = (await http.get(envelope["SigningCertURL"])).content
                verify(envelope, pem)
                forged = {**envelope, "Message": envelope["Message"] + " "}
                with pytest.raises(InvalidSignature):
                    verify(forged, pem)
        headers = subscriber.headers[-1]
        assert headers["x-amz-sns-message-type"] == "Notification"
        assert headers["content-type"] == "text/plain; charset=UTF-8"


async def test_send_and_delivery_carry_our_message_id_and_tags() -> None:
    async with subscribed() as (running, subscriber):
        message = mail()
        message["X-SES-MESSAGE-TAGS"] = "action=a-b-1, env=dev"
        await to_thread.run_sync(lambda: send(running, message))
        await until(lambda: sorted(subscriber.kinds()) == ["Delivery", "Send"])
        sent, delivered = sorted(subscriber.events(), key=lambda e: e["eventType"], reverse=True)
        for event in (sent, delivered):
            told = event["mail"]
            assert told["commonHeaders"]["messageId"] == "<1@leadline.acme.example>"
            assert {"name": "Message-ID", "value": "<1@leadline.acme.example>"} in told["headers"]
            assert told["destination"] == ["ada@x.example"]
            assert told["tags"]["action"] == ["a-b-1"]
            assert told["messageId"] == running.truth.effects()[0].values["ses_id"]
        assert delivered["delivery"]["recipients"] == ["ada@x.example"]


@pytest.mark.parametrize(
    ("address", "settings", "sub_type"),
    [
        ("s@x.example", {"suppressed": frozenset({"s@x.example"})}, "OnAccountSuppressionList"),
        ("n@x.example", {"fates": {"n@x.example": "Permanent/NoEmail"}}, "NoEmail"),
        ("bounce@simulator.amazonses.com", {}, "General"),
    ],
)
async def test_accepted_then_bounced(address: str, settings: dict[str, Any], sub_type: str) -> None:
    async with subscribed(**settings) as (running, subscriber):
        await mailed(running, address)
        await until(lambda: sorted(subscriber.kinds()) == ["Bounce", "Send"])
        bounce = next(e for e in subscriber.events() if e["eventType"] == "Bounce")["bounce"]
        assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Permanent", sub_type)
        assert bounce["bouncedRecipients"][0]["emailAddress"] == address


async def test_a_complaint_is_told() -> None:
    async with subscribed(fates={"c@x.example": "complained"}) as (running, subscriber):
        await mailed(running, "c@x.example")
        await until(lambda: sorted(subscriber.kinds()) == ["Complaint", "Send"])


async def test_a_mail_whose_answer_was_lost_is_told_of_all_the_same() -> None:
    async with subscribed(Fault(FaultKind.COMMIT_THEN_CUT)) as (running, subscriber):
        with pytest.raises((OSError, EOFError)):
            await mailed(running, "ada@x.example")
        await until(lambda: sorted(subscriber.kinds()) == ["Delivery", "Send"])


async def test_a_throttled_mail_is_not_told_of() -> None:
    async with subscribed(Fault(FaultKind.THROTTLED)) as (running, subscriber):
        with pytest.raises(OSError, match="Throttling"):
            await mailed(running, "lost@x.example")
        await mailed(running, "ada@x.example")
        await until(lambda: len(subscriber.kinds()) == 2)
        assert {e["mail"]["destination"][0] for e in subscriber.events()} == {"ada@x.example"}


async def test_nothing_comes_before_the_subscriber_said_yes() -> None:
    reluctant = Subscriber(visits=False)
    async with subscribed(subscriber=reluctant) as (running, subscriber):
        await mailed(running, "ada@x.example")
        await until(lambda: len(subscriber.got) == 1)
        await asyncio.sleep(0.1)
        assert [e["Type"] for e in subscriber.got] == ["SubscriptionConfirmation"]
        async with httpx.AsyncClient(trust_env=False) as http:
            wrong = subscriber.got[0]["SubscribeURL"].replace("Token=", "Token=0")
            assert (await http.get(wrong)).status_code == 400
            await http.get(subscriber.got[0]["SubscribeURL"])
            await until(lambda: len(subscriber.kinds()) == 2)
            feed = (await http.get(f"{running.control_url}/_sandbox/feed")).json()
            assert (feed["confirmed"], feed["events"]) == (True, 2)


async def test_a_posting_is_tried_until_it_is_answered_with_a_2xx() -> None:
    async with subscribed(subscriber=Subscriber(refusals=4)) as (running, subscriber):
        await mailed(running, "ada@x.example")
        await until(lambda: sorted(subscriber.kinds()) == ["Delivery", "Send"])
        async with httpx.AsyncClient(trust_env=False) as http:
            feed = (await http.get(f"{running.control_url}/_sandbox/feed")).json()
        assert feed["retries"] == 4


async def test_events_come_double_under_new_ids() -> None:
    double = Fault(FaultKind.FEED_DOUBLE, match="Delivery")
    async with subscribed(double) as (running, subscriber):
        await mailed(running, "ada@x.example")
        await until(lambda: sorted(subscriber.kinds()) == ["Delivery", "Delivery", "Send"])
        notifications = [e for e in subscriber.got if e["Type"] == "Notification"]
        assert len({e["MessageId"] for e in notifications}) == 3
        assert len(running.truth.effects()) == 1


async def test_events_come_out_of_order() -> None:
    late = Fault(FaultKind.FEED_DISORDER, match="Send", delay_s=0.2)
    async with subscribed(late) as (running, subscriber):
        await mailed(running, "ada@x.example")
        await until(lambda: len(subscriber.kinds()) == 2)
        assert subscriber.kinds() == ["Delivery", "Send"]


async def test_events_get_lost() -> None:
    lost = Fault(FaultKind.FEED_LOSS, match="Delivery")
    async with subscribed(lost) as (running, subscriber):
        await mailed(running, "ada@x.example", "bob@x.example")
        await until(lambda: len(subscriber.kinds()) == 3)
        assert sorted(subscriber.kinds()) == ["Delivery", "Send", "Send"]


async def test_a_subscriber_and_a_suppression_can_be_named_while_it_runs() -> None:
    late = Subscriber()
    listener = Listener(http_server(late.handle), 0, "subscriber")
    await listener.open()
    config = MailConfig(delivery_time=AnswerTime(0.01), feed_retry_s=0.02)
    async with serve(MailSandbox(config)) as running, httpx.AsyncClient(trust_env=False) as http:
        control = f"{running.control_url}/_sandbox"
        url = f"http://127.0.0.1:{listener.port}/v1/hooks/mail"
        assert (await http.post(f"{control}/feed", json={"url": "nonsense"})).status_code == 400
        await http.post(f"{control}/feed", json={"url": url})
        await http.post(f"{control}/suppress", json={"address": "Ada@x.example"})
        await mailed(running, "ada@x.example")
        await until(lambda: sorted(late.kinds()) == ["Bounce", "Send"])
        (kept,) = (await http.get(f"{control}/messages")).json()["messages"]
        assert kept["message_id"] == "<1@leadline.acme.example>"
    await listener.shut_down()
