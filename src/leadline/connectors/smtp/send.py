"""Handing mails in, and what the server's answer to each step means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from leadline.connectors.contract import (
    Check,
    Effect,
    Mail,
    Need,
    NotNow,
    Place,
    Quota,
    Settings,
    places,
)
from leadline.connectors.door import Door, Endpoint, MailReply, NoReply, Phase
from leadline.connectors.smtp_message import Unsendable
from leadline.ledger.outcome import (
    Accepted,
    Outcome,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
)
from leadline.ledger.vendor_limits import SMTP

RATE_PAUSE = timedelta(seconds=1)
"""SES names no time; its rate counts by the second (vendors.md, section 4)."""
DAY_PAUSE = timedelta(hours=1)
"""Its daily quota rolls, so that room returns little by little."""
_THROTTLE_WORDS = ("throttl", "sending rate", "message quota", "too many messages", "rate limit")
_AUTH_CODES = frozenset({530, 534, 535, 538})


async def perform(door: Door, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
    """Send mails, one call each."""
    return tuple([await _send(door, mail) for mail in cast("tuple[Mail, ...]", effects)])


def endpoint(settings: Settings) -> Endpoint:
    """Where the connection hands mail in."""
    values, secrets = settings.values, settings.secrets
    return Endpoint(
        values["host"],
        int(values.get("port", "587")),
        values.get("tls", "starttls"),
        secrets.get("user"),
        secrets.get("password"),
    )


async def _send(door: Door, mail: Mail) -> Outcome:
    met = places(SMTP, door.settings, "mail")
    answer = await door.smtp(mail, endpoint(door.settings), met, _reads_quota(met))
    match answer:
        case Unsendable(reason=reason, field=field):
            return Rejected(reason, field)
        case NotNow(until=None, reason=reason):
            return Unavailable(reason)
        case NotNow(until=until):
            return Throttled(until)
        case NoReply(phase=Phase.AFTER_EFFECT_POSSIBLE, reason=reason):
            return Unknown(f"the mail was handed over, then {reason}")
        case NoReply(reason=reason):
            return Unavailable(reason)
        case MailReply():
            return outcome(answer)


def outcome(reply: MailReply) -> Outcome:
    """What an answer means: by its code, and at which step it came.

    At the final dot 4yz and 5yz both say that the server did not take the mail (RFC 5321,
    4.2.5), so a later attempt doubles nothing.
    """
    said = f"the server answered {reply.code} {_first_line(reply.text)}"
    if reply.step == "data" and reply.code == 250:
        return Accepted(_queue_id(reply.text))
    window = throttled(reply)
    if window is not None:
        pause = DAY_PAUSE if window == "day" else RATE_PAUSE
        return Throttled(reply.at + pause, window=window)
    if reply.step == "auth" and reply.code >= 500:
        return Unauthorised(said)
    if reply.code in _AUTH_CODES or (reply.step == "mail" and reply.code == 550):
        return Unauthorised(said)
    if reply.step in {"greeting", "ehlo", "starttls"} and reply.code >= 500:
        return Unavailable(said)
    if reply.code >= 500:
        return Rejected(said, "to" if reply.step == "rcpt" or reply.code == 553 else None)
    return Unavailable(said)


def throttled(reply: MailReply) -> str | None:
    """Which window the server says is full: "day", "messages", or None for another refusal.

    SES says it after the whole message was handed in (454), and then drops that message.
    """
    text = reply.text.lower()
    if not 400 <= reply.code < 500:
        return None
    says_so = any(word in text for word in _THROTTLE_WORDS)
    if not says_so and not (reply.code == 454 and reply.step == "data"):
        return None
    return "day" if "daily" in text else "messages"


def _reads_quota(met: tuple[Place, ...]) -> Callable[[MailReply], Quota]:
    def read(reply: MailReply) -> Quota:
        window = throttled(reply)
        full = next((place for place in met if place.window == window), None)
        if full is None:
            return Quota()
        pause = DAY_PAUSE if window == "day" else RATE_PAUSE
        return Quota(refused=full, refused_until=reply.at + pause)

    return read


def _first_line(text: str) -> str:
    return text.partition("\n")[0][:200].strip()


def _queue_id(text: str) -> str | None:
    """The server's name for the mail: SES answers ``Ok <id>``, Postfix ``queued as <id>``."""
    words = _first_line(text).split()
    return words[-1].strip("<>") if len(words) > 1 else None


async def check(door: Door, needs: tuple[Need, ...]) -> tuple[Check, ...]:
    """Log in and leave."""
    del needs
    where = endpoint(door.settings)
    answer = await door.greet(where)
    place = f"{where.host}:{where.port}"
    if isinstance(answer, MailReply) and answer.code == 250:
        login = "and took the login" if where.user else "without a login"
        return (Check("login", ok=True, message=f"{place} answers {login}."),)
    if isinstance(answer, MailReply):
        refused = f"{place} answered {answer.code} {_first_line(answer.text)} ({answer.step})."
        fixes = {
            "auth": "Check the user and password of this system; SES has SMTP credentials of "
            "its own.",
            "starttls": 'Write tls: tls, with the port for it, or ask the provider for "starttls".',
        }
        fix = fixes.get(answer.step, "Ask the provider what this answer means.")
        return (Check("login", ok=False, message=refused, fix=fix),)
    return (
        Check(
            "login",
            ok=False,
            message=f"{place} did not answer: {answer.reason}.",
            fix="Check host, port and tls in the system's file, and that nothing blocks the port.",
        ),
    )
