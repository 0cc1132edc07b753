"""What a run that was woken is to hear: why it should move now, if it should."""

from __future__ import annotations

from datetime import datetime

from leadline.journey.facts import Facts
from leadline.journey.match import awaited_event, stop_event
from leadline.journey.program import FlatStep, Program
from leadline.journey.run import Run
from leadline.journey.signal import Due, EventArrived, Signal, Stopped
from leadline.journey.state import AwaitingAction, AwaitingEvent, Ended, Ready, wakes_at
from leadline.project.workflow import WaitForStep


def wake(program: Program, run: Run, facts: Facts, now: datetime) -> Signal | None:
    """Return the signal for a run that is due or touched by an event; None: it waits on.

    An event that stops it comes before one that it waits for, and that before the end of its
    wait. A run that waits for its action is never due: the ledger tells it.
    """
    state = run.state
    if isinstance(state, Ended):
        return None
    stopping = stop_event(program, run, facts.events, facts, now)
    if stopping is not None:
        return Stopped(stopping)
    if isinstance(state, AwaitingAction):
        return None
    if isinstance(state, Ready):
        return Due() if state.visits else None
    if isinstance(state, AwaitingEvent):
        flat = program.steps.get(state.step)
        step = flat.step if isinstance(flat, FlatStep) else None
        where = step.where_ if isinstance(step, WaitForStep) else None
        awaited = (state.event, where, state.until)
        found = awaited_event(program, run, awaited, facts.events, facts, now)
        if found is not None:
            return EventArrived(found)
    until = wakes_at(state)
    return Due() if until is not None and until <= now else None
