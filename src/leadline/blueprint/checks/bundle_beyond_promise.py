"""A promised post that is held back for a digest for longer than was promised."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.capacity import span_words
from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.triggers import all_steps
from leadline.project.workflow import PostStep


def _find(subject: Subject) -> Iterator[Problem]:
    for workflow in subject.project.workflows.values():
        promise = workflow.promise
        for step in all_steps(workflow.steps) if promise is not None else ():
            if (
                promise is not None
                and isinstance(step, PostStep)
                and step.name == promise.step
                and step.bundle is not None
                and step.bundle >= promise.within
            ):
                yield Problem(
                    CHECK.code,
                    f"{quoted(step.name)} is promised within {span_words(promise.within)}, but its "
                    f"posts are gathered for {span_words(step.bundle)}.",
                    step.where,
                    "Bundle for a shorter time than is promised.",
                )


CHECK = Check(
    code="bundle-beyond-promise",
    title="A digest that takes longer than the promise",
    severity=Severity.ERROR,
    marketer="The first of every digest waits for the others for longer than was promised, so the "
    "promise is broken for her by design.",
    engineer="bundle: of the promised post_to step is not shorter than within: of the promise. The "
    "first post of a digest waits the whole span.",
    mend="Bundle for a shorter time, or promise a longer one.",
    find=_find,
)
