"""Who answers for what, and what would be without an owner if somebody left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from leadline.project.problems import Where
from leadline.project.project import Project
from leadline.project.triggers import all_steps
from leadline.project.workflow import PostStep, SaveStep, SendStep


class Tie(StrEnum):
    """How something hangs on a person."""

    WORKFLOW = "owns the workflow"
    SYSTEM = "owns the system"
    TOLD_OF_SYSTEM = "is told when the system fails"
    TOLD_OF_STEP = "is told when the step fails"
    OVERRIDE = "lets the workflow through above its maturity"
    SILENCE = "owns the workflow in which a finding is silenced"
    SIGNED = "signed the workflow"
    REACHED = "may be mailed in the environment"
    NOTICE = "has a notice"


@dataclass(frozen=True, slots=True)
class Hanging:
    """One thing that hangs on a person. ``alone``: nobody would be left if she went.

    ``what`` names it; ``more`` adds the reason or the sentence that stands with it.
    """

    tie: Tie
    what: str
    where: Where | None
    alone: bool = False
    more: str = ""


def people(project: Project) -> tuple[str, ...]:
    """Everybody who answers for something or is told of something, in order of the address."""
    found = set(project.owners)
    for workflow in project.workflows.values():
        found.add(workflow.owner)
        if workflow.override is not None:
            found.add(workflow.override.by)
        for step in all_steps(workflow.steps):
            if isinstance(step, SendStep | SaveStep | PostStep):
                found.update(step.policy.tell)
    for system in project.systems.values():
        found.update(system.tell)
        if system.owner is not None:
            found.add(system.owner)
    return tuple(sorted(found))


def hanging_on(
    project: Project, person: str, signed: Mapping[str, tuple[str, ...]]
) -> tuple[Hanging, ...]:
    """Everything that hangs on a person; ``signed`` says who signed which workflow."""
    return (
        *_workflows(project, person),
        *_systems(project, person),
        *_steps(project, person),
        *_words(project, person, signed),
    )


def _workflows(project: Project, person: str) -> Iterator[Hanging]:
    for workflow in project.workflows.values():
        if workflow.owner == person:
            yield Hanging(Tie.WORKFLOW, workflow.name, workflow.where, alone=True)


def _systems(project: Project, person: str) -> Iterator[Hanging]:
    for system in project.systems.values():
        if system.owner == person:
            yield Hanging(Tie.SYSTEM, system.name, system.where, alone=True)
        if person in system.tell:
            alone = set(system.tell) == {person}
            yield Hanging(Tie.TOLD_OF_SYSTEM, system.name, system.where, alone=alone)


def _steps(project: Project, person: str) -> Iterator[Hanging]:
    for workflow in project.workflows.values():
        for step in all_steps(workflow.steps):
            if isinstance(step, SendStep | SaveStep | PostStep) and person in step.policy.tell:
                alone = set(step.policy.tell) == {person}
                what = f"{workflow.name}: {step.name}"
                yield Hanging(Tie.TOLD_OF_STEP, what, step.where, alone=alone)


def _words(
    project: Project, person: str, signed: Mapping[str, tuple[str, ...]]
) -> Iterator[Hanging]:
    for workflow in project.workflows.values():
        override = workflow.override
        if override is not None and override.by == person:
            more = f"until {override.until.isoformat()}: {override.reason}"
            yield Hanging(Tie.OVERRIDE, workflow.name, override.where, alone=True, more=more)
        for silence in workflow.silenced if workflow.owner == person else ():
            what = f"{workflow.name}: {silence.check}"
            more = f"until {silence.until.isoformat()}: {silence.because}"
            yield Hanging(Tie.SILENCE, what, silence.where, alone=True, more=more)
        names = signed.get(workflow.name, ())
        if person in names:
            alone = set(names) == {person}
            yield Hanging(Tie.SIGNED, workflow.name, workflow.where, alone=alone)
    for environment in project.environments.values():
        if person in environment.only_to:
            where = Where("leadline.yaml")
            yield Hanging(Tie.REACHED, environment.name, where)
