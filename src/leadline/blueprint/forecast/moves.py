"""The interpreter, asked once for people of equal facts.

``journey.advance`` decides every move, as in the runtime. But 100,000 people who share their facts
make the same move from the same state: what it gives is kept, its times as spans from the moment
of the move, and reused until a moment passes that could change the answer (an absolute time that
some step of the workflow looks at). Workflows with a condition over "the last 30 days" are asked
anew at each move. A test holds kept moves against asking each time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from leadline.blueprint.forecast.meter import FAR
from leadline.expression.tree import All, Any, Condition, Nothing, Within
from leadline.expression.types import Value
from leadline.journey.action import (
    Action,
    Enroll,
    Look,
    PostMessage,
    SaveRecord,
    SendEmail,
    SetField,
)
from leadline.journey.advance import advance
from leadline.journey.facts import EventFact, Facts
from leadline.journey.program import FlatChoice, FlatStep, Program
from leadline.journey.record import Failed, GaveUpWaiting, Over, Record, Skipped, Took
from leadline.journey.reentry import Enter, NotEntered, enter, enter_by_step
from leadline.journey.run import Run
from leadline.journey.set_field import apply
from leadline.journey.signal import ActionSettled, Due, EventArrived, Signal, Started
from leadline.journey.state import (
    AwaitingAction,
    AwaitingEvent,
    AwaitingSync,
    Ended,
    Ready,
    Sleeping,
    State,
    wakes_at,
)
from leadline.journey.timing import instant, moment, plus
from leadline.ledger.transitions import State as Standing
from leadline.project.workflow import (
    RelativeTime,
    SendStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
    WallTime,
)

SOMEBODY = UUID(int=1)
"""Stands for every run: no move looks at who it is."""
Called = SendEmail | SaveRecord | PostMessage | Look
KINDS: Mapping[type[Called], str] = {
    SendEmail: "mail",
    SaveRecord: "save",
    PostMessage: "post",
    Look: "look",
}
UNREAD = -1
_NEVER: list[float] = []
_UNCUT: list[float] = []
START, DUE, CAME = "start", "due", "came"
Heard = str | Standing
"""What a run hears: that it begins, that its time has come, the event, or how its action stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Everybody with these facts: the contact's fields, and the event that began the run."""

    contact: Mapping[str, Value]
    trigger: EventFact


