"""One mail over SMTP, step by step, so that the border at the final dot is exact.

The usual clients send body and final dot in one breath and cannot say on which side of it a
connection broke. Before the dot a retry is safe; after it the message may be the server's
(RFC 5321, 4.2.5 and 6.1), and nobody but delivery evidence can tell.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, parseaddr

from leadline.connectors.contract import Mail

LONGEST_LINE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where mail is handed in; ``tls`` is "none", "starttls" or "tls"."""

    host: str
    port: int
    tls: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class MailReply:
    """What the server answered, and at which step ("rcpt", "data", "auth" …)."""

    code: int
    text: str
    step: str

    @property
    def throttled(self) -> bool:
        """Whether it refused for the rate; SES says so after the data (454)."""
        said = self.text.lower()
        return self.code in {421, 450, 451, 452, 454} and (
            "throttl" in said or "rate" in said or "too many" in said or "quota" in said
        )


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer. ``after_dot``: the whole message was handed over before."""

    reason: str
    connected: bool
    after_dot: bool


class _Refused(Exception):
    def __init__(self, reply: MailReply) -> None:
        self.reply = reply
        super().__init__(reply.text)


@dataclass(slots=True)
class _Dialogue:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    offers: frozenset[str] = frozenset()

    async def answer(self, step: str) -> MailReply:
        lines: list[str] = []
        while True:
            raw = await self.reader.readline()
            if not raw:
                raise ConnectionResetError("the server closed the connection")
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            if not re.match(r"\d{3}", line):
                raise ConnectionResetError("the server does not speak SMTP")
            lines.append(line[4:])
            if line[3:4] != "-":
                return MailReply(int(line[:3]), "\n".join(lines), step)

    async def say(self, line: str, step: str, *expected: int) -> MailReply:
        self.writer.write(line.encode("utf-8") + b"\r\n")
        await self.writer.drain()
        reply = await self.answer(step)
        if reply.code not in expected:
            raise _Refused(reply)
        return reply

    async def greet(self) -> None:
        reply = await self.say("EHLO leadline", "ehlo", 250)
        self.offers = frozenset(line.split(" ")[0].upper() for line in reply.text.split("\n"))

    async def start_tls(self, host: str) -> None:
        await self.say("STARTTLS", "starttls", 220)
        await self.writer.start_tls(ssl.create_default_context(), server_hostname=host)
        await self.greet()

    async def log_in(self, user: str, password: str) -> None:
        token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        await self.say(f"AUTH PLAIN {token}", "auth", 235)


async def send_mail(
    mail: Mail, endpoint: Endpoint, address: str, timeout_s: float
) -> MailReply | Lost:
    """Hand one mail in; ``address`` is the checked address of the host. Never raises."""
    after_dot = False
    connected = False

    def dotted() -> None:
        nonlocal after_dot
        after_dot = True

    try:
        async with asyncio.timeout(timeout_s):
            context = ssl.create_default_context() if endpoint.tls == "tls" else None
            reader, writer = await asyncio.open_connection(
                address,
                endpoint.port,
                ssl=context,
                server_hostname=endpoint.host if context else None,
                limit=LONGEST_LINE,
            )
            connected = True
            dialogue = _Dialogue(reader, writer)
            try:
                return await _hand_in(dialogue, mail, endpoint, dotted)
            except _Refused as refused:
                return refused.reply
            finally:
                writer.close()
    except TimeoutError:
        return Lost(f"no answer within {timeout_s:g} s", connected, after_dot)
    except (OSError, asyncio.IncompleteReadError, ValueError) as error:
        return Lost(f"{type(error).__name__}: {error}", connected, after_dot)


async def _hand_in(
    dialogue: _Dialogue, mail: Mail, endpoint: Endpoint, dotted: Callable[[], None]
) -> MailReply:
    greeting = await dialogue.answer("greeting")
    if greeting.code != 220:
        return greeting
    await dialogue.greet()
    if endpoint.tls == "starttls":
        await dialogue.start_tls(endpoint.host)
    if endpoint.user is not None and endpoint.password is not None:
        await dialogue.log_in(endpoint.user, endpoint.password)
    dsn = "DSN" in dialogue.offers
    envelope = f" ENVID={mail.envid} RET=HDRS" if dsn else ""
    notify = " NOTIFY=SUCCESS,FAILURE,DELAY" if dsn else ""
    sender = parseaddr(mail.from_)[1]
    await dialogue.say(f"MAIL FROM:<{sender}>{envelope}", "mail", 250)
    await dialogue.say(f"RCPT TO:<{mail.to}>{notify}", "rcpt", 250, 251)
    await dialogue.say("DATA", "data command", 354)
    dialogue.writer.write(_stuffed(message_bytes(mail)))
    await dialogue.writer.drain()
    dotted()
    dialogue.writer.write(b".\r\n")
    await dialogue.writer.drain()
    reply = await dialogue.answer("data")
    dialogue.writer.write(b"QUIT\r\n")
    return reply


def message_bytes(mail: Mail) -> bytes:
    """Return the mail as it goes over the wire; no value of it can add a header.

    ValueError for an address or header that holds a line break or a NUL.
    """
    message = EmailMessage(policy=SMTP_POLICY)
    name, sender = parseaddr(mail.from_)
    message["From"] = Address(name, addr_spec=sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = formatdate(localtime=False, usegmt=True)
    message["Message-ID"] = mail.message_id
    for key, value in mail.headers.items():
        message[key] = value
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    return message.as_bytes()


def _stuffed(body: bytes) -> bytes:
    """Double the dots that begin a line (RFC 5321, 4.5.2) and end with a line break."""
    lines = re.sub(rb"\r?\n", b"\r\n", body)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"
