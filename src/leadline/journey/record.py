"""What a run writes down of each move: all that ``why`` has to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leadline.expression.tree import Ref
from leadline.expression.types import Value
from leadline.journey.state import EndReason
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State as LedgerState
from leadline.project.workflow import Then


class Because(StrEnum):
    """What ended a wait."""

    TIME = "the time came"
    PAST = "the time was already past"
    EVENT = "the event came"
    SEEN = "the system showed it"
    AT_MOST = "at_most was over"
    TIME_UNKNOWN = "the time is unknown"
    NEVER_SAVED = "nothing was saved that could be seen"
    NOT_SEEN = "the system could not be asked"


class WhySkipped(StrEnum):
    """Why a step did nothing, or its action was not carried out."""

    NO_ADDRESS = "the contact has no email address"
    TOO_LATE = "it was past not_after"
    NOTHING_TO_WRITE = "every value to write is unknown"
    GATE = "a rule refused it"  # the action was skipped by the gate; detail has the rule's reason


@dataclass(frozen=True, slots=True)
class Entered:
    """The run began; ``event`` is the name of what triggered it."""

    event: str | None


@dataclass(frozen=True, slots=True)
class Took:
    """A choice: which branch, and what the conditions that were asked read.

    ``branch`` is "1", "2", … in the order of the file, "else" or "unknown". ``unknown`` says
    that no branch held and at least one could not be decided.
    """

    step: str
    branch: str
    values: Mapping[Ref, Value]
    unknown: bool


@dataclass(frozen=True, slots=True)
class Waited:
    """A wait began; it ends at ``until`` at the latest. ``for_`` is the event or system."""

    step: str
    until: datetime
    for_: str | None = None


@dataclass(frozen=True, slots=True)
class Woke:
    """A wait ended; ``at`` is when the awaited event happened, ``then`` what ``if_not`` says."""

    step: str
    because: Because
    at: datetime | None = None
    then: Then | None = None


@dataclass(frozen=True, slots=True)
class Intended:
    """An action was written down; ``kind`` is that of ``action.kind``."""

    step: str
    key: ActionKey
    kind: str


@dataclass(frozen=True, slots=True)
class Defaulted:
    """A value was unknown, and what ``if_missing`` says stood in for it."""

    step: str
    ref: Ref
    value: Value


@dataclass(frozen=True, slots=True)
class Missing:
    """A value was unknown and nothing stood in: left out of a write, empty in a message."""

    step: str
    ref: Ref


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step is over without its effect, and this is no failure: the next step follows."""

    step: str
    why: WhySkipped
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """An action is over as it should be: accepted, or said by a later write (superseded)."""

    step: str
    key: ActionKey
    state: LedgerState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """An action failed, and what its policy says follows."""

    step: str
    key: ActionKey
    state: LedgerState
    reason: str | None
    then: Then


@dataclass(frozen=True, slots=True)
class CarriedOn:
    """The deadline passed and it is not known what became of the action: the next step follows."""

    step: str
    key: ActionKey
    state: LedgerState | None


@dataclass(frozen=True, slots=True)
class Told:
    """Someone is to be told; ``cause`` is the same for the same trouble of any run."""

    step: str
    who: tuple[str, ...]
    cause: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """A dead letter goes on, by replay or by late evidence of its effect."""

    step: str
    key: ActionKey | None


@dataclass(frozen=True, slots=True)
class EndedRun:
    """The run is over; ``event`` names what stopped it, ``at`` when that happened."""

    reason: EndReason
    detail: str | None = None
    step: str | None = None
    event: str | None = None
    at: datetime | None = None


Record = (
    Entered
    | Took
    | Waited
    | Woke
    | Intended
    | Defaulted
    | Missing
    | Skipped
    | Settled
    | Failed
    | CarriedOn
    | Told
    | Resumed
    | EndedRun
)
