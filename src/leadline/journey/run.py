"""A run, and the working sheet of one of its moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from leadline.expression.evaluate import evaluate
from leadline.expression.tree import Condition, Ref
from leadline.expression.types import Value
from leadline.journey.action import Action
from leadline.journey.facts import Facts
from leadline.journey.program import Program
from leadline.journey.record import Defaulted, Intended, Missing, Over, Record, Skipped, WhySkipped
from leadline.journey.state import Ended, EndReason, State
from leadline.journey.timing import in_zone, instant, moment, plus
from leadline.ledger.key import ActionKey
from leadline.project.workflow import RelativeTime, WallTime

Move = State | str | None
"""Where a step leads: a state to stay in, the next step, or None: the run is completed."""


@dataclass(frozen=True, slots=True)
class Run:
    """One enrollment as the interpreter needs to know it.

    ``trigger_at`` is when the event that began it happened: waits and stops count events from
    then on.
    """

    id: UUID
    workflow: str
    once_value: str
    started_at: datetime
    trigger_at: datetime
    state: State


class Row(Mapping[Ref, Value]):
    """The contact's fields and an event's properties as one row; what is not there is None."""

    __slots__ = ("_contact", "_properties")

    def __init__(self, contact: Mapping[str, Value], properties: Mapping[str, Value]) -> None:
        self._contact = contact
        self._properties = properties

    def __getitem__(self, ref: Ref) -> Value:
        if ref.scope == "contact":
            return self._contact.get(ref.name)
        return self._properties.get(ref.name) if ref.scope == "event" else None

    def __iter__(self) -> Iterator[Ref]:
        yield from (Ref("contact", name) for name in self._contact)
        yield from (Ref("event", name) for name in self._properties)

    def __len__(self) -> int:
        return len(self._contact) + len(self._properties)


NO_PROPERTIES: Mapping[str, Value] = {}


def row_of(facts: Facts) -> Row:
    """Return the contact and the trigger as a row."""
    trigger = facts.trigger
    return Row(facts.contact, NO_PROPERTIES if trigger is None else trigger.properties)


def answer(condition: Condition, row: Row, now: datetime, zone: str) -> bool | None:
    """Answer a condition; days are counted in ``zone``.

    A condition over a value that is not of its declared type is unknown: types are checked when
    a project is parsed and an event taken in, and a value that passed neither says nothing.
    """
    try:
        return evaluate(condition, row, in_zone(now, zone))
    except (TypeError, AttributeError, ArithmeticError):
        return None


@dataclass(slots=True)
class Sheet:
    """What one move may look at, and what it has decided so far; ``now`` is in UTC."""

    program: Program
    run: Run
    facts: Facts
    now: datetime
    visits: dict[str, int]
    row: Row
    actions: list[Action] = field(default_factory=list[Action])
    records: list[Record] = field(default_factory=list[Record])

    def key(self, step: str) -> ActionKey:
        """Return the key of what a step does on this visit."""
        return ActionKey(self.run.id, step, self.visits.get(step, 0))

    def time(self, time: RelativeTime | WallTime) -> datetime | None:
        """Return when that is, or None where it is unknown."""
        if isinstance(time, WallTime):
            return instant(time)
        at = moment(self.row[time.ref])
        return None if at is None else plus(at, time.offset)

    def value(self, step: str, ref: Ref, stand_ins: Mapping[Ref, Value]) -> Value:
        """Return a value or what stands in for it, and write down where it was not known."""
        value = self.row[ref]
        if value is not None:
            return value
        stand_in = stand_ins.get(ref)
        if stand_in is None:
            self.records.append(Missing(step, str(ref)))
        else:
            self.records.append(Defaulted(step, str(ref), stand_in))
        return stand_in

    def intend(self, action: Action, kind: str) -> None:
        """Write an action down."""
        self.actions.append(action)
        self.records.append(Intended(action.key.step, action.key, kind))

    def skip(self, step: str, reason: WhySkipped, detail: str | None = None) -> None:
        """Write down that a step does nothing."""
        self.records.append(Skipped(step, reason, detail))

    def end(
        self,
        reason: EndReason,
        detail: str = "",
        step: str | None = None,
        key: ActionKey | None = None,
    ) -> Ended:
        """End the run."""
        self.records.append(Over(reason, detail))
        return Ended(reason, detail, self.visits, step, key)

    def write_contact(self, values: Mapping[str, Value]) -> None:
        """Let the steps of this move see what was written to our own contact."""
        self.facts = Facts({**self.facts.contact, **values}, self.facts.trigger, self.facts.events)
        self.row = row_of(self.facts)


def sheet_of(program: Program, run: Run, facts: Facts, now: datetime) -> Sheet:
    """Begin a working sheet."""
    in_utc = now if now.tzinfo is UTC else now.astimezone(UTC)
    return Sheet(program, run, facts, in_utc, dict(run.state.visits), row_of(facts))
