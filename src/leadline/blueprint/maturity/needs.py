"""Which level a workflow needs, capability by capability, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leadline.blueprint.maturity.level import Level
from leadline.blueprint.uses import connections
from leadline.expression.reads import reads
from leadline.project.problems import Where, quoted
from leadline.project.triggers import all_steps
from leadline.project.workflow import (
    ChooseStep,
    EnrollStep,
    HasSeen,
    PostStep,
    Purpose,
    SaveStep,
    SendStep,
    SetStep,
    Step,
    WaitForStep,
    WaitUntilStep,
    Workflow,
)

SYSTEMS = 3
"""From so many systems on, a workflow has more ways to fail halfway than anybody thinks of."""
CHAIN = 3
"""From so many workflows in a row on, nobody sees any more who is where."""
BURST = 10_000
"""More people at once than this meet limits that a small workflow never meets."""


@dataclass(frozen=True, slots=True)
class Need:
    """A level that must be reached, because of something that stands at ``where``.

    ``because`` follows the name of the workflow: "it waits for …".
    """

    level: Level
    because: str
    where: Where


def needs(workflow: Workflow, workflows: Mapping[str, Workflow]) -> tuple[Need, ...]:
    """What a workflow needs, the highest level first, each reason once.

    ``workflows`` are all of the project: a chain of them is only seen together.
    """
    found = [*_of_whole(workflow, workflows)]
    for step in all_steps(workflow.steps):
        found += [Need(level, because, step.where) for level, because in _of_step(step)]
    once: dict[tuple[Level, str], Need] = {}
    for need in found:
        once.setdefault((need.level, need.because), need)
    return tuple(sorted(once.values(), key=lambda need: (-need.level, need.where)))


def _of_whole(workflow: Workflow, workflows: Mapping[str, Workflow]) -> Iterator[Need]:
    where = workflow.where
    if workflow.starts.only_if is not None:
        yield Need(Level.DATA, "a condition on data decides who enters", where)
    if workflow.stops is not None:
        because = "events stop it: one that does not come lets mails go on to who cancelled"
        yield Need(Level.TRACKING, because, where)
    if workflow.success is not None:
        because = "its success is counted by an event: one that does not come shows a failure"
        yield Need(Level.TRACKING, because, where)
    systems = connections(workflow)
    if len(systems) >= SYSTEMS:
        because = f"it acts in {len(systems)} systems, and can stop halfway in many ways"
        yield Need(Level.SIMPLE, because, where)
    if workflow.starts.max_burst > BURST:
        because = f"up to {workflow.starts.max_burst:,} people may enter at once"
        yield Need(Level.SIMPLE, because, where)
    chain = _chain(workflow.name, workflows)
    if len(chain) >= CHAIN:
        because = f"it begins a chain of {len(chain)} workflows"
        yield Need(Level.ADVANCED, because, where)


def _of_step(step: Step) -> Iterator[tuple[Level, str]]:
    match step:
        case SendStep(purpose=Purpose.MARKETING):
            because = "it sends marketing: a mistake reaches many who did not ask for it"
            yield Level.SIMPLE, because
        case SendStep(connection=system):
            yield Level.INTEGRATION, f"it sends mails through {quoted(system)}"
        case SaveStep(connection=system):
            yield Level.INTEGRATION, f"it writes into {quoted(system)}"
        case PostStep(connection=system):
            yield Level.INTEGRATION, f"it posts to {quoted(system)}"
        case WaitUntilStep(until=HasSeen(system=system)):
            yield Level.INTEGRATION, f"it reads from {quoted(system)} whether a write shows"
        case WaitForStep(event=event):
            because = f"it waits for {quoted(event)}: if that never comes, all take one path"
            yield Level.TRACKING, because
        case EnrollStep(workflow=other):
            yield Level.SIMPLE, f"it hands people on to the workflow {quoted(other)}"
        case SetStep():
            yield Level.DATA, "it writes the contact's own data"
        case ChooseStep(branches=branches):
            if any(ref.scope == "contact" for b in branches for ref in reads(b.condition)):
                yield Level.DATA, "data of the contact decides which way people go"
        case _:
            pass


def _chain(name: str, workflows: Mapping[str, Workflow]) -> tuple[str, ...]:
    """The workflows that a run can be handed on to, this one first, each once."""
    found: dict[str, None] = {}
    pending = [name]
    while pending:
        current = pending.pop()
        workflow = workflows.get(current)
        if current in found or workflow is None:
            continue
        found[current] = None
        pending += [s.workflow for s in all_steps(workflow.steps) if isinstance(s, EnrollStep)]
    return tuple(found)
