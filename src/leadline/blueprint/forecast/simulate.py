"""A forecast's virtual clock: people arrive, move by the interpreter, and wait for connections.

One replication of ``simulate`` is one possible day: who the people are, when they come, how long
each answer takes and what fails are draws by counter hash. Nothing here looks at a clock.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from leadline.blueprint.forecast.desk import Desk
from leadline.blueprint.forecast.draws import Stream
from leadline.blueprint.forecast.entrance import Entrance
from leadline.blueprint.forecast.meter import FAR
from leadline.blueprint.forecast.moves import (
    CAME,
    DUE,
    START,
    Heard,
    Intent,
    Moved,
    Moves,
    Node,
    Person,
)
from leadline.blueprint.forecast.setting import Setting, action_steps, reached
from leadline.blueprint.forecast.tally import Key, StepTimes, Tally
from leadline.blueprint.forecast.texts import Texts
from leadline.blueprint.forecast.timeline import Timeline
from leadline.blueprint.forecast.waiting import Open
from leadline.expression.types import Value
from leadline.journey.facts import EventFact
from leadline.journey.state import AwaitingAction, AwaitingEvent
from leadline.ledger.transitions import EFFECT, OPEN, State


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event: when (seconds since the begin), whose, and her facts."""

    at: float
    who: int
    contact: Mapping[str, Value]
    trigger: EventFact


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
    """The actions of one policy: they come to their end in the order of their intention."""

    timeline: Timeline
    passed: Callable[[Open, float], None]
    waiting: deque[Open] = field(default_factory=deque[Open])
    called: bool = False

    def add(self, action: Open) -> None:
        """Tell of an action once its time is over, unless it is settled by then."""
        waiting = self.waiting
        while waiting and waiting[0].state not in OPEN:
            waiting.popleft()
        if not self.called:
            self.called = True
            self.timeline.call(action.until, self._look, None)
        waiting.append(action)

    def _look(self, _: object, now: float) -> None:
        waiting = self.waiting
        while waiting and (waiting[0].state not in OPEN or waiting[0].until <= now):
            action = waiting.popleft()
            # One that is being sent is not over: its answer is seconds away, and settles it.
            if action.state in OPEN and action.state is not State.SENDING:
                self.passed(action, now)
        self.called = bool(waiting)
        if waiting:
            self.timeline.call(waiting[0].until, self._look, None)


