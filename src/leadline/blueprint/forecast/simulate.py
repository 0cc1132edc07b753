"""A forecast's virtual clock: people arrive, move by the interpreter, and wait for connections.

One replication of ``simulate`` is one possible day: who the people are, when they come, how long
each answer takes and what fails are draws by counter hash. Nothing here looks at a clock.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from typing import NamedTuple

from leadline.blueprint.forecast.connection import Connection, Pace
from leadline.blueprint.forecast.desk import Book, Desk, Open
from leadline.blueprint.forecast.draws import Stream
from leadline.blueprint.forecast.meter import FAR
from leadline.blueprint.forecast.moves import (
    CAME,
    DUE,
    START,
    UNREAD,
    Heard,
    Intent,
    Moved,
    Moves,
    Node,
    Note,
    Person,
    conditions_of,
)
from leadline.expression.reads import reads
from leadline.expression.types import Value
from leadline.journey.facts import EventFact
from leadline.journey.program import FlatStep, Program, source_ref
from leadline.journey.reentry import Enter
from leadline.journey.state import AwaitingAction, AwaitingEvent
from leadline.ledger.transitions import EFFECT, OPEN, State
from leadline.message.render import RenderedEmail, RenderedText, render
from leadline.project.project import Message
from leadline.project.workflow import (
    PostStep,
    Promise,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
    WaitForStep,
)

HOUR_S = 3600.0
Key = tuple[str, str]
"""A workflow and a step of it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event: when (seconds since the begin), whose, and her facts."""

    at: float
    who: int
    contact: Mapping[str, Value]
    trigger: EventFact


@dataclass(frozen=True, slots=True)
class Setting:
    """What is forecast: ``programs`` are all of the project, ``entered`` those that are named.

    ``does`` says which share of people does what a step waits for. The clock stops after
    ``horizon_s``.
    """

    programs: Mapping[str, Program]
    entered: tuple[str, ...]
    connections: Mapping[str, Connection]
    messages: Mapping[str, Message]
    promises: Mapping[str, Promise]
    time_zone: str
    begin: datetime
    horizon_s: float
    pace: Pace
    does: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(slots=True)
class StepTimes:
    """When a step was over for each run that came by, and how long after its trigger (seconds)."""

    over_at: array[float] = field(default_factory=lambda: array("d"))
    after: array[float] = field(default_factory=lambda: array("d"))
    failed: int = 0


@dataclass(slots=True)
class Tally:
    """What one replication gave; ``in_time`` counts the runs that kept their workflow's promise."""

    steps: dict[Key, StepTimes]
    books: dict[str, Book]
    arrived: int = 0
    entered: Counter[str] = field(default_factory=Counter[str])
    not_entered: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    waiting: Counter[str] = field(default_factory=Counter[str])
    in_time: Counter[str] = field(default_factory=Counter[str])
    notes: Counter[Note] = field(default_factory=Counter[Note])
    running: int = 0
    moves: int = 0


@dataclass(slots=True)
class _Run:
    """One enrollment. ``turn`` grows with each move, so that an old alarm is known as such."""

    who: int
    arrived_at: float
    person: Person
    node: Node
    until: float = FAR
    turn: int = 0
    written_at: float = 0.0


class _Alarm(NamedTuple):
    """What a run hears at a moment, unless it has moved since."""

    run: int
    turn: int
    heard: Heard


@dataclass(slots=True, eq=False)
class _Deadlines:
    """Actions of one policy: they come to their end in the order of their intention."""

    waiting: deque[Open] = field(default_factory=deque[Open])
    called: bool = False


