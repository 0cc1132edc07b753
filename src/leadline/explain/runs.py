"""Where one run stands, and why: from its state to a sentence."""

from __future__ import annotations

from typing import assert_never

from leadline.explain import words
from leadline.explain.actions import plain_reason
from leadline.explain.causes import Cause, Finding, RunsLike, StepFinding
from leadline.explain.read import Known, KnownRun
from leadline.journey.program import FlatStep
from leadline.journey.state import (
    AwaitingAction,
    AwaitingEvent,
    AwaitingSync,
    Ended,
    EndReason,
    Ready,
    Sleeping,
)
from leadline.project.workflow import CarryOn, GoTo, StopRun, WaitForStep, WaitUntilStep


def explain_run(run: KnownRun, steps: tuple[StepFinding, ...], known: Known) -> Finding:
    """Say where a run stands and why; ``steps`` is what became of its actions."""
    state = run.state
    asked = run.asked[0] if run.asked else None
    if asked is not None:
        what = "to stop" if asked.kind == "stop" else "to be replayed"
        return Finding(
            Cause.ASKED,
            f"{asked.by} asked for this run {what} at {words.at(asked.at)} "
            f"({asked.why or 'no reason given'}); a worker does it as soon as one runs.",
            asked.at,
            None,
            "Start a worker if none runs: leadline serve",
        )
    match state:
        case Ready():
            return Finding(
                Cause.STARTING,
                f"The run began at {words.at(run.started_at)} and no worker has moved it yet.",
                run.started_at,
                "It would be under way if a worker had time for it.",
                "Start a worker if none runs: leadline serve",
                likes=RunsLike(run.workflow, None, None),
            )
        case Sleeping() | AwaitingEvent() | AwaitingSync():
            return _waiting(run, state, known)
        case AwaitingAction():
            return _acting(run, state, steps)
        case Ended():
            return _ended(run, state, known)
        case _:
            assert_never(state)


def _waiting(
    run: KnownRun, state: Sleeping | AwaitingEvent | AwaitingSync, known: Known
) -> Finding:
    likes = RunsLike(run.workflow, None, state.step)
    since = run.decisions[-1].at if run.decisions else run.started_at
    until = words.at(state.until)
    if isinstance(state, Sleeping):
        sentence = f'The run waits at the step "{state.step}" until {until}.'
        if state.gives_up:
            sentence = (
                f'The run waits at the step "{state.step}" for a time that is later than '
                f"at_most; {_then(run, state.step, known)} at {until}."
            )
        return Finding(
            Cause.SLEEPING,
            sentence,
            since,
            None,
            f"Nothing; it goes on by itself. To end it: leadline stop {run.id} --why …",
            likes=likes,
        )
    if isinstance(state, AwaitingEvent):
        return Finding(
            Cause.AWAITING_EVENT,
            f'The run waits at the step "{state.step}" for "{state.event}", until {until}; if '
            f"it does not come, {_then(run, state.step, known)}.",
            since,
            f'It would have gone on if "{state.event}" had come with the same once_per value.',
            "Nothing; it goes on by itself.",
            likes=likes,
        )
    return Finding(
        Cause.AWAITING_SYSTEM,
        f'The run waits at the step "{state.step}" until "{state.system}" shows what the step '
        f'"{state.written.step}" wrote, until {until}; if it does not, '
        f"{_then(run, state.step, known)}.",
        since,
        f'It would have gone on if "{state.system}" showed it.',
        "Nothing; it goes on by itself.",
        likes=likes,
    )


def _then(run: KnownRun, name: str, known: Known) -> str:
    """What ``if_not`` says, in words."""
    release = known.releases.get(run.release)
    program = release.programs.get(run.workflow) if release else None
    flat = program.steps.get(name) if program else None
    step = flat.step if isinstance(flat, FlatStep) else None
    if not isinstance(step, WaitForStep | WaitUntilStep):
        return "it goes on"
    match step.if_not:
        case CarryOn():
            return "it carries on with the next step"
        case StopRun():
            return "it stops"
        case GoTo(target):
            return f'it goes to "{target}"'
        case _:
            return "it ends in the dead letters"


