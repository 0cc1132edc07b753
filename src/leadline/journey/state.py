"""Where a run stands: one cursor, what it waits for, and how often it came by each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from leadline.ledger.key import ActionKey
from leadline.project.workflow import WallTime

Visits = Mapping[str, int]
"""Step name → how often the run came by; a step that it never reached is not in it."""


class EndReason(StrEnum):
    """Why a run ended; the words that people read."""

    COMPLETED = "completed"
    STOPPED = "stopped"  # by an event that the workflow names under stops
    CANCELLED = "stopped by a person"
    STOP_STEP = "stop step"
    FAILED = "failed"  # a failure, and the policy says: stop
    DEAD_LETTER = "dead letter"  # a failure, and the policy says: dead letter; replay resumes it
    LOOP = "loop"
    RELEASE_MISSING = "release missing"  # its release, or the step where it stood, is not there


@dataclass(frozen=True, slots=True)
class Ready:
    """The run stands before a step and has not done it; None is the first step."""

    step: str | None
    visits: Visits = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Sleeping:
    """The run waits for a time.

    ``local`` is there where the author meant the time of a clock on the wall; ``until`` is then
    worked out again when the run wakes, by the rules that the zone has at that time.
    ``gives_up`` says that ``until`` is the end of ``at_most`` and not the awaited time.
    """

    step: str
    until: datetime
    local: WallTime | None = None
    gives_up: bool = False
    visits: Visits = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class AwaitingEvent:
    """The run waits for an event, at most until ``until``."""

    step: str
    event: str
    until: datetime
    visits: Visits = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class AwaitingSync:
    """The run waits until a system shows the record that the action ``saved`` wrote.

    ``key`` is that of the ``Look`` that the step intended, and ``until`` the end of the wait.
    """

    step: str
    key: ActionKey
    saved: ActionKey
    system: str
    until: datetime
    visits: Visits = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class AwaitingAction:
    """The run waits until its action is over; ``until`` is the end of its policy's retries."""

    step: str
    key: ActionKey
    until: datetime
    visits: Visits = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over.

    ``step`` is where it stood and ``key`` what it did there, kept for a dead letter, so that
    replay goes on from there; ``detail`` says more (the reason of a stop step, a vendor's words).
    """

    reason: EndReason
    detail: str | None = None
    step: str | None = None
    key: ActionKey | None = None
    visits: Visits = field(default_factory=dict[str, int])


State = Ready | Sleeping | AwaitingEvent | AwaitingSync | AwaitingAction | Ended

START: State = Ready(None)
"""Where every run begins, whatever its workflow."""


def wakes_at(state: State) -> datetime | None:
    """When the run is to be looked at again though nothing happens; None: never.

    A run that is ready has no such time: it is due at once.
    """
    match state:
        case Sleeping() | AwaitingEvent() | AwaitingSync() | AwaitingAction():
            return state.until
        case Ready() | Ended():
            return None


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One run of a workflow for one subject, as the interpreter needs to know it.

    ``trigger_at`` is when the event that began it happened: waits and stops count events from
    then on.
    """

    id: UUID
    workflow: str
    subject: UUID
    once_value: str
    started_at: datetime
    trigger_at: datetime
    state: State
