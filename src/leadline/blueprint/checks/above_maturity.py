"""A workflow that needs more than the team has shown yet."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.maturity.above import Above, above
from leadline.blueprint.maturity.level import Level
from leadline.project.problems import Problem, Severity, quoted

_CODE = "above-maturity"


def _find(subject: Subject) -> Iterator[Problem]:
    if subject.reached is None:
        return
    real = subject.is_real
    for found in above(subject.project, subject.reached, subject.today):
        yield _problem(found, Level(subject.reached), real=real)


def _problem(found: Above, reached: Level, *, real: bool) -> Problem:
    name = quoted(found.workflow.name)
    message = f"the workflow {name} needs {found.level}; {_reached(reached)}."
    fix = "See the next step: leadline maturity. Or add override: { by, reason, until }."
    override = found.override
    where = found.needs[0].where
    severity = Severity.ERROR if real else Severity.NOTE
    if override is not None:
        where = override.where
        until = override.until.isoformat()
        if found.let_through:
            severity = Severity.NOTE
            message = f"{message[:-1]}, and an override lets it through until {until}."
            fix = "Show what is missing before that day: leadline maturity."
        else:
            message = f"{message[:-1]}, and its override ended on {until}."
    reasons = [f"{need.level} because {need.because} ({need.where})" for need in found.needs]
    if override is not None:
        reasons.append(f"override by {override.by}: {override.reason}")
    return Problem(_CODE, message, where, fix, severity, "; ".join(reasons))


def _reached(reached: Level) -> str:
    return f"{reached} is reached" if reached else "no level is reached yet"


CHECK = Check(
    code=_CODE,
    title="A workflow that stands on what was not shown yet",
    severity=Severity.ERROR,
    marketer="This workflow builds on something that nobody has seen working yet: on data that was "
    "not counted, on events that did not arrive, on simple workflows that did not run. What is "
    "wrong below shows in it as wrong mails to real people.",
    engineer="Each capability needs a level of maturity (leadline maturity), and levels are shown "
    "by evidence that Leadline measures. In an environment with real systems a workflow above the "
    "level that is reached is an error; in a sandbox, and where no environment is named, a note. "
    "Nothing is said where nobody measured.",
    mend="Show the evidence that is missing, the smallest step first; or let the workflow through "
    "by name, with a reason and a last day: override: { by, reason, until }.",
    find=_find,
)
