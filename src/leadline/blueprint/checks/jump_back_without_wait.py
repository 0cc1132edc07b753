"""A jump back to a step, by which a failing step is tried again and again without a pause."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.graph.knots import knots
from leadline.blueprint.reach import does_not_wait, jumps, pairs
from leadline.project.problems import Problem, Severity, quoted


def _find(subject: Subject) -> Iterator[Problem]:
    for name, program in subject.programs.items():
        back = [(step, to) for step, to in jumps(program) if does_not_wait(program.steps[step])]
        circles = list(knots(pairs(program, does_not_wait))) if back else []
        for step, target in back:
            if any(step in circle and target in circle for circle in circles):
                yield Problem(
                    CHECK.code,
                    f"when {quoted(step)} fails, the run goes back to {quoted(target)} and comes "
                    "here again without a wait.",
                    subject.places[name, step],
                    "Go to a step below, or put a wait on the way back.",
                )


CHECK = Check(
    code="jump-back-without-wait",
    title="Trying again without a pause",
    severity=Severity.ERROR,
    marketer="A step that fails is tried again at once, and again, for as long as the cause lasts: "
    "the same mails go out each time round, and the systems are flooded.",
    engineer="if_it_fails: go to names a step from which this one is reached without a wait. A "
    "visit is a new intent with a new key, so nothing holds the second one back; retry_for is what "
    "tries the same intent again.",
    mend="Use retry_for for trying again, and go to only forward; or put a wait on the way back.",
    find=_find,
)
