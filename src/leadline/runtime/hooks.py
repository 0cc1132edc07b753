"""Hooks: what outside systems post to us, judged by their connector and kept at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from uuid_utils.compat import uuid7

from leadline.connectors.contract import (
    Answered,
    Begun,
    CallIntent,
    Confirm,
    NeedsCertificate,
    NotGenuine,
    Receipts,
    Received,
    Unreadable,
    Webhook,
)
from leadline.runtime.evidence import keep_receipts
from leadline.runtime.ingest.hook import Hook, HookAnswer
from leadline.runtime.link import Clock, Link
from leadline.runtime.worker import Worker
from leadline.store.pool import now

Fetch = Callable[[Link, str], Awaitable[bytes | None]]
"""Reads what stands at a URL that the connector trusts; None where nothing came."""


@dataclass(frozen=True, slots=True)
class Unmetered:
    """The allowance of a request that no vendor counts: a certificate, a confirmation."""

    clock: Clock

    async def begin(self, call: CallIntent) -> Begun:
        """Let it go."""
        at = self.clock.now()
        return Begun(uuid7(), at, at + timedelta(seconds=call.timeout_s))

    async def end(self, call_id: UUID, answer: Answered) -> None:
        """Note nothing."""


@dataclass(slots=True)
class HookReceiver:
    """Receives webhooks for the connections of one worker's environment."""

    worker: Worker
    fetch: Fetch
    certificates: dict[str, bytes] = field(default_factory=dict[str, bytes])

    async def __call__(self, hook: Hook) -> HookAnswer:
        """Judge one webhook; what it says of actions is stored before the answer."""
        link = self.worker.links.get(hook.connection)
        if link is None or link.connector.receive is None:
            return HookAnswer.UNKNOWN_CONNECTION
        webhook = Webhook(hook.headers, hook.body)
        received = link.connector.receive(webhook, link.settings, self.certificates)
        if isinstance(received, NeedsCertificate):
            pem = await self.fetch(link, received.url)
            if pem is None:
                return HookAnswer.NOT_GENUINE
            self.certificates[received.url] = pem
            received = link.connector.receive(webhook, link.settings, self.certificates)
        return await self._answer(link, received)

    async def _answer(self, link: Link, received: Received) -> HookAnswer:
        match received:
            case Receipts(receipts=receipts):
                await keep_receipts(self.worker.steps, link.name, receipts)
                return HookAnswer.TAKEN
            case Confirm(url=url):
                await self.fetch(link, url)
                return HookAnswer.TAKEN
            case NotGenuine() | NeedsCertificate():
                return HookAnswer.NOT_GENUINE
            case Unreadable():
                return HookAnswer.UNREADABLE
            case _:
                assert_never(received)


async def steady_clock(worker: Worker) -> Clock:
    """Return a clock that tells the database's time."""
    return Clock(await worker.steps.transaction("read time", now))
