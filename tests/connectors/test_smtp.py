"""What is particular to mail, against the sandbox and against servers that misbehave."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadline.connectors.contract import Mail, Settings
from leadline.connectors.door import MailReply, open_outlet
from leadline.connectors.outlet import KEEP_ALIVE_S
from leadline.connectors.smtp.send import endpoint, outcome
from leadline.connectors.smtp_message import TAG, Composed, Unsendable, compose, stuffed
from leadline.ledger.outcome import (
    Accepted,
    Outcome,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
)
from leadline.sandbox import Fault
from leadline.sandbox.faults import FaultKind
from tests.connectors.benches import SECRETS, Bench, bench, mails
from tests.connectors.memory_allowance import allowance_for
from tests.connectors.raw_servers import raw_server

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def one(i: int = 0, **values: Any) -> Mail:
    (mail,) = mails(1, start=i)
    return replace(mail, **values)


def sources(b: Bench) -> list[Any]:
    policy = email.policy.default
    return [email.message_from_bytes(m.source, policy=policy) for m in b.sandbox.messages]


async def test_a_mail_arrives_as_it_was_written() -> None:
    async with bench("smtp") as b:
        text = "Grüße\n.\n..two\n.leading\nFrom here\n" + "long " * 500 + "\n"
        (result,) = await b.perform(one(text=text, headers={"Reply-To": "team@acme.example"}))
        assert isinstance(result, Accepted)
        (message,) = sources(b)
        assert message["Subject"] == "Wëlcome 0"
        assert message["From"] == "Acme <hello@acme.example>"
        assert message["To"] == "p0@acme.example"
        assert message["Message-ID"] == "<mail-0@acme.example>"
        assert message[TAG] == "mail-0@acme.example"
        assert message["Reply-To"] == "team@acme.example"
        plain = message.get_body(("plain",)).get_content()
        assert plain.replace("\r\n", "\n") == text
        assert "<p>Hello 0</p>" in message.get_body(("html",)).get_content()
        longest = max(len(line) for line in b.sandbox.messages[0].source.split(b"\r\n"))
        assert longest <= 998


async def test_a_session_is_kept_for_a_while_and_a_lost_one_is_replaced() -> None:
    async with bench("smtp") as b:
        await b.perform(*mails(5))
        assert b.sandbox.connections.figures()["peak"] == 1
        assert len(b.sandbox.messages) == 5
        # The server hangs up while the session is idle: the mail has not begun, so nothing is
        # in doubt and a new session carries it.
        b.running.faults.add(Fault(FaultKind.OUTAGE, seconds=0.05))
        await asyncio.sleep(0.15)
        (result,) = await b.perform(one(9))
        assert isinstance(result, Accepted)
        await asyncio.sleep(0.05)
        kept = b.outlet.take_session(endpoint(b.settings))
        assert kept is not None
        b.outlet.keep_session(kept)
    assert KEEP_ALIVE_S < 5.0, "SES ends an idle session after some seconds"


async def test_a_refused_recipient_spoils_neither_the_session_nor_the_next_mail() -> None:
    gone = frozenset({"p1@acme.example"})
    async with bench("smtp", unknown_users=gone) as b:
        first, second, third = await b.perform(*mails(3))
        assert isinstance(first, Accepted)
        assert isinstance(third, Accepted)
        assert second == Rejected("the server answered 550 5.1.1 User unknown", "to")
        assert b.sandbox.connections.figures()["peak"] == 1


async def test_what_comes_after_the_dot_is_in_doubt_and_what_comes_before_is_not() -> None:
    async with bench("smtp") as b:
        for kind, expected in (
            (FaultKind.CUT_BEFORE_EFFECT, Unavailable),
            (FaultKind.COMMIT_THEN_CUT, Unknown),
            (FaultKind.HALF_OPEN, Unknown),
        ):
            b.running.faults.clear()
            b.running.faults.add(Fault(kind))
            (result,) = await b.perform(one(), timeout_s=0.3)
            assert isinstance(result, expected), kind


CASES = {
    "greeting": b"554 no\r\n",
    "silence": b"",
    "nonsense": b"SSH-2.0-OpenSSH_9.6\r\n",
    "hang up": None,
    "endless": b"220-x\r\n" * 200,
    "long line": b"220 " + b"x" * 100_000 + b"\r\n",
}


@pytest.mark.parametrize("case", CASES)
async def test_a_server_that_does_not_greet_has_taken_nothing(case: str) -> None:
    said = CASES[case]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if said is not None:
            writer.write(said)
            await reader.read()

    async with raw_server(talk) as port, bench("smtp", values={"port": str(port)}) as b:
        (result,) = await b.perform(one(), timeout_s=0.4)
        assert isinstance(result, Unavailable)


async def test_a_connection_that_breaks_within_the_body_has_had_no_effect() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        for reply in (b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
            await reader.readline()
            writer.write(reply)
        await reader.read(100)
        writer.transport.abort()

    async with (
        raw_server(talk) as port,
        bench("smtp", values={"port": str(port)}, secrets={}) as b,
    ):
        (result,) = await b.perform(one(text="x" * 5_000_000), timeout_s=5.0)
        assert isinstance(result, Unavailable)
        assert "answered" not in result.reason


@asynccontextmanager
async def encrypted(tls: str, *, trusted: bool = True) -> AsyncIterator[Bench]:
    async with bench("smtp", tls="required") as plain:
        identity = plain.sandbox.tls
        trust = ssl.create_default_context()
        if trusted:
            trust.load_verify_locations(cadata=identity.certificate_pem.decode())
        values = {**plain.settings.values, "tls": tls, "host": "localhost"}
        outlet = open_outlet(trust)
        try:
            yield replace(plain, settings=replace(plain.settings, values=values), outlet=outlet)
        finally:
            await outlet.close()


async def test_the_login_travels_encrypted_or_not_at_all() -> None:
    async with encrypted("starttls") as b:
        (result,) = await b.perform(one())
        assert isinstance(result, Accepted)
        found = await b.connector.check(b.door(), ())
        assert all(c.ok for c in found)
    async with encrypted("starttls", trusted=False) as b:
        (result,) = await b.perform(one())
        assert isinstance(result, Unavailable)
        assert "certificate" in result.reason.lower()
        assert not b.sandbox.messages
    async with bench("smtp", tls="none", values={"tls": "starttls"}) as b:
        (result,) = await b.perform(one())
        assert isinstance(result, Unavailable)
        assert "STARTTLS" in result.reason
        (found,) = await b.connector.check(b.door(), ())
        assert not found.ok
        assert "tls" in (found.fix or "")


async def test_delivery_notices_are_asked_for_where_they_are_offered() -> None:
    async with bench("smtp", dsn=True) as b:
        await b.perform(one())
        (effect,) = b.running.truth.effects()
        assert effect.values["envid"] == "mail-0"
        assert effect.values["notify"] == "SUCCESS,FAILURE,DELAY"
    async with bench("smtp", dsn=False) as b:
        (result,) = await b.perform(one())
        assert isinstance(result, Accepted), "a server without DSN is not asked for it"


async def test_a_throttle_after_the_data_is_no_doubt_and_no_refusal_for_good() -> None:
    async with bench("smtp", per_s=1) as b:
        loose = allowance_for(b.connector, b.settings)
        first, second = await b.connector.perform(b.door(loose), mails(2))
        assert isinstance(first, Accepted)
        assert isinstance(second, Throttled)
        assert second.window == "messages"
        assert len(b.sandbox.messages) == 1
    async with bench("smtp", per_24_h=1) as b:
        _, second = await b.perform(*mails(2))
        assert isinstance(second, Throttled)
        assert second.window == "day"
        assert second.until is not None
        assert second.until > datetime.now(UTC) + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("code", "text", "step", "expected"),
    [
        (250, "Ok 0100-1", "data", Accepted("0100-1")),
        (250, "2.0.0 Ok: queued as 4Xb", "data", Accepted("4Xb")),
        (454, "Temporary authentication failure", "auth", Unavailable),
        (454, "TLS not available", "starttls", Unavailable),
        (454, "Throttling failure: Maximum sending rate exceeded.", "data", Throttled),
        (421, "Too many concurrent SMTP connections", "greeting", Unavailable),
        (450, "Mailbox busy", "rcpt", Unavailable),
        (452, "Insufficient storage", "data", Unavailable),
        (530, "Authentication required", "mail", Unauthorised),
        (535, "Authentication Credentials Invalid", "auth", Unauthorised),
        (550, "User unknown", "rcpt", Rejected),
        (552, "Message is too long", "data", Rejected),
        (553, "Invalid email address", "rcpt", Rejected),
        (554, "Message rejected: Email address is not verified.", "data", Rejected),
        (554, "No SMTP service here", "greeting", Unavailable),
    ],
)
def test_each_code_at_its_step_has_its_class(
    code: int, text: str, step: str, expected: Outcome | type[object]
) -> None:
    found = outcome(MailReply(code, text, step, NOON))
    if isinstance(expected, type):
        assert isinstance(found, expected)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"to": "a@acme.example\r\nBcc: all@acme.example"}, "to"),
        ({"to": "a@acme.example> NOTIFY=NEVER <b@acme.example"}, "to"),
        ({"to": "a b@acme.example"}, "to"),
        ({"to": "a@acme.example,b@acme.example"}, "to"),
        ({"to": "acme.example"}, "to"),
        ({"to": "a@"}, "to"),
        ({"to": "a@-.example"}, "to"),
        ({"to": "a\0@acme.example"}, "to"),
        ({"to": "a" * 65 + "@acme.example"}, "to"),
        ({"from_": "Acme <hello@acme.example>\nX: y"}, "from"),
        ({"from_": "Acme"}, "from"),
        ({"subject": "Hi\r\nBcc: all@acme.example"}, "subject"),
        ({"subject": "Hi\u2028there"}, "subject"),
        ({"subject": "Hi \ud800"}, "subject"),
        ({"headers": {"X-A": "b\r\nBcc: c@acme.example"}}, "header 'X-A'"),
        ({"headers": {"Bad Name:": "b"}}, "text"),
        ({"message_id": "<a@b>\r\nX: y"}, "message_id"),
        ({"envid": "a b"}, "message_id"),
        ({"text": "a\0b"}, "text"),
        ({"text": "a\ud800"}, "text"),
    ],
)
def test_nothing_is_smuggled_into_a_mail(values: dict[str, Any], field: str) -> None:
    found = compose(one(**values))
    assert isinstance(found, Unsendable)
    assert found.field == field


async def test_a_mail_that_cannot_be_sent_is_rejected_without_a_call() -> None:
    async with bench("smtp") as b:
        allowance = allowance_for(b.connector, b.settings)
        (result,) = await b.connector.perform(b.door(allowance), (one(to="nobody"),))
        assert isinstance(result, Rejected)
        assert result.field == "to"
        assert not allowance.calls


def test_a_domain_of_any_script_is_written_in_ascii() -> None:
    found = compose(one(to="ada@Bücher.example", from_="Bücher <post@bücher.example>"))
    assert isinstance(found, Composed)
    assert found.recipient == "ada@xn--bcher-kva.example"
    assert found.sender == "post@xn--bcher-kva.example"
    assert not found.international


async def test_letters_before_the_at_need_a_server_that_takes_them() -> None:
    async with bench("smtp") as b:
        (result,) = await b.perform(one(to="jürgen@acme.example"))
        assert isinstance(result, Rejected)
        assert result.field == "to"
        assert not b.sandbox.messages

    lines: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        for reply in (b"250-x\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n", b"250 ok\r\n", b"250 ok\r\n"):
            lines.append(await reader.readline())
            writer.write(reply)
        lines.append(await reader.readline())
        writer.write(b"354 go\r\n")
        lines.append(await reader.readuntil(b"\r\n.\r\n"))
        writer.write(b"250 queued as 7\r\n")

    async with (
        raw_server(talk) as port,
        bench("smtp", values={"port": str(port)}, secrets={}) as b,
    ):
        (result,) = await b.perform(one(to="jürgen@acme.example"))
    assert result == Accepted("7")
    assert lines[1].rstrip().endswith(b"SMTPUTF8")
    assert "jürgen@acme.example".encode() in lines[2]
    assert "To: jürgen@acme.example".encode() in lines[4]


def test_a_mail_is_the_same_at_each_attempt_but_for_its_date() -> None:
    first, second = compose(one()), compose(one())
    assert isinstance(first, Composed)
    assert isinstance(second, Composed)
    without = [
        [line for line in m.source.split(b"\r\n") if not line.startswith(b"Date:")]
        for m in (first, second)
    ]
    assert without[0] == without[1]


def test_a_dot_at_the_beginning_of_a_line_is_doubled() -> None:
    assert stuffed(b".") == b"..\r\n"
    assert stuffed(b"a\r\n.\r\nb") == b"a\r\n..\r\nb\r\n"
    assert stuffed(b"a\r.\r") == b"a\r\n..\r\n"
    assert b"\r\n.\r\n" not in stuffed(b"\n.\n.\n")


def test_the_login_is_not_shown() -> None:
    settings = Settings("mail", {"host": "mail.example"}, SECRETS["smtp"])
    assert SECRETS["smtp"]["password"] not in repr((settings, endpoint(settings)))
