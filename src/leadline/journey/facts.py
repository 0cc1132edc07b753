"""What the interpreter must be told before it can decide, and which of it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from leadline.expression.tree import Ref
from leadline.expression.types import Value
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State as LedgerState


@dataclass(frozen=True, slots=True)
class EventFact:
    """Something the contact did: properties typed by the tracking plan, ``at`` its own time.

    A property that the event lacks, or that is not of its type, is unknown and may be left out.
    """

    id: UUID
    name: str
    properties: Mapping[str, Value]
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds of one run at this moment.

    ``contact`` has the contact's fields (``contact.email`` among them), ``trigger`` the event
    that began the run (None where another workflow enrolled it), ``events`` those of the
    requested names since ``trigger_at``, oldest first. ``seen`` says of saves whether their
    system shows them, ``standing`` where awaited actions stand in the ledger; what is not in
    them is not known.
    """

    contact: Mapping[Ref, Value] = field(default_factory=dict[Ref, Value])
    trigger: EventFact | None = None
    events: tuple[EventFact, ...] = ()
    seen: Mapping[ActionKey, bool] = field(default_factory=dict[ActionKey, bool])
    standing: Mapping[ActionKey, LedgerState] = field(default_factory=dict[ActionKey, LedgerState])


@dataclass(frozen=True, slots=True)
class FactRequest:
    """What to fetch: ``contact`` fields, ``events`` by name since the trigger, and the rest.

    ``trigger`` says whether the event that began the run is read; ``seen`` names a save to look
    for, ``standing`` an action whose ledger state decides.
    """

    contact: frozenset[Ref] = frozenset()
    trigger: bool = False
    events: frozenset[str] = frozenset()
    seen: ActionKey | None = None
    standing: ActionKey | None = None


NOTHING_NEEDED = FactRequest()
