"""Mail to real people of which nobody will ever know whether it arrived."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, listed, quoted
from leadline.project.triggers import all_steps
from leadline.project.workflow import SendStep


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    used = {
        step.connection
        for workflow in project.workflows.values()
        for step in all_steps(workflow.steps)
        if isinstance(step, SendStep)
    }
    for system in project.systems.values():
        silent = [
            name
            for name, environment in project.environments.items()
            if not environment.sandbox and system.settings[name].get("evidence") == "none"
        ]
        if system.name in used and silent:
            yield Problem(
                CHECK.code,
                f"no mail of {quoted(system.name)} is ever confirmed in {listed(silent)}: "
                "evidence is none.",
                system.where,
                "Write evidence: feed where the provider reports deliveries, otherwise dsn.",
                CHECK.severity,
            )


CHECK = Check(
    code="delivery-never-confirmed",
    title="Nobody learns whether the mail arrived",
    severity=Severity.NOTE,
    marketer="The mail server takes the mail, and that is the last that is known. Bounces are not "
    "seen, and after an answer that got lost a person has to find out whether the mail left.",
    engineer="evidence is none (or left out) for a mail system that a step sends through, in an "
    "environment with sandbox: false. accepted is then the end, and a lost answer is held.",
    mend="Set up the provider's delivery feed, and write evidence: feed.",
    find=_find,
)
