"""The interpreter: one move of one run, from a signal to a state in which it must wait.

Pure and total: it knows no clock and draws no chance; facts that are missing or odd become
records and edges, never exceptions. The same inputs give the same move, so the runtime, a
forecast, a test of the project and a replay of the decisions all use this one function.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from leadline.journey import acting, outcome, waiting
from leadline.journey.action import Action
from leadline.journey.facts import EventFact, FactRequest, Facts
from leadline.journey.match import stop_event
from leadline.journey.program import Flat, FlatChoice, FlatStep, Program
from leadline.journey.record import Entered, Record, Resumed
from leadline.journey.run import Move, Run, Sheet, sheet_of
from leadline.journey.signal import (
    ActionSettled,
    Due,
    EventArrived,
    Replayed,
    Signal,
    Started,
    Stopped,
)
from leadline.journey.state import (
    AwaitingAction,
    AwaitingEvent,
    AwaitingSync,
    Ended,
    EndReason,
    Ready,
    Sleeping,
    State,
)
from leadline.journey.timing import plus
from leadline.project.workflow import (
    EnrollStep,
    PostStep,
    SaveStep,
    SendStep,
    SetStep,
    StopStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)

MAX_VISITS = 100
"""How often a run may come by one step: a cycle that waits in between ends there.

