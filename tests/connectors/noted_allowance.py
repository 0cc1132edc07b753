"""An allowance that keeps its slots in memory, by the same arithmetic as the real one.

It notes each call as the store would, so that a test can see what was written down before it
was sent, and refuses what the store would refuse: a member that is carried by two open calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import anyio

from leadline.connectors.contract import Answered, Begun, CallIntent, NotNow
from leadline.ledger.budget import Lane, Scoped, Slot, Window, answered, refused, reserve, taken


@dataclass(slots=True)
class Noted:
    """One call as it was written down, and how it ended."""

    id: UUID
    intent: CallIntent
    began_at: datetime
    answer: Answered | None = None


@dataclass(slots=True)
class MemoryAllowance:
    """The windows of one connection. ``no_more_after``: calls that may begin; then none.

    ``before`` is told of each call just before it goes: what others do in that instant.
    """

    windows: Mapping[str, Window]
    no_more_after: int | None = None
    before: Callable[[CallIntent], None] | None = None
    calls: list[Noted] = field(default_factory=list[Noted])
    slots: dict[UUID, list[Slot]] = field(default_factory=dict[UUID, list[Slot]])
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def begin(self, call: CallIntent) -> Begun | NotNow:
        if self.no_more_after is not None and len(self.calls) >= self.no_more_after:
            return NotNow(None, "its claim would end before its answer")
        places = tuple(Scoped(self.windows[place.window], place.key) for place in call.places)
        async with self._lock:
            await self._room(places, call.cost)
            now = datetime.now(UTC)
            noted = Noted(uuid4(), call, now)
            open_members = {m for c in self.calls if c.answer is None for m in c.intent.members}
            assert not open_members & set(call.members), "two open calls carry one member"
            self.calls.append(noted)
            self.slots[noted.id] = list(taken(places, 1, Lane.TRANSACTIONAL, call.cost))
        if self.before is not None:
            self.before(call)
        return Begun(noted.id, now, now + timedelta(seconds=call.timeout_s))

    async def end(self, call_id: UUID, answer: Answered) -> None:
        (noted,) = [c for c in self.calls if c.id == call_id]
        assert noted.answer is None, "a call ends once"
        noted.answer = answer
        if not answer.sent:
            del self.slots[call_id]
            return
        now = datetime.now(UTC)
        self.slots[call_id] = [
            Slot(s.window, s.scope_key, answered(s, now, self.windows[s.window]), s.units, s.lane)
            for s in self.slots[call_id]
        ]
        if answer.refused is not None:
            place = answer.refused
            scoped = Scoped(self.windows[place.window], place.key)
            held = [s for slots in self.slots.values() for s in slots]
            slot = refused(scoped, answer.refused_until, held, now)
            if slot is not None:
                self.slots[uuid4()] = [slot]

    @property
    def effectful(self) -> list[Noted]:
        """The calls that may have an effect."""
        return [c for c in self.calls if c.intent.members]

    @property
    def labels(self) -> list[str]:
        """What was called, in order."""
        return [c.intent.label for c in self.calls]

    async def _room(self, places: tuple[Scoped, ...], cost: int) -> None:
        while True:
            now = datetime.now(UTC)
            held = [s for slots in self.slots.values() for s in slots if s.held_at(now)]
            found = reserve(places, held, now, 1, Lane.TRANSACTIONAL, cost)
            if found.granted:
                return
            wait_s = 0.01
            if found.next_free_at is not None:
                wait_s = max(0.001, (found.next_free_at - now).total_seconds())
            await anyio.sleep(wait_s)
