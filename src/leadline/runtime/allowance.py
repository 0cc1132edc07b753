"""The budget of a connection, backed by the store.

One worker owns a connection at a time, so the slots are counted in its memory and written
down with each call: a successor reads them and goes on where this one stopped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import anyio
from uuid_utils.compat import uuid7

from leadline.connectors.contract import Answered, Begun, CallIntent, NotNow
from leadline.ledger.budget import (
    Lane,
    Reservation,
    Scoped,
    Slot,
    adds_up,
    answered,
    orphaned,
    refused,
    reserve,
    strangers,
    taken,
)
from leadline.runtime.link import Clock, Link
from leadline.runtime.steps import STORE_TROUBLE, Steps, insist
from leadline.store import call as calls
from leadline.store import lease
from leadline.store.advance import Key
from leadline.store.pool import Connection

TAKE_OVER_MARGIN = timedelta(milliseconds=50)
"""Two workers' ideas of the database's time may differ by so much."""

AHEAD = timedelta(milliseconds=200)
"""Calls are claimed this long before the slot is free that they wait for.

So that at that moment nothing is left to do but to write the call down: measured at 14 mails a
second, claiming only then cost each round of the window a tenth of its length.
"""
_TOTALS = UUID("6f0c3a52-4df4-4e0c-9a53-1d2f3a8f6f11")
WRITTEN_AHEAD = timedelta(milliseconds=100)
"""A call is written down this long before its slot frees, and leaves at that very moment.

