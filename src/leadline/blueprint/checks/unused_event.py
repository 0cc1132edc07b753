"""An event that is declared and that no workflow waits for, starts or stops by."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.project import Project
from leadline.project.triggers import all_steps
from leadline.project.workflow import WaitForStep


def _find(subject: Subject) -> Iterator[Problem]:
    used = set(_used(subject.project))
    for event in subject.project.events.values():
        if event.name not in used:
            yield Problem(
                CHECK.code,
                f"no workflow uses the event {quoted(event.name)}.",
                event.where,
                "Name it in a workflow, or take it out of events.yaml.",
                CHECK.severity,
            )


def _used(project: Project) -> Iterator[str]:
    for workflow in project.workflows.values():
        yield from workflow.starts.when
        yield from workflow.stops.when if workflow.stops else ()
        if workflow.success:
            yield workflow.success.event
        for step in all_steps(workflow.steps):
            if isinstance(step, WaitForStep):
                yield step.event


CHECK = Check(
    code="unused-event",
    title="An event that nothing uses",
    severity=Severity.NOTE,
    marketer="Your website is asked to report something that nobody looks at; or a workflow that "
    "should start by it does not.",
    engineer="An event of events.yaml that no workflow names under starts, stops, success or "
    "wait_for.",
    mend="Use it, or take it out of the tracking plan.",
    find=_find,
)
