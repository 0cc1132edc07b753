"""The world of one test: a clock that is moved, one contact, her runs, and what was intended."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from uuid import UUID, uuid5

from leadline.expression.types import Value
from leadline.journey.action import SendEmail
from leadline.journey.compiled import CompiledProject
from leadline.journey.facts import EventFact
from leadline.journey.program import Program
from leadline.journey.run import Run
from leadline.journey.timing import plus
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State
from leadline.message.render import Rendered
from leadline.project.cases import Trouble
from leadline.rehearsal.happened import Called, Happening, What

NAMES = UUID("6c1f7c5e-3a9c-5d0a-9a63-2f7f3c1d9b10")
"""Ids are made from names below this one, so that each test gives the same ones each time."""


class Turn(IntEnum):
    """Who goes first when several things are due at one moment."""

    WORK = 0
    HEAR = 1
    LOOK = 2


@dataclass(frozen=True, slots=True, order=True)
class Appointment:
    """Something that is due: an action is to be worked on or heard of, a run to be looked at."""

    at: datetime
    turn: Turn
    number: int
    key: ActionKey | None = field(compare=False, default=None)
    run: UUID | None = field(compare=False, default=None)


@dataclass(slots=True)
class Running:
    """A run, what it follows and by what it began; ``at`` is when it last moved."""

    program: Program
    run: Run
    trigger: EventFact | None
    at: datetime


@dataclass(slots=True)
class Standing:
    """Where an intended action stands. ``due`` is when it is worked on next."""

    action: Called
    workflow: str
    intended: datetime
    ordinal: int
    due: datetime
    at: datetime
    state: State = State.PENDING
    calls: int = 0
    looks: int = 0
    doubt_since: datetime | None = None
    reason: str | None = None
    sent: Rendered | None = None
    trouble: Trouble | None = None


def time_is_over(action: Called) -> datetime:
    """When a waiting action is given up: its policy ends, or it would be too late for a mail."""
    not_after = action.not_after if isinstance(action, SendEmail) else None
    return action.retry_until if not_after is None else min(not_after, action.retry_until)


@dataclass(slots=True)
class World:
    """Everything that changes while a test is played."""

    project: CompiledProject
    now: datetime
    contact: dict[str, Value]
    runs: dict[UUID, Running] = field(default_factory=dict[UUID, Running])
    entered: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    events: list[EventFact] = field(default_factory=list[EventFact])
    actions: dict[ActionKey, Standing] = field(default_factory=dict[ActionKey, Standing])
    open_writes: dict[str, dict[ActionKey, Standing]] = field(
        default_factory=dict[str, dict[ActionKey, Standing]]
    )
    troubles: list[tuple[Trouble, datetime | None]] = field(
        default_factory=list[tuple[Trouble, datetime | None]]
    )
    suppressed: str | None = None
    succeeded: set[UUID] = field(default_factory=set[UUID])
    story: list[Happening] = field(default_factory=list[Happening])
    appointments: list[Appointment] = field(default_factory=list[Appointment])
    count: int = 0

    def tell(self, what: What) -> None:
        """Note that something happens now."""
        self.story.append(Happening(self.now, what))

    def new_id(self, what: str) -> UUID:
        """A new id; the same in each playing of the test."""
        self.count += 1
        return uuid5(NAMES, f"{what} {self.count}")

    def work_at(self, at: datetime, key: ActionKey) -> None:
        """Work on an action then."""
        self._appoint(Appointment(at, Turn.WORK, self._next(), key=key))

    def hear(self, key: ActionKey) -> None:
        """Let its run hear of an action as soon as it can."""
        self._appoint(Appointment(self.now, Turn.HEAR, self._next(), key=key))

    def look_at(self, at: datetime, run: UUID) -> None:
        """Look at a run then."""
        self._appoint(Appointment(at, Turn.LOOK, self._next(), run=run))

    def trouble_of(self, standing: Standing) -> Trouble | None:
        """What the system does to an action now; the trouble that was stated last counts."""
        step = (standing.workflow, standing.action.key.step)
        for trouble, until in reversed(self.troubles):
            if trouble.system != standing.action.connection:
                continue
            if until is not None and until <= self.now:
                continue
            if trouble.step is None or trouble.step == step:
                return trouble
        return None

    def begin_trouble(self, trouble: Trouble, span: timedelta | None) -> None:
        """From now on a system makes trouble, for so long where that is said."""
        self.troubles.append((trouble, None if span is None else plus(self.now, span)))

    def end_troubles(self, system: str) -> None:
        """The system works again."""
        self.troubles = [pair for pair in self.troubles if pair[0].system != system]

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _appoint(self, appointment: Appointment) -> None:
        heapq.heappush(self.appointments, appointment)
