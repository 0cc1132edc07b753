"""A project's workflows as neutral flows, so that map, questions and checks of flows read both.

What is ours (contacts, events, workflows, messages) stands under the system ``Leadline``, a name
that no file in systems/ can have. ``contact.x`` is a field of our contact, ``event.x`` a property
of each event that may stand behind the run, and what is saved to a system goes by its own names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from leadline.blueprint.graph.flow import (
    OURS,
    Condition,
    Every,
    FieldRef,
    Flow,
    Live,
    Some,
    Step,
    Trigger,
    TriggerKind,
)
from leadline.blueprint.graph.of_condition import Names, neutral
from leadline.blueprint.graph.of_step import Here, happening, steps_of
from leadline.expression.tree import Condition as Asked
from leadline.expression.tree import Ref
from leadline.journey.program import flat_steps
from leadline.message.inspect import variables
from leadline.project.project import Project
from leadline.project.triggers import all_steps, project_triggers
from leadline.project.workflow import Workflow

CONTACT = "contact"


def contact_field(name: str) -> FieldRef:
    """A field of our contact."""
    return FieldRef(OURS, CONTACT, name)


def property_of(event: str, name: str) -> FieldRef:
    """A property of an event."""
    return FieldRef(OURS, event, name)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What dotted names mean where any of ``events`` may be ``event``."""

    events: tuple[str, ...]

    def __call__(self, ref: Ref) -> tuple[FieldRef, ...]:
        """The fields that a name stands for; an event that nobody knows is called so."""
        if ref.scope != "event":
            return (contact_field(ref.name),)
        return tuple(property_of(event, ref.name) for event in self.events or ("event",))


def flows_of(project: Project) -> tuple[Flow, ...]:
    """Every workflow of a project as a neutral flow."""
    read = {name: variables(message) for name, message in project.messages.items()}
    behind = project_triggers(project)
    return tuple(
        flow_of(project, workflow, behind[workflow.name], read)
        for workflow in project.workflows.values()
    )


def flow_of(
    project: Project,
    workflow: Workflow,
    behind: tuple[str, ...],
    read: Mapping[str, frozenset[Ref]],
) -> Flow:
    """One workflow; ``behind`` are the events that can have started a run of it, ``read`` says
    what each message shows."""
    first, flat = flat_steps(workflow)
    names = Meaning(behind)
    here = Here(names, Meaning, flat, read, project.fields)
    order = (step.name for step in all_steps(workflow.steps))
    steps: dict[str, Step] = {step.id: step for step in steps_of(here, order)}
    starts = workflow.starts
    return Flow(
        system=OURS,
        id=workflow.name,
        name=workflow.title,
        where=workflow.where.file,
        live=Live.ON,
        object=CONTACT,
        triggers=tuple(_ways_in(workflow, names)),
        start=first,
        steps=MappingProxyType(steps),
        stops=_stops(workflow),
        success=_success(workflow),
        once_per=None if starts.once_per is None else names(starts.once_per)[0],
        owner=workflow.owner,
    )


def _stops(workflow: Workflow) -> Condition | None:
    stops = workflow.stops
    return None if stops is None else any_of(stops.when, stops.where_)


def _success(workflow: Workflow) -> Condition | None:
    success = workflow.success
    return None if success is None else any_of((success.event,), success.where_)


def any_of(events: tuple[str, ...], where: Asked | None) -> Condition:
    """That one of these events happens, and that ``where`` holds for it."""
    happened = tuple(happening(event) for event in events)
    one: Condition = happened[0] if len(happened) == 1 else Some(happened)
    return one if where is None else Every((one, neutral(where, Meaning(events))))


def _ways_in(workflow: Workflow, names: Names) -> Iterator[Trigger]:
    starts = workflow.starts
    once = "once ever" if starts.once_per is None else f"once per {starts.once_per}"
    again = starts.once_per is not None and starts.once_per.scope == "event"
    asked = None if starts.only_if is None else neutral(starts.only_if, names)
    for event in starts.when:
        happened = happening(event)
        condition = happened if asked is None else Every((happened, asked))
        words = f"when {event} happens, {once}"
        yield Trigger(TriggerKind.EVENT, words, condition, again=again)
    if not starts.when:
        words = f"when another workflow enrolls in it, {once}"
        yield Trigger(TriggerKind.CALLED, words, asked, again=again)
