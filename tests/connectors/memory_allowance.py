"""The allowance of a connection without a database, for one connector alone.

It spends by the same arithmetic as the runtime (``ledger.budget``) and keeps every call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import anyio

from leadline.connectors.contract import Answered, Begun, CallIntent, Connector, NotNow, Settings
from leadline.ledger.budget import (
    Lane,
    Scoped,
    Slot,
    Window,
    answered,
    refused,
    reserve,
    strangers,
    taken,
)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Kept:
    """One call as it was written down before it was sent, and how it ended."""

    intent: CallIntent
    began_at: datetime
    slots: list[Slot]
    places: tuple[Scoped, ...]
    answer: Answered | None = None


@dataclass
class MemoryAllowance:
    windows: Mapping[str, Window]
    refuse_from: int | None = None
    """From this call on nothing may be sent any more."""
    refuse_until: datetime | None = None
    calls: dict[UUID, Kept] = field(default_factory=dict[UUID, Kept])
    stranger_slots: list[Slot] = field(default_factory=list[Slot])
    began: int = 0
    before: Callable[[CallIntent], None] | None = None
    """Told of each call just before it goes: what others do in that instant."""
    open_records: set[str] = field(default_factory=set[str])
    """The records that this claim holds, until it is settled."""

    def slots(self) -> list[Slot]:
        held = [s for call in self.calls.values() for s in call.slots]
        return [s for s in (*held, *self.stranger_slots) if s.held_at(now())]

    async def begin(self, call: CallIntent) -> Begun | NotNow:
        if self.refuse_from is not None and self.began >= self.refuse_from:
            return NotNow(self.refuse_until, "the limit leaves no room until then")
        places = tuple(Scoped(self.windows[p.window], p.key) for p in call.places)
        while True:
            found = reserve(places, self.slots(), now(), 1, Lane.TRANSACTIONAL, call.cost)
            if found.granted:
                break
            until = found.next_free_at
            await anyio.sleep(
                0.005 if until is None else max(0.001, (until - now()).total_seconds())
            )
        assert not self.open_records & set(call.records), "the store would call the lease lost"
        self.open_records |= set(call.records)
        self.began += 1
        call_id, at = uuid4(), now()
        slots = list(taken(places, 1, Lane.TRANSACTIONAL, call.cost))
        self.calls[call_id] = Kept(call, at, slots, places)
        if self.before is not None:
            self.before(call)
        return Begun(call_id, at, at + timedelta(seconds=call.timeout_s))

    async def end(self, call_id: UUID, answer: Answered) -> None:
        kept = self.calls[call_id]
        assert kept.answer is None, "a call ends once"
        kept.answer = answer
        before = [s for s in self.slots() if s not in kept.slots]
        if answer.sent:
            kept.slots = [
                Slot(
                    s.window,
                    s.scope_key,
                    answered(s, now(), self.windows[s.window]),
                    s.units,
                    s.lane,
                )
                for s in kept.slots
            ]
        else:
            kept.slots = []
        for place in kept.places:
            remaining = answer.remaining.get(place.window.name)
            if remaining is not None:
                slot = strangers(place, remaining, (*before, *kept.slots), kept.began_at, now())
                self.stranger_slots += [slot] if slot is not None else []
        if answer.refused is not None:
            scoped = Scoped(self.windows[answer.refused.window], answer.refused.key)
            slot = refused(scoped, answer.refused_until, self.slots(), now())
            self.stranger_slots += [slot] if slot is not None else []

    def settled(self) -> None:
        """Let go of the records, as the settling of a claim does."""
        self.open_records.clear()

    def effectful(self) -> list[Kept]:
        return [call for call in self.calls.values() if call.intent.members]


def allowance_for(connector: Connector, settings: Settings) -> MemoryAllowance:
    tier = settings.values.get("tier", connector.limits.default_tier)
    return MemoryAllowance({p.window.name: p.window for p in connector.limits.tiers[tier]})
