"""Who answers for what, and what would be without an owner if somebody left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from leadline.blueprint.signing import standings
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
    SIGNED = "signed what the workflow means"
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
    found = {*project.owners, *(signature.by for signature in project.signatures)}
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


def hanging_on(project: Project, person: str) -> tuple[Hanging, ...]:
    """Everything that hangs on a person, as far as the project's files say it."""
    return (
        *_workflows(project, person),
        *_systems(project, person),
        *_steps(project, person),
        *_words(project, person),
        *_signed(project, person),
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


def _words(project: Project, person: str) -> Iterator[Hanging]:
    for workflow in project.workflows.values():
        override = workflow.override
        if override is not None and override.by == person:
            more = f"until {override.until.isoformat()}: {override.reason}"
            yield Hanging(Tie.OVERRIDE, workflow.name, override.where, alone=True, more=more)
        for silence in workflow.silenced if workflow.owner == person else ():
            what = f"{workflow.name}: {silence.check}"
            more = f"until {silence.until.isoformat()}: {silence.because}"
            yield Hanging(Tie.SILENCE, what, silence.where, alone=True, more=more)
    for environment in project.environments.values():
        if person in environment.only_to:
            where = Where("leadline.yaml")
            yield Hanging(Tie.REACHED, environment.name, where)


def _signed(project: Project, person: str) -> Iterator[Hanging]:
    """The signatures of a person that still hold; alone where nobody else's does."""
    mine = [s.workflow for s in project.signatures if s.by == person]
    for name in dict.fromkeys(name for name in mine if name in project.workflows):
        holding = {each.signature.by: each for each in standings(project, name) if each.holds}
        if person in holding:
            signature = holding[person].signature
            more = f"on {signature.on.isoformat()}"
            alone = len(holding) == 1
            yield Hanging(Tie.SIGNED, name, signature.where, alone=alone, more=more)
