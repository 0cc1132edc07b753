"""A workflow that may take in far more runs than its systems carry."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.capacity import loads, rate_words
from leadline.blueprint.check import Check, Subject
from leadline.expression.types import Kind
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.triggers import all_steps
from leadline.project.workflow import PostStep, SaveStep, SendStep, Workflow


def _find(subject: Subject) -> Iterator[Problem]:
    for workflow in subject.project.workflows.values():
        if workflow.starts.when:
            yield from _again(workflow, subject)
            yield from _burst(workflow, subject)


def _again(workflow: Workflow, subject: Subject) -> Iterator[Problem]:
    """A time is another one each time: once_per it bounds nothing."""
    ref = workflow.starts.once_per
    if ref is None or ref.scope != "event":
        return
    types = [subject.project.events[e].properties.get(ref.name) for e in workflow.starts.when]
    if any(t is not None and t.kind is Kind.TIME for t in types) and not ref.name.startswith(
        ("starts", "begins")
    ):
        yield Problem(
            CHECK.code,
            f"once_per: {ref} lets the same person in every time, since a time hardly repeats.",
            workflow.where,
            "Name what the workflow is about, such as event.webinar, or leave it out: once ever.",
            CHECK.severity,
        )


def _burst(workflow: Workflow, subject: Subject) -> Iterator[Problem]:
    """max_burst is what may come in unasked: a day must be able to carry it."""
    most = workflow.starts.max_burst
    for step in all_steps(workflow.steps):
        if not isinstance(step, SendStep | SaveStep | PostStep):
            continue
        for load in loads(step, subject.project, subject.environment):
            carried, window = load.most_a_day()
            if window is not None and most > carried:
                yield Problem(
                    CHECK.code,
                    f"{most:,} people may come in at once (max_burst), but {quoted(step.name)} "
                    f"carries {carried:,} a day.",
                    workflow.where,
                    f"Set max_burst: {carried} or less, so that somebody decides about more.",
                    CHECK.severity,
                    f"{quoted(load.system.name)} takes {rate_words(window)}.",
                )
                return


CHECK = Check(
    code="unbounded-audience",
    title="More people than the systems carry",
    severity=Severity.WARNING,
    marketer="A list import or a broken form can let so many people in at once that everybody "
    "waits for days, those who asked for something today among them.",
    engineer="max_burst (stated, or the default of 10,000) is above what the tightest window of a "
    "connection of the workflow carries in a day; or once_per names a time, which is another one "
    "each time, so that nothing holds the same person back.",
    mend="Set max_burst to what a day carries, so that more waits for a person; let once_per name "
    "what the workflow is about.",
    find=_find,
)
