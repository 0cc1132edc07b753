"""One SMTP conversation, with the moments at which a fault may strike.

Before the final dot a client may send again without harm; after it the message is the server's,
answer or not (RFC 5321 §4.2.5, §6.1). So a cut "before the effect" comes instead of the 354, where
no client can have written the dot, and every other fault comes after the dot.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import ssl
from collections.abc import Awaitable, Callable

from leadline.sandbox.faults import Fault, FaultKind
from leadline.sandbox.listener import Cut, Link, Serve
from leadline.sandbox.smtp.account import MAX_BYTES, MAX_RECIPIENTS, Envelope, MailSandbox
from leadline.sandbox.smtp.transaction import take, text_of
from leadline.sandbox.truth import OURS, Call, Ending

_PATH = re.compile(r"<([^<>]*)>(.*)", re.DOTALL)


def smtp_server(sandbox: MailSandbox) -> Serve:
    """Serve SMTP conversations for one account."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Session(sandbox, reader, writer).run()
        except Cut:
            writer.transport.abort()

    return serve


class Wire:
    """Lines in, lines out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, text: str) -> None:
        """Answer; several lines are divided by CR LF."""
        self._writer.write(f"{text}\r\n".encode())
        await self._writer.drain()

    async def read_line(self) -> bytes:
        """The next line with its end; without one, the client has left. Raises Cut if too long."""
        try:
            return await self._reader.readline()
        except ValueError:  # over the reader's limit of a mebibyte
            raise Cut from None

    async def ask(self, text: str) -> str:
        """Ask for one more line of a login."""
        await self.say(f"334 {text}")
        return (await self.read_line()).decode("ascii", "replace").strip()

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """Encrypt from here on."""
        await self._writer.start_tls(context)

    async def read_message(self) -> bytes:
        """The message without its final dot; leading dots are taken off (RFC 5321 §4.5.2)."""
        lines: list[bytes] = []
        size = 0
        whole_line_before = True
        while True:
            line = await self.read_line()
            if not line.endswith(b"\n"):
                raise Cut  # the client left before the dot
            if line == b".\r\n" and whole_line_before:
                return b"".join(lines)
            whole_line_before = line.endswith(b"\r\n")
            size += len(line)
            if size <= MAX_BYTES + 1_000:  # beyond, read on and refuse at the dot
                lines.append(line.removeprefix(b"."))


class Session:
    """One connection."""

    def __init__(
        self, sandbox: MailSandbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._sandbox = sandbox
        self._wire = Wire(reader, writer)
        self._link = Link(reader)
        self._secure = False
        self._by: str | None = None if sandbox.config.auth == "required" else OURS
        self._envelope: Envelope | None = None
        self._over = False

    async def run(self) -> None:
        """Greet, then answer commands until the client leaves."""
        sandbox = self._sandbox
        trouble = sandbox.outage or self._strike(FaultKind.ERROR, "connect", named=True)
        if trouble is not None:
            await self._wire.say(text_of(trouble.status or 421))
            return
        if not sandbox.connections.enter():
            await self._wire.say("421 Too many concurrent SMTP connections")
            return
        try:
            await self._wire.say("220 sandbox.invalid ESMTP SimpleEmailService-sandbox")
            while not self._over:
                line = await self._wire.read_line()
                if not line.endswith(b"\n"):
                    return
                await self._command(line.decode("utf-8", "replace").rstrip("\r\n"))
        finally:
            sandbox.connections.leave()

    async def _command(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        commands: dict[str, Callable[[str], Awaitable[None]]] = {
            "HELO": self._hello,
            "EHLO": self._hello,
            "STARTTLS": self._start_tls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._recipient,
            "DATA": self._data,
        }
        act = commands.get(verb.upper())
        if act is not None:
            await act(rest.strip())
            return
        match verb.upper():
            case "RSET":
                self._envelope = None
                await self._wire.say("250 Ok")
            case "NOOP":
                await self._wire.say("250 Ok")
            case "QUIT":
                self._over = True
                await self._wire.say("221 Bye")
            case _:
                await self._wire.say("502 Command not implemented")

    async def _hello(self, _: str) -> None:
        config = self._sandbox.config
        self._envelope = None
        offers = ["sandbox.invalid", "8BITMIME", f"SIZE {MAX_BYTES}", "PIPELINING"]
        if self._sandbox.tls is not None and not self._secure:
            offers.append("STARTTLS")
        if self._secure or config.tls != "required":
            offers.append("AUTH PLAIN LOGIN")
        if config.dsn:
            offers.append("DSN")
        lines = [f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]
        await self._wire.say("\r\n".join(lines))

    async def _start_tls(self, _: str) -> None:
        tls = self._sandbox.tls
        if tls is None or self._secure:
            await self._wire.say("502 STARTTLS is not offered")
            return
        await self._wire.say("220 Ready to start TLS")
        await self._wire.start_tls(tls.context)
        self._secure, self._envelope = True, None
        self._by = None if self._sandbox.config.auth == "required" else OURS

    async def _auth(self, rest: str) -> None:
        if self._sandbox.config.tls == "required" and not self._secure:
            await self._wire.say("530 Must issue a STARTTLS command first")
            return
        kind, _, first = rest.partition(" ")
        match kind.upper():
            case "PLAIN":
                text = _decoded(first or await self._wire.ask(""))
                _, _, pair = text.partition("\0")
                name, _, password = pair.partition("\0")
            case "LOGIN":
                name = _decoded(first or await self._wire.ask("VXNlcm5hbWU6"))
                password = _decoded(await self._wire.ask("UGFzc3dvcmQ6"))
            case _:
                await self._wire.say("504 Unrecognized authentication type")
                return
        self._by = self._sandbox.user(name, password)
        await self._wire.say(text_of(535) if self._by is None else "235 Authentication successful.")

    async def _mail(self, rest: str) -> None:
        if self._by is None:
            await self._wire.say("530 Authentication required")
            return
        found = _PATH.fullmatch(rest.partition(":")[2].strip())
        if not rest.upper().startswith("FROM:") or found is None:
            await self._wire.say("501 Syntax: MAIL FROM:<address>")
            return
        options = _options(found[2])
        if not self._sandbox.config.dsn and options.keys() & {"ENVID", "RET"}:
            await self._wire.say("555 Unsupported option: DSN is not offered")
        elif not options.get("SIZE", "0").isdecimal():
            await self._wire.say("501 Syntax: SIZE=bytes")
        elif int(options.get("SIZE", "0")) > MAX_BYTES:
            await self._wire.say(text_of(552))
        elif not found[1].isascii():
            await self._wire.say("553 Non-ASCII address not permitted")
        else:
            self._envelope = Envelope(found[1], options.get("ENVID"))
            await self._wire.say("250 Ok")

    async def _recipient(self, rest: str) -> None:
        envelope = self._envelope
        found = _PATH.fullmatch(rest.partition(":")[2].strip())
        if envelope is None:
            await self._wire.say("503 Error: need MAIL command")
        elif not rest.upper().startswith("TO:") or found is None or "@" not in found[1]:
            await self._wire.say("553 Invalid email address")
        elif not found[1].isascii():
            await self._wire.say("553 Non-ASCII address not permitted")
        elif len(envelope.recipients) >= MAX_RECIPIENTS:
            await self._wire.say("452 4.5.3 Too many recipients")
        elif not self._sandbox.knows(found[1]):
            await self._wire.say(text_of(550))
        elif (fault := self._strike_recipient()) is not None:
            await self._wire.say(text_of(fault.status or 550))
        else:
            envelope.recipients.append(found[1])
            notify = _options(found[2]).get("NOTIFY")
            if notify is not None:
                envelope.notify[found[1]] = notify
            await self._wire.say("250 Ok")

    async def _data(self, _: str) -> None:
        envelope, self._envelope = self._envelope, None
        if envelope is None or not envelope.recipients:
            await self._wire.say("503 Error: need RCPT command")
            return
        by = self._by
        assert by is not None  # MAIL was accepted
        if by == OURS and self._strike(FaultKind.CUT_BEFORE_EFFECT, "message") is not None:
            # The dot was never asked for, so this is no ambiguity: not effectful.
            call = self._begin(envelope, by, effectful=False)
            call.fault = FaultKind.CUT_BEFORE_EFFECT
            self._sandbox.truth.end(call, Ending.WITHHELD)
            raise Cut
        await self._wire.say("354 End data with <CR><LF>.<CR><LF>")
        source = await self._wire.read_message()
        there_s, back_s = self._sandbox.delays.draw()
        await asyncio.sleep(there_s)
        call = self._begin(envelope, by, effectful=True)
        answer = await take(self._sandbox, self._link, call, envelope, source)
        await asyncio.sleep(back_s)
        call.status = int(answer[:3])
        gone = self._link.is_gone()
        self._sandbox.truth.end(call, Ending.LEFT if gone else Ending.ANSWERED)
        self._over = call.status == 421
        await self._wire.say(answer)

    def _begin(self, envelope: Envelope, by: str, *, effectful: bool) -> Call:
        members = len(envelope.recipients)
        return self._sandbox.truth.begin(by, "message", effectful=effectful, members=members)

    def _strike(self, kind: FaultKind, stage: str, *, named: bool = False) -> Fault | None:
        return self._sandbox.faults.strike(frozenset({kind}), stage, effectful=True, named=named)

    def _strike_recipient(self) -> Fault | None:
        if self._by != OURS:
            return None
        kinds = frozenset({FaultKind.REFUSE_PART})
        part = self._sandbox.faults.strike(kinds, "recipient", effectful=True, members=2)
        return part or self._strike(FaultKind.ERROR, "recipient", named=True)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _options(text: str) -> dict[str, str]:
    """The parameters after an address, names in capitals."""
    pairs = (part.partition("=") for part in text.split())
    return {name.upper(): value for name, _, value in pairs}
