"""A mail as it goes over the wire: envelope and bytes, with nothing smuggled into either."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, parseaddr

import idna

from leadline.connectors.contract import Mail

MOST_BYTES = 40_000_000
"""The least of what large providers take (SES by SMTP, vendors.md section 4)."""
TAG = "X-Leadline-Id"
"""Repeats the Message-ID where a provider writes a Message-ID of its own."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
_LOCAL = re.compile(r"[^\s<>()\[\]\\,;:@\"]{1,64}")
_HEADER = re.compile(r"[!-9;-~]{1,76}")
_ENVID = re.compile(r"[!-*,-<>-~]{1,100}")
_MESSAGE_ID = re.compile(r"<[^\s<>@\x00-\x1f]{1,200}@[^\s<>@\x00-\x1f]{1,253}>")


@dataclass(frozen=True, slots=True)
class Composed:
    """``international``: only a server that offers SMTPUTF8 can take it."""

    sender: str
    recipient: str
    envid: str
    source: bytes
    international: bool


@dataclass(frozen=True, slots=True)
class Unsendable:
    """A mail that cannot be sent as it stands; ``field`` names what is to blame."""

    reason: str
    field: str


def compose(mail: Mail) -> Composed | Unsendable:
    """Make the bytes of a mail, or say why it cannot be sent."""
    for field, value in _lines(mail):
        if _CONTROL.search(value):
            return Unsendable(f"{field} holds a line break or another control character", field)
    name, written = parseaddr(mail.from_)
    sender = _address(written, name)
    recipient = _address(mail.to)
    if sender is None:
        return Unsendable(f'the sender "{mail.from_}" is no address', "from")
    if recipient is None:
        return Unsendable(f'"{mail.to}" is no address that mail can be sent to', "to")
    if not _MESSAGE_ID.fullmatch(mail.message_id) or not _ENVID.fullmatch(mail.envid):
        return Unsendable("the Message-ID or the envelope's name is malformed", "message_id")
    if "\0" in mail.text or "\0" in (mail.html or ""):
        return Unsendable("the body holds a NUL character", "text")
    international = not (sender.addr_spec + recipient.addr_spec).isascii()
    try:
        source = _source(mail, sender, recipient, international=international)
    except (ValueError, LookupError) as error:
        return Unsendable(f"it cannot be written as a mail ({type(error).__name__})", "text")
    if len(source) > MOST_BYTES:
        most = f"{MOST_BYTES // 1_000_000} MB"
        return Unsendable(f"it has {len(source):,} bytes; a mail has {most} at most", "text")
    return Composed(sender.addr_spec, recipient.addr_spec, mail.envid, source, international)


def _lines(mail: Mail) -> list[tuple[str, str]]:
    named = [
        ("to", mail.to),
        ("from", mail.from_),
        ("subject", mail.subject),
        ("message_id", mail.message_id),
        ("envid", mail.envid),
    ]
    return named + [
        (f"header {key[:40]!r}", f"{key}{value}") for key, value in mail.headers.items()
    ]


def _address(text: str, name: str = "") -> Address | None:
    """An address with its domain in ASCII; None for what no mail server would take."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or local[0] == "." or local[-1] == ".":
        return None
    if ".." in local:
        return None
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii") if domain else ""
    except idna.IDNAError:
        return None
    if len(ascii_domain) > 253 or len(local.encode()) > 64 or "." not in ascii_domain:
        return None
    return Address(name, local, ascii_domain)


def _source(mail: Mail, sender: Address, recipient: Address, *, international: bool) -> bytes:
    # 7bit: not every server offers 8BITMIME, and no line is longer than the 998 of RFC 5321.
    message = EmailMessage(SMTP_POLICY.clone(cte_type="7bit", utf8=international))
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = mail.subject
    message["Date"] = formatdate(localtime=False, usegmt=True)
    message["Message-ID"] = mail.message_id
    message[TAG] = mail.message_id.strip("<>")
    for key, value in mail.headers.items():
        if not _HEADER.fullmatch(key):
            raise ValueError(f"{key!r} is no name of a header.")
        message[key] = value
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
        message.set_boundary(hashlib.sha256(mail.message_id.encode()).hexdigest()[:32])
    return message.as_bytes()


def stuffed(body: bytes) -> bytes:
    """Double the dots that begin a line (RFC 5321, 4.5.2) and end with a line break.

    >>> stuffed(b"a\\n.b\\n.\\n")
    b'a\\r\\n..b\\r\\n..\\r\\n'
    """
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", body)
    dotted = re.sub(rb"(?m)^\.", b"..", lines)
    return dotted if dotted.endswith(b"\r\n") else dotted + b"\r\n"
