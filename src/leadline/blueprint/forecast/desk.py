"""One connection on the virtual clock: what waits, what is claimed together, when calls leave.

It does what ``runtime.dispatch`` does, in the same order: looks every so often, and at each answer;
claims in groups what its windows have room for a moment ahead; makes the calls of a claim one after
the other, each holding its slots until it is answered; and settles all members at the end of the
claim. What an answer means is ``ledger.outcome.settle``; what waiting writes of one record become
is ``ledger.coalesce``.
"""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Protocol
from uuid import UUID

from leadline.blueprint.forecast.connection import LOOK, Connection, Pace
from leadline.blueprint.forecast.draws import Stream
from leadline.blueprint.forecast.meter import FAR, Meter, free_from
from leadline.blueprint.forecast.moves import Intent
from leadline.journey.action import PostMessage, SaveRecord
from leadline.ledger import coalesce
from leadline.ledger.budget import CONNECTION, Lane
from leadline.ledger.key import ActionKey
from leadline.ledger.lease import verify_after
from leadline.ledger.outcome import (
    Outcome,
    Policy,
    Settles,
    Throttled,
    Unavailable,
    settle,
)
from leadline.ledger.transitions import State

PROBE_S, PROBE_AT_MOST_S = 0.25, 5.0
"""A connection that could not be reached is left alone so long, then ever longer (see
``runtime.dispatch``)."""
UNPROVED = timedelta(hours=1)


class Open:
    """One action that is not over. ``record`` is whose record it writes; times are seconds since
    the begin."""

    __slots__ = ("at", "attempt", "due", "intent", "number", "record", "run", "state", "until")

    def __init__(self, number: int, run: int, record: int, intent: Intent, at: float) -> None:
        self.number = number
        self.run = run
        self.record = record
        self.intent = intent
        self.at = at
        self.due = at + (intent.bundle_s or 0.0)
        self.until = at + intent.retry_s
        self.attempt = 0
        self.state = State.PENDING


class Clock(Protocol):
    """What a desk needs of the simulation around it."""

    begin: datetime

    def call(self, at: float, what: Callable[[object, float], None], argument: object) -> None:
        """Have something called at a moment."""
        ...

    def settled(self, action: Open, state: State, at: float) -> None:
        """Tell that an action is over for its run."""
        ...

    def text_length(self, intent: Intent) -> int | None:
        """How long the text of a message is; None where it cannot be filled in."""
        ...

    def written_at(self, run: int) -> float:
        """When the last write of a run was accepted."""
        ...


@dataclass(slots=True, eq=False)
class Claim:
    """A group under way; ``sizes`` says how many members each of its calls carries."""

    kind: str
    members: list[Open]
    meters: tuple[Meter, ...]
    claimed_at: float
    left: int
    over: list[Open] = field(default_factory=list[Open])


@dataclass(slots=True)
class Book:
    """What a desk writes down: when each action was intended and settled, when each call left,
    how long actions waited for a slot, how long for their bundle."""

    intended: array[float] = field(default_factory=lambda: array("d"))
    settled: array[float] = field(default_factory=lambda: array("d"))
    calls: array[float] = field(default_factory=lambda: array("d"))
    actions: int = 0
    superseded: int = 0
    failed_calls: int = 0
    waited_s: dict[str, float] = field(default_factory=dict[str, float])


