"""Runs of a test: who enters, and how runs move, by the functions that the runtime uses too."""

from __future__ import annotations

from leadline.journey.action import Enroll, PostMessage, SaveRecord, SetField
from leadline.journey.advance import advance
from leadline.journey.doors import doors
from leadline.journey.facts import EventFact, Facts
from leadline.journey.program import Program
from leadline.journey.record import Failed
from leadline.journey.reentry import Enter, NotEntered, WhyNot, enter_by_step
from leadline.journey.run import Run
from leadline.journey.set_field import apply
from leadline.journey.signal import ActionSettled, Signal, Started
from leadline.journey.state import AwaitingAction, Ended, EndReason, Ready, wakes_at
from leadline.journey.state import State as RunState
from leadline.journey.success import counts_as_success
from leadline.journey.timing import plus
from leadline.journey.wake import wake
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State, over_past_deadline
from leadline.project.cases import Happens
from leadline.rehearsal.happened import Called, Came, Counted, Entered, Noted, Settled
from leadline.rehearsal.world import Running, Standing, World, time_is_over


def happens(world: World, line: Happens) -> None:
    """The contact does something: she enters what it starts, and her runs see it."""
    at = plus(world.now, -line.late_by)
    fact = EventFact(world.new_id("event"), line.event, line.properties, at)
    world.events.append(fact)
    world.tell(Came(line.event, at))
    declared = world.project.events.get(line.event)
    facts = Facts(world.contact, fact)
    programs = world.project.programs.values()
    late_after = world.project.defaults.late_after
    for program, verdict in doors(programs, declared, fact, facts, world.now, late_after):
        _enter(world, program, verdict, fact, line.event)
    for running in list(world.runs.values()):
        _count(world, running, fact)
        _wake(world, running)


def look(world: World, running: Running) -> None:
    """The time has come that a run waits for."""
    state = running.run.state
    if isinstance(state, AwaitingAction):
        standing = world.actions.get(state.key)
        if standing is None or state.until > world.now:
            return
        if over_past_deadline(standing.state) is not None:
            _move(world, running, ActionSettled(state.key, standing.state, standing.reason))
        return
    _wake(world, running)


def hear(world: World, key: ActionKey) -> None:
    """A run hears where its action stands."""
    running, standing = world.runs.get(key.enrollment), world.actions[key]
    if running is not None:
        _move(world, running, ActionSettled(key, standing.state, standing.reason))


def _wake(world: World, running: Running) -> None:
    if isinstance(running.run.state, Ended):
        return
    signal = wake(running.program, running.run, _facts(world, running), world.now)
    if signal is not None:
        _move(world, running, signal)


def _facts(world: World, running: Running) -> Facts:
    since, awaited = running.run.trigger_at, running.program.awaits
    events = tuple(e for e in world.events if e.at >= since and e.name in awaited)
    return Facts(world.contact, running.trigger, events)


def _count(world: World, running: Running, fact: EventFact) -> None:
    run = running.run
    if run.id not in world.succeeded and counts_as_success(
        running.program, run.once_value, run.trigger_at, fact, world.contact
    ):
        world.succeeded.add(run.id)
        world.tell(Counted(run.workflow, fact.name))


# ---------------------------------------------------------------- entering


def _enter(
    world: World,
    program: Program,
    verdict: Enter | NotEntered,
    trigger: EventFact | None,
    cause: str,
) -> None:
    name = program.workflow
    if isinstance(verdict, NotEntered):
        world.tell(Entered(name, cause, verdict.reason, verdict.detail))
        return
    if (name, verdict.once_value) in world.entered:
        world.tell(Entered(name, cause, WhyNot.ALREADY_ENTERED))
        return
    world.entered.add((name, verdict.once_value))
    world.tell(Entered(name, cause))
    run = Run(
        id=world.new_id("run"),
        workflow=name,
        once_value=verdict.once_value,
        started_at=world.now,
        trigger_at=world.now if trigger is None else trigger.at,
        state=Ready(program.first, {}),
    )
    running = Running(program, run, trigger, world.now)
    world.runs[run.id] = running
    _move(world, running, Started())


def _enroll(world: World, running: Running, action: Enroll) -> None:
    target = world.project.programs[action.workflow]
    facts = Facts(world.contact, running.trigger)
    cause = f"{running.run.workflow}/{action.key.step}"
    _enter(world, target, enter_by_step(target, facts, world.now), running.trigger, cause)


# ---------------------------------------------------------------- moving


def _move(world: World, running: Running, signal: Signal) -> None:
    run = running.run
    result = advance(running.program, run, signal, _facts(world, running), world.now)
    if result.state is run.state:
        return
    running.run = Run(
        run.id, run.workflow, run.once_value, run.started_at, run.trigger_at, result.state
    )
    running.at = world.now
    for record in result.records:
        world.tell(Noted(run.workflow, run.id, record))
        if isinstance(record, Failed) and record.state is State.REJECTED:
            _bury(world, record, result.state)
    for action in result.actions:
        match action:
            case SetField():
                _set(world, action)
            case Enroll():
                _enroll(world, running, action)
            case _:
                _intend(world, running, action)
    until = wakes_at(result.state)
    if until is not None:
        world.look_at(max(until, world.now), run.id)


def _bury(world: World, failed: Failed, after: RunState) -> None:
    """A refused action whose run ends in the dead letters is one of them: replay finds it."""
    if isinstance(after, Ended) and after.reason is EndReason.DEAD_LETTER:
        world.actions[failed.key].state = State.DEAD
        world.tell(Settled(failed.key, State.DEAD, failed.reason))


def _set(world: World, action: SetField) -> None:
    for name, write in action.fields.items():
        value = apply(write, world.contact.get(name))
        world.contact.pop(name, None)
        if value is not None:
            world.contact[name] = value


def _intend(world: World, running: Running, action: Called) -> None:
    """Write an action down; a post waits for its bundle."""
    due = world.now
    if isinstance(action, PostMessage) and action.bundle is not None:
        due = plus(due, action.bundle)
    ordinal = len(world.actions)
    standing = Standing(action, running.run.workflow, world.now, ordinal, due, world.now)
    world.actions[action.key] = standing
    if isinstance(action, SaveRecord):
        world.open_writes.setdefault(action.record, {})[action.key] = standing
    world.work_at(due, action.key)
    world.work_at(time_is_over(action), action.key)
