"""A workflow that needs more than the team has shown to have."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, quoted


def _find(subject: Subject) -> Iterator[Problem]:
    if subject.reached is None:
        return
    for name, (level, why) in (subject.needs or {}).items():
        workflow = subject.project.workflows[name]
        if level <= subject.reached:
            continue
        override = workflow.override
        lets_through = override is not None and subject.today <= override.until
        refuses = subject.is_real and not lets_through
        yield Problem(
            CHECK.code,
            f"{quoted(name)} needs level {level}, and level {subject.reached} is reached: {why}.",
            workflow.where,
            'Take the step that "leadline maturity" names first, or say override: {by, reason, '
            "until}.",
            Severity.ERROR if refuses else Severity.NOTE,
            f"Let through by {override.by} until {override.until.isoformat()}: {override.reason}"
            if lets_through and override is not None
            else None,
        )


CHECK = Check(
    code="beyond-maturity",
    title="More than the foundation carries",
    severity=Severity.ERROR,
    marketer="This workflow builds the third storey before the first one stands: it will break on "
    "data or tracking that is not there yet.",
    engineer="The workflow needs a maturity level above the one that Leadline has measured. It "
    "refuses in an environment with real systems unless override: lets it through; otherwise it is "
    "a note.",
    mend="Reach the level: leadline maturity names the smallest next step. Or let the workflow "
    "through with override: and a reason; it stays visible.",
    find=_find,
)
