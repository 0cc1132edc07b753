"""A circle of steps that nothing bounds."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.graph.knots import knots
from leadline.blueprint.reach import does_not_wait, jumps, pairs
from leadline.journey.program import Flat, FlatStep
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.workflow import PostStep, SendStep


def _find(subject: Subject) -> Iterator[Problem]:
    for name, program in subject.programs.items():
        if next(jumps(program), None) is None:
            continue
        # Without a wait on the way round it is another fault, with a check of its own.
        hot = frozenset[str]().union(*knots(pairs(program, does_not_wait)))
        for circle in knots(pairs(program)):
            if circle & hot:
                continue
            names = sorted(circle, key=lambda step: subject.places[name, step])
            again = next((step for step in names if _tells(program.steps[step])), None)
            step = again or names[0]
            does = "is done" if again else "is come to"
            yield Problem(
                CHECK.code,
                f"{quoted(step)} {does} again each time round a circle that nothing bounds.",
                subject.places[name, step],
                "Write the repetitions out as steps, so that their number is known.",
                CHECK.severity,
            )


def _tells(flat: Flat) -> bool:
    return isinstance(flat, FlatStep) and isinstance(flat.step, SendStep | PostStep)


CHECK = Check(
    code="endless-path",
    title="A circle of steps",
    severity=Severity.WARNING,
    marketer="Some people go round in a circle: they never finish, or they get the same message "
    "again and again for as long as the event does not come.",
    engineer="A strongly connected set of steps, by go to, with a wait in it. It can be left (a "
    "step that succeeds always leads on), but nothing counts the rounds, and a visit is a new "
    "intent.",
    mend="Write the repetitions out as steps; two reminders are two steps.",
    find=_find,
)