Two years of weekly reminders are a campaign that should say so; a loop by mistake is caught
before it has filled a mailbox.
"""


@dataclass(frozen=True, slots=True)
class Advance:
    """What a move gives: the state it ends in, what it intends, and what it writes down.

    A signal that changes nothing gives the very state that went in, and nothing else.
    """

    state: State
    actions: tuple[Action, ...] = ()
    records: tuple[Record, ...] = ()


def advance(program: Program, run: Run, signal: Signal, facts: Facts, now: datetime) -> Advance:
    """Move one run on until it must wait.

    ``now`` carries a zone. A signal that does not concern the run, or comes twice, too early or
    too late, changes nothing. A move does at most as many steps as the workflow has, so a cycle
    without a wait ends the run as a loop.
    """
    if isinstance(run.state, Ended) and _is_final(run.state, signal):
        return Advance(run.state)
    sheet = sheet_of(program, run, facts, now)
    move = _react(sheet, run.state, signal)
    if move is run.state:
        return Advance(run.state)
    after = _go_on(sheet, move)
    return Advance(after, tuple(sheet.actions), tuple(sheet.records))


def facts_needed(program: Program, state: State, signal: Signal) -> FactRequest:
    """Say what ``advance`` may look at, before anything is fetched."""
    if isinstance(state, Ended) and _is_final(state, signal):
        return FactRequest(frozenset(), frozenset())
    return FactRequest(program.fields, program.awaits)


def _is_final(ended: Ended, signal: Signal) -> bool:
    """Whether nothing moves it: only a dead letter goes on, replayed or by late evidence."""
    if ended.reason is not EndReason.DEAD_LETTER:
        return True
    if isinstance(signal, ActionSettled):
        return ended.key != signal.key or not outcome.shows_effect(signal.state)
    return not isinstance(signal, Replayed)


# ---------------------------------------------------------------- signals


def _react(sheet: Sheet, state: State, signal: Signal) -> Move:
    """Answer a signal; the state itself is returned where it concerns nothing here."""
    if isinstance(signal, Stopped) and signal.event is None:
        detail = ": ".join(part for part in (signal.by, signal.why) if part)
        return sheet.end(EndReason.BY_PERSON, detail, state.step)
    events = _events(sheet, signal)
    stopping = stop_event(sheet.program, sheet.run, events, sheet.facts, sheet.now)
    if stopping is not None:
        detail = f"{stopping.name} at {stopping.at:%Y-%m-%d %H:%M:%S %Z}"
        return sheet.end(EndReason.STOPPED, detail, state.step)
    if isinstance(state, Ended):
        return _resume(sheet, state, signal)
    match signal:
        case Started() | Due() | EventArrived() | Stopped():
            return _look(sheet, state, events)
        case ActionSettled():
            return _settled(sheet, state, signal)
        case Replayed():
            return state
        case _:
            assert_never(signal)


def _events(sheet: Sheet, signal: Signal) -> tuple[EventFact, ...]:
    """Return what happened since the trigger, with the event of the signal itself."""
    known = sheet.facts.events
    event = signal.event if isinstance(signal, EventArrived | Stopped) else None
    if event is None or any(each.id == event.id for each in known):
        return known
    return (*known, event)


def _look(
    sheet: Sheet,
    state: Ready | Sleeping | AwaitingEvent | AwaitingSync | AwaitingAction,
    events: tuple[EventFact, ...],
) -> Move:
    """Look at the clock and at what happened; an action is only ever over by its own signal."""
    match state:
        case Ready():
            return _begin(sheet, state)
        case AwaitingAction():
            return state
        case _:
            pass
    flat = sheet.program.steps.get(state.step)
    if not isinstance(flat, FlatStep):
        return _lost(sheet, state.step)
    match state, flat.step:
        case Sleeping(), WaitStep() | WaitUntilStep() as step:
            return waiting.slept(sheet, step, flat.next, state)
        case AwaitingEvent(), WaitForStep() as step:
            return waiting.event_awaited(sheet, step, flat.next, state, events)
        case AwaitingSync(), WaitUntilStep() as step:
            return waiting.sync_awaited(sheet, step, flat.next, state)
        case _:
            return _lost(sheet, state.step)


def _begin(sheet: Sheet, state: Ready) -> Move:
    if not sheet.visits:
        trigger = sheet.facts.trigger
        sheet.records.append(Entered(None if trigger is None else trigger.name))
    return state.step


def _settled(sheet: Sheet, state: State, signal: ActionSettled) -> Move:
    awaited = state.key if isinstance(state, AwaitingAction) else None
    awaited = state.look if isinstance(state, AwaitingSync) else awaited
    if awaited != signal.key:
        return state
    flat = sheet.program.steps.get(signal.key.step)
    now_is = (signal.state, signal.reason)
    match state, flat:
        case AwaitingAction(), FlatStep(SendStep() | SaveStep() | PostStep() as step, after):
            return outcome.settled(sheet, step, after, state, now_is)
        case AwaitingSync(), FlatStep(WaitUntilStep() as step, after):
            return waiting.looked(sheet, step, after, state, now_is)
        case _:
            return _lost(sheet, signal.key.step)


def _resume(sheet: Sheet, ended: Ended, signal: Signal) -> Move:
    """Take a dead letter up again.

    Replayed, its action is waited for anew under the old key, and a wait is begun once more.
    Late evidence that the action had its effect is as good as its being accepted.
    """
    flat = sheet.program.steps.get(ended.step or "")
    if not isinstance(flat, FlatStep) or ended.key is None:
        return ended
    match signal:
        case Replayed(by):
            sheet.records.append(Resumed(ended.step, by))
            if isinstance(flat.step, SendStep | SaveStep | PostStep):
                until = plus(sheet.now, flat.step.policy.retry_for)
                return AwaitingAction(flat.step.name, ended.key, until, sheet.visits)
            return flat.step.name
        case ActionSettled():
            sheet.records.append(Resumed(ended.step, "late evidence"))
            return outcome.done(sheet, ended.key, signal.state, signal.reason, flat.next)
        case _:
            return ended


def _lost(sheet: Sheet, step: str) -> Ended:
    """End a run whose step is not in its program, or is another kind of step there."""
    return sheet.end(EndReason.STEP_MISSING, f'the step "{step}" is not there any more', step)


# ---------------------------------------------------------------- steps


def _go_on(sheet: Sheet, move: Move) -> State:
    """Do steps until one of them gives a state to stay in."""
    fuel = sheet.program.fuel
    while isinstance(move, str):
        flat = sheet.program.steps.get(move)
        if flat is None:
            return _lost(sheet, move)
        visit = sheet.visits.get(move, 0) + 1
        if fuel == 0 or visit > MAX_VISITS:
            return sheet.end(EndReason.LOOP, f'it came by "{move}" again and again', move)
        fuel -= 1
        sheet.visits[move] = visit
        move = _do(sheet, flat)
    return sheet.end(EndReason.COMPLETED) if move is None else move


def _do(sheet: Sheet, flat: Flat) -> Move:
    if isinstance(flat, FlatChoice):
        return acting.choose(sheet, flat)
    match flat.step:
        case SendStep() as step:
            return acting.send(sheet, step, flat.next)
        case SaveStep() as step:
            return acting.save(sheet, step, flat.next)
        case PostStep() as step:
            return acting.post(sheet, step)
        case SetStep() as step:
            return acting.set_fields(sheet, step, flat.next)
        case WaitStep() as step:
            return waiting.wait(sheet, step, flat.next)
        case WaitUntilStep() as step:
            return waiting.wait_until(sheet, step, flat.next)
        case WaitForStep() as step:
            return waiting.wait_for(sheet, step, flat.next)
        case EnrollStep() as step:
            return acting.enroll(sheet, step, flat.next)
        case StopStep() as step:
            return acting.stop(sheet, step)
        case _:
            assert_never(flat.step)
