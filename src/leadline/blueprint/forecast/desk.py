"""One connection on the virtual clock: what waits there is claimed, called, and settled.

It does what ``runtime.dispatch`` does, in the same order: looks every so often, and at each answer;
claims in groups what its windows have room for a moment ahead; the answers
settle all its members at the end of a claim.
"""

from __future__ import annotations

import math

from leadline.blueprint.forecast.answers import Answers, Book, World
from leadline.blueprint.forecast.calls import Calls, Claim
from leadline.blueprint.forecast.connection import Connection, Pace
from leadline.blueprint.forecast.draws import Stream
from leadline.blueprint.forecast.meter import FAR, free_from
from leadline.blueprint.forecast.moves import UNREAD
from leadline.blueprint.forecast.waiting import Open, Waiting
from leadline.ledger.transitions import State

_AT_ONCE_S = 0.001


class Desk:
    """One connection while a forecast runs."""

    def __init__(
        self, connection: Connection, pace: Pace, world: World, answers: Stream, chance: Stream
    ) -> None:
        self.connection = connection
        self.book = Book()
        self._pace, self._world = pace, world
        self._waiting = Waiting(self._live)
        self.answers = Answers(connection, world, chance, self.book, self._waiting, self.look)
        self._calls = Calls(
            connection,
            world.begin,
            world.timeline,
            answers,
            chance,
            self.answers.ended,
            self.look,
            self.book.calls,
        )
        self._ahead_s = min(pace.ahead_s, connection.timing.margin.total_seconds() / 4)
        self._look_at = FAR

    def add(self, action: Open, now: float) -> None:
        """Take an intended action in; one that is bundled is due when its bundle time is over."""
        self.book.intended.append(now)
        self.book.actions += 1
        self._waiting.add(action)
        if self._look_at > action.due:
            self._want(self._polled(action.due))

    def _polled(self, at: float) -> float:
        """When the loop sees what is due at a moment: it looks every so often."""
        return max(at, math.ceil(at / self._pace.work_s) * self._pace.work_s)

    def _want(self, at: float) -> None:
        if at < self._look_at:
            self._look_at = at
            self._world.timeline.call(at, self._wake, at)

    def _wake(self, wanted: object, now: float) -> None:
        if wanted == self._look_at:  # an earlier look has not made it needless
            self._look_at = FAR
            self.look(now)

    def look(self, now: float) -> None:
        """Claim what there is room for, in the runtime's order: mails, looks, records, posts."""
        if now < self.answers.closed_until:
            self._want(self.answers.closed_until)
            return
        waiting = self._waiting
        repeat_at = waiting.call_up(now)
        next_ = FAR if repeat_at == FAR else self._polled(repeat_at)
        for kind, queue in waiting.singles.items():
            while queue:
                room = self._room_at(kind, "", now)
                if room > now:
                    next_ = min(next_, room)
                    break
                action = queue.popleft()
                if self._live(action, now):
                    self._start(kind, [action], "", now)
        if waiting.saves:
            next_ = min(next_, self._claim_records(now))
        if waiting.posts:
            next_ = min(next_, self._claim_posts(now))
        if next_ < FAR:
            self._want(max(next_, now + _AT_ONCE_S))

    def _room_at(self, kind: str, channel: str, now: float) -> float:
        """From when on a call may be claimed: now, or a moment before its slot is free."""
        free = free_from(self._calls.meters(kind, channel), now)
        return now if free <= now + self._ahead_s else free - self._ahead_s

    def _live(self, action: Open, now: float) -> bool:
        """Whether an action may still begin; one that is late for its reader expires here."""
        if action.state is not State.PENDING or action.until <= now:
            return False
        if now > action.intent.not_after:
            self.answers.settle(action, State.EXPIRED, now)
            return False
        if action.intent.kind == "mail" and self._length(action) is None:
            self.answers.settle(action, State.REJECTED, now)
            return False
        return True

    def _length(self, action: Open) -> int | None:
        length = action.intent.text
        return self._world.text_length(action.intent) if length == UNREAD else length

    def _claim_records(self, now: float) -> float:
        size = self.connection.groups.get("save", 1)
        while self._waiting.saves:
            room = self._room_at("save", "", now)
            if room > now:
                return room
            members = self._waiting.records(size, now, self._superseded)
            if members:
                self._start("save", members, "", now)
        return FAR

    def _superseded(self, action: Open, now: float) -> None:
        self.book.superseded += 1
        self.answers.settle(action, State.SUPERSEDED, now)

    def _claim_posts(self, now: float) -> float:
        next_ = FAR
        size = self.connection.groups.get("post", 1)
        for (channel, bundle_s), queue in self._waiting.posts.items():
            while queue:
                if queue[0].due > now:
                    next_ = min(next_, self._polled(queue[0].due))
                    break
                room = self._room_at("post", channel, now)
                if room > now:
                    next_ = min(next_, room)
                    break
                group = self._waiting.digest(queue, size, bundle_s, now)
                if group:
                    self._start("post", group, channel, now)
        return next_

    def _start(self, kind: str, members: list[Open], channel: str, now: float) -> None:
        waited_s = 0.0
        for action in members:
            action.state = State.SENDING
            action.attempt += 1
            waited_s += now - action.due
        waited = self.book.waited_s
        waited[kind] = waited.get(kind, 0.0) + max(0.0, waited_s)
        calls = self.connection.requests.get(kind, 1)
        if kind == "post":
            lengths = [self._length(action) or 0 for action in members]
            calls = messages(lengths, self.connection.longest_text)
        self._calls.start(Claim(kind, members, self._calls.meters(kind, channel), now, calls), now)


def messages(lengths: list[int], most: int | None) -> int:
    """Say into how many messages the posts of a digest go, none longer than the vendor takes.

    >>> messages([30, 30, 30], 70), messages([30, 30, 30], None), messages([90], 70)
    (2, 1, 1)
    """
    if most is None:
        return 1
    count, length = 1, -1
    for more in lengths:
        if length >= 0 and length + 1 + more > most:
            count, length = count + 1, -1
        length += more + 1
    return count
