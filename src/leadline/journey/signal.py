"""What can wake a run."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.journey.facts import EventFact
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins."""


@dataclass(frozen=True, slots=True)
class Due:
    """The time has come that the run waited for."""


@dataclass(frozen=True, slots=True)
class EventArrived:
    """The person did what the run waits for."""

    event: EventFact


@dataclass(frozen=True, slots=True)
class ActionSettled:
    """An action of the run is over, or past its deadline without being known."""

    key: ActionKey
    state: State
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """Something happened that ends the run: a stop event, or a named person."""

    event: EventFact | None
    by: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """A named person brought the run back from the dead letters."""

    by: str


Signal = Started | Due | EventArrived | ActionSettled | Stopped | Replayed