@dataclass(slots=True, eq=False)
class _World:
    """The state of one replication."""

    setting: Setting
    moves: Moves
    lengths: dict[tuple[object, ...], int | None]
    tally: Tally
    came: Stream
    begin: datetime
    acting: frozenset[Key]
    arrivals: Iterator[Arrival]
    desks: dict[str, Desk] = field(default_factory=dict[str, Desk])
    heap: list[tuple[float, int, Callable[[object, float], None], object]] = field(
        default_factory=list[tuple[float, int, Callable[[object, float], None], object]]
    )
    count: int = 0
    runs: list[_Run] = field(default_factory=list[_Run])
    contacts: dict[int, Mapping[str, Value]] = field(default_factory=dict[int, Mapping[str, Value]])
    inside: set[tuple[str, int, str]] = field(default_factory=set[tuple[str, int, str]])
    admitted: dict[str, deque[float]] = field(default_factory=dict[str, deque[float]])
    arrived: list[Arrival] = field(default_factory=list[Arrival])
    moving: list[tuple[int, Heard]] = field(default_factory=list[tuple[int, Heard]])
    tick_at: float = FAR
    deadlines: dict[float, _Deadlines] = field(default_factory=dict[float, _Deadlines])

    # ------------------------------------------------------------ the clock

    def call(self, at: float, what: Callable[[object, float], None], argument: object) -> None:
        self.count += 1
        heappush(self.heap, (at, self.count, what, argument))

    def run(self) -> None:
        """Let the clock run until nothing is left to do, or until the horizon."""
        self._await_next(0.0)
        heap, horizon_s = self.heap, self.setting.horizon_s
        while heap and heap[0][0] <= horizon_s:
            at, _, what, argument = heappop(heap)
            what(argument, at)

    def _await_next(self, now: float) -> None:
        """Take in who arrived, and wait for the next."""
        if self.arrived:
            self._tick(now)
        following = next(self.arrivals, None)
        if following is not None:
            self.call(following.at, self._arrive, following)

    def _arrive(self, arrival: object, now: float) -> None:
        assert isinstance(arrival, Arrival)
        self.arrived.append(arrival)
        self._await_next(now)

    def _tick(self, now: float) -> None:
        """Leadline looks at people every so often: what came by then moves together."""
        if self.tick_at == FAR:
            step = self.setting.pace.people_s
            self.tick_at = math.floor(now / step) * step + step
            self.call(self.tick_at, self._move_people, None)

    def _move_people(self, _: object, now: float) -> None:
        self.tick_at = FAR
        arrived, self.arrived = self.arrived, []
        for arrival in arrived:
            self._route(arrival, now)
        moving, self.moving = self.moving, []
        for run, heard in moving:
            self._move(run, heard, now)

    # ------------------------------------------------------------ entering

    def _route(self, arrival: Arrival, now: float) -> None:
        self.tally.arrived += 1
        contact = self.contacts.setdefault(arrival.who, arrival.contact)
        for workflow in self.setting.entered:
            program = self.setting.programs[workflow]
            if arrival.trigger.name in program.starts.when:
                person = self.moves.person(contact, arrival.trigger)
                self._enter(workflow, arrival.who, person, arrival.at, now)

    def _enter(
        self,
        workflow: str,
        who: int,
        person: Person,
        at: float,
        now: float,
        *,
        by_step: bool = False,
    ) -> None:
        tally = self.tally
        verdict = self.moves.entering(workflow, person, now, by_step=by_step)
        if not isinstance(verdict, Enter):
            tally.not_entered[workflow, verdict.reason] += 1
            return
        if (workflow, who, verdict.once_value) in self.inside:
            tally.not_entered[workflow, "already entered"] += 1
            return
        if not by_step and not self._admit(workflow, now):
            tally.waiting[workflow] += 1
            return
        self.inside.add((workflow, who, verdict.once_value))
        tally.entered[workflow] += 1
        self.runs.append(_Run(who, at, person, self.moves.first(workflow)))
        if by_step:
            self.moving.append((len(self.runs) - 1, START))
            self._tick(now)
        else:
            self._move(len(self.runs) - 1, START, now)

    def _admit(self, workflow: str, now: float) -> bool:
        """Let through what ``max_burst`` allows an hour; the rest waits for a person."""
        last_hour = self.admitted.setdefault(workflow, deque())
        while last_hour and last_hour[0] <= now - HOUR_S:
            last_hour.popleft()
        if len(last_hour) >= self.setting.programs[workflow].starts.max_burst:
            return False
        last_hour.append(now)
        return True

    # ------------------------------------------------------------ moving

    def _move(self, number: int, heard: Heard, now: float) -> None:
        run = self.runs[number]
        contact = self.contacts[run.who]
        if run.person.contact is not contact:  # another run of hers wrote it
            run.person = self.moves.person(contact, run.person.trigger)
        moved = self.moves.move(run.person, run.node, heard, now, run.until)
        self.tally.moves += 1
        if moved.person is not run.person:
            run.person = moved.person
            self.contacts[run.who] = moved.person.contact
        workflow = moved.node.workflow
        for step in moved.passed:
            if (workflow, step) not in self.acting:  # those are over with their answer
                times = self.tally.steps[workflow, step]
                times.over_at.append(now)
                times.after.append(now - run.arrived_at)
        if moved.node is run.node and moved.intent is None:
            return
        run.node = moved.node
        run.turn += 1
        for child in moved.enrolls:
            self._enter(child, run.who, run.person, run.arrived_at, now, by_step=True)
        self._wait(number, run, moved, now)

    def _wait(self, number: int, run: _Run, moved: Moved, now: float) -> None:
        run.until = FAR
        if moved.wake_at is not None:
            run.until = moved.wake_at
        elif moved.wait_s is not None:
            run.until = now + moved.wait_s
        action = None
        if moved.intent is not None:
            action = self._intend(number, run, moved.intent, now)
        if action is not None and isinstance(moved.node.state, AwaitingAction):
            self._await_deadline(action)
        elif run.until < FAR:
            self.call(run.until, self._ring, _Alarm(number, run.turn, DUE))
        if isinstance(moved.node.state, AwaitingEvent):
            share = self.setting.does.get(moved.node.state.event, 0.0)
            if share and self.came.next() < share:
                at = now + self.came.next() * (run.until - now)
                self.call(at, self._ring, _Alarm(number, run.turn, CAME))

    def _ring(self, alarm: object, now: float) -> None:
        assert isinstance(alarm, _Alarm)
        if self.runs[alarm.run].turn == alarm.turn:
            self.moving.append((alarm.run, alarm.heard))
            self._tick(now)

    # ------------------------------------------------------------ actions

    def _intend(self, number: int, run: _Run, intent: Intent, now: float) -> Open:
        self.count += 1
        action = Open(self.count, number, run.who, intent, now)
        self.desks[intent.action.connection].add(action, now)
        return action

    def _await_deadline(self, action: Open) -> None:
        retry_s = action.intent.retry_s
        deadlines = self.deadlines.get(retry_s)
        if deadlines is None:
            deadlines = self.deadlines[retry_s] = _Deadlines()
        queue = deadlines.waiting
        while queue and _is_over(queue[0]):
            queue.popleft()
        if not deadlines.called:
            deadlines.called = True
            self.call(action.until, self._deadline, deadlines)
        queue.append(action)

    def _deadline(self, deadlines: object, now: float) -> None:
        assert isinstance(deadlines, _Deadlines)
        queue = deadlines.waiting
        deadlines.called = False
        while queue and (_is_over(queue[0]) or queue[0].until <= now):
            action = queue.popleft()
            if _is_over(action):
                continue
            state = action.state
            if state is State.SENDING:  # its answer is seconds away
                continue
            if state is State.PENDING:
                self.desks[action.intent.action.connection].give_up(action, now)
            self._hear(action, state, now)
        if queue:
            deadlines.called = True
            self.call(queue[0].until, self._deadline, deadlines)

    def settled(self, action: Open, state: State, at: float) -> None:
        key = (action.intent.workflow, action.intent.step)
        times = self.tally.steps.get(key)
        if times is None:
            return
        if state in EFFECT or state is State.SUPERSEDED:
            run = self.runs[action.run]
            times.over_at.append(at)
            times.after.append(at - run.arrived_at)
            if action.intent.kind == "save":
                run.written_at = at
            promise = self.setting.promises.get(key[0])
            if promise is not None and promise.step == key[1]:
                kept = at - run.arrived_at <= promise.within.total_seconds()
                self.tally.in_time[key[0]] += kept
        self._hear(action, state, at)

    def _hear(self, action: Open, state: State, now: float) -> None:
        if state not in EFFECT and state is not State.SUPERSEDED:
            self.tally.steps[action.intent.workflow, action.intent.step].failed += 1
        self.moving.append((action.run, state))
        self._tick(now)

    def written_at(self, run: int) -> float:
        return self.runs[run].written_at

    def text_length(self, intent: Intent) -> int | None:
        if intent.text == UNREAD:
            intent.text = self._length(intent)
        return intent.text

    def _length(self, intent: Intent) -> int | None:
        values: Mapping[str, Value] = getattr(intent.action, "values", {})
        message: str = getattr(intent.action, "message", "")
        key = (message, *((n, values[n] is None) for n in sorted(values)))
        if key not in self.lengths:
            self.lengths[key] = self._rendered(message, values)
        return self.lengths[key]

    def _rendered(self, message: str, values: Mapping[str, Value]) -> int | None:
        scopes: dict[str, dict[str, Value]] = {}
        for dotted, value in values.items():
            scope, _, name = dotted.partition(".")
            scopes.setdefault(scope, {})[name] = value
        found = render(self.setting.messages[message], scopes, self.setting.time_zone)
        if isinstance(found, RenderedText | RenderedEmail):
            return len(found.text)
        # Only what is missing is a fact; any other fault lies in the stand-ins of a forecast.
        return None if found.missing is not None else len(self.setting.messages[message].body)


