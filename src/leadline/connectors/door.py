"""The only way out: every request to a vendor passes here, and spends before it is sent.

The door asks the allowance, sends once, and says what came back or how far the request got.
It never retries, never follows a redirect, and never raises for what a vendor does. Private
and loopback addresses are refused unless the system's file allows them; the address that was
checked is the one that is connected to, so that a name cannot change its mind in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

import anyio
import orjson

from leadline.connectors import http_exchange, smtp_exchange
from leadline.connectors.addresses import Forbidden, Target, is_literal, read_target, resolve
from leadline.connectors.contract import (
    Allowance,
    Answered,
    Begun,
    CallIntent,
    Mail,
    Members,
    NotNow,
    Place,
    Quota,
    Settings,
)
from leadline.connectors.outlet import Outlet, open_outlet
from leadline.connectors.replies import MailReply, NoReply, Phase, Reply
from leadline.connectors.smtp_dialogue import Endpoint, Lost
from leadline.connectors.smtp_message import Composed, Unsendable, compose

__all__ = [
    "Door",
    "Endpoint",
    "MailReply",
    "NoReply",
    "Outlet",
    "Phase",
    "Reply",
    "Request",
    "open_outlet",
]


def says_nothing(reply: Reply | MailReply) -> Quota:
    """Read the quota from an answer of a vendor that never speaks of it."""
    del reply
    return Quota()


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, what it spends, and what it carries.

    ``bearer`` is the secret; ``quota`` reads what the answer says of the windows. ``label`` is
    what the record of the call says of it, method and path where left out: it names no person.
    ``form`` is sent where there is no ``json``.
    """

    method: str
    path: str
    places: tuple[Place, ...] = ()
    json: object = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    params: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    bearer: str | None = field(default=None, repr=False)
    label: str | None = None
    members: Members = ()
    records: tuple[str, ...] = field(default=(), repr=False)
    refs: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    quota: Callable[[Reply], Quota] = says_nothing

    def prepared(self) -> http_exchange.Prepared:
        """Make it ready for the wire."""
        headers: dict[str, str] = {"Accept": "application/json"}
        body: bytes | None = None
        if self.json is not None:
            body = orjson.dumps(self.json)
            headers["Content-Type"] = "application/json; charset=utf-8"
        elif self.form is not None:
            body = urlencode(self.form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.bearer is not None:
            headers["Authorization"] = f"Bearer {self.bearer}"
        return http_exchange.Prepared(self.method, self.path, self.params, headers, body)


@dataclass(frozen=True, slots=True)
class Door:
    """The way out of one claim of one connection."""

    settings: Settings
    outlet: Outlet = field(repr=False)
    allowance: Allowance = field(repr=False)
    timeout_s: float

    async def call(self, request: Request, base_url: str) -> Reply | NoReply | NotNow:
        """Send one HTTP request, if the allowance lets it."""
        way = await self._http_way(base_url)
        if isinstance(way, NoReply):
            return way
        target, addresses = way
        prepared = request.prepared()
        intent = CallIntent(
            request.label or f"{request.method} {request.path}",
            request.members,
            request.records,
            request.places,
            1,
            _digest(prepared.body),
            self.timeout_s,
            request.refs,
        )
        begun = await self.allowance.begin(intent)
        if isinstance(begun, NotNow):
            return begun
        clock = _Clock(begun)
        found = await http_exchange.exchange(
            self.outlet, target, addresses, prepared, clock.left_s()
        )
        if isinstance(found, NoReply):
            await self.allowance.end(begun.call_id, _unanswered(found))
            return found
        reply = Reply(found.status, found.headers, found.body, clock.now())
        quota = request.quota(reply)
        await self.allowance.end(begun.call_id, _answered(str(reply.status), quota))
        return reply

    async def smtp(
        self,
        mail: Mail,
        endpoint: Endpoint,
        places: tuple[Place, ...],
        quota: Callable[[MailReply], Quota] = says_nothing,
    ) -> MailReply | NoReply | NotNow | Unsendable:
        """Send one mail, if the allowance lets it."""
        composed = compose(mail)
        if isinstance(composed, Unsendable):
            return composed
        intent = CallIntent(
            "MAIL",
            mail.members,
            (),
            places,
            1,
            _digest(composed.source),
            self.timeout_s,
            dict.fromkeys(mail.members, mail.message_id),
        )
        return await self._converse(endpoint, intent, composed, quota)

    async def greet(self, endpoint: Endpoint) -> MailReply | NoReply | NotNow:
        """Connect to a mail server, log in, and leave; nothing is sent."""
        intent = CallIntent("EHLO", (), (), (), 1, None, self.timeout_s)
        return await self._converse(endpoint, intent, None, says_nothing)

    async def _http_way(self, base_url: str) -> tuple[Target, tuple[str, ...]] | NoReply:
        target = read_target(base_url)
        if isinstance(target, Forbidden):
            return NoReply(Phase.NOT_CONNECTED, target.reason)
        addresses = await resolve(
            target.host,
            target.port,
            allow_private=self.settings.allow_private,
            encrypted=target.scheme == "https",
        )
        if isinstance(addresses, Forbidden):
            return NoReply(Phase.NOT_CONNECTED, addresses.reason)
        return target, addresses

    async def _converse(
        self,
        endpoint: Endpoint,
        intent: CallIntent,
        mail: Composed | None,
        quota: Callable[[MailReply], Quota],
    ) -> MailReply | NoReply | NotNow:
        addresses = await resolve(
            endpoint.host,
            endpoint.port,
            # Who writes an address instead of a name means that machine and no other.
            allow_private=self.settings.allow_private or is_literal(endpoint.host),
            encrypted=endpoint.tls != "none" or endpoint.password is None,
        )
        if isinstance(addresses, Forbidden):
            return NoReply(Phase.NOT_CONNECTED, addresses.reason)
        begun = await self.allowance.begin(intent)
        if isinstance(begun, NotNow):
            return begun
        clock = _Clock(begun)
        found = await smtp_exchange.exchange(self.outlet, endpoint, addresses, mail, clock.left_s())
        if isinstance(found, Lost):
            lost = NoReply(_phase(found), found.reason)
            await self.allowance.end(begun.call_id, _unanswered(lost))
            return lost
        reply = MailReply(found.code, found.text, found.step, clock.now())
        await self.allowance.end(
            begun.call_id, _answered(f"{found.code} {found.step}", quota(reply))
        )
        return reply


class _Clock:
    """Our time, counted from the moment that the store wrote beside the call."""

    def __init__(self, begun: Begun) -> None:
        self._begun = begun
        self._started_s = anyio.current_time()

    def now(self) -> datetime:
        """When it is, by the store's clock."""
        return self._begun.began_at + timedelta(seconds=anyio.current_time() - self._started_s)

    def left_s(self) -> float:
        """How long the call may take; its answer is given up at ``send_before`` at the latest."""
        return max(0.0, (self._begun.send_before - self.now()).total_seconds())


def _digest(body: bytes | None) -> str | None:
    return hashlib.sha256(body).hexdigest() if body is not None else None


def _unanswered(found: NoReply) -> Answered:
    return Answered(sent=found.phase is not Phase.NOT_CONNECTED, words=f"no answer: {found.reason}")


def _answered(words: str, quota: Quota) -> Answered:
    return Answered(
        sent=True,
        words=words,
        remaining=quota.remaining,
        refused=quota.refused,
        refused_until=quota.refused_until,
    )


def _phase(lost: Lost) -> Phase:
    if lost.after_dot:
        return Phase.AFTER_EFFECT_POSSIBLE
    return Phase.BEFORE_EFFECT if lost.connected else Phase.NOT_CONNECTED
