"""What a worker keeps open between calls: HTTP connections by host, idle mail sessions.

A connection belongs to one host, whatever addresses it has: else a connection made and proved for
one name could carry the request, and the secret, of another that shares its address.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field

import httpx

from leadline.connectors.smtp_dialogue import Endpoint, Session

KEEP_ALIVE_S = 3.0
"""Shorter than servers keep an idle connection, so that one is seldom closed under a request."""
MOST_CONNECTIONS = 64
MOST_IDLE_SESSIONS = 8
MAILS_A_SESSION = 100
"""Servers end a session after some hundred mails; ours ends before."""


@dataclass(slots=True)
class Outlet:
    """The open connections of one worker. ``trust`` decides which certificates are believed."""

    trust: ssl.SSLContext = field(repr=False)
    _transports: dict[tuple[str, str, int], httpx.AsyncHTTPTransport] = field(
        default_factory=dict[tuple[str, str, int], httpx.AsyncHTTPTransport], repr=False
    )
    _sessions: dict[Endpoint, list[Session]] = field(
        default_factory=dict[Endpoint, list[Session]], repr=False
    )

    def transport(self, scheme: str, host: str, port: int) -> httpx.AsyncHTTPTransport:
        """Return the connections of one host. They retry nothing, and know no cookie or proxy."""
        key = (scheme, host, port)
        if key not in self._transports:
            limits = httpx.Limits(max_connections=MOST_CONNECTIONS, keepalive_expiry=KEEP_ALIVE_S)
            self._transports[key] = httpx.AsyncHTTPTransport(
                verify=self.trust, retries=0, limits=limits
            )
        return self._transports[key]

    def take_session(self, endpoint: Endpoint) -> Session | None:
        """Return an idle mail session that is still open, if there is one."""
        now = asyncio.get_running_loop().time()
        idle = self._sessions.get(endpoint, [])
        while idle:
            session = idle.pop()
            if session.is_open() and now - session.idle_since < KEEP_ALIVE_S:
                return session
            session.close()
        return None

    def keep_session(self, session: Session) -> None:
        """Keep a mail session for the next mail, for a while."""
        idle = self._sessions.setdefault(session.endpoint, [])
        if (
            not session.is_open()
            or session.mails >= MAILS_A_SESSION
            or len(idle) >= MOST_IDLE_SESSIONS
        ):
            session.close()
            return
        loop = asyncio.get_running_loop()
        session.idle_since = loop.time()
        idle.append(session)
        loop.call_later(KEEP_ALIVE_S, self._end_idle, session)

    def _end_idle(self, session: Session) -> None:
        idle = self._sessions.get(session.endpoint, [])
        now = asyncio.get_running_loop().time()
        if session in idle and now - session.idle_since >= KEEP_ALIVE_S:
            idle.remove(session)
            session.close()

    async def close(self) -> None:
        """Close what is open."""
        for session in [s for idle in self._sessions.values() for s in idle]:
            session.close()
            await session.wait_closed()
        self._sessions.clear()
        for transport in self._transports.values():
            await transport.aclose()
        self._transports.clear()


def open_outlet(trust: ssl.SSLContext | None = None) -> Outlet:
    """Return an outlet that believes the usual authorities, and no proxy of the environment."""
    return Outlet(trust or httpx.create_ssl_context(trust_env=False))