def _is_over(action: Open) -> bool:
    return action.state not in OPEN


def action_steps(program: Program) -> Iterator[str]:
    """The steps of a program that a connection carries out."""
    for name, flat in program.steps.items():
        if isinstance(flat, FlatStep) and isinstance(flat.step, SendStep | SaveStep | PostStep):
            yield name


def reached(setting: Setting) -> tuple[str, ...]:
    """The named workflows, and those that they enroll in."""
    found = list(setting.entered)
    for name in found:
        for flat in setting.programs[name].steps.values():
            child = getattr(flat.step, "workflow", None) if isinstance(flat, FlatStep) else None
            if isinstance(child, str) and child not in found:
                found.append(child)
    return tuple(found)


def awaited(setting: Setting) -> tuple[str, ...]:
    """The events that some step waits for."""
    steps = [s for n in reached(setting) for s in setting.programs[n].steps.values()]
    waits = [s.step for s in steps if isinstance(s, FlatStep) and isinstance(s.step, WaitForStep)]
    return tuple(sorted({wait.event for wait in waits}))


def decisive(setting: Setting) -> frozenset[str]:
    """The properties of events that decide anything: branches, times, once_per, what is written.

    What only stands in a text decides nothing.
    """
    found: set[str] = set()
    for name in reached(setting):
        program = setting.programs[name]
        once = program.starts.once_per
        refs = {ref for condition in conditions_of(program) for ref in reads(condition)}
        refs |= {once} if once is not None else set()
        for flat in program.steps.values():
            step = flat.step if isinstance(flat, FlatStep) else None
            time = getattr(step, "until", None) or getattr(step, "not_after", None)
            if isinstance(time, RelativeTime):
                refs.add(time.ref)
            if isinstance(step, SetStep):
                refs |= {r for w in step.fields.values() if (r := source_ref(w)) is not None}
        found |= {ref.name for ref in refs if ref.scope == "event"}
    return frozenset(found)