@dataclass(slots=True, eq=False)
class Intent:
    """An action that a connection carries out. ``retry_s`` and ``bundle_s`` are spans from the
    intention, ``not_after`` is a moment (seconds since the begin). ``text`` is how long its text
    is, None where it cannot be filled in, ``UNREAD`` before anybody asked."""

    kind: str
    workflow: str
    step: str
    action: Called
    retry_s: float
    bundle_s: float | None
    not_after: float
    text: int | None = UNREAD


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A state that runs stay in, whatever the hour; ``state`` holds the times of its first."""

    workflow: str
    state: State

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return isinstance(self.state, Ended)


@dataclass(frozen=True, slots=True)
class Note:
    """What is counted of a move: a branch that was taken, a step that was skipped or failed, a
    wait that brought nothing, a run that ended."""

    workflow: str
    step: str
    what: str
    why: str


@dataclass(slots=True, eq=False)
class Moved:
    """What a move gives. The run is looked at again after ``wait_s``, or at ``wake_at`` (seconds
    since the begin), or at no time. ``passed`` are the steps that are over with it; ``uses``
    counts how often the move was made."""

    node: Node
    person: Person
    intent: Intent | None
    enrolls: tuple[str, ...]
    passed: tuple[str, ...]
    notes: tuple[Note, ...]
    wait_s: float | None = None
    wake_at: float | None = None
    uses: int = 0


@dataclass(slots=True)
class Moves:
    """All moves of these programs that were made so far; ``loose`` notes those not kept."""

    programs: Mapping[str, Program]
    begin: datetime
    kept: dict[tuple[object, ...], Moved] = field(default_factory=dict[tuple[object, ...], Moved])
    verdicts: dict[tuple[object, ...], Enter | NotEntered] = field(
        default_factory=dict[tuple[object, ...], Enter | NotEntered]
    )
    loose: Counter[Note] = field(default_factory=Counter["Note"])
    asked: int = 0
    _nodes: dict[tuple[object, ...], Node] = field(default_factory=dict[tuple[object, ...], Node])
    _people: dict[tuple[object, ...], Person] = field(
        default_factory=dict[tuple[object, ...], Person]
    )
    _same: dict[tuple[int, int], tuple[Person, Mapping[str, Value], EventFact]] = field(
        default_factory=dict[tuple[int, int], "tuple[Person, Mapping[str, Value], EventFact]"]
    )
    _cuts: dict[tuple[str, Person], list[float] | None] = field(
        default_factory=dict[tuple[str, Person], "list[float] | None"]
    )

    def person(self, contact: Mapping[str, Value], trigger: EventFact) -> Person:
        """Return the one value that stands for these facts."""
        same = self._same.get((id(contact), id(trigger)))
        if same is not None:
            return same[0]
        key = (trigger.name, *_items(contact), None, *_items(trigger.properties))
        found = self._people.get(key)
        if found is None:
            found = self._people[key] = Person(contact, trigger)
        self._same[id(contact), id(trigger)] = (found, contact, trigger)  # kept, so ids stay theirs
        return found

    def first(self, workflow: str) -> Node:
        """Return where a run of this workflow begins."""
        return self._node(workflow, Ready(self.programs[workflow].first, {}))

    def entering(
        self, workflow: str, person: Person, now: float, *, by_step: bool = False
    ) -> Enter | NotEntered:
        """Decide who comes in, by the event at the door or by a step of another workflow."""
        key = (workflow, person, by_step, self._era(workflow, person, now))
        found = self.verdicts.get(key)
        if found is None:
            program, at = self.programs[workflow], self._moment(now)
            facts = Facts(person.contact, person.trigger)
            found = self.verdicts[key] = (
                enter_by_step(program, facts, at)
                if by_step
                else enter(program, replace(person.trigger, at=at), facts, at, None)
            )
        return found

    def move(self, person: Person, node: Node, heard: Heard, now: float, until: float) -> Moved:
        """Move a run of this person on; ``until`` is when its state would wake it by itself."""
        cuts = self._cuts.get((node.workflow, person), _UNCUT)
        era = 0 if cuts is _NEVER else self._era(node.workflow, person, now)
        key = (person, node, heard, now >= until, era)
        found = self.kept.get(key)
        if found is None:
            found = self._ask(person, node, heard, now, until)
            if self._cuts[node.workflow, person] is None:
                self.loose.update(found.notes)
            else:
                self.kept[key] = found
        found.uses += 1
        return found

    def noted(self) -> Counter[Note]:
        """Return how often each thing was noted since the last time; counting begins anew."""
        total, self.loose = self.loose, Counter["Note"]()
        for moved in self.kept.values():
            for note in moved.notes if moved.uses else ():
                total[note] += moved.uses
            moved.uses = 0
        return total

    def _ask(self, person: Person, node: Node, heard: Heard, now: float, until: float) -> Moved:
        self.asked += 1
        program, at = self.programs[node.workflow], self._moment(now)
        state = self._timed(node.state, until)
        trigger = replace(person.trigger, at=self.begin)
        run = Run(
            SOMEBODY, node.workflow, _once(program, person, at), self.begin, self.begin, state
        )
        facts = Facts(person.contact, trigger)
        result = advance(program, run, _signal(node, heard, person, at), facts, at)
        calls = [a for a in result.actions if isinstance(a, Called)]
        contact = dict(person.contact)
        for action in result.actions:
            if isinstance(action, SetField):
                _write(contact, action)
        moved = Moved(
            node=self._node(node.workflow, result.state),
            person=person if contact == person.contact else self.person(contact, person.trigger),
            intent=self._intent(node.workflow, calls[0], at) if calls else None,
            enrolls=tuple(a.workflow for a in result.actions if isinstance(a, Enroll)),
            passed=tuple(_passed(program, node.state, result.state)),
            notes=tuple(note for r in result.records if (note := _note(node.workflow, r))),
        )
        self._set_wake(moved, program, result.state, at)
        return moved

    def _intent(self, workflow: str, action: Called, at: datetime) -> Intent:
        bundle = action.bundle if isinstance(action, PostMessage) else None
        not_after = action.not_after if isinstance(action, SendEmail) else None
        return Intent(
            KINDS[type(action)],
            workflow,
            action.key.step,
            action,
            (action.retry_until - at).total_seconds(),
            None if bundle is None else bundle.total_seconds(),
            FAR if not_after is None else (not_after - self.begin).total_seconds(),
        )

    def _set_wake(self, moved: Moved, program: Program, state: State, at: datetime) -> None:
        wake_at = wakes_at(state)
        if wake_at is None:
            return
        flat = program.steps.get(state.step or "")
        step = flat.step if isinstance(flat, FlatStep) else None
        if isinstance(state, Sleeping) and not state.gives_up and not isinstance(step, WaitStep):
            moved.wake_at = (wake_at - self.begin).total_seconds()
        else:
            moved.wait_s = (wake_at - at).total_seconds()

    def _node(self, workflow: str, state: State) -> Node:
        more: object = None
        match state:
            case Sleeping(local=local, gives_up=gives_up):
                more = (local, gives_up)
            case Ended(reason=reason):
                more = reason
            case _:
                pass
        visits = tuple(sorted(state.visits.items()))
        key = (workflow, type(state), state.step, visits, more)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = Node(workflow, state)
        return found

    def _timed(self, state: State, until: float) -> State:
        if isinstance(state, Ready | Ended):
            return state
        return replace(state, until=self._moment(until))

    def _moment(self, seconds: float) -> datetime:
        return plus(self.begin, timedelta(seconds=min(seconds, 2.5e11)))

    def _era(self, workflow: str, person: Person, now: float) -> float:
        """Between which absolute times of this person's workflow the moment lies."""
        key = (workflow, person)
        if key not in self._cuts:
            self._cuts[key] = self._cuts_of(self.programs[workflow], person)
        cuts = self._cuts[key]
        return now if cuts is None else bisect_right(cuts, now)

    def _cuts_of(self, program: Program, person: Person) -> list[float] | None:
        if any(_looks_at_the_clock(condition) for condition in conditions_of(program)):
            return None
        cuts: set[float] = set()
        for flat in program.steps.values():
            if not isinstance(flat, FlatStep):
                continue
            match flat.step:
                case SendStep(not_after=time) if time is not None:
                    at = self._time(time, person)
                    if at is not None:  # at that very moment it is not late yet
                        cuts |= {at, at + 1e-6}
                case WaitUntilStep(until=WallTime() | RelativeTime() as time, at_most=at_most):
                    at = self._time(time, person)
                    if at is not None:
                        cuts |= {at, at - (at_most.total_seconds() if at_most else 0.0)}
                case _:
                    pass
        return sorted(cuts) or _NEVER

    def _time(self, time: WallTime | RelativeTime, person: Person) -> float | None:
        if isinstance(time, WallTime):
            at = instant(time)
        else:
            scope = person.contact if time.ref.scope == "contact" else person.trigger.properties
            at = moment(scope.get(time.ref.name))
            at = None if at is None else plus(at, time.offset)
        return None if at is None else (at - self.begin).total_seconds()


