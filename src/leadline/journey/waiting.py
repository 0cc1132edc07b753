"""The steps that wait: for a span, a time, a system, an event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from leadline.journey.action import Look
from leadline.journey.facts import EventFact
from leadline.journey.match import awaited_event
from leadline.journey.outcome import not_reached
from leadline.journey.program import Target
from leadline.journey.record import Because, Waited, Woke
from leadline.journey.run import Move, Sheet
from leadline.journey.state import AwaitingEvent, AwaitingSync, Sleeping
from leadline.journey.timing import LAST, instant, plus
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State, StepOver, over_for_step
from leadline.project.workflow import (
    HasSeen,
    RelativeTime,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
    WallTime,
)


def wait(sheet: Sheet, step: WaitStep, after: Target) -> Move:
    """Wait for a span, counted from now; a day is 24 hours."""
    until = plus(sheet.now, step.span)
    return _sleep(sheet, _sleeping(sheet, step, until), step, after)


def wait_until(sheet: Sheet, step: WaitUntilStep, after: Target) -> Move:
    """Wait for a time, or for a system.

    A time that is past is no wait; for one that is unknown, ``if_not`` follows at once.
    """
    if isinstance(step.until, HasSeen):
        return _wait_seen(sheet, step, step.until, after)
    return _wait_time(sheet, step, step.until, after)


def _wait_time(
    sheet: Sheet, step: WaitUntilStep, time: RelativeTime | WallTime, after: Target
) -> Move:
    until = sheet.time(time)
    if until is None:
        return not_reached(sheet, step, after, Because.TIME_UNKNOWN)
    bound = _bound(sheet, step.at_most)
    if until > bound:
        return _sleep(sheet, _sleeping(sheet, step, bound, gives_up=True), step, after)
    local = time if isinstance(time, WallTime) else None
    return _sleep(sheet, _sleeping(sheet, step, until, local), step, after)


def _sleeping(
    sheet: Sheet,
    step: WaitStep | WaitUntilStep,
    until: datetime,
    local: WallTime | None = None,
    *,
    gives_up: bool = False,
) -> Sleeping:
    return Sleeping(step.name, until, local, gives_up, sheet.visits)


def _bound(sheet: Sheet, at_most: timedelta | None) -> datetime:
    return LAST if at_most is None else plus(sheet.now, at_most)


def _sleep(sheet: Sheet, sleeping: Sleeping, step: WaitStep | WaitUntilStep, after: Target) -> Move:
    if sleeping.until > sheet.now:
        sheet.records.append(Waited(step.name, sleeping.until, "time"))
        return sleeping
    return _slept(sheet, sleeping, step, after, Because.PAST)


def slept(sheet: Sheet, step: WaitStep | WaitUntilStep, after: Target, state: Sleeping) -> Move:
    """Look at the clock: sleep on, or go on.

    A time on the wall is worked out again, by the rules that its zone has by now.
    """
    until = state.until if state.local is None else instant(state.local) or state.until
    if until > sheet.now:
        if until == state.until:
            return state
        return Sleeping(step.name, until, state.local, state.gives_up, sheet.visits)
    return _slept(sheet, state, step, after, Because.TIME)


def _slept(
    sheet: Sheet,
    state: Sleeping,
    step: WaitStep | WaitUntilStep,
    after: Target,
    because: Because,
) -> Move:
    if state.gives_up and isinstance(step, WaitUntilStep):
        return not_reached(sheet, step, after, Because.AT_MOST)
    sheet.records.append(Woke(step.name, because))
    return after


def wait_for(sheet: Sheet, step: WaitForStep, after: Target) -> Move:
    """Wait for an event, unless it has come already since the trigger."""
    until = plus(sheet.now, step.at_most)
    found = _find(sheet, step, until, sheet.facts.events)
    if found is not None:
        return _came(sheet, step, after, found)
    if until <= sheet.now:
        return not_reached(sheet, step, after, Because.AT_MOST)
    sheet.records.append(Waited(step.name, until, step.event))
    return AwaitingEvent(step.name, step.event, until, sheet.visits)


def event_awaited(
    sheet: Sheet,
    step: WaitForStep,
    after: Target,
    state: AwaitingEvent,
    events: Iterable[EventFact],
) -> Move:
    """Look for the event: go on with it, wait on, or give up."""
    found = _find(sheet, step, state.until, events)
    if found is not None:
        return _came(sheet, step, after, found)
    if sheet.now < state.until:
        return state
    return not_reached(sheet, step, after, Because.AT_MOST)


def _find(
    sheet: Sheet, step: WaitForStep, until: datetime, events: Iterable[EventFact]
) -> EventFact | None:
    awaited = (step.event, step.where_, until)
    return awaited_event(sheet.program, sheet.run, awaited, events, sheet.facts, sheet.now)


def _came(sheet: Sheet, step: WaitForStep, after: Target, event: EventFact) -> Move:
    sheet.records.append(Woke(step.name, Because.EVENT, event.at))
    return after


def _wait_seen(sheet: Sheet, step: WaitUntilStep, seen: HasSeen, after: Target) -> Move:
    """Ask until the system shows what the last visit of the other step wrote."""
    visit = sheet.visits.get(seen.step, 0)
    if visit == 0:
        return not_reached(sheet, step, after, Because.NEVER_SAVED)
    until = _bound(sheet, step.at_most)
    if until <= sheet.now:
        return not_reached(sheet, step, after, Because.AT_MOST)
    written = ActionKey(sheet.run.id, seen.step, visit)
    look = Look(sheet.key(step.name), seen.system, written, until)
    sheet.intend(look, "look")
    sheet.records.append(Waited(step.name, until, seen.system))
    return AwaitingSync(step.name, seen.system, written, look.key, until, sheet.visits)


def sync_awaited(sheet: Sheet, step: WaitUntilStep, after: Target, state: AwaitingSync) -> Move:
    """Look at the clock: wait on, or give up."""
    if sheet.now < state.until:
        return state
    return not_reached(sheet, step, after, Because.AT_MOST)


def looked(
    sheet: Sheet,
    step: WaitUntilStep,
    after: Target,
    state: AwaitingSync,
    now_is: tuple[State, str | None],
) -> Move:
    """Go on when the look itself came to an end."""
    ledger, reason = now_is
    over = over_for_step(ledger)
    if over is None:
        return sync_awaited(sheet, step, after, state)
    if over is StepOver.DONE and ledger is not State.SKIPPED:
        sheet.records.append(Woke(step.name, Because.SEEN))
        return after
    late = ledger is State.EXPIRED or sheet.now >= state.until
    return not_reached(sheet, step, after, Because.AT_MOST if late else Because.NOT_SEEN, reason)
