"""One SMTP conversation, step by step, so that the border at the final dot is exact.

The usual clients send body and final dot in one breath and cannot say on which side of it a
connection broke. Before the dot a retry is safe; after it the message may be the server's
(RFC 5321, 4.2.5 and 6.1), and nobody but delivery evidence can tell.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import ssl
from dataclasses import dataclass, field

from leadline.connectors.smtp_message import Composed, stuffed

LONGEST_LINE = 64 * 1024
GOODBYE_S = 1.0
MOST_LINES = 100
"""A server that greets with more lines than this is talking to itself."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where mail is handed in; ``tls`` is "none", "starttls" or "tls"."""

    host: str
    port: int
    tls: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Said:
    """What the server answered, and at which step ("greeting", "auth", "rcpt", "data" …)."""

    code: int
    text: str
    step: str


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer. ``after_dot``: the whole message was handed over before."""

    reason: str
    connected: bool
    after_dot: bool = False


@dataclass(slots=True)
class Progress:
    """How far a conversation has come; read when it breaks."""

    connected: bool = False
    after_dot: bool = False


class Refusal(Exception):
    """The server answered a step with something else than its consent."""

    def __init__(self, said: Said) -> None:
        self.said = said
        super().__init__(f"{said.step}: {said.code}")


@dataclass(slots=True)
class Session:
    """An open conversation, greeted, encrypted and logged in."""

    endpoint: Endpoint
    reader: asyncio.StreamReader = field(repr=False)
    writer: asyncio.StreamWriter = field(repr=False)
    offers: frozenset[str] = frozenset()
    mails: int = 0
    idle_since: float = 0.0
    clean: bool = True
    """Whether no mail stands half handed in."""

    def is_open(self) -> bool:
        """Whether the server has not hung up, as far as it is known here."""
        return not self.reader.at_eof() and not self.writer.is_closing()

    async def hand_in(self, mail: Composed, progress: Progress) -> Said:
        """Hand one mail in; return the answer to its final dot, or raise Refusal before it."""
        dsn = "DSN" in self.offers
        if mail.international and "SMTPUTF8" not in self.offers:
            raise Refusal(Said(553, "the server takes no letters beyond ASCII there", "mail"))
        extra = f" ENVID={mail.envid} RET=HDRS" if dsn else ""
        extra += " SMTPUTF8" if mail.international else ""
        notify = " NOTIFY=SUCCESS,FAILURE,DELAY" if dsn else ""
        if not self.clean:
            await self.say("RSET", "mail", 250)
        await self.say(f"MAIL FROM:<{mail.sender}>{extra}", "mail", 250)
        self.clean = False
        self.mails += 1
        await self.say(f"RCPT TO:<{mail.recipient}>{notify}", "rcpt", 250, 251)
        await self.say("DATA", "data command", 354)
        self.writer.write(stuffed(mail.source))
        await self.writer.drain()
        progress.after_dot = True
        self.writer.write(b".\r\n")
        await self.writer.drain()
        reply = await self.answer("data")
        self.clean = True
        return reply

    async def answer(self, step: str) -> Said:
        """Read one answer of one or more lines."""
        lines: list[str] = []
        while len(lines) < MOST_LINES:
            raw = await self.reader.readline()
            if not raw.endswith(b"\n"):
                raise ConnectionResetError("the server closed the connection")
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            if not re.match(r"[2-5]\d\d([ -]|$)", line):
                raise ConnectionResetError("the server does not speak SMTP")
            lines.append(line[4:])
            if line[3:4] != "-":
                return Said(int(line[:3]), "\n".join(lines), step)
        raise ConnectionResetError("the server's answer does not end")

    async def say(self, line: str, step: str, *expected: int) -> Said:
        """Say one line and read its answer; raise Refusal for any other code."""
        self.writer.write(line.encode("utf-8") + b"\r\n")
        await self.writer.drain()
        reply = await self.answer(step)
        if reply.code not in expected:
            raise Refusal(reply)
        return reply

    async def greet(self) -> None:
        """Say who calls, and learn what the server offers."""
        reply = await self.say(f"EHLO {self._own_name()}", "ehlo", 250)
        self.offers = frozenset(line.upper() for line in reply.text.split("\n"))
        self.offers |= {line.split(" ")[0] for line in self.offers}

    def _own_name(self) -> str:
        """Our address in brackets: who has no name of his own says that (RFC 5321, 4.1.3)."""
        own = str(self.writer.get_extra_info("sockname")[0]).partition("%")[0]
        return f"[IPv6:{own}]" if ":" in own else f"[{own}]"

    async def start_tls(self, trust: ssl.SSLContext) -> None:
        """Encrypt, or raise Refusal: mail is never sent in the clear where TLS was asked for."""
        await self.say("STARTTLS", "starttls", 220)
        await self.writer.start_tls(trust, server_hostname=self.endpoint.host)
        await self.greet()

    async def log_in(self, user: str, password: str) -> None:
        """Log in by PLAIN, or by LOGIN where only that is offered."""
        ways = {w for o in self.offers if o.startswith("AUTH ") for w in o.split(" ")[1:]}
        if "PLAIN" in ways or "LOGIN" not in ways:
            await self.say(
                f"AUTH PLAIN {_encoded(f'{chr(0)}{user}{chr(0)}{password}')}", "auth", 235
            )
            return
        await self.say("AUTH LOGIN", "auth", 334)
        await self.say(_encoded(user), "auth", 334)
        await self.say(_encoded(password), "auth", 235)

    def close(self) -> None:
        """Say goodbye and hang up, without waiting for the other side."""
        with contextlib.suppress(OSError, RuntimeError):
            self.writer.write(b"QUIT\r\n")
        self.writer.close()

    async def wait_closed(self) -> None:
        """Return once the connection is gone, or after a moment."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await self.writer.wait_closed()

    def abort(self) -> None:
        """Hang up at once."""
        self.writer.transport.abort()


async def open_session(
    endpoint: Endpoint, address: str, trust: ssl.SSLContext, progress: Progress
) -> Session:
    """Connect to a checked address and log in. Raises Refusal or OSError."""
    implicit = endpoint.tls == "tls"
    reader, writer = await asyncio.open_connection(
        address,
        endpoint.port,
        ssl=trust if implicit else None,
        server_hostname=endpoint.host if implicit else None,
        limit=LONGEST_LINE,
    )
    progress.connected = True
    session = Session(endpoint, reader, writer)
    try:
        greeting = await session.answer("greeting")
        if greeting.code != 220:
            raise Refusal(greeting)
        await session.greet()
        if endpoint.tls == "starttls":
            await session.start_tls(trust)
        if endpoint.user is not None and endpoint.password is not None:
            await session.log_in(endpoint.user, endpoint.password)
    except BaseException:
        session.abort()
        raise
    return session


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
