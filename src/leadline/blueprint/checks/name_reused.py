"""A name that meant something else in what is deployed now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leadline.blueprint.check import Check, Subject
from leadline.journey.program import Flat, FlatChoice, FlatStep, Program
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.triggers import all_steps
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

_SAME = "Give the new step a name of its own, or say was: with the name it had before."


def _find(subject: Subject) -> Iterator[Problem]:
    if subject.before is None:
        return
    for name, workflow in subject.project.workflows.items():
        old = subject.before.programs.get(name)
        if old is None:
            continue
        new = subject.programs[name]
        was = {s.name: s.was for s in all_steps(workflow.steps) if s.was is not None}
        if not any(step in old.steps or was.get(step) in old.steps for step in new.steps):
            yield Problem(
                CHECK.code,
                f"{quoted(name)} has no step in common with the workflow of this name that runs "
                "now.",
                workflow.where,
                "Give the new workflow a file name of its own; numbers and runs go by the name.",
                CHECK.severity,
            )
            continue
        yield from _steps(name, old, new, was, subject)


def _steps(
    workflow: str, old: Program, new: Program, was: Mapping[str, str], subject: Subject
) -> Iterator[Problem]:
    for name, flat in new.steps.items():
        place = subject.places[workflow, name]
        before = was.get(name)
        if before is not None:
            if before not in old.steps and name not in old.steps:
                yield Problem(
                    CHECK.code,
                    f"no step {quoted(before)} runs now, so {quoted(name)} is no new name of it.",
                    place,
                    "Write under was: the name that the step has in what is deployed.",
                    CHECK.severity,
                )
        elif name in old.steps:
            then, now = _does(old.steps[name]), _does(flat)
            if then != now:
                yield Problem(
                    CHECK.code,
                    f"{quoted(name)} does {now} now, and {then} in what is deployed.",
                    place,
                    _SAME,
                    CHECK.severity,
                )


def _does(flat: Flat) -> str:
    """What a step does and to whom, without how: what makes it another step."""
    if isinstance(flat, FlatChoice):
        return "choose"
    assert isinstance(flat, FlatStep)
    match flat.step:
        case SendStep(message=message):
            return f"send {message}"
        case SaveStep(connection=connection, object=what):
            return f"save_to {connection} {what}"
        case PostStep(connection=connection, channel=channel):
            return f"post_to {connection} {channel}"
        case SetStep():
            return "set"
        case WaitStep():
            return "wait"
        case WaitUntilStep():
            return "wait_until"
        case WaitForStep(event=event):
            return f"wait_for {event}"
        case EnrollStep(workflow=target):
            return f"enroll_in {target}"
        case StopStep():
            return "stop"


CHECK = Check(
    code="name-reused",
    title="An old name with a new meaning",
    severity=Severity.WARNING,
    marketer="The figures of an old step and of a new one are added up under one name, and people "
    "who are under way are asked about a step that now means something else.",
    engineer="Compared with the release that is deployed: a step of the same name is of another "
    "kind or has another target (message, channel, object, event, workflow); was: names no step "
    "that runs; or a workflow shares no step with the one of its name. Keys of actions hold the "
    "step's name.",
    mend="Give the new step or workflow a name of its own; say was: where it is the same step.",
    find=_find,
)
