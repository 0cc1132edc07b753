"""One mail handed in over a kept or a new session, and how far it got where that broke."""

from __future__ import annotations

import asyncio

from leadline.connectors.outlet import Outlet
from leadline.connectors.smtp_dialogue import (
    Endpoint,
    Lost,
    Progress,
    Refusal,
    Said,
    Session,
    open_session,
)
from leadline.connectors.smtp_message import Composed

CONNECT_S = 5.0
"""After so long the next address of a name is tried."""
CLOSING = 421
"""The server hangs up after this answer (RFC 5321, 3.8)."""


async def exchange(
    outlet: Outlet,
    endpoint: Endpoint,
    addresses: tuple[str, ...],
    mail: Composed | None,
    timeout_s: float,
) -> Said | Lost:
    """Hand one mail in, or only log in where there is none. Never raises for an answer."""
    progress = Progress()
    try:
        async with asyncio.timeout(timeout_s):
            session = outlet.take_session(endpoint) if mail is not None else None
            if session is not None and mail is not None:
                progress.connected = True
                said = await _over_kept(outlet, session, mail, progress)
                if said is not None:
                    return said
            session = await _connect(outlet, endpoint, addresses, progress)
            if mail is None:
                session.close()
                return Said(250, "logged in", "auth")
            return await _hand_in(outlet, session, mail, progress)
    except Refusal as refusal:
        return refusal.said
    except TimeoutError:
        reason = f"no answer within {timeout_s:g} s"
    except (OSError, ValueError) as error:
        reason = str(error)[:120] or type(error).__name__
    return Lost(reason, progress.connected, progress.after_dot)


async def _over_kept(
    outlet: Outlet, session: Session, mail: Composed, progress: Progress
) -> Said | None:
    """Use a kept session; None where it turned out to be closed before the mail was begun."""
    before = session.mails
    try:
        return await _hand_in(outlet, session, mail, progress)
    except Refusal as refusal:
        if refusal.said.code != CLOSING or session.mails > before:
            raise
    except (OSError, ValueError):
        if session.mails > before:
            raise
    return None


async def _hand_in(outlet: Outlet, session: Session, mail: Composed, progress: Progress) -> Said:
    try:
        said = await session.hand_in(mail, progress)
    except Refusal as refusal:
        if refusal.said.code == CLOSING:
            session.close()
        else:
            outlet.keep_session(session)
        raise
    except BaseException:
        session.abort()
        raise
    if said.code == CLOSING:
        session.close()
    else:
        outlet.keep_session(session)
    return said


async def _connect(
    outlet: Outlet, endpoint: Endpoint, addresses: tuple[str, ...], progress: Progress
) -> Session:
    """Open a session at the first address that can be connected to."""
    for address in addresses[:-1]:
        try:
            async with asyncio.timeout(CONNECT_S):
                return await open_session(endpoint, address, outlet.trust, progress)
        except OSError:  # a time-out is one
            if progress.connected:
                raise
    return await open_session(endpoint, addresses[-1], outlet.trust, progress)
