"""The only way out: every request to a vendor passes here, and spends before it is sent.

The door asks the allowance, sends once, and says what came back or how far the request got.
It never retries, never follows a redirect, and never raises for what a vendor does. Private
and loopback addresses are refused unless the system's file allows them; the address that was
checked is the one that is connected to, so that a name cannot change its mind in between.
"""

from __future__ import annotations

import hashlib
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast
from urllib.parse import urlsplit

import anyio
import httpx
import orjson

from leadline.connectors.contract import (
    Allowance,
    Answered,
    Begun,
    CallIntent,
    Mail,
    Members,
    NotNow,
    Place,
    Settings,
)
from leadline.connectors.smtp_dialogue import Endpoint, Lost, MailReply, send_mail

MOST_BYTES = 8 * 1024 * 1024
"""A longer answer is cut off: no vendor's answer to our calls is near it."""
KEEP_ALIVE_S = 3.0
"""Shorter than servers keep an idle connection, so that one is seldom closed under a request."""


class Phase(StrEnum):
    """How far a request got that has no answer."""

    NOT_CONNECTED = "not connected"
    BEFORE_EFFECT = "before any effect"
    AFTER_EFFECT_POSSIBLE = "an effect is possible"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a vendor answered; ``json`` is None where the body is none."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> object:
        """The body as JSON, None where it is something else."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def fields(self) -> Mapping[str, object]:
        """The body as a JSON object, empty where it is something else."""
        found = self.json
        return cast(Mapping[str, object], found) if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class NoReply:
    """There is no answer; ``phase`` says whether an effect is possible."""

    phase: Phase
    reason: str


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, and what it spends and carries."""

    method: str
    path: str
    places: tuple[Place, ...]
    json: object = None
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    members: Members = ()
    records: tuple[str, ...] = ()
    refs: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Outlet:
    """What is kept open between the calls of one connection."""

    client: httpx.AsyncClient

    async def close(self) -> None:
        """Close what is open."""
        await self.client.aclose()


def open_outlet() -> Outlet:
    """Return an outlet that retries nothing, follows nothing and trusts no environment proxy."""
    limits = httpx.Limits(max_connections=64, keepalive_expiry=KEEP_ALIVE_S)
    transport = httpx.AsyncHTTPTransport(retries=0, limits=limits)
    return Outlet(httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False))


