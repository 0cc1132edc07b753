"""Where one run stands between two moves. Small, frozen, and stored as tag + fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leadline.ledger.key import ActionKey
from leadline.project.workflow import WallTime

Visits = Mapping[str, int]
"""How often the run has come by each step; what makes the keys of its actions unique."""


class EndReason(StrEnum):
    """Why a run is over; the closed list that ``why`` explains."""

    COMPLETED = "completed"
    STOPPED = "stopped by an event"
    STOP_STEP = "stopped by a step"
    FAILED = "stopped after a failure"
    DEAD_LETTER = "dead letter"
    LOOP = "loop"
    BY_PERSON = "stopped by a person"
    STEP_MISSING = "step missing"


@dataclass(frozen=True, slots=True)
class Ready:
    """About to enter a step."""

    step: str | None
    visits: Visits


@dataclass(frozen=True, slots=True)
class Sleeping:
    """Waits for a moment; ``local`` is what the author meant, where that was a wall clock."""

    step: str
    until: datetime
    local: WallTime | None
    gives_up: bool
    """Whether ``until`` is the bound of the wait (then ``if_not`` follows), not its aim."""
    visits: Visits


@dataclass(frozen=True, slots=True)
class AwaitingEvent:
    """Waits for something the person does."""

    step: str
    event: str
    until: datetime
    visits: Visits


@dataclass(frozen=True, slots=True)
class AwaitingSync:
    """Waits until a system shows what an action wrote; ``look`` is the action that asks."""

    step: str
    system: str
    written: ActionKey
    look: ActionKey
    until: datetime
    visits: Visits


@dataclass(frozen=True, slots=True)
class AwaitingAction:
    """Waits for an action to be over; ``until`` is the end of its failure policy."""

    step: str
    key: ActionKey
    until: datetime
    visits: Visits


@dataclass(frozen=True, slots=True)
class Ended:
    """Over. A dead letter keeps its step and action, so that replay resumes it."""

    reason: EndReason
    detail: str
    visits: Visits
    step: str | None = None
    key: ActionKey | None = None


State = Ready | Sleeping | AwaitingEvent | AwaitingSync | AwaitingAction | Ended


def wakes_at(state: State) -> datetime | None:
    """When the run must be looked at even if nothing happens; None once it has ended."""
    match state:
        case Sleeping() | AwaitingEvent() | AwaitingSync() | AwaitingAction():
            return state.until
        case Ready() | Ended():
            return None
