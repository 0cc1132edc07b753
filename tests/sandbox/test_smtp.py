"""The SMTP sandbox, driven by smtplib."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any, TypeVar

import httpx
import pytest
from anyio import to_thread

from leadline.sandbox import MailConfig, MailSandbox, Running, serve

pytestmark = pytest.mark.anyio
T = TypeVar("T")


@asynccontextmanager
async def server(**settings: Any) -> AsyncIterator[tuple[Running, MailSandbox]]:
    sandbox = MailSandbox(MailConfig(**settings))
    async with serve(sandbox) as running:
        yield running, sandbox


async def ask(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    return await to_thread.run_sync(lambda: call(*args, **kwargs))


def mail(to: str = "ada@x.example", number: int = 1) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Acme <hello@acme.example>"
    message["To"] = to
    message["Subject"] = "Grüße aus dem Webinar"
    message["Message-ID"] = f"<{number}@leadline.acme.example>"
    message.set_content("Hello.\n.starts with a dot\n")
    return message


def login(running: Running, user: str = "sandbox") -> smtplib.SMTP:
    client = smtplib.SMTP(running.host, running.port, timeout=10)
    client.login(user, f"{user}-password")
    return client


def send(running: Running, *messages: EmailMessage, user: str = "sandbox") -> None:
    with login(running, user) as client:
        for message in messages:
            client.send_message(message)


async def test_a_mail_is_taken_with_its_message_id_and_subject() -> None:
    async with server() as (running, sandbox):
        await ask(send, running, mail())
        (effect,) = running.truth.effects()
        assert effect.what == "mail.accepted"
        assert effect.key == "<1@leadline.acme.example>"
        assert effect.by == "ours"
        assert effect.values["recipient"] == "ada@x.example"
        assert effect.values["subject"] == "Grüße aus dem Webinar"
        (kept,) = sandbox.messages
        assert kept.sender == "hello@acme.example"
        assert b"\r\n.starts with a dot\r\n" in kept.source


async def test_starttls_with_the_certificate_made_at_the_start() -> None:
    async with server(tls="required") as (running, _):
        async with httpx.AsyncClient(trust_env=False) as http:
            pem = (await http.get(f"{running.control_url}/_sandbox/tls")).json()

        def secure() -> None:
            with smtplib.SMTP("127.0.0.1", running.port, timeout=10) as client:
                client.ehlo()
                assert not client.has_extn("auth")
                client.starttls(context=ssl.create_default_context(cadata=pem))
                client.login("sandbox", "sandbox-password")
                client.send_message(mail())

        await ask(secure)
        assert len(running.truth.effects()) == 1


async def test_credentials_are_needed_and_checked() -> None:
    async with server() as (running, _):

        def without() -> None:
            with smtplib.SMTP(running.host, running.port, timeout=10) as client:
                client.send_message(mail())

        def wrong() -> None:
            with smtplib.SMTP(running.host, running.port, timeout=10) as client:
                client.login("sandbox", "guess")

        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            await ask(without)
        assert refused.value.smtp_code == 530
        with pytest.raises(smtplib.SMTPAuthenticationError) as denied:
            await ask(wrong)
        assert denied.value.smtp_code == 535
        assert running.truth.effects() == []


async def test_each_recipient_has_an_answer_and_an_effect_of_its_own() -> None:
    async with server(unknown_users=frozenset({"gone@x.example"})) as (running, _):

        def several() -> dict[str, tuple[int, bytes]]:
            with login(running) as client:
                return client.send_message(
                    mail(), to_addrs=["a@x.example", "gone@x.example", "b@x.example"]
                )

        refused = await ask(several)
        assert {a: code for a, (code, _) in refused.items()} == {"gone@x.example": 550}
        recipients = [e.values["recipient"] for e in running.truth.effects()]
        assert recipients == ["a@x.example", "b@x.example"]


async def test_the_rate_is_told_after_data_and_counts_recipients() -> None:
    async with server(per_s=3) as (running, _):

        def four() -> int:
            with login(running) as client:
                client.send_message(mail(), to_addrs=["a@x.example", "b@x.example"])
                try:
                    client.send_message(mail(), to_addrs=["c@x.example", "d@x.example"])
                except smtplib.SMTPDataError as throttled:
                    assert throttled.smtp_error == (
                        b"Throttling failure: Maximum sending rate exceeded."
                    )
                    return throttled.smtp_code
            return 250

        assert await ask(four) == 454
        assert len(running.truth.effects()) == 2
        assert running.truth.figures()["throttled_calls_caused"] == 1


async def test_the_daily_quota_is_told_as_such() -> None:
    async with server(per_24_h=1) as (running, _):
        with pytest.raises(smtplib.SMTPDataError, match="Daily message quota exceeded"):
            await ask(send, running, mail(), mail())
        assert len(running.truth.effects()) == 1


async def test_dsn_is_parsed_where_it_is_offered_and_refused_where_not() -> None:
    async with server(dsn=True) as (running, _):

        def with_envid() -> None:
            with login(running) as client:
                client.send_message(
                    mail(), mail_options=["ENVID=a/b/1"], rcpt_options=["NOTIFY=SUCCESS,FAILURE"]
                )

        await ask(with_envid)
        values = running.truth.effects()[0].values
        assert (values["envid"], values["notify"]) == ("a/b/1", "SUCCESS,FAILURE")
    async with server() as (running, _):

        def refused() -> int:
            with login(running) as client:
                assert not client.has_extn("dsn")
                return client.docmd("MAIL", "FROM:<a@x.example> ENVID=1")[0]

        assert await ask(refused) == 555


async def test_a_suppressed_address_is_accepted_all_the_same() -> None:
    async with server(suppressed=frozenset({"ada@x.example"})) as (running, _):
        await ask(send, running, mail())
        assert running.truth.effects()[0].values["fate"] == "Permanent/OnAccountSuppressionList"


async def test_an_unverified_sender_is_refused_at_the_end() -> None:
    async with server(verified_senders=frozenset({"other.example"})) as (running, _):
        with pytest.raises(smtplib.SMTPDataError) as refused:
            await ask(send, running, mail())
        assert refused.value.smtp_code == 554
        assert running.truth.effects() == []


async def test_too_many_connections_are_turned_away() -> None:
    async with server(connections=1) as (running, _):

        def two() -> int:
            with smtplib.SMTP(running.host, running.port, timeout=10):
                try:
                    smtplib.SMTP(running.host, running.port, timeout=10)
                except smtplib.SMTPConnectError as refused:
                    return refused.smtp_code
            return 220

        assert await ask(two) == 421


async def test_commands_out_of_turn_are_refused() -> None:
    async with server() as (running, _):

        def conversation() -> list[int]:
            with login(running) as client:
                client.command_encoding = "utf-8"
                return [
                    client.docmd("DATA")[0],
                    client.docmd("RCPT", "TO:<a@x.example>")[0],
                    client.docmd("MAIL", "TO:<a@x.example>")[0],
                    client.docmd("MAIL", "FROM:<a@x.example> SIZE=big")[0],
                    client.docmd("MAIL", "FROM:<a@x.example> SIZE=99999999")[0],
                    client.docmd("MAIL", "FROM:<a@x.example>")[0],
                    client.docmd("RCPT", "TO:<nobody>")[0],
                    client.docmd("RCPT", "TO:<jürgen@x.example>")[0],
                    client.docmd("NOOP")[0],
                    client.docmd("FLY")[0],
                    client.docmd("RSET")[0],
                    client.docmd("DATA")[0],
                ]

        answers = await ask(conversation)
        assert answers == [503, 503, 501, 501, 552, 250, 553, 553, 250, 502, 250, 503]


async def test_a_strangers_mail_is_told_apart() -> None:
    async with server() as (running, _):
        await ask(send, running, mail(), user="stranger")
        assert [e.by for e in running.truth.effects()] == ["stranger"]


async def test_a_line_without_end_ends_the_connection_only() -> None:
    async with server() as (running, _):

        def flood() -> None:
            with socket.create_connection((running.host, running.port), timeout=10) as wire:
                wire.sendall(b"x" * 3_000_000)
                while wire.recv(65_536):
                    pass

        with contextlib.suppress(ConnectionError):
            await ask(flood)
        await ask(send, running, mail())
        assert len(running.truth.effects()) == 1


async def test_a_large_mail_with_long_and_dotted_lines_is_kept_byte_for_byte() -> None:
    async with server() as (running, sandbox):
        body = ("." * 70 + "\r\n" + "x" * 900 + "\r\n..\r\n") * 1_000

        def large() -> None:
            with login(running) as client:
                client.sendmail("a@x.example", ["b@x.example"], f"Subject: L\r\n\r\n{body}")

        await ask(large)
        assert sandbox.messages[0].source.decode() == f"Subject: L\r\n\r\n{body}"