Its gate was asked and its row is durable by then: nothing is left to wait for.
"""
TOO_LATE = "its claim would end before its answer"


class LeaseLost(Exception):
    """What was relied on is no longer ours; the transaction is undone."""


@dataclass(slots=True)
class Budget:
    """The slots of one connection, and what waits for one of them to free.

    ``ahead`` names the slots of calls that are written down and wait for their moment, in the
    order in which they leave.
    """

    link: Link
    clock: Clock
    slots: dict[UUID, Slot] = field(default_factory=dict[UUID, Slot])
    promised: dict[UUID, tuple[Slot, ...]] = field(default_factory=dict[UUID, tuple[Slot, ...]])
    ahead: dict[UUID, frozenset[UUID]] = field(default_factory=dict[UUID, frozenset[UUID]])
    changed: anyio.Event = field(default_factory=anyio.Event)

    def held(self, ahead_of: UUID | None = None) -> list[Slot]:
        """All slots that count now, with those promised to claims that have not begun.

        Seen by such a claim only those count that come before it: it waits for its turn, and
        not for those behind it.
        """
        now = self.clock.now()
        self.slots = {i: s for i, s in self.slots.items() if s.held_at(now)}
        return [*self.slots.values(), *self._promises(ahead_of)]

    def _promises(self, ahead_of: UUID | None) -> list[Slot]:
        mine = self.promised.get(ahead_of) if ahead_of is not None else None
        if mine is None:
            return [slot for slots in self.promised.values() for slot in slots]
        found: list[Slot] = []
        before = True
        for token, slots in self.promised.items():
            before = before and token != ahead_of
            bulk = _is_bulk(slots)
            # The transactional lane goes first, whoever claimed first.
            if (_is_bulk(mine) and not bulk) or (before and bulk is _is_bulk(mine)):
                found += slots
        return found

    def soon(self, windows: tuple[Scoped, ...], lane: Lane, cost: int = 1) -> bool:
        """Whether one more call of a kind may begin within ``AHEAD``, after all promised ones."""
        then = self.clock.now() + min(AHEAD, self.link.timing.margin / 4)
        return reserve(windows, self.held(), then, 1, lane, cost).granted > 0

    def reservation(
        self, windows: tuple[Scoped, ...], lane: Lane, cost: int, token: UUID | None
    ) -> Reservation:
        """Whether one call may begin now, after those that were promised before it."""
        return reserve(windows, self.held(token), self.clock.now(), 1, lane, cost)

    def turn(self, call: UUID, windows: tuple[Scoped, ...], lane: Lane, cost: int) -> Reservation:
        """Whether a call that was written ahead may leave now, after those before it."""
        behind: set[UUID] = set()
        for other, ids in reversed(self.ahead.items()):
            behind |= ids
            if other == call:
                break
        before = [s for i, s in self.slots.items() if i not in behind]
        return reserve(windows, before, self.clock.now(), 1, lane, cost)

    def left(self) -> dict[UUID, Slot]:
        """The slots of calls that have left, and those of strangers."""
        waiting = frozenset[UUID]().union(*self.ahead.values())
        return {i: slot for i, slot in self.slots.items() if i not in waiting}

    def promise(self, token: UUID, windows: tuple[Scoped, ...], lane: Lane, cost: int = 1) -> None:
        """Keep the next slots for a claim until it begins or ends."""
        self.promised[token] = taken(windows, 1, lane, cost)

    def promise_first(
        self, token: UUID, windows: tuple[Scoped, ...], lane: Lane, cost: int
    ) -> None:
        """Keep the next slots for a claim that is under way and goes before those that wait."""
        self.promised = {token: taken(windows, 1, lane, cost), **self.promised}

    def release(self, token: UUID) -> None:
        """A claim has begun, or ended without beginning."""
        if self.promised.pop(token, None) is not None:
            self.wake()

    def take(self, windows: tuple[Scoped, ...], lane: Lane, cost: int) -> dict[UUID, Slot]:
        """Hold the slots of a call that is about to be written down."""
        held = {uuid7(): slot for slot in taken(windows, 1, lane, cost)}
        self.slots |= held
        return held

    def drop(self, ids: Iterable[UUID]) -> None:
        """Give back slots of a call that never left."""
        for i in ids:
            self.slots.pop(i, None)
        self.wake()

    def free(self, held: Mapping[UUID, Slot], at: datetime) -> list[calls.Freed]:
        """The call of these slots was answered: say when each frees, and into which it goes."""
        found: list[calls.Freed] = []
        for i, slot in held.items():
            window = self.link.windows[slot.window]
            free_at = answered(slot, at, window)
            total = _total(slot, free_at) if adds_up(window) else i
            self.slots.pop(i, None)
            before = self.slots.get(total)
            units = slot.units + (before.units if before is not None else 0)
            self.slots[total] = Slot(slot.window, slot.scope_key, free_at, units, slot.lane)
            found.append(calls.Freed(i, total, free_at))
        self.wake()
        return found

    def wake(self) -> None:
        """Let everyone who waits for a slot look again."""
        self.changed.set()
        self.changed = anyio.Event()

    async def load(self, conn: Connection) -> None:
        """Read the slots that a predecessor left; what was never answered frees by its lease."""
        await calls.drop_free_slots(conn, self.link.name)
        self.slots = {}
        orphans: dict[UUID, datetime] = {}
        for row in await calls.slots(conn, self.link.name):
            window = self.link.windows.get(row.span)
            if window is None:  # the project's limits were changed since
                if row.free_at is None:
                    orphans[row.id] = row.taken_at + timedelta(days=1)
                continue
            free_at = row.free_at
            if free_at is None:  # its worker died before the answer
                latest = row.send_before or row.taken_at + self.link.timing.time_out
                free_at = orphans[row.id] = orphaned(latest + self.link.timing.margin, window)
            lane = Lane(row.lane) if row.lane else None
            end = free_at + TAKE_OVER_MARGIN
            self.slots[row.id] = Slot(row.span, row.scope_key, end, row.units, lane)
        # A call of the predecessor that is answered yet says so itself, which is never later.
        await calls.free_slots(
            conn, self.link.name, [calls.Freed(i, i, at) for i, at in orphans.items()]
        )


def _total(slot: Slot, free_at: datetime) -> UUID:
    """Name the one slot into which all go that free at the same time, for every owner alike."""
    return uuid5(_TOTALS, f"{slot.window}/{slot.scope_key}/{slot.lane}/{free_at.isoformat()}")


def _is_bulk(slots: tuple[Slot, ...]) -> bool:
    return bool(slots) and slots[0].lane is Lane.BULK


@dataclass(slots=True)
class _Open:
    """A call under way."""

    slots: dict[UUID, Slot]
    places: tuple[Scoped, ...]
    began_at: datetime
    before: dict[UUID, Slot]
    effectful: bool


@dataclass(slots=True)
class ClaimAllowance:
    """The allowance of one claim: every call that its connector makes passes here.

    ``gate`` is asked once more in the transaction in which a call is written: a claim waits a
    moment for its slot, and what was paused or suppressed meanwhile must not go out. ``refused``
    says that a call was not let go, ``late`` that its claim had not enough time left, ``effects``
    how many that may have an effect were. Neither ``begin`` nor ``end`` raises where the store is
    away: an answer that a vendor has given must not be lost on the way.
    """

    budget: Budget
    steps: Steps
    worker: str
    epoch: int
    token: UUID
    lane: Lane
    members: Mapping[str, Key]
    lease_until: datetime
    gate: Callable[[Connection], Awaitable[str | None]] | None = None
    open: dict[UUID, _Open] = field(default_factory=dict[UUID, "_Open"])
    refused: bool = False
    late: bool = False
    effects: int = 0

    async def begin(self, call: CallIntent) -> Begun | NotNow:
        """Wait for a slot of every window, write the call down, and let it go."""
        begun = await self._begin(call)
        if isinstance(begun, NotNow):
            self.refused = True
            self.late = self.late or begun.reason == TOO_LATE
        elif call.members:
            self.effects += 1
        return begun

    async def _begin(self, call: CallIntent) -> Begun | NotNow:
        places = tuple(self.budget.link.scoped(place) for place in call.places)
        latest = self.lease_until - timedelta(seconds=call.timeout_s)
        last = latest - self.budget.link.timing.margin / 2
        if self.token not in self.budget.promised:
            self.budget.promise_first(self.token, places, self.lane, call.cost)
        try:
            refusal = await self._wait(places, call.cost, last)
            if refusal is not None:
                return refusal
            held = self.budget.take(places, self.lane, call.cost)
        finally:
            self.budget.release(self.token)
        call_id = uuid7()
        self.budget.ahead[call_id] = frozenset(held)
        try:
            return await self._let_go(call, call_id, places, held, latest)
        finally:
            if self.budget.ahead.pop(call_id, None) is not None:
                self.budget.wake()

    async def _let_go(
        self,
        call: CallIntent,
        call_id: UUID,
        places: tuple[Scoped, ...],
        held: dict[UUID, Slot],
        latest: datetime,
    ) -> Begun | NotNow:
        """Write the call down, and let it go at the moment at which its slot is free."""

        async def write(conn: Connection) -> calls.Began | NotNow:
            return await self._write(conn, call, call_id, held)

        began: calls.Began | NotNow
        asked_at = self.budget.clock.now()
        try:
            began = await self.steps.transaction("begin call", write)
        except LeaseLost as lost:
            began = NotNow(None, str(lost))
        except STORE_TROUBLE:  # written or not: nothing was sent
            began = NotNow(None, "the database does not answer")
        except BaseException:
            self.budget.drop(held)
            raise
        if isinstance(began, NotNow):
            self.budget.drop(held)
            return began
        last = latest - TAKE_OVER_MARGIN
        refusal = await self._until_free(call_id, places, call.cost, last)
        now = self.budget.clock.now()
        before = self.budget.left()
        self.open[call_id] = _Open(held, places, now, before, bool(call.members))
        # Rule 4, asked once more after the commit, which may have taken any time.
        if refusal is not None or now > last:
            await self.end(call_id, Answered(sent=False, words="not sent: too late"))
            return refusal or NotNow(None, TOO_LATE)
        # The store read its clock at some moment of this transaction, which may have waited for
        # the disk: the call's time runs from the earliest.
        return Begun(call_id, began.began_at + (now - asked_at), began.send_before)

    async def end(self, call_id: UUID, answer: Answered) -> None:
        """Note how a call ended, free its slots, and believe what was said of the windows."""
        under_way = self.open.pop(call_id)
        now = self.budget.clock.now()
        if answer.sent:
            freed = self.budget.free(under_way.slots, now)
        else:
            self.budget.drop(under_way.slots)
            freed = [calls.Freed(i, i, now) for i in under_way.slots]
        others = self._strangers(under_way, answer, now)
        name = self.budget.link.name

        async def write(conn: Connection) -> None:
            await calls.free_slots(conn, name, freed)
            await calls.take_slots(conn, name, others, None)
            if under_way.effectful:
                await calls.end_call(conn, name, call_id, answer.words)

        await insist(
            self.steps,
            "end call",
            write,
            give_up=lambda: self.budget.clock.now() >= self.lease_until,
        )

    async def _wait(self, places: tuple[Scoped, ...], cost: int, last: datetime) -> NotNow | None:
        """Wait until a slot of every window is free, or will be in a moment."""
        return await self._watch(
            lambda: self.budget.reservation(places, self.lane, cost, self.token),
            last,
            WRITTEN_AHEAD,
        )

    async def _until_free(
        self, call_id: UUID, places: tuple[Scoped, ...], cost: int, last: datetime
    ) -> NotNow | None:
        """Wait until the slot is free of a call that is written down already."""
        return await self._watch(
            lambda: self.budget.turn(call_id, places, self.lane, cost), last, timedelta()
        )

    async def _watch(
        self, look: Callable[[], Reservation], last: datetime, ahead: timedelta
    ) -> NotNow | None:
        while True:
            now = self.budget.clock.now()
            if now > last:
                return NotNow(None, TOO_LATE)
            found = look()
            at = now if found.granted else found.next_free_at
            if at is not None and at <= now + ahead:
                return None
            if at is not None and at > last:
                return NotNow(at, "the limit leaves no room until then")
            pause_s = 0.25 if at is None else max(0.0, (at - ahead - now).total_seconds())
            changed = self.budget.changed
            with anyio.move_on_after(pause_s):
                await changed.wait()

    async def _write(
        self, conn: Connection, call: CallIntent, call_id: UUID, held: Mapping[UUID, Slot]
    ) -> calls.Began | NotNow:
        name = self.budget.link.name
        if not await lease.hold_connection(conn, name, self.worker, self.epoch):
            return NotNow(None, "another worker owns the connection")
        new = calls.NewCall(
            name,
            call_id,
            self.token,
            call.label,
            self.lane,
            call.request_hash,
            len(call.members),
            call.timeout_s,
        )
        began: calls.Began | None
        if call.members:
            shut = await self.gate(conn) if self.gate is not None else None
            if shut is not None:
                return NotNow(None, shut)
            began = await calls.begin_call(conn, new)
            if began is None:
                return NotNow(None, "its claim was given back")
            if began.send_before > self.lease_until:
                raise LeaseLost(TOO_LATE)
            # Each gets a name by which it is found again: the vendor's, else its own.
            refs = {self.members[key]: call.refs.get(key, key) for key in call.members}
            await calls.insert_members(conn, name, call_id, refs)
            await calls.reopen_records(conn, name, self.token, call.records)
            free = await calls.open_records(conn, name, call_id, call.records)
            if free != set(call.records):
                raise LeaseLost("another call of this record is not settled yet")
        else:
            now = self.budget.clock.now()
            began = calls.Began(now, now + timedelta(seconds=call.timeout_s))
        slots = [
            calls.NewSlot(i, s.window, s.scope_key, s.units, s.lane, None) for i, s in held.items()
        ]
        await calls.take_slots(conn, name, slots, call_id if call.members else None)
        return began

    def _strangers(self, under_way: _Open, answer: Answered, now: datetime) -> list[calls.NewSlot]:
        found: list[Slot] = []
        ours = self.budget.left()
        # What was added up meanwhile counts once, in its total.
        gone = {
            i: s
            for i, s in (under_way.before | under_way.slots).items()
            if i not in ours and not adds_up(self.budget.link.windows[s.window])
        }
        during = (gone | ours).values()
        for place in under_way.places:
            remaining = answer.remaining.get(place.window.name)
            if remaining is not None:
                slot = strangers(place, remaining, during, under_way.began_at, now)
                if slot is not None:
                    found.append(slot)
        if answer.refused is not None:
            slot = refused(
                self.budget.link.scoped(answer.refused),
                answer.refused_until,
                self.budget.left().values(),
                now,
            )
            if slot is not None:
                found.append(slot)
        rows: list[calls.NewSlot] = []
        for slot in found:
            i = uuid7()
            self.budget.slots[i] = slot
            rows.append(
                calls.NewSlot(i, slot.window, slot.scope_key, slot.units, None, slot.free_at)
            )
        return rows
