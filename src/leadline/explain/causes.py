"""The closed list of causes: every answer to "why" names one of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from leadline.expression.types import Value


class Cause(StrEnum):
    """Why something is as it is, for one person. The words stand in JSON and never change."""

    # Nothing came in, or it counts for nothing
    NEVER_SEEN = "never seen"
    EVENT_REJECTED = "event rejected"
    NOT_LOOKED_AT = "not looked at yet"
    NO_TRIGGER = "no trigger came in"
    # A trigger came in, and nobody entered
    CAME_LATE = "trigger came too late"
    NO_ADDRESS = "no address"
    IMPOSSIBLE_ADDRESS = "impossible address"
    ONCE_PER_UNKNOWN = "once_per unknown"
    CONDITION_FALSE = "condition false"
    CONDITION_UNKNOWN = "condition unknown"
    ALREADY_IN = "already in"
    WAITING_FOR_APPROVAL = "waiting for approval"
    # The run goes on
    STARTING = "starting"
    SLEEPING = "sleeping"
    AWAITING_EVENT = "waiting for an event"
    AWAITING_SYSTEM = "waiting for a system"
    AWAITING_ACTION = "waiting for its action"
    ASKED = "asked for"
    # The run is over
    COMPLETED = "completed"
    STOPPED_BY_EVENT = "stopped by an event"
    STOPPED_BY_STEP = "stopped by a step"
    STOPPED_BY_PERSON = "stopped by a person"
    STOPPED_AFTER_FAILURE = "stopped after a failure"
    DEAD_LETTER = "dead letter"
    LOOP = "loop"
    STEP_MISSING = "step missing"
    # An action waits
    WAITING_FOR_LIMIT = "waiting for the limit"
    BUNDLING = "waiting for its bundle"
    RETRYING = "waiting for the next attempt"
    PAUSED = "paused"
    SENDING = "being sent"
    # An action is over
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    NOT_ALLOWED = "not on the allow-list"
    NO_CONSENT = "no consent"
    REFUSED = "refused by a rule"
    SUPERSEDED = "superseded"
    EXPIRED = "too late"
    REJECTED = "rejected by the vendor"
    DEAD = "given up"
    # What became of it is not known
    UNKNOWN = "not known yet"
    HELD = "held"
    # A step did nothing
    STEP_SKIPPED = "step skipped"


@dataclass(frozen=True, slots=True)
class EntriesLike:
    """Everyone whose trigger ended so."""

    workflow: str
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class RunsLike:
    """Everyone whose run stands, or ended, at this step for this reason."""

    workflow: str
    end_reason: str | None
    step: str | None


@dataclass(frozen=True, slots=True)
class ActionsLike:
    """Everyone whose action of this step stands so; ``reason`` None: whatever the reason."""

    workflow: str
    step: str
    state: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EventsLike:
    """Events rejected for the same reason."""

    reason: str


Likes = EntriesLike | RunsLike | ActionsLike | EventsLike
"""What to count, to say how many share a cause."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer: what is so, since when, what would have changed it, and what to do.

    ``values`` are those that decided, by dotted name. ``likes`` says whom it is shared with.
    """

    cause: Cause
    sentence: str
    at: datetime | None = None
    would_have: str | None = None
    mend: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    likes: Likes | None = None


@dataclass(frozen=True, slots=True)
class StepFinding:
    """What became of one action of a run."""

    step: str
    key: str
    connection: str
    kind: str
    state: str
    vendor_id: str | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, in a sentence."""

    at: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class Story:
    """What became of one trigger, or one run, of a workflow; ``workflow`` None: of no workflow."""

    workflow: str | None
    title: str | None
    once: str | None
    enrollment: str | None
    finding: Finding
    steps: tuple[StepFinding, ...] = ()
    timeline: tuple[Line, ...] = ()