@dataclass(slots=True, eq=False)
class _World:
    """The state of one replication; ``acting`` are the steps that a connection carries out."""

    setting: Setting
    moves: Moves
    tally: Tally
    came: Stream
    acting: frozenset[Key]
    promised_s: Mapping[Key, float]
    arrivals: Iterator[Arrival]
    begin: datetime
    timeline: Timeline
    texts: Texts
    entrance: Entrance
    desks: dict[str, Desk] = field(default_factory=dict[str, Desk])
    runs: list[_Run] = field(default_factory=list[_Run])
    contacts: dict[int, Mapping[str, Value]] = field(default_factory=dict[int, Mapping[str, Value]])
    arrived: list[Arrival] = field(default_factory=list[Arrival])
    moving: list[tuple[int, Heard]] = field(default_factory=list[tuple[int, Heard]])
    tick_at: float = FAR
    deadlines: dict[float, _Deadlines] = field(default_factory=dict[float, _Deadlines])

    # ------------------------------------------------------------ people

    def await_next(self, now: float) -> None:
        """Take in who arrived, and wait for the next."""
        if self.arrived:
            self._tick(now)
        following = next(self.arrivals, None)
        if following is not None:
            self.timeline.call(following.at, self._arrive, following)

    def _arrive(self, arrival: object, now: float) -> None:
        assert isinstance(arrival, Arrival)
        self.arrived.append(arrival)
        self.await_next(now)

    def _tick(self, now: float) -> None:
        """Leadline looks at people every so often: what came by then moves together."""
        if self.tick_at == FAR:
            step = self.setting.pace.people_s
            self.tick_at = math.floor(now / step) * step + step
            self.timeline.call(self.tick_at, self._move_people, None)

    def _move_people(self, _: object, now: float) -> None:
        self.tick_at = FAR
        arrived, self.arrived = self.arrived, []
        for arrival in arrived:
            self._route(arrival, now)
        moving, self.moving = self.moving, []
        for run, heard in moving:
            self._move(run, heard, now)

    def _route(self, arrival: Arrival, now: float) -> None:
        self.tally.arrived += 1
        who = arrival.who
        contact = self.contacts.setdefault(who, arrival.contact)
        for workflow in self.setting.entered:
            if arrival.trigger.name not in self.setting.programs[workflow].starts.when:
                continue
            person = self.moves.person(contact, arrival.trigger)
            if self.entrance.opens(workflow, who, person, now):
                self.runs.append(_Run(who, arrival.at, person, self.moves.first(workflow)))
                self._move(len(self.runs) - 1, START, now)

    def _enroll(self, workflow: str, parent: _Run, now: float) -> None:
        """A step lets her into another workflow; that run begins at the next look."""
        if self.entrance.opens(workflow, parent.who, parent.person, now, by_step=True):
            first = self.moves.first(workflow)
            self.runs.append(_Run(parent.who, parent.arrived_at, parent.person, first))
            self._hear(len(self.runs) - 1, START, now)

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
                self.tally.steps[workflow, step].over(now, run.arrived_at)
        if moved.node is run.node and moved.intent is None:
            return
        run.node = moved.node
        run.turn += 1
        for child in moved.enrolls:
            self._enroll(child, run, now)
        self._wait(number, run, moved, now)

    def _wait(self, number: int, run: _Run, moved: Moved, now: float) -> None:
        run.until = FAR
        if moved.wake_at is not None:
            run.until = moved.wake_at
        elif moved.wait_s is not None:
            run.until = now + moved.wait_s
        state = moved.node.state
        if moved.intent is not None:
            self._intend(number, run, moved.intent, now)
        if run.until < FAR and not isinstance(state, AwaitingAction):
            self.timeline.call(run.until, self._ring, _Alarm(number, run.turn, DUE))
        if isinstance(state, AwaitingEvent):
            share = self.setting.does.get(state.event, 0.0)
            if share and self.came.next() < share:
                at = now + self.came.next() * (run.until - now)
                self.timeline.call(at, self._ring, _Alarm(number, run.turn, CAME))

    def _ring(self, alarm: object, now: float) -> None:
        assert isinstance(alarm, _Alarm)
        if self.runs[alarm.run].turn == alarm.turn:
            self._hear(alarm.run, alarm.heard, now)

    def _hear(self, number: int, heard: Heard, now: float) -> None:
        self.moving.append((number, heard))
        if self.tick_at == FAR:
            self._tick(now)

    # ------------------------------------------------------------ actions

    def _intend(self, number: int, run: _Run, intent: Intent, now: float) -> None:
        action = Open(self.timeline.number(), number, run.who, intent, now)
        self.desks[intent.action.connection].add(action, now)
        if (intent.workflow, intent.step) in self.acting:  # a look ends with its wait
            deadlines = self.deadlines.get(intent.retry_s)
            if deadlines is None:
                deadlines = _Deadlines(self.timeline, self._too_late)
                self.deadlines[intent.retry_s] = deadlines
            deadlines.add(action)

    def _too_late(self, action: Open, now: float) -> None:
        """The time of an action's policy is over: its run hears how it stands."""
        intent, state = action.intent, action.state
        if state is State.PENDING:
            self.desks[intent.action.connection].answers.give_up(action, now)
        self.tally.steps[intent.workflow, intent.step].failed += 1
        self._hear(action.run, state, now)

    def settled(self, action: Open, state: State, at: float) -> None:
        """An action is over: counted, and heard by its run."""
        intent = action.intent
        key = (intent.workflow, intent.step)
        if key in self.acting:
            if state in EFFECT or state is State.SUPERSEDED:
                run = self.runs[action.run]
                self.tally.steps[key].over(at, run.arrived_at)
                if intent.kind == "save":
                    run.written_at = at
                if key in self.promised_s:
                    self.tally.in_time[key[0]] += at - run.arrived_at <= self.promised_s[key]
            else:
                self.tally.steps[key].failed += 1
        self._hear(action.run, state, at)

    def written_at(self, run: int) -> float:
        """When the last write of a run was accepted."""
        return self.runs[run].written_at

    def text_length(self, intent: Intent) -> int | None:
        """How long the text of a message is; None where it cannot be filled in."""
        return self.texts.length(intent)


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
    acting = frozenset(
        (workflow, step)
        for workflow in reached(setting)
        for step in action_steps(setting.programs[workflow])
    )
    tally = Tally(steps)
    world = _World(
        setting=setting,
        moves=kept,
        tally=tally,
        came=Stream(seed, replication, "events that are waited for"),
        acting=acting,
        promised_s={(w, p.step): p.within.total_seconds() for w, p in setting.promises.items()},
        arrivals=arrivals,
        begin=setting.begin,
        timeline=Timeline(),
        texts=Texts(setting.messages, setting.time_zone),
        entrance=Entrance(kept, tally),
    )
    for name, connection in setting.connections.items():
        answers = Stream(seed, replication, f"answers of {name}")
        chance = Stream(seed, replication, f"failures of {name}")
        world.desks[name] = Desk(connection, setting.pace, world, answers, chance)
        tally.books[name] = world.desks[name].book
    world.await_next(0.0)
    world.timeline.run(setting.horizon_s)
    tally.notes = kept.noted()
    tally.running = sum(not run.node.ended for run in world.runs)
    return tally