def _acting(run: KnownRun, state: AwaitingAction, steps: tuple[StepFinding, ...]) -> Finding:
    """A run that waits for its action stands for the reason for which its action stands."""
    key = str(state.key)
    found = next((s for s in steps if s.key == key), None)
    if found is None:
        return Finding(
            Cause.AWAITING_ACTION,
            f'The run waits for the action of the step "{state.step}".',
            run.started_at,
        )
    own = found.finding
    sentence = f'The run stands at the step "{state.step}". {own.sentence}'
    return Finding(own.cause, sentence, own.at, own.would_have, own.mend, own.values, own.likes)


# ---------------------------------------------------------------- over


def _ended(run: KnownRun, state: Ended, known: Known) -> Finding:
    at = run.ended_at or known.now
    likes = RunsLike(run.workflow, state.reason, state.step)
    where = f' at the step "{state.step}"' if state.step else ""
    when = words.at(at)
    match state.reason:
        case EndReason.COMPLETED:
            return Finding(
                Cause.COMPLETED,
                f"The run came to its end at {when}.",
                at,
                likes=likes,
            )
        case EndReason.STOPPED:
            return Finding(
                Cause.STOPPED_BY_EVENT,
                f"The run was stopped{where} by {state.detail}.",
                at,
                f"It would have gone on if {_first_word(state.detail)} had not come.",
                "Nothing; the workflow says so under stops.",
                likes=likes,
            )
        case EndReason.STOP_STEP:
            return Finding(
                Cause.STOPPED_BY_STEP,
                f"The run ended{where} at {when}: {words.sentence(state.detail)}",
                at,
                "It would have gone on if another branch had been taken.",
                "Nothing; the workflow says so.",
                likes=likes,
            )
        case EndReason.BY_PERSON:
            who, _, why = state.detail.partition(": ")
            return Finding(
                Cause.STOPPED_BY_PERSON,
                f"{who or 'Somebody'} stopped the run{where} at {when}: "
                f"{words.sentence(why or 'no reason was given')}",
                at,
                f"It would have gone on if {who or 'nobody'} had not stopped it.",
                "A run that a person stopped stays stopped.",
                likes=likes,
            )
        case _:
            return _failed(run, state, known)


def _failed(run: KnownRun, state: Ended, known: Known) -> Finding:
    at = run.ended_at or known.now
    likes = RunsLike(run.workflow, state.reason, state.step)
    why = words.sentence(plain_reason(state.detail) or "no reason was given")
    where = f' at the step "{state.step}"' if state.step else ""
    match state.reason:
        case EndReason.DEAD_LETTER:
            return Finding(
                Cause.DEAD_LETTER,
                f"The run lies in the dead letters since {words.at(at)}, put there{where}: {why}",
                at,
                "It would have gone on if that step had not failed.",
                f"Mend the cause, then: leadline replay {state.key or run.id}",
                likes=likes,
            )
        case EndReason.FAILED:
            return Finding(
                Cause.STOPPED_AFTER_FAILURE,
                f"The run ended{where} at {words.at(at)}, for the step failed: {why}",
                at,
                "It would have gone on if that step had not failed, or said `carry on`.",
                "Nothing; its if_it_fails says stop.",
                likes=likes,
            )
        case EndReason.LOOP:
            return Finding(
                Cause.LOOP,
                f"The run was ended{where} at {words.at(at)}, for it went in a circle: {why}",
                at,
                "It would have gone on if the steps led out of the circle.",
                "Mend the `go to` of the workflow, and deploy.",
                likes=likes,
            )
        case _:
            return Finding(
                Cause.STEP_MISSING,
                f"The run was ended at {words.at(at)}: {why}",
                at,
                "It would have gone on if its release still held that step.",
                "Tell whoever deploys: a release lost a step that runs stood at.",
                likes=likes,
            )


def _first_word(detail: str) -> str:
    return f'"{detail.split(" ", 1)[0]}"'
