"""One HTTP exchange: sent once to a checked address, and how far it got where it broke."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import anyio
import httpx

from leadline.connectors.addresses import Target
from leadline.connectors.outlet import Outlet
from leadline.connectors.replies import NoReply, Phase

MOST_BYTES = 8 * 1024 * 1024
"""A longer answer is cut off: no vendor's answer to our calls is near it."""
USER_AGENT = "leadline"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request as it goes over the wire."""

    method: str
    path: str
    params: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Progress:
    """What has left. A body that was announced and never begun cannot have been carried out."""

    headers: bool = False
    body: bool = False

    async def note(self, name: str, info: object) -> None:
        """Take a word of the transport."""
        del info
        if name == "http11.send_request_headers.started":
            self.headers = True
        elif name == "http11.send_request_body.started":
            self.body = True

    def phase(self, *, has_body: bool) -> Phase:
        """How far the request has come."""
        if not self.headers:
            return Phase.NOT_CONNECTED
        if has_body and not self.body:
            return Phase.BEFORE_EFFECT
        return Phase.AFTER_EFFECT_POSSIBLE


async def exchange(
    outlet: Outlet, target: Target, addresses: tuple[str, ...], prepared: Prepared, timeout_s: float
) -> Answer | NoReply:
    """Send a request once; never raises for what the other side does.

    The next address is tried only where the one before could not be connected to.
    """
    progress = Progress()
    has_body = bool(prepared.body)
    broken = NoReply(Phase.NOT_CONNECTED, "it has no address")
    try:
        with anyio.fail_after(timeout_s):
            for address in addresses:
                found = await _once(
                    outlet, target, address, prepared, timeout_s / len(addresses), progress
                )
                if isinstance(found, Answer):
                    return found
                broken = NoReply(progress.phase(has_body=has_body), found)
                if broken.phase is not Phase.NOT_CONNECTED:
                    return broken
    except TimeoutError:
        return NoReply(progress.phase(has_body=has_body), f"no answer within {timeout_s:g} s")
    return broken


async def _once(
    outlet: Outlet,
    target: Target,
    address: str,
    prepared: Prepared,
    connect_s: float,
    progress: Progress,
) -> Answer | str:
    host = f"[{address}]" if ":" in address else address
    request = httpx.Request(
        prepared.method,
        f"{target.scheme}://{host}:{target.port}{target.prefix}{prepared.path}",
        params=dict(prepared.params) or None,
        headers={"Host": target.host_header, "User-Agent": USER_AGENT, **prepared.headers},
        content=prepared.body,
        extensions={
            "sni_hostname": target.host,  # the certificate is checked for the name
            "timeout": {"connect": connect_s, "read": None, "write": None, "pool": None},
            "trace": progress.note,
        },
    )
    transport = outlet.transport(target.scheme, target.host, target.port)
    try:
        response = await transport.handle_async_request(request)
        try:
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    return f"the answer has more than {MOST_BYTES:,} bytes"
        finally:
            await response.aclose()
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        return f"no connection ({str(error)[:120] or type(error).__name__})"
    except httpx.HTTPError as error:  # its words may repeat what was sent
        return f"the connection was cut ({type(error).__name__})"
    return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)
