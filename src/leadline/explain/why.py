"""Why: what became of one person, in each workflow, as stories with a cause.

Pure over what ``read`` gave. Every question has an answer: "no record" is a reason too.
"""

from __future__ import annotations

from datetime import datetime

from leadline.explain.actions import explain_action
from leadline.explain.causes import Cause, Finding, StepFinding, Story
from leadline.explain.entries import (
    explain_entry,
    explain_rejected,
    explain_unrouted,
    never_seen,
    no_trigger,
)
from leadline.explain.read import Known, KnownRun
from leadline.explain.runs import explain_run
from leadline.explain.timeline import timeline
from leadline.journey.record import Skipped


def why(known: Known, workflow: str | None = None) -> tuple[Story, ...]:
    """Tell what became of a person, in one workflow or in all; never empty."""
    stories = [_run_story(run, known) for run in known.runs if workflow in (None, run.workflow)]
    entered = {run.id for run in known.runs}
    for entry in known.entries:
        told = entry.outcome == "entered" and entry.enrollment_id in entered
        if not told and workflow in (None, entry.workflow):
            stories.append(_plain(entry.workflow, explain_entry(entry, known), known))
    waiting = [event for event in known.events if not event.routed]
    stories += [_plain(None, explain_unrouted(event), known) for event in waiting]
    stories += [_plain(None, explain_rejected(event), known) for event in known.rejected]
    if known.known and known.current is not None:
        told_of = {story.workflow for story in stories}
        to_come = {event.name for event in waiting}
        stories += [
            _plain(name, no_trigger(name, known), known)
            for name, program in sorted(known.current.programs.items())
            if workflow in (None, name)
            and name not in told_of
            and not to_come.intersection(program.starts.when)
        ]
    if not stories:
        nothing = _nothing(known) if known.known else never_seen(known)
        stories = [_plain(workflow, nothing, known)]
    return tuple(stories)


def _nothing(known: Known) -> Finding:
    if known.current is None:
        return Finding(
            Cause.NO_TRIGGER,
            "This person is known, but nothing is deployed here, so that no event starts anything.",
            known.now,
            "Something would have started if a project had been deployed.",
            "leadline deploy",
        )
    return Finding(
        Cause.NO_TRIGGER,
        "This person is known, but the project has no workflow.",
        known.now,
        "Something would have started if the project had a workflow.",
        "Write one under workflows/, and deploy.",
    )


def _run_story(run: KnownRun, known: Known) -> Story:
    actions = ((a.intended_at, explain_action(a, known)) for a in run.actions)
    found = sorted((*actions, *_passed_over(run)), key=lambda pair: pair[0])
    steps = tuple(step for _, step in found)
    release = known.releases.get(run.release)
    return Story(
        run.workflow,
        release.titles.get(run.workflow) if release else None,
        run.once_value or None,
        str(run.id),
        explain_run(run, steps, known),
        steps,
        timeline(run, known),
    )


def _passed_over(run: KnownRun) -> list[tuple[datetime, StepFinding]]:
    """Steps that did nothing, for a reason of their own, and when."""
    found: list[tuple[datetime, StepFinding]] = []
    for decision in run.decisions:
        for record in decision.records:
            if isinstance(record, Skipped) and record.key is None:
                detail = f" ({record.detail.rstrip('.')})" if record.detail else ""
                finding = Finding(
                    Cause.STEP_SKIPPED,
                    f'The step "{record.step}" did nothing, for {record.reason}{detail}.',
                    decision.at,
                    "It would have done something if that were otherwise.",
                )
                step = StepFinding(record.step, "", "", "step", "skipped", None, finding)
                found.append((decision.at, step))
    return found


def _plain(workflow: str | None, finding: Finding, known: Known) -> Story:
    title = known.current.titles.get(workflow) if known.current and workflow else None
    return Story(workflow, title, None, None, finding)
