"""What the interpreter is told about the person and what she did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from leadline.expression.tree import Ref
from leadline.expression.types import Value


@dataclass(frozen=True, slots=True)
class EventFact:
    """One event: its typed properties, and when it happened."""

    id: UUID
    name: str
    properties: Mapping[str, Value]
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """The contact by field name, the event that began the run, and events since."""

    contact: Mapping[str, Value]
    trigger: EventFact | None
    events: tuple[EventFact, ...] = field(default=())

    def value(self, ref: Ref) -> Value:
        """The value behind a reference, None where it is not known."""
        if ref.scope == "contact":
            return self.contact.get(ref.name)
        if ref.scope == "event" and self.trigger is not None:
            return self.trigger.properties.get(ref.name)
        return None


@dataclass(frozen=True, slots=True)
class FactRequest:
    """What one move may need: contact fields by name, and events that it looks back for."""

    fields: frozenset[str]
    events: frozenset[str]
