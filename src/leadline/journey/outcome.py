"""When a step's action is over, and what follows: the next step, or what its policy says."""

from __future__ import annotations

from typing import assert_never

from leadline.journey.program import Target
from leadline.journey.record import (
    Because,
    CarriedOn,
    Done,
    Failed,
    GaveUpWaiting,
    Skipped,
    Told,
    WhySkipped,
)
from leadline.journey.run import Move, Sheet
from leadline.journey.state import AwaitingAction, EndReason
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import (
    EFFECT,
    State,
    StepOver,
    over_for_step,
    over_past_deadline,
)
from leadline.project.workflow import (
    CarryOn,
    DeadLetter,
    GoTo,
    PostStep,
    SaveStep,
    SendStep,
    StopRun,
    Then,
    WaitForStep,
    WaitUntilStep,
)

Acting = SendStep | SaveStep | PostStep
"""The steps that wait until their action is over."""


def words(then: Then) -> str:
    """Say what follows, as the file says it."""
    match then:
        case CarryOn():
            return "carry on"
        case StopRun():
            return "stop"
        case DeadLetter():
            return "dead letter"
        case GoTo(step):
            return f"go to: {step}"
        case _:
            assert_never(then)


def settled(
    sheet: Sheet,
    step: Acting,
    after: Target,
    awaiting: AwaitingAction,
    now_is: tuple[State, str | None],
) -> Move:
    """Go on when the awaited action is over; one that is not changes nothing.

    Once the deadline of the policy has passed, an action of which nothing certain is known is
    over as well: the run carries on, and the record says so.
    """
    state, reason = now_is
    over = over_for_step(state)
    if over is None and sheet.now >= awaiting.until:
        over = over_past_deadline(state)
    match over:
        case None:
            return awaiting
        case StepOver.DONE:
            return done(sheet, awaiting.key, state, reason, after)
        case StepOver.FAILED:
            return _fail(sheet, step, after, awaiting.key, (state, reason))
        case StepOver.UNRESOLVED:
            sheet.records.append(CarriedOn(step.name, awaiting.key, state))
            return after
        case _:
            assert_never(over)


def done(sheet: Sheet, key: ActionKey, state: State, reason: str | None, after: Target) -> Move:
    """Go on after an action that is over without failure.

    A rule that refused it (a suppressed address, say) is no failure of the step: the run goes
    on, and the record has the rule's reason.
    """
    if state is State.SKIPPED:
        sheet.records.append(Skipped(key.step, WhySkipped.REFUSED, reason, key))
    else:
        sheet.records.append(Done(key.step, key, state, reason))
    return after


def shows_effect(state: State) -> bool:
    """Whether an action in that state has had its effect, or a later one had it in its place."""
    return state in EFFECT or state is State.SUPERSEDED


def _fail(
    sheet: Sheet,
    step: Acting,
    after: Target,
    key: ActionKey,
    now_is: tuple[State, str | None],
) -> Move:
    state, reason = now_is
    policy = step.policy
    sheet.records.append(Failed(step.name, key, state, reason, words(policy.then)))
    # The vendor's words may name the person; a notice is kept beside no person.
    trouble = "was not done in time" if state is State.PENDING else f"is {state}"
    cause = f'In "{sheet.program.workflow}" the action of the step "{step.name}" {trouble}.'
    for who in policy.tell:
        sheet.records.append(Told(step.name, who, cause))
    return follow(sheet, policy.then, after, key, reason or f"the action {trouble}")


def not_reached(
    sheet: Sheet,
    step: WaitUntilStep | WaitForStep,
    after: Target,
    because: Because,
    detail: str | None = None,
) -> Move:
    """End a wait that did not bring what it waited for: ``if_not`` says what follows."""
    sheet.records.append(GaveUpWaiting(step.name, words(step.if_not), because, detail))
    return follow(sheet, step.if_not, after, sheet.key(step.name), str(because))


def follow(sheet: Sheet, then: Then, after: Target, key: ActionKey, reason: str) -> Move:
    """Do what a policy says after the step of ``key``."""
    match then:
        case CarryOn():
            return after
        case StopRun():
            return sheet.end(EndReason.FAILED, reason, key.step)
        case DeadLetter():
            return sheet.end(EndReason.DEAD_LETTER, reason, key.step, key)
        case GoTo(name):
            return name
        case _:
            assert_never(then)
