"""A circle of steps: one that nobody leaves, or one that sends each time round."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.graph.knots import knots
from leadline.blueprint.reach import does_not_wait, pairs
from leadline.journey.program import Flat, FlatStep, Program, edges
from leadline.project.problems import Problem, Severity, listed, quoted
from leadline.project.workflow import PostStep, SendStep


def _find(subject: Subject) -> Iterator[Problem]:
    for name, program in subject.programs.items():
        hot = frozenset[str]().union(*knots(pairs(program, does_not_wait)))
        for circle in knots(pairs(program)):
            names = sorted(circle, key=lambda step: subject.places[name, step])
            place = subject.places[name, names[0]]
            if not _has_exit(program, circle):
                yield Problem(
                    CHECK.code,
                    f"who comes to {listed(names)} never gets out: no step of this circle leads "
                    "on.",
                    place,
                    "Let one of them lead on, or end the run with a stop.",
                )
                continue
            again = next((step for step in names if _tells(program.steps[step])), None)
            # Without a wait on the way round it is another fault, with a check of its own.
            if again is not None and not circle & hot:
                yield Problem(
                    CHECK.code,
                    f"{quoted(again)} is done again each time round a circle that nothing bounds.",
                    subject.places[name, again],
                    "Write the repetitions out as steps, so that their number is known.",
                    Severity.WARNING,
                )


def _has_exit(program: Program, circle: frozenset[str]) -> bool:
    return any(to is None or to not in circle for at in circle for to in edges(program.steps[at]))


def _tells(flat: Flat) -> bool:
    return isinstance(flat, FlatStep) and isinstance(flat.step, SendStep | PostStep)


CHECK = Check(
    code="endless-path",
    title="A circle of steps",
    severity=Severity.ERROR,
    marketer="Some people go round in a circle: they never finish, or they get the same message "
    "again and again for as long as the event does not come.",
    engineer="A strongly connected set of steps, by go to. It is an error where no edge leaves it; "
    "a warning where it can be left and a step inside it sends or posts, since nothing counts the "
    "rounds (a visit is a new intent).",
    mend="Write the repetitions out as steps; two reminders are two steps.",
    find=_find,
)
