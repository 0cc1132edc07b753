"""Tests of workflows: tests/*.yaml as typed values. ``rehearsal`` plays them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from leadline.expression.types import Value
from leadline.ledger.transitions import State
from leadline.project.problems import Where


class TroubleKind(StrEnum):
    """What a system does instead of taking what it is given; the word is what follows its name."""

    REFUSES = "refuses"
    DOWN = "is down"
    LOSES = "loses the answer"
    SILENT = "never answers"
    BOUNCES = "bounces"
    LAGS = "lags"
    WORKS = "works again"


@dataclass(frozen=True, slots=True)
class Happens:
    """The contact does something; ``late_by``: how long before it reaches us."""

    event: str
    properties: Mapping[str, Value]
    late_by: timedelta
    where: Where


@dataclass(frozen=True, slots=True)
class Passes:
    """Time goes by."""

    span: timedelta
    where: Where


@dataclass(frozen=True, slots=True)
class Comes:
    """A time comes (UTC)."""

    at: datetime
    where: Where


@dataclass(frozen=True, slots=True)
class Changes:
    """Fields of the contact change, as when somebody mends her record; None: not known."""

    values: Mapping[str, Value]
    where: Where


@dataclass(frozen=True, slots=True)
class Trouble:
    """From here on a system does something else than take what it is given.

    ``step`` (workflow, step) narrows it to what that step does; ``span`` ends it by itself.
    """

    system: str
    kind: TroubleKind
    step: tuple[str, str] | None
    span: timedelta | None
    where: Where


Line = Happens | Passes | Comes | Changes | Trouble


class Effect(StrEnum):
    """What a step does outside; the word is the key of the expectation."""

    MAIL = "mail"
    SAVED = "saved"
    POST = "post"


@dataclass(frozen=True, slots=True)
class ExpectEffect:
    """A mail, a save or a post of a step; it is taken unless ``outcome`` says otherwise.

    ``at`` is the time on the wall that the file says, to the minute. ``target`` is the address
    of a mail or the channel of a post. ``fields`` go by our own names, each as the text that
    its value has; None: cleared.
    """

    effect: Effect
    workflow: str
    step: str
    where: Where
    outcome: State | None = None
    at: datetime | None = None
    target: str | None = None
    says: tuple[str, ...] = ()
    does_not_say: tuple[str, ...] = ()
    fields: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class ExpectContact:
    """What our own contact says in the end; None: not known."""

    values: Mapping[str, Value]
    where: Where


@dataclass(frozen=True, slots=True)
class ExpectEntry:
    """The contact entered a workflow, or was kept out, for a reason."""

    workflow: str
    entered: bool
    because: str | None
    where: Where


@dataclass(frozen=True, slots=True)
class ExpectChoice:
    """A choice took a way: ``if 1``, ``else`` or ``unknown``."""

    workflow: str
    step: str
    way: str
    where: Where


@dataclass(frozen=True, slots=True)
class ExpectSkip:
    """A step did nothing, or (``gave_up``) a wait ended without what it waited for."""

    workflow: str
    step: str
    gave_up: bool
    because: str | None
    where: Where


@dataclass(frozen=True, slots=True)
class ExpectTold:
    """Somebody got a notice of a failure."""

    who: str
    where: Where


@dataclass(frozen=True, slots=True)
class ExpectSuccess:
    """Whether a run of the workflow counts as a success."""

    workflow: str
    succeeds: bool
    where: Where


@dataclass(frozen=True, slots=True)
class ExpectEnd:
    """How the last run of a workflow ended, and when."""

    workflow: str
    reason: str
    at: datetime | None
    where: Where


@dataclass(frozen=True, slots=True)
class NothingMore:
    """No mail, save or post beside those that are expected above."""

    where: Where


Expectation = (
    ExpectEffect
    | ExpectContact
    | ExpectEntry
    | ExpectChoice
    | ExpectSkip
    | ExpectTold
    | ExpectSuccess
    | ExpectEnd
    | NothingMore
)


@dataclass(frozen=True, slots=True)
class Case:
    """One test: who the contact is, from when on, what happens, and what is expected of it.

    ``file`` is the stem of its file; ``suggested`` says that nobody has read it yet.
    """

    file: str
    name: str
    workflow: str
    given: Mapping[str, Value]
    at: datetime
    lines: tuple[Line, ...]
    expectations: tuple[Expectation, ...]
    where: Where
    suggested: bool = False
