"""What a workflow means: everything that its sentences say, and nothing else.

Two workflows with the same meaning do the same for people. Places in files, comments, the order
of keys and of events in a list are no part of it; the order of steps, every text that people
read, and the types of the fields in use are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from leadline.expression.reads import reads
from leadline.expression.tree import Condition, Ref
from leadline.expression.types import FieldType
from leadline.journey.encoding import content_hash
from leadline.journey.program import NOWHERE, source_ref
from leadline.message.inspect import variables
from leadline.project.project import Project
from leadline.project.triggers import all_steps, project_triggers
from leadline.project.workflow import (
    Branch,
    ChooseStep,
    FailurePolicy,
    PostStep,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
    Starts,
    Step,
    WaitForStep,
    WaitUntilStep,
    Workflow,
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A contact's field as far as a workflow depends on it.

    ``names`` are those in the systems to which the workflow saves it.
    """

    type: FieldType
    every_value: bool
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as far as people read it."""

    format: str
    subject: str | None
    preheader: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """A workflow with all that its effect depends on.

    ``events`` maps each event in use to the properties that are read of it. ``late`` are the
    events that start a run however late they come; the others do not after ``late_after`` (None
    where there are no others).
    ``systems`` maps each system in use to its kind.
    """

    workflow: Workflow
    time_zone: str
    late_after: timedelta | None
    late: tuple[str, ...]
    fields: Mapping[str, Attribute]
    events: Mapping[str, Mapping[str, FieldType]]
    messages: Mapping[str, Letter]
    systems: Mapping[str, str]


def meaning_of(project: Project, name: str) -> Meaning:
    """Gather what the workflow ``name`` depends on. KeyError for an unknown one."""
    workflow = _plain(project.workflows[name])
    steps = tuple(all_steps(workflow.steps))
    used = sorted({s.message for s in steps if isinstance(s, SendStep | PostStep)})
    refs = set(_refs(workflow, steps))
    for message in used:
        refs |= variables(project.messages[message])
    written = {(s.connection, f) for s in steps if isinstance(s, SaveStep) for f in s.fields}
    systems = {s.connection for s in steps if isinstance(s, SendStep | SaveStep | PostStep)}
    fields = {r.name for r in refs if r.scope == "contact" and r.name in project.fields}
    properties = {r.name for r in refs if r.scope == "event"}
    starting = workflow.starts.when
    late = tuple(e for e in starting if project.events[e].late_trigger)
    events = {
        name: {p: kind for p, kind in project.events[name].properties.items() if p in properties}
        for name in sorted(_events(workflow, steps, project))
    }
    return Meaning(
        workflow=workflow,
        time_zone=project.time_zone,
        late_after=None if late == starting else project.defaults.late_after,
        late=late,
        fields={
            name: Attribute(
                type=project.fields[name].type,
                every_value=project.fields[name].every_value,
                names={
                    system: own
                    for system, own in sorted(project.fields[name].names.items())
                    if (system, name) in written
                },
            )
            for name in sorted(fields)
        },
        events={name: read for name, read in events.items() if read},
        messages={m: _letter(project, m) for m in used},
        systems={s: project.systems[s].kind for s in sorted(systems)},
    )


def meaning_hash(meaning: Meaning) -> str:
    """The hash (sha256, hex) by which a meaning is known."""
    return content_hash(meaning)


def _letter(project: Project, name: str) -> Letter:
    message = project.messages[name]
    # Empty lines before and after a text are formatting: nobody reads them.
    body = message.body.replace("\r\n", "\n").strip("\n")
    return Letter(message.format, message.subject, message.preheader, body)


def _events(workflow: Workflow, steps: tuple[Step, ...], project: Project) -> set[str]:
    names = set(project_triggers(project)[workflow.name])
    names |= {s.event for s in steps if isinstance(s, WaitForStep)}
    if workflow.stops is not None:
        names |= set(workflow.stops.when)
    if workflow.success is not None:
        names.add(workflow.success.event)
    return {name for name in names if name in project.events}


def _refs(workflow: Workflow, steps: tuple[Step, ...]) -> Iterator[Ref]:
    """Every reference of a workflow but those inside its messages."""
    starts = workflow.starts
    if starts.once_per is not None:
        yield starts.once_per
    conditions: list[Condition | None] = [starts.only_if]
    conditions += [rule.where_ for rule in (workflow.stops, workflow.success) if rule is not None]
    for step in steps:
        match step:
            case ChooseStep():
                conditions += [branch.condition for branch in step.branches]
            case WaitForStep():
                conditions.append(step.where_)
            case WaitUntilStep(until=RelativeTime(ref=ref)):
                yield ref
            case SendStep(not_after=RelativeTime(ref=ref)):
                yield ref
            case SaveStep() | SetStep():
                yield from (Ref("contact", name) for name in step.fields)
                sources = (source_ref(write) for write in step.fields.values())
                yield from (ref for ref in sources if ref is not None)
            case _:
                pass
        if isinstance(step, SendStep | SaveStep | PostStep):
            yield from step.if_missing
    for condition in conditions:
        if condition is not None:
            yield from reads(condition)


# ---------------------------------------------------------------- one form for equal workflows


def _plain(workflow: Workflow) -> Workflow:
    """The workflow without what means nothing: places, and the order of what has none."""
    stops = workflow.stops
    return replace(
        workflow,
        starts=_plain_starts(workflow.starts),
        stops=None if stops is None else replace(stops, when=_once(stops.when)),
        steps=_plain_steps(workflow.steps),
        where=NOWHERE,
        silenced=tuple(
            sorted(
                (replace(each, where=NOWHERE, file="") for each in workflow.silenced),
                key=lambda each: (each.check, each.until, each.because),
            )
        ),
        override=None if workflow.override is None else replace(workflow.override, where=NOWHERE),
    )


def _plain_starts(starts: Starts) -> Starts:
    return replace(starts, when=_once(starts.when))


def _plain_steps(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(_plain_step(step) for step in steps)


def _plain_step(step: Step) -> Step:
    match step:
        case SendStep() | SaveStep() | PostStep():
            return replace(step, where=NOWHERE, policy=_plain_policy(step.policy))
        case ChooseStep():
            return replace(
                step,
                where=NOWHERE,
                branches=tuple(
                    Branch(each.condition, _plain_steps(each.steps), NOWHERE)
                    for each in step.branches
                ),
                otherwise=_plain_steps(step.otherwise),
                unknown=None if step.unknown is None else _plain_steps(step.unknown),
            )
        case _:
            return replace(step, where=NOWHERE)


def _plain_policy(policy: FailurePolicy) -> FailurePolicy:
    return replace(policy, tell=_once(policy.tell))


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
