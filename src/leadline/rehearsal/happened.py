"""What happened while a test was played: in order, with times, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from leadline.expression.types import Value
from leadline.journey.action import Look, PostMessage, SaveRecord, SendEmail
from leadline.journey.record import Record
from leadline.journey.state import State as RunState
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State
from leadline.message.render import Rendered
from leadline.project.cases import Case, Changes, Trouble

Called = SendEmail | SaveRecord | PostMessage | Look
"""Actions that a system carries out."""


@dataclass(frozen=True, slots=True)
class Came:
    """An event came in; ``happened`` is when the contact did it."""

    event: str
    happened: datetime


@dataclass(frozen=True, slots=True)
class Entered:
    """A contact stood at the door of a workflow; ``reason`` None: she entered.

    ``cause`` is the event, or the workflow and step that enrolled.
    """

    workflow: str
    cause: str
    reason: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """A run noted something."""

    workflow: str
    run: UUID
    record: Record


@dataclass(frozen=True, slots=True)
class Settled:
    """An action stands somewhere else than before."""

    key: ActionKey
    state: State
    reason: str | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A run counts as a success by an event."""

    workflow: str
    event: str


What = Came | Entered | Noted | Settled | Counted | Trouble | Changes


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, and when (UTC)."""

    at: datetime
    what: What


@dataclass(frozen=True, slots=True)
class Done:
    """One intended action in the end.

    ``at`` is when it reached the state in which it stands, ``sent`` the message as the system
    got it. ``calls`` counts the attempts.
    """

    workflow: str
    action: Called
    intended: datetime
    state: State
    at: datetime
    reason: str | None
    sent: Rendered | None
    calls: int


@dataclass(frozen=True, slots=True)
class Ran:
    """One run in the end; ``at`` is when it reached the state in which it stands."""

    workflow: str
    state: RunState
    at: datetime


@dataclass(frozen=True, slots=True)
class Played:
    """A test, played to its end. ``endless``: it was broken off, for it never came to one."""

    case: Case
    story: tuple[Happening, ...]
    done: tuple[Done, ...]
    runs: tuple[Ran, ...]
    contact: Mapping[str, Value]
    endless: bool = False
