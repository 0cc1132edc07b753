"""What a run notes of itself, for ``why``: each move, with the values that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leadline.expression.types import Value
from leadline.journey.state import EndReason
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State


class Because(StrEnum):
    """Why a wait is over."""

    TIME = "the time came"
    PAST = "the time was already past"
    EVENT = "the event came"
    SEEN = "the system shows it"
    AT_MOST = "at_most is over"
    TIME_UNKNOWN = "the time is not known"
    NEVER_SAVED = "the step that saves was never reached"
    NOT_SEEN = "the system could not be asked"


class WhySkipped(StrEnum):
    """Why a step did nothing, or its action was not carried out."""

    NO_ADDRESS = "the contact has no email address"
    TOO_LATE = "it was past not_after"
    NOTHING_TO_WRITE = "no value to write is known"
    REFUSED = "a rule refused it"


@dataclass(frozen=True, slots=True)
class Entered:
    """The run began; ``event`` is what triggered it, None where another workflow enrolled."""

    event: str | None


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
    """A wait is over; ``at`` is when the awaited event happened."""

    step: str
    because: Because
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Intended:
    """An action was intended; ``kind`` is mail, save, post, look, set or enroll."""

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
class Missing:
    """A value was not known and nothing stands in: left out of a write, empty in a message."""

    step: str
    ref: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step was passed over, which is no failure: the next one follows.

    ``key`` is there where an action was intended and a rule refused it; ``detail`` is then the
    reason of that rule.
    """

    step: str
    reason: WhySkipped
    detail: str | None = None
    key: ActionKey | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A step's action is over without failure."""

    step: str
    key: ActionKey
    state: State
    reason: str | None


@dataclass(frozen=True, slots=True)
class CarriedOn:
    """The deadline passed and it is not known what became of the action: the next step follows."""

    step: str
    key: ActionKey
    state: State


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
    """A wait ended without what it waited for; ``then`` says what follows."""

    step: str
    then: str
    because: Because = Because.AT_MOST
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody must be told; ``cause`` is a sentence, the same for every run with the trouble."""

    step: str
    who: str
    cause: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """A dead letter goes on: a named person replayed it, or its effect turned out to have been."""

    step: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Over:
    """The run ended."""

    reason: EndReason
    detail: str


Record = (
    Entered
    | Took
    | Waited
    | Woke
    | Intended
    | Defaulted
    | Missing
    | Skipped
    | Done
    | CarriedOn
    | Failed
    | GaveUpWaiting
    | Told
    | Resumed
    | Over
)