def _items(values: Mapping[str, Value]) -> Iterator[tuple[str, type, Value]]:
    """What tells two sets of facts apart; ``Decimal(1)`` and ``True`` are two values."""
    for name in sorted(values):
        value = values[name]
        yield name, type(value), value


def _once(program: Program, person: Person, at: datetime) -> str:
    verdict = enter_by_step(program, Facts(person.contact, person.trigger), at)
    return verdict.once_value if isinstance(verdict, Enter) else ""


def _signal(node: Node, heard: Heard, person: Person, at: datetime) -> Signal:
    state = node.state
    if isinstance(heard, Standing):
        key = state.key if isinstance(state, AwaitingAction) else None
        key = state.look if isinstance(state, AwaitingSync) else key
        assert key is not None, "only a run that waits for an action hears of one"
        return ActionSettled(key, heard)
    if heard == START:
        return Started()
    if heard == CAME:
        assert isinstance(state, AwaitingEvent)
        event = EventFact(UUID(int=2), state.event, person.trigger.properties, at)
        return EventArrived(event)
    return Due()


def _note(workflow: str, record: Record) -> Note | None:
    match record:
        case Took(step=step, branch=branch):
            return Note(workflow, step, "branch", branch)
        case Skipped(step=step, reason=reason):
            return Note(workflow, step, "skipped", reason)
        case Failed(step=step, state=state, then=then):
            word = "not done in time" if state is Standing.PENDING else str(state)
            return Note(workflow, step, "failed", f"{word}, then: {then}")
        case GaveUpWaiting(step=step, because=because):
            return Note(workflow, step, "gave up", because)
        case Over(reason=reason):
            return Note(workflow, "", "ended", reason)
        case _:
            return None


def _write(contact: dict[str, Value], action: Action) -> None:
    assert isinstance(action, SetField)
    for name, write in action.fields.items():
        value = apply(write, contact.get(name))
        if value is None:
            contact.pop(name, None)
        else:
            contact[name] = value


def _passed(program: Program, before: State, after: State) -> Iterator[str]:
    """The steps that are over with a move: the one that was waited at, and those gone through."""
    if before.step is not None and before.visits and not isinstance(before, Ended):
        yield before.step
    entered = [
        name for name in program.steps if after.visits.get(name, 0) > before.visits.get(name, 0)
    ]
    for name in entered:
        if isinstance(after, Ended) or name != after.step:
            yield name


def conditions_of(program: Program) -> Iterator[Condition]:
    """Every condition of a workflow: its branches, its waits, its rules."""
    for flat in program.steps.values():
        if isinstance(flat, FlatChoice):
            yield from (branch.condition for branch in flat.branches)
        elif isinstance(flat.step, WaitForStep) and flat.step.where_ is not None:
            yield flat.step.where_
    rules = (program.stops, program.success)
    yield from (rule.where_ for rule in rules if rule is not None and rule.where_ is not None)
    if program.starts.only_if is not None:
        yield program.starts.only_if


def _looks_at_the_clock(condition: Condition) -> bool:
    match condition:
        case Within():
            return True
        case All(parts) | Any(parts) | Nothing(parts):
            return any(_looks_at_the_clock(part) for part in parts)
        case _:
            return False
