"""Which step of a project reads and writes which field, property and system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from leadline.expression.reads import reads
from leadline.expression.tree import Condition, Ref
from leadline.message.inspect import variables
from leadline.project.problems import Where
from leadline.project.project import Project
from leadline.project.triggers import all_steps
from leadline.project.workflow import (
    AddTo,
    ChooseStep,
    FromRef,
    PostStep,
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

ADDRESS = Ref("contact", "email")


class How(StrEnum):
    """What is done with a value."""

    READS = "reads"
    WRITES = "writes"


@dataclass(frozen=True, slots=True)
class Use:
    """One place of a workflow that uses a value. ``step`` None: its start, stop or success.

    ``system`` is the connection that is written to; None for our own contact, and for reading.
    """

    ref: Ref
    how: How
    workflow: str
    step: str | None
    where: Where
    system: str | None = None


def uses(project: Project) -> tuple[Use, ...]:
    """Every use in a project, each once, in the order of the files."""
    read = {name: tuple(sorted(variables(m))) for name, m in project.messages.items()}
    found: dict[Use, None] = {}
    for workflow in project.workflows.values():
        for ref in _at_the_door(workflow):
            found[Use(ref, How.READS, workflow.name, None, workflow.where)] = None
        for step in all_steps(workflow.steps):
            more = read.get(step.message, ()) if isinstance(step, SendStep | PostStep) else ()
            if isinstance(step, SendStep | SaveStep):  # by it the person is found there
                more = (ADDRESS, *more)
            for ref in (*_read(step), *more):
                found[Use(ref, How.READS, workflow.name, step.name, step.where)] = None
            if isinstance(step, SaveStep | SetStep):
                system = step.connection if isinstance(step, SaveStep) else None
                for name in step.fields:
                    ref = Ref("contact", name)
                    use = Use(ref, How.WRITES, workflow.name, step.name, step.where, system)
                    found[use] = None
    return tuple(found)


def connections(workflow: Workflow) -> tuple[str, ...]:
    """The systems in which a workflow acts, in the order of its steps."""
    return tuple(
        dict.fromkeys(
            step.connection
            for step in all_steps(workflow.steps)
            if isinstance(step, SendStep | SaveStep | PostStep)
        )
    )


def events_named(workflow: Workflow) -> tuple[str, ...]:
    """The events that a workflow waits for, starts, stops or counts by."""
    awaited = [s.event for s in all_steps(workflow.steps) if isinstance(s, WaitForStep)]
    stops = workflow.stops.when if workflow.stops is not None else ()
    success = (workflow.success.event,) if workflow.success is not None else ()
    return tuple(dict.fromkeys((*workflow.starts.when, *stops, *success, *awaited)))


def _at_the_door(workflow: Workflow) -> Iterator[Ref]:
    conditions = [workflow.starts.only_if]
    conditions += [p.where_ for p in (workflow.stops, workflow.success) if p is not None]
    if workflow.starts.once_per is not None:
        yield workflow.starts.once_per
    yield from _of(conditions)


def _read(step: Step) -> Iterator[Ref]:
    match step:
        case SendStep(not_after=RelativeTime(ref=ref)) | WaitUntilStep(until=RelativeTime(ref=ref)):
            yield ref
        case SaveStep(fields=fields) | SetStep(fields=fields):
            yield from _sources(fields.values())
        case WaitForStep(where_=condition):
            yield from _of([condition])
        case ChooseStep(branches=branches):
            yield from _of(branch.condition for branch in branches)
        case _:
            pass


def _sources(writes: Iterable[Write]) -> Iterator[Ref]:
    for write in writes:
        if isinstance(write, To | AddTo) and isinstance(write.source, FromRef):
            yield write.source.ref


def _of(conditions: Iterable[Condition | None]) -> Iterator[Ref]:
    for condition in conditions:
        if condition is not None:
            yield from sorted(reads(condition))
