"""What wakes a run."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.journey.facts import EventFact
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State as LedgerState


@dataclass(frozen=True, slots=True)
class Started:
    """The run was made."""


@dataclass(frozen=True, slots=True)
class Due:
    """Its time has come, or something happened that it may wait for: look again.

    Due too early is harmless: the run goes on waiting.
    """


@dataclass(frozen=True, slots=True)
class EventArrived:
    """The contact did something."""

    event: EventFact


@dataclass(frozen=True, slots=True)
class SyncReached:
    """A system shows the record as the action ``saved`` wrote it."""

    system: str
    saved: ActionKey


@dataclass(frozen=True, slots=True)
class ActionSettled:
    """An action came as far as ``state`` in the ledger; ``reason`` says why it came there."""

    key: ActionKey
    state: LedgerState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """An event that the workflow names under ``stops``; one that does not match is ignored."""

    event: EventFact


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A named person stopped the run."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A named person had a dead letter tried again, under the key that it had."""

    key: ActionKey


Signal = Started | Due | EventArrived | SyncReached | ActionSettled | Stopped | Cancelled | Replayed