@dataclass(frozen=True, slots=True)
class Door:
    """The way out of one claim of one connection."""

    settings: Settings
    outlet: Outlet
    allowance: Allowance
    timeout_s: float

    async def call(self, request: Request, base_url: str) -> Reply | NoReply | NotNow:
        """Send one HTTP request, if the allowance lets it; the caller then says ``ended``."""
        body = None if request.json is None else orjson.dumps(request.json)
        begun = await self._begin(
            request.members,
            request.records,
            request.places,
            1,
            f"{request.method} {request.path}",
            body,
            request.refs,
        )
        if isinstance(begun, NotNow):
            return begun
        answer = await self._send(request, base_url, body)
        await self.allowance.end(begun.call_id, _answered(answer))
        return answer

    async def smtp(
        self, mail: Mail, endpoint: Endpoint, places: tuple[Place, ...], throttled: Place
    ) -> MailReply | NoReply | NotNow:
        """Send one mail, if the allowance lets it."""
        allowed = await _allowed_addresses(endpoint.host, endpoint.port, self.settings)
        if isinstance(allowed, NoReply):
            return allowed
        begun = await self._begin(
            mail.members, (), places, 1, "MAIL", None, dict.fromkeys(mail.members, mail.message_id)
        )
        if isinstance(begun, NotNow):
            return begun
        result = await send_mail(mail, endpoint, allowed[0], self.timeout_s)
        if isinstance(result, Lost):
            phase = Phase.NOT_CONNECTED
            if result.after_dot:
                phase = Phase.AFTER_EFFECT_POSSIBLE
            elif result.connected:
                phase = Phase.BEFORE_EFFECT
            answered = Answered(sent=result.connected, words=f"no answer: {result.reason}")
            await self.allowance.end(begun.call_id, answered)
            return NoReply(phase, result.reason)
        refused = throttled if result.throttled else None
        await self.allowance.end(
            begun.call_id, Answered(sent=True, words=str(result.code), refused=refused)
        )
        return result

    async def _begin(
        self,
        members: Members,
        records: tuple[str, ...],
        places: tuple[Place, ...],
        cost: int,
        label: str,
        body: bytes | None,
        refs: Mapping[str, str],
    ) -> Begun | NotNow:
        digest = hashlib.sha256(body).hexdigest() if body is not None else None
        return await self.allowance.begin(
            CallIntent(label, members, records, places, cost, digest, self.timeout_s, refs)
        )

    async def _send(self, request: Request, base_url: str, body: bytes | None) -> Reply | NoReply:
        target = _target(base_url, self.settings)
        if isinstance(target, NoReply):
            return target
        host, port, scheme = target
        allowed = await _allowed_addresses(host, port, self.settings)
        if isinstance(allowed, NoReply):
            return allowed
        address = f"[{allowed[0]}]" if ":" in allowed[0] else allowed[0]
        prefix = urlsplit(base_url).path.rstrip("/")
        headers = {"Host": host if port in (80, 443) else f"{host}:{port}", **request.headers}
        if body is not None:
            headers.setdefault("Content-Type", "application/json; charset=utf-8")
        prepared = self.outlet.client.build_request(
            request.method,
            f"{scheme}://{address}:{port}{prefix}{request.path}",
            params=dict(request.params) or None,
            headers=headers,
            content=body,
            timeout=httpx.Timeout(self.timeout_s),
            extensions={"sni_hostname": host, "timeout": httpx.Timeout(self.timeout_s).as_dict()},
        )
        return await self._exchange(prepared)

    async def _exchange(self, prepared: httpx.Request) -> Reply | NoReply:
        try:
            with anyio.fail_after(self.timeout_s):
                response = await self.outlet.client.send(prepared, stream=True)
                try:
                    body = b""
                    async for chunk in response.aiter_bytes():
                        body += chunk
                        if len(body) > MOST_BYTES:
                            return NoReply(Phase.AFTER_EFFECT_POSSIBLE, "the answer is too long")
                finally:
                    await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return NoReply(Phase.NOT_CONNECTED, f"no connection ({type(error).__name__})")
        except TimeoutError:
            return NoReply(Phase.AFTER_EFFECT_POSSIBLE, f"no answer within {self.timeout_s:g} s")
        except httpx.HTTPError as error:
            return NoReply(
                Phase.AFTER_EFFECT_POSSIBLE, f"the connection was cut ({type(error).__name__})"
            )
        return Reply(
            response.status_code, {k.lower(): v for k, v in response.headers.items()}, body
        )


def _answered(answer: Reply | NoReply) -> Answered:
    if isinstance(answer, NoReply):
        return Answered(
            sent=answer.phase is not Phase.NOT_CONNECTED, words=f"no answer: {answer.reason}"
        )
    return Answered(sent=True, words=str(answer.status))


def _target(base_url: str, settings: Settings) -> tuple[str, int, str] | NoReply:
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return NoReply(Phase.NOT_CONNECTED, f'"{base_url}" is no address of a server')
    if parts.scheme == "http" and not settings.allow_private:
        return NoReply(
            Phase.NOT_CONNECTED,
            "an address without https is called only where allow_private says so",
        )
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), parts.scheme


async def _allowed_addresses(host: str, port: int, settings: Settings) -> list[str] | NoReply:
    """Resolve a host; refuse it where any of its addresses is private and none may be."""
    try:
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return NoReply(Phase.NOT_CONNECTED, f'"{host}" has no address')
    addresses = [str(entry[4][0]) for entry in found]
    private = [a for a in addresses if not ipaddress.ip_address(a.partition("%")[0]).is_global]
    if private and not settings.allow_private:
        return NoReply(
            Phase.NOT_CONNECTED,
            f'"{host}" is a private address; say allow_private in the system\'s file if it may be',
        )
    return addresses
