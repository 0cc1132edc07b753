"""The delivery feed: SES's events, sent through SNS to one subscriber over HTTP.

A subscriber is asked first (SubscriptionConfirmation) and gets nothing until it has visited the
SubscribeURL. Here events wait for that, where SNS would lose them: a sandbox that is up before its
client must not lose its evidence. Each posting is tried again until it is answered with a 2xx.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from pydantic import JsonValue

from leadline.sandbox.faults import Fault, FaultKind, Faults
from leadline.sandbox.listener import Answer, Request
from leadline.sandbox.smtp.sns import Posting, Topic, Version

AT_ONCE = 8
ANSWER_WITHIN_S = 15.0
LONGEST_RETRY_S = 20.0
HELD_BACK_S = 0.5
"""How long a disordered event waits when the fault does not say."""


@dataclass(slots=True)
class FeedFigures:
    """What became of the events so far."""

    events: int = 0
    posted: int = 0
    """Postings answered with a 2xx."""
    retries: int = 0
    doubled: int = 0
    held_back: int = 0
    lost: int = 0


@dataclass(slots=True)
class Feed:
    """Posts events to ``url`` while ``running``."""

    faults: Faults
    now: Callable[[], float]
    url: str | None
    version: Version
    retry_s: float
    figures: FeedFigures = field(default_factory=FeedFigures)
    topic: Topic | None = None
    _client: httpx.AsyncClient | None = None
    _confirmed: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    @asynccontextmanager
    async def running(self, address: str) -> AsyncGenerator[None]:
        """Post until the block ends. ``address`` is where the sandbox's own pages are."""
        self.topic = Topic(address, self.version)
        async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_WITHIN_S) as client:
            self._client = client
            if self.url is not None:
                self.subscribe(self.url)
            try:
                yield
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                self._client = None

    def subscribe(self, url: str) -> None:
        """Ask this address whether it wants the events."""
        assert self.topic is not None
        self.url = url
        self._confirmed.clear()
        self._start(self._post(self.topic.confirmation(self.now())))

    def publish(self, event: Mapping[str, JsonValue], after_s: float) -> None:
        """Post an event after a while, with the feed's faults."""
        self.figures.events += 1
        if self.url is None or self.topic is None:
            return
        name = f"feed.{event.get('eventType')}"
        if self._strike(FaultKind.FEED_LOSS, name) is not None:
            self.figures.lost += 1
            return
        held = self._strike(FaultKind.FEED_DISORDER, name)
        if held is not None:
            self.figures.held_back += 1
            after_s += held.delay_s or HELD_BACK_S
        text = json.dumps(event)
        self._start(self._deliver(text, after_s))
        if self._strike(FaultKind.FEED_DOUBLE, name) is not None:
            self.figures.doubled += 1
            self._start(self._deliver(text, after_s))

    def serve_page(self, request: Request) -> Answer | None:
        """The certificate, and the visit that confirms; None for any other page."""
        topic = self.topic
        if topic is None or request.method != "GET":
            return None
        if request.path == topic.certificate_path:
            return Answer(200, topic.certificate_pem, {"content-type": "application/x-pem-file"})
        if request.query.get("Action") != "ConfirmSubscription":
            return None
        if request.query.get("Token") != topic.token:
            return Answer(400, b"<ErrorResponse><Error><Code>InvalidParameter</Code></Error>")
        self._confirmed.set()
        return Answer(
            200,
            b"<ConfirmSubscriptionResponse/>",
            {"content-type": "text/xml"},
        )

    def report(self) -> dict[str, JsonValue]:
        """The feed's state as JSON."""
        return {
            "url": self.url,
            "confirmed": self._confirmed.is_set(),
            "pending": len(self._tasks),
            "events": self.figures.events,
            "posted": self.figures.posted,
            "retries": self.figures.retries,
            "doubled": self.figures.doubled,
            "held_back": self.figures.held_back,
            "lost": self.figures.lost,
        }

    def _strike(self, kind: FaultKind, name: str) -> Fault | None:
        return self.faults.strike(frozenset({kind}), name, effectful=True)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, text: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self._confirmed.wait()
        assert self.topic is not None
        await self._post(self.topic.notification(text, self.now()))

    async def _post(self, posting: Posting) -> None:
        assert self._client is not None
        wait_s = self.retry_s
        while True:
            async with self._free:
                done = await self._try(self._client, posting)
            if done:
                self.figures.posted += 1
                return
            self.figures.retries += 1
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_RETRY_S)

    async def _try(self, client: httpx.AsyncClient, posting: Posting) -> bool:
        assert self.url is not None
        try:
            answer = await client.post(self.url, content=posting.body, headers=posting.headers())
        except httpx.TransportError:
            return False
        return answer.is_success
