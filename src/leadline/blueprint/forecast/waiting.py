"""The work that waits at one connection, and which of it goes together: as ``runtime.grouping``."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from uuid import UUID

from leadline.blueprint.forecast.connection import LOOK
from leadline.blueprint.forecast.meter import FAR
from leadline.blueprint.forecast.moves import Intent
from leadline.journey.action import PostMessage, SaveRecord
from leadline.ledger import coalesce
from leadline.ledger.budget import Lane
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State


class Open:
    """One action that is not over. ``record`` is whose record it writes; times are seconds since
    the begin: ``at`` it was intended, ``due`` it may go, ``until`` it is given up."""

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


Live = Callable[[Open, float], bool]
"""Says of an action whether it may still begin, and settles one that may not."""
Superseded = Callable[[Open, float], None]


class Waiting:
    """What waits: singles in order, writes by record, posts by channel, repeats by their time."""

    __slots__ = ("_busy", "_later", "_live", "_of_record", "posts", "saves", "singles")

    def __init__(self, live: Live) -> None:
        self._live = live
        self.singles: dict[str, deque[Open]] = {"mail": deque(), LOOK: deque()}
        self.saves: deque[Open] = deque()
        self.posts: dict[tuple[str, float | None], deque[Open]] = {}
        self._of_record: dict[int, list[Open]] = {}
        self._busy: set[int] = set()
        self._later: list[tuple[float, int, Open]] = []

    def add(self, action: Open) -> None:
        """Take in a new action."""
        if action.intent.kind == "save":
            self._of_record.setdefault(action.record, []).append(action)
        self._enqueue(action)

    def again(self, action: Open) -> None:
        """Take back an action whose call had no effect; it is ``due`` again later."""
        action.state = State.PENDING
        if action.intent.kind == "save":
            self._of_record.setdefault(action.record, []).insert(0, action)
        heappush(self._later, (action.due, action.number, action))

    def call_up(self, now: float) -> float:
        """Enqueue the repeats whose time has come; return when the next one's will have."""
        later = self._later
        while later and later[0][0] <= now:
            self._enqueue(heappop(later)[2])
        return later[0][0] if later else FAR

    def _enqueue(self, action: Open) -> None:
        kind = action.intent.kind
        if kind == "save":
            self.saves.append(action)
        elif kind == "post":
            posted = action.intent.action
            assert isinstance(posted, PostMessage)
            place = (posted.channel, action.intent.bundle_s)
            self.posts.setdefault(place, deque()).append(action)
        else:
            self.singles[kind].append(action)

    def records(self, size: int, now: float, superseded: Superseded) -> list[Open]:
        """Take up to so many records' writes; one that a later write says as well is superseded."""
        members: list[Open] = []
        records = 0
        while self.saves and records < size:
            taken, needed = self._record(self.saves.popleft(), now)
            records += bool(taken)
            for action in taken:
                if action.number in needed:
                    members.append(action)
                else:
                    superseded(action, now)
        return members

    def _record(self, first: Open, now: float) -> tuple[list[Open], set[int]]:
        """All waiting writes that are one write now, and which of them still need sending."""
        record = first.record
        if first.state is not State.PENDING or record in self._busy:
            return [], set()
        waiting = [a for a in self._of_record.get(record, ()) if self._live(a, now)]
        # A later write never overtakes one that waits to be repeated.
        if waiting and waiting[0].attempt and waiting[0].due > now:
            return [], set()
        taken, needed, left = waiting, {a.number for a in waiting}, list[Open]()
        if len(waiting) > 1:
            write = _merged(waiting)
            needed = {key.visit for key in write.members}
            taken = [a for a in waiting if a.number in needed or _key(a) in write.superseded]
            left = [a for a in waiting if a not in taken]
        if left:
            self._of_record[record] = left
        else:
            self._of_record.pop(record, None)
        if taken:
            self._busy.add(record)
        return taken, needed

    def let_go(self, members: list[Open]) -> None:
        """A claim of writes is settled: what waits for its records may go."""
        for record in {action.record for action in members}:
            self._busy.discard(record)
            waiting = self._of_record.get(record)
            if waiting:
                self.saves.append(waiting[0])

    def digest(
        self, queue: deque[Open], size: int, bundle_s: float | None, now: float
    ) -> list[Open]:
        """As ``coalesce.digests``: posts within the bundle time of the first, as many as fit."""
        head_at, most = queue[0].at, size if bundle_s is not None else 1
        group: list[Open] = []
        taken = 0
        while queue and taken < most and queue[0].at - head_at <= (bundle_s or 0.0):
            action = queue.popleft()
            taken += 1
            if self._live(action, now):
                group.append(action)
        return group


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