class Desk:
    """One connection while a forecast runs."""

    def __init__(
        self, connection: Connection, pace: Pace, clock: Clock, answers: Stream, chance: Stream
    ) -> None:
        self.connection = connection
        self.book = Book()
        self._pace = pace
        self._clock = clock
        self._answers, self._chance = answers, chance
        self._ahead_s = min(pace.ahead_s, connection.timing.margin.total_seconds() / 4)
        self._meters: dict[tuple[str, str], Meter] = {}
        self._places: dict[tuple[str, str], tuple[Meter, ...]] = {}
        self._singles: dict[str, deque[Open]] = {"mail": deque(), LOOK: deque()}
        self._saves: deque[Open] = deque()
        self._of_record: dict[int, list[Open]] = {}
        self._busy: set[int] = set()
        self._posts: dict[tuple[str, float | None], deque[Open]] = {}
        self._later: list[tuple[float, int, Open]] = []
        self._stuck: deque[Claim] = deque()
        self._look_at = FAR
        self._unreachable = 0
        self._closed_until = 0.0

    # ------------------------------------------------------------ work comes in

    def add(self, action: Open, now: float) -> None:
        """Take an intended action in; one that is bundled is due when its bundle time is over."""
        self.book.intended.append(now)
        self.book.actions += 1
        if action.intent.kind == "save":
            self._of_record.setdefault(action.record, []).append(action)
        self._enqueue(action)
        if self._look_at > action.due:
            self._want(self._polled(action.due))

    def _enqueue(self, action: Open) -> None:
        kind = action.intent.kind
        if kind == "save":
            self._saves.append(action)
        elif kind == "post":
            self._queue_of(action).append(action)
        else:
            self._singles[kind].append(action)

    def _queue_of(self, action: Open) -> deque[Open]:
        posted = action.intent.action
        assert isinstance(posted, PostMessage)
        return self._posts.setdefault((posted.channel, action.intent.bundle_s), deque())

    def _polled(self, at: float) -> float:
        """When the loop sees what is due at a moment: it looks every so often."""
        return max(at, math.ceil(at / self._pace.work_s) * self._pace.work_s)

    def _want(self, at: float) -> None:
        if at < self._look_at:
            self._look_at = at
            self._clock.call(at, self._wake, at)

    def _wake(self, wanted: object, now: float) -> None:
        if wanted == self._look_at:  # an earlier look has not made it needless
            self._look_at = FAR
            self.look(now)

    # ------------------------------------------------------------ claiming

    def look(self, now: float) -> None:
        """Claim what there is room for, in the runtime's order: mails, looks, records, posts."""
        if now < self._closed_until:
            self._want(self._closed_until)
            return
        while self._later and self._later[0][0] <= now:
            self._enqueue(heappop(self._later)[2])
        next_ = FAR
        for kind, queue in self._singles.items():
            if queue:
                next_ = min(next_, self._claim_singles(kind, queue, now))
        if self._saves:
            next_ = min(next_, self._claim_records(now))
        if self._posts:
            next_ = min(next_, self._claim_posts(now))
        if self._later:
            next_ = min(next_, self._polled(self._later[0][0]))
        if next_ < FAR:
            self._want(max(next_, now + 0.001))

    def _room_at(self, kind: str, key: str, now: float) -> float:
        """From when on a call may be claimed: now, or a moment before its slot is free."""
        free = free_from(self._meters_of(kind, key), now)
        return now if free <= now + self._ahead_s else free - self._ahead_s

    def _meters_of(self, kind: str, key: str) -> tuple[Meter, ...]:
        found = self._places.get((kind, key))
        if found is None:
            meters: list[Meter] = []
            for window in self.connection.met_by(kind):
                place = (window.name, "" if window.scope == CONNECTION else key)
                if place not in self._meters:
                    self._meters[place] = Meter(window, self._clock.begin)
                meters.append(self._meters[place])
            found = self._places[kind, key] = tuple(meters)
        return found

    def _live(self, action: Open, now: float) -> bool:
        """Whether an action may still begin; one that is late for its reader expires here."""
        if action.state is not State.PENDING or action.until <= now:
            return False
        if now > action.intent.not_after:
            self._settle(action, State.EXPIRED, now)
            return False
        if action.intent.kind == "mail" and self._clock.text_length(action.intent) is None:
            self._settle(action, State.REJECTED, now)
            return False
        return True

    def _claim_singles(self, kind: str, queue: deque[Open], now: float) -> float:
        while queue:
            room = self._room_at(kind, "", now)
            if room > now:
                return room
            action = queue.popleft()
            if self._live(action, now):
                self._start(kind, [action], [action], "", now)
        return FAR

    def _claim_records(self, now: float) -> float:
        size = self.connection.groups.get("save", 1)
        while self._saves:
            room = self._room_at("save", "", now)
            if room > now:
                return room
            members: list[Open] = []
            written: list[Open] = []
            records = 0
            while self._saves and records < size:
                found = self._record(self._saves.popleft(), now)
                written += [action for action, _ in found]
                members += [action for action, stands in found if stands]
                records += bool(found)
            if members:
                self._start("save", written, members, "", now)
        return FAR

    def _record(self, first: Open, now: float) -> list[tuple[Open, bool]]:
        """All waiting writes that are one write now, each with whether it still needs sending."""
        if first.state is not State.PENDING or first.record in self._busy:
            return []
        waiting = [a for a in self._of_record.get(first.record, ()) if self._live(a, now)]
        if not waiting:
            self._of_record.pop(first.record, None)
            return []
        if (
            waiting[0].attempt and waiting[0].due > now
        ):  # a later write never overtakes one that waits to be repeated
            return []
        stands = {a.number for a in waiting}
        taken = waiting
        if len(waiting) > 1:
            write = _merged(waiting)
            stands = {key.visit for key in write.members}
            taken = [a for a in waiting if a.number in stands or _key(a) in write.superseded]
        left = [a for a in waiting if a not in taken]
        if left:
            self._of_record[first.record] = left
        else:
            self._of_record.pop(first.record, None)
        self._busy.add(first.record)
        return [(action, action.number in stands) for action in taken]

    def _claim_posts(self, now: float) -> float:
        next_ = FAR
        for (channel, bundle_s), queue in self._posts.items():
            while queue:
                if queue[0].due > now:
                    next_ = min(next_, self._polled(queue[0].due))
                    break
                room = self._room_at("post", channel, now)
                if room > now:
                    next_ = min(next_, room)
                    break
                group = self._digest(queue, bundle_s, now)
                if group:
                    self._start("post", group, group, channel, now)
        return next_

    def _digest(self, queue: deque[Open], bundle_s: float | None, now: float) -> list[Open]:
        """As ``coalesce.digests``: posts within the bundle time of the first, as many as fit."""
        head = queue[0]
        size = self.connection.groups.get("post", 1) if bundle_s is not None else 1
        group: list[Open] = []
        taken = 0
        while queue and taken < size and queue[0].at - head.at <= (bundle_s or 0.0):
            action = queue.popleft()
            taken += 1
            if self._live(action, now):
                group.append(action)
        return group

    # ------------------------------------------------------------ calls

    def _start(
        self, kind: str, written: list[Open], members: list[Open], key: str, now: float
    ) -> None:
        for action in written:
            action.state = State.SENDING
            action.attempt += 1
        if len(written) > len(members):
            needed = {action.number for action in members}
            for action in written:
                if action.number not in needed:
                    self.book.superseded += 1
                    self._settle(action, State.SUPERSEDED, now)
        calls = self.connection.requests.get(kind, 1)
        if kind == "post":
            calls = self._messages(members)
        claim = Claim(kind, members, self._meters_of(kind, key), now, calls)
        self._next_call(claim, now)
        waited = self.book.waited_s
        for action in members:
            waited[kind] = waited.get(kind, 0.0) + max(0.0, now - action.due)

    def _messages(self, members: list[Open]) -> int:
        """Into how many messages the posts of a digest go, none longer than the vendor takes."""
        most = self.connection.longest_text
        if most is None:
            return 1
        messages, length = 1, -1
        for action in members:
            more = (self._clock.text_length(action.intent) or 0) + 1
            if length + more > most and length >= 0:
                messages, length = messages + 1, -1
            length += more
        return messages

    def _next_call(self, claim: Claim, now: float) -> None:
        begin = free_from(claim.meters, now)
        if begin == FAR:
            self._stuck.append(claim)
            return
        timing = self.connection.timing
        if begin - claim.claimed_at > timing.margin.total_seconds() / 2:
            until = self._clock.begin + timedelta(seconds=begin)
            self._failed(claim, Throttled(until), now)
            return
        for meter in claim.meters:
            meter.take()
        claim.left -= 1
        self.book.calls.append(begin)
        answer = self.connection.answer
        took = self._answers.log_normal(answer.median_s, answer.sigma)
        self._clock.call(begin + took, self._answered, claim)

    def _answered(self, claim: object, now: float) -> None:
        assert isinstance(claim, Claim)
        for meter in claim.meters:
            meter.answer(now)
        failing = self.connection.failing
        if failing.unavailable and self._chance.next() < failing.unavailable:
            self._failed(claim, Unavailable("not reached"), now)
        elif failing.lost and claim.left == 0 and self._chance.next() < failing.lost:
            self._lost(claim, now)
        elif claim.left > 0:
            self._next_call(claim, now)
        else:
            self._unreachable = 0
            self._accept(claim, now)
        for _ in range(len(self._stuck)):
            self._next_call(self._stuck.popleft(), now)
        self.look(now)

    # ------------------------------------------------------------ answers

    def _accept(self, claim: Claim, now: float) -> None:
        refused = self.connection.failing.refused
        lag_s = self.connection.lag_s if claim.kind == LOOK else 0.0
        for action in claim.members:
            if lag_s and now < self._clock.written_at(action.run) + lag_s:
                self._again(action, Unavailable("not shown yet"), now)
            elif refused and self._chance.next() < refused:
                self._settle(action, State.REJECTED, now)
            else:
                self._settle(action, State.ACCEPTED, now)
        self._let_go(claim)

    def _failed(self, claim: Claim, outcome: Outcome, now: float) -> None:
        """Nothing took effect: all of it again later. Where the vendor could not be reached the
        whole connection rests for a moment."""
        self.book.failed_calls += 1
        draw = self._chance.next()
        if isinstance(outcome, Unavailable) and claim.kind != LOOK:
            self._unreachable += 1
            pause = min(PROBE_S * 2 ** min(self._unreachable - 1, 10), PROBE_AT_MOST_S)
            self._closed_until = now + pause * (0.5 + draw / 2)
        for action in claim.members:
            self._again(action, outcome, now, draw)
        self._let_go(claim)

    def _again(self, action: Open, outcome: Outcome, now: float, draw: float | None = None) -> None:
        begin = self._clock.begin
        give_up_at = begin + timedelta(seconds=min(action.until, 2.5e11))
        chance = self._chance.next() if draw is None else draw
        policy = Policy(self.connection.settles, give_up_at, begin, begin, chance)
        moment = begin + timedelta(seconds=now)
        found = settle(State.SENDING, outcome, action.attempt, policy, moment)
        state = found.next_state(State.SENDING)
        if state is not State.PENDING or found.due_at is None:
            self._settle(action, state, now)
            return
        action.state = State.PENDING
        if action.intent.kind == "save":
            self._of_record.setdefault(action.record, []).insert(0, action)
        action.due = (found.due_at - begin).total_seconds()
        heappush(self._later, (action.due, action.number, action))

    def _lost(self, claim: Claim, now: float) -> None:
        """The effect is there and its answer is not: shown by reading back, or held."""
        self.book.failed_calls += 1
        if self.connection.settles is Settles.HELD:
            for action in claim.members:
                action.state = State.HELD
            self._let_go(claim)
            return
        for action in claim.members:
            action.state = State.UNKNOWN
        timing = self.connection.timing
        lease_end = timedelta(seconds=claim.claimed_at) + timing.time_out + timing.margin
        at = verify_after(self._clock.begin + lease_end, timing.vendor_processing, timing.read_back)
        self._clock.call((at - self._clock.begin).total_seconds(), self._proved, claim)

    def _proved(self, claim: object, now: float) -> None:
        assert isinstance(claim, Claim)
        for action in claim.members:
            self._settle(action, State.ACCEPTED, now)
        self._let_go(claim)
        self.look(now)

    def _settle(self, action: Open, state: State, now: float) -> None:
        action.state = state
        self.book.settled.append(now)
        self._clock.settled(action, state, now)

    def give_up(self, action: Open, now: float) -> None:
        """The time of a waiting action is over: its run goes on without it."""
        action.state = State.DEAD
        self.book.settled.append(now)

    def _let_go(self, claim: Claim) -> None:
        if claim.kind != "save":
            return
        for action in claim.members:
            self._busy.discard(action.record)
        for record in {a.record for a in claim.members}:
            waiting = self._of_record.get(record)
            if waiting:
                self._saves.append(waiting[0])


def _key(action: Open) -> ActionKey:
    return ActionKey(UUID(int=action.number), action.intent.step, action.number)


def _merged(waiting: list[Open]) -> coalesce.RecordWrite:
    """The first of the writes that these become, as the runtime claims it."""
    writes: list[coalesce.Write] = []
    for action in sorted(waiting, key=lambda a: a.number):
        saved = action.intent.action
        assert isinstance(saved, SaveRecord)
        writes.append(
            coalesce.Write(
                key=_key(action),
                record=str(action.record),
                fields=saved.fields,
                ordinal=action.number,
                lane=Lane.TRANSACTIONAL,
                every_value=saved.every_value,
            )
        )
    return coalesce.coalesce(writes)[0]
