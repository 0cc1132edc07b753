"""Workflows: workflows/*.yaml as typed values.

The nesting of the file is kept here; ``journey.program`` makes it flat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from leadline.expression.tree import Condition, Ref
from leadline.expression.types import Value
from leadline.project.problems import Where


@dataclass(frozen=True, slots=True)
class Constant:
    """A value as the file states it, already of its field's type."""

    value: Value


@dataclass(frozen=True, slots=True)
class FromRef:
    """The value that a field has at the moment the action is intended."""

    ref: Ref


Source = Constant | FromRef


class Only(StrEnum):
    """When a ``to`` may write: always, only to a later choice, only where nothing stands."""

    ALWAYS = "always"
    FORWARD = "forward"
    IF_EMPTY = "if empty"


@dataclass(frozen=True, slots=True)
class To:
    """``field: value`` or ``{ to: value, only: … }``."""

    source: Source
    only: Only = Only.ALWAYS


@dataclass(frozen=True, slots=True)
class AddTo:
    """``{ add_to: x }``: one more value of a list."""

    source: Source


@dataclass(frozen=True, slots=True)
class Increment:
    """``{ increment: n }``."""

    by: int


@dataclass(frozen=True, slots=True)
class Clear:
    """``clear``."""


Write = To | AddTo | Increment | Clear


@dataclass(frozen=True, slots=True)
class CarryOn:
    """The next step follows, and the failure is recorded."""


@dataclass(frozen=True, slots=True)
class StopRun:
    """The run ends."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """The run ends in the dead letters; replay resumes it."""


@dataclass(frozen=True, slots=True)
class GoTo:
    """The named step follows."""

    step: str


Then = CarryOn | StopRun | DeadLetter | GoTo


@dataclass(frozen=True, slots=True)
class FailurePolicy:
    """``if_it_fails``: how long to retry, what then, whom to tell (addresses, owner resolved)."""

    retry_for: timedelta
    then: Then
    tell: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WallTime:
    """``2026-12-01 09:00`` as the author meant it: on a clock in ``zone``."""

    local: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class RelativeTime:
    """``1 hour before event.starts_at``; a negative offset is before, zero is at."""

    ref: Ref
    offset: timedelta


@dataclass(frozen=True, slots=True)
class HasSeen:
    """``hubspot has seen crm``: the record that step ``crm`` wrote shows in the system."""

    system: str
    step: str


class Purpose(StrEnum):
    """Why a message is sent; it decides the lane and the consent it needs."""

    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHead:
    """What every step has: its name, the one it had before, and its place in the file."""

    name: str
    where: Where
    was: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendStep(StepHead):
    """``send: messages/x``: one email to the contact."""

    message: str
    connection: str
    purpose: Purpose
    if_missing: Mapping[Ref, Value]
    not_after: RelativeTime | WallTime | None
    policy: FailurePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveStep(StepHead):
    """``save_to: hubspot contact`` + ``set``: one write of the contact's record.

    ``fields`` is keyed by canonical field names.
    """

    connection: str
    object: str
    fields: Mapping[str, Write]
    if_missing: Mapping[Ref, Value]
    policy: FailurePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class PostStep(StepHead):
    """``post_to: slack channel`` + ``text``; posts within ``bundle`` become one digest."""

    connection: str
    channel: str
    message: str
    bundle: timedelta | None
    if_missing: Mapping[Ref, Value]
    policy: FailurePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStep(StepHead):
    """``set: { contact.field: value }``: writes our own contact."""

    fields: Mapping[str, Write]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStep(StepHead):
    """``wait: 3 days``."""

    span: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntilStep(StepHead):
    """``wait_until``: a time, or a system having seen a step's write.

    ``at_most`` bounds the wait, ``if_not`` says what follows when the bound is reached.
    """

    until: RelativeTime | WallTime | HasSeen
    at_most: timedelta | None
    if_not: Then


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitForStep(StepHead):
    """``wait_for: event``; events since the trigger count, looking back first."""

    event: str
    where_: Condition | None
    at_most: timedelta
    if_not: Then


@dataclass(frozen=True, slots=True)
class Branch:
    """``if:`` a condition, ``then:`` its steps."""

    condition: Condition
    steps: tuple[Step, ...]
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseStep(StepHead):
    """``choose``: the first branch that holds; ``else`` takes the rest.

    The unknown goes to ``unknown`` where that branch stands, otherwise to ``otherwise``.
    """

    branches: tuple[Branch, ...]
    otherwise: tuple[Step, ...]
    unknown: tuple[Step, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollStep(StepHead):
    """``enroll_in: workflow``: the same contact starts another workflow."""

    workflow: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopStep(StepHead):
    """``stop: reason``: the run ends here."""

    reason: str


Step = (
    SendStep
    | SaveStep
    | PostStep
    | SetStep
    | WaitStep
    | WaitUntilStep
    | WaitForStep
    | ChooseStep
    | EnrollStep
    | StopStep
)


@dataclass(frozen=True, slots=True)
class Starts:
    """What starts a run. ``once_per`` None means once ever.

    ``when`` is empty for a workflow that is only entered by ``enroll_in``.
    """

    when: tuple[str, ...]
    only_if: Condition | None
    once_per: Ref | None
    max_burst: int


@dataclass(frozen=True, slots=True)
class Stops:
    """Events that end a run; without ``where_`` those with the same once_per value."""

    when: tuple[str, ...]
    where_: Condition | None = None


@dataclass(frozen=True, slots=True)
class Success:
    """An event that counts as success within a span of the start; it does not end the run."""

    event: str
    within: timedelta
    where_: Condition | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """``{ step: confirmation, within: 5 minutes, share: 99 % }``; share is 0 to 1."""

    step: str
    within: timedelta
    share: float


@dataclass(frozen=True, slots=True)
class Silenced:
    """``silence: [ { check: two-writers, because: …, until: 2027-01-31 } ]``: what a check finds
    in ``file``, accepted by a person up to and including a day. ``where`` it is written."""

    check: str
    because: str
    until: date
    where: Where
    file: str


@dataclass(frozen=True, slots=True)
class Override:
    """``override: { by: …, reason: …, until: … }``: somebody lets a workflow go beyond the maturity
    that is reached, up to and including a day."""

    by: str
    reason: str
    until: date
    where: Where


@dataclass(frozen=True, slots=True)
class Workflow:
    """One workflow; ``name`` is the file's stem, ``title`` what people read."""

    name: str
    title: str
    why: str
    owner: str
    starts: Starts
    stops: Stops | None
    success: Success | None
    promise: Promise | None
    steps: tuple[Step, ...]
    where: Where
    silenced: tuple[Silenced, ...] = ()
    override: Override | None = None
