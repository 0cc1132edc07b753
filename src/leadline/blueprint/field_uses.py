"""Where a project reads and writes the fields of a contact: what several checks ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadline.expression.tree import All, Any, Condition, Nothing, Phrase, Ref
from leadline.project.fields import Field
from leadline.project.known import Seen
from leadline.project.problems import Where
from leadline.project.project import Project
from leadline.project.triggers import all_steps
from leadline.project.workflow import (
    AddTo,
    ChooseStep,
    FromRef,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
    Step,
    To,
    WaitForStep,
    WaitUntilStep,
    Workflow,
    Write,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition of a workflow; ``step`` None: at the way in, or for its stops and success."""

    workflow: str
    step: Step | None
    condition: Condition
    where: Where


@dataclass(frozen=True, slots=True)
class Written:
    """One write of a field; ``system`` None: only our own contact is written."""

    workflow: str
    step: SaveStep | SetStep
    field: Field
    write: Write
    system: str | None

    @property
    def where(self) -> Where:
        """The place of the step."""
        return self.step.where

    @property
    def source(self) -> Ref | None:
        """The reference whose value is written."""
        return source(self.write)


def source(write: Write) -> Ref | None:
    """The reference whose value a write copies, or None."""
    if isinstance(write, To | AddTo) and isinstance(write.source, FromRef):
        return write.source.ref
    return None


def conditions(project: Project) -> Iterator[Asked]:
    """Every condition, by workflow in the order of the file."""
    for name, workflow in project.workflows.items():
        for condition in _around(workflow):
            yield Asked(name, None, condition, workflow.where)
        for step in all_steps(workflow.steps):
            if isinstance(step, ChooseStep):
                for branch in step.branches:
                    yield Asked(name, step, branch.condition, branch.where)
            elif isinstance(step, WaitForStep) and step.where_ is not None:
                yield Asked(name, step, step.where_, step.where)


def _around(workflow: Workflow) -> Iterator[Condition]:
    found = (
        workflow.starts.only_if,
        workflow.stops.where_ if workflow.stops else None,
        workflow.success.where_ if workflow.success else None,
    )
    yield from (condition for condition in found if condition is not None)


def writes(project: Project) -> Iterator[Written]:
    """Every write of a field, by workflow in the order of the file."""
    for name, workflow in project.workflows.items():
        for step in all_steps(workflow.steps):
            if isinstance(step, SaveStep | SetStep):
                system = step.connection if isinstance(step, SaveStep) else None
                for field, write in step.fields.items():
                    yield Written(name, step, project.fields[field], write, system)


def times(workflow: Workflow) -> Iterator[Ref]:
    """The references that a workflow reckons times from."""
    for step in all_steps(workflow.steps):
        if isinstance(step, WaitUntilStep) and isinstance(step.until, RelativeTime):
            yield step.until.ref
        elif isinstance(step, SendStep) and isinstance(step.not_after, RelativeTime):
            yield step.not_after.ref


def phrases(condition: Condition) -> Iterator[Phrase]:
    """The phrases of a condition, from left to right."""
    if isinstance(condition, All | Any | Nothing):
        for part in condition.parts:
            yield from phrases(part)
    else:
        yield condition


def evidence(seen: Seen, said: str) -> str:
    """The figures behind a finding, with their place: ``facts.yaml:6: 100 of 1,000 …``."""
    return f"{seen.where.file}:{seen.where.line}: {said}"


def empties(seen: Seen) -> str:
    """How many have no value, in words.

    >>> empties(Seen(250, 1000))
    '250 of 1,000 contacts (25 %)'
    """
    return f"{seen.empty:,} of {seen.of:,} contacts ({seen.share_empty:.0%})".replace("%", " %")
