"""The queue before the store: what arrives while one transaction commits goes into the next.

So the disk is waited for once for many requests, and nobody is answered before it was.
The queue is bounded: who would overfill it is refused at once, and told when to come again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from leadline.errors import LeadlineError
from leadline.runtime.ingest.message import Said
from leadline.runtime.ingest.save import Arrived, save
from leadline.store.pool import Store

# A single event waits for at most two transactions: so long are these, about 70 ms.
GROUP_EVENTS = 1_000
QUEUE_EVENTS = 10_000
QUEUE_BYTES = 64 * 1024 * 1024
RETRY_AFTER_S = 1


class QueueFull(LeadlineError):
    """More arrives than is stored; ``retry_after_s`` says when to come again."""

    retry_after_s = RETRY_AFTER_S


class IntakeClosed(LeadlineError):
    """The process is about to end and takes nothing in any more."""


@dataclass(slots=True)
class _Submission:
    messages: Sequence[Arrived]
    size: int
    done: anyio.Event = field(default_factory=anyio.Event)
    # Until it is stored it is not: a writer that is cancelled must not look like success.
    error: Exception | None = field(default_factory=lambda: _closed())


class Intake:
    """Takes messages in while it is ``running``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: deque[_Submission] = deque()
        self._events = 0
        self._bytes = 0
        self._wake = anyio.Event()
        self._closed = False
        self._writes = False

    def is_open(self) -> bool:
        """Tell whether it takes messages in."""
        return self._writes and not self._closed

    async def take(self, messages: Sequence[Said], size: int) -> None:
        """Store messages that came in a body of ``size`` bytes; durable on return.

        Raises QueueFull, IntakeClosed, StoreUnavailable or DiskFull.
        """
        if not messages:
            return
        if self._closed:
            raise _closed()
        if self._events + len(messages) > QUEUE_EVENTS or self._bytes + size > QUEUE_BYTES:
            raise self.full()
        at_s = time.monotonic()
        submission = _Submission([Arrived(said, at_s) for said in messages], size)
        self._count(submission, 1)
        self._queue.append(submission)
        self._wake.set()
        await submission.done.wait()
        if submission.error is not None:
            raise submission.error

    def is_full(self) -> bool:
        """Tell whether nothing can be taken at this moment, so that it need not be read."""
        return self._events >= QUEUE_EVENTS or self._bytes >= QUEUE_BYTES

    def full(self) -> QueueFull:
        """Say that it is full, and for how long about."""
        return QueueFull(
            f"{self._events:,} events wait to be stored already.",
            fix=f"Send it again in {RETRY_AFTER_S} s.",
        )

    async def write(self) -> None:
        """Store what waits, until ``close`` and the queue is empty.

        One transaction at a time: two beside each other stored no more events a second on
        two cores, and each took twice as long, for they wait for each other's new people.
        """
        self._writes = True
        try:
            await self._write_until_closed()
        finally:
            self._writes = False

    async def _write_until_closed(self) -> None:
        while self._queue or not self._closed:
            if not self._queue:
                self._wake = anyio.Event()
                await self._wake.wait()
                continue
            group = self._next_group()
            try:
                await self._write_group(group)
            finally:
                self._finish(group)

    def close(self) -> None:
        """Take nothing more; the writer ends when the queue is empty."""
        self._closed = True
        self._wake.set()

    def give_up(self) -> None:
        """Refuse what still waits, when no writer runs any more."""
        self._finish(self._queue)
        self._queue.clear()

    def _next_group(self) -> list[_Submission]:
        group = [self._queue.popleft()]
        count = len(group[0].messages)
        while self._queue and count + len(self._queue[0].messages) <= GROUP_EVENTS:
            group.append(self._queue.popleft())
            count += len(group[-1].messages)
        return group

    async def _write_group(self, group: Sequence[_Submission]) -> None:
        messages = [message for submission in group for message in submission.messages]
        try:
            await save(self._store, messages)
            _settle(group, None)
        except LeadlineError as error:
            _settle(group, error)
        # What the store refuses for a reason that nobody foresaw must cost its sender, not
        # those who came at the same time, and not the intake of all that come later.
        except Exception as error:  # noqa: BLE001
            if len(group) == 1:
                _settle(group, error)
                return
            for submission in group:
                await self._write_group([submission])

    def _finish(self, submissions: Iterable[_Submission]) -> None:
        for submission in submissions:
            self._count(submission, -1)
            submission.done.set()

    def _count(self, submission: _Submission, sign: int) -> None:
        self._events += sign * len(submission.messages)
        self._bytes += sign * submission.size


def _closed() -> IntakeClosed:
    return IntakeClosed("The server is about to stop.", fix="Send it again in a moment.")


def _settle(group: Sequence[_Submission], error: Exception | None) -> None:
    for submission in group:
        submission.error = error


@asynccontextmanager
async def running(intake: Intake) -> AsyncGenerator[None]:
    """Run an intake; at the end it refuses what is new and stores what waits."""
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(intake.write)
            try:
                yield
            finally:
                intake.close()
    finally:
        intake.give_up()