def simulate(
    setting: Setting,
    arrivals: Iterator[Arrival],
    seed: int,
    replication: int,
    moves: Moves | None = None,
) -> Tally:
    """Let one replication run until nothing is left to do, or until the horizon.

    ``arrivals`` come in the order of their time. ``moves`` may be handed from one replication to
    the next: it holds nothing of either but what the interpreter answered.
    """
    kept = moves or Moves(setting.programs, setting.begin)
    kept.noted()
    steps: dict[Key, StepTimes] = {
        (workflow, step): StepTimes()
        for workflow in reached(setting)
        for step in reversed(list(setting.programs[workflow].steps))  # compiled from the last on
    }
    tally = Tally(steps, {})
    came = Stream(seed, replication, "events that are waited for")
    acting = frozenset((w, s) for w, s in steps if s in set(action_steps(setting.programs[w])))
    world = _World(setting, kept, {}, tally, came, setting.begin, acting, arrivals)
    for name, connection in setting.connections.items():
        answers = Stream(seed, replication, f"answers of {name}")
        chance = Stream(seed, replication, f"failures of {name}")
        world.desks[name] = Desk(connection, setting.pace, world, answers, chance)
        tally.books[name] = world.desks[name].book
    world.run()
    tally.notes = kept.noted()
    tally.running = sum(not run.node.ended for run in world.runs)
    return tally
