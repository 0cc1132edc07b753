"""What a run notes of itself, for ``why``: each move, with the values that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from leadline.expression.types import Value
from leadline.journey.state import EndReason
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State


@dataclass(frozen=True, slots=True)
class Took:
    """Which branch was taken, by which values; ``unknown``: because one was not known."""

    step: str
    branch: str
    values: Mapping[str, Value]
    unknown: bool


@dataclass(frozen=True, slots=True)
class Waited:
    """The run waits at a step, until a moment at the latest."""

    step: str
    until: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Woke:
    """A wait is over."""

    step: str
    because: str


@dataclass(frozen=True, slots=True)
class Intended:
    """An action was intended."""

    step: str
    key: ActionKey
    kind: str


@dataclass(frozen=True, slots=True)
class Defaulted:
    """A value was missing and the one that the step states stood in."""

    step: str
    ref: str
    value: Value


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step was passed over."""

    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """A step's action is over without failure."""

    step: str
    key: ActionKey
    state: State
    reason: str | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A step's action failed; ``then`` says what follows."""

    step: str
    key: ActionKey
    state: State
    reason: str | None
    then: str


@dataclass(frozen=True, slots=True)
class GaveUpWaiting:
    """A wait reached its bound; ``then`` says what follows."""

    step: str
    then: str


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody must be told."""

    step: str
    who: str
    cause: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """A named person brought the run back."""

    step: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Over:
    """The run ended."""

    reason: EndReason
    detail: str


Record = (
    Took
    | Waited
    | Woke
    | Intended
    | Defaulted
    | Skipped
    | Done
    | Failed
    | GaveUpWaiting
    | Told
    | Resumed
    | Over
)
