"""A step that only steps lead to which nothing reaches."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.reach import jumps, pairs, reached_from
from leadline.journey.program import FlatChoice
from leadline.project.problems import Problem, Severity, quoted


def _find(subject: Subject) -> Iterator[Problem]:
    for workflow, program in subject.programs.items():
        if program.first is None or next(jumps(program), None) is None:
            continue
        reached = reached_from(program, (program.first,))
        told: set[str] = set()
        for name, target in pairs(program):
            if name in reached or target in reached or target in told:
                continue
            # What stands behind a dead step is told with it; a jump leads elsewhere.
            flat = program.steps[name]
            if isinstance(flat, FlatChoice) or flat.next == target:
                continue
            told.add(target)
            yield Problem(
                CHECK.code,
                f"only {quoted(name)} leads to the step {quoted(target)}, and nothing leads to "
                f"{quoted(name)}.",
                subject.places[workflow, target],
                "Remove both, or lead to one of them from a step that is reached.",
                CHECK.severity,
            )


CHECK = Check(
    code="unreached-jump",
    title="A step that only a dead step leads to",
    severity=Severity.WARNING,
    marketer="This step looks as if it could happen, but nobody ever comes to it.",
    engineer="The step is the target of a go to, and every step from which one comes there is "
    "itself not reached from the first one.",
    mend="Remove the steps, or lead to one of them from a step that is reached.",
    find=_find,
)
