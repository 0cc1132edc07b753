"""A workflow made flat: every step by name, with explicit edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from leadline.expression.reads import reads
from leadline.expression.tree import Condition, Ref
from leadline.expression.types import Kind
from leadline.project.events import EventType
from leadline.project.fields import Field
from leadline.project.problems import Where
from leadline.project.workflow import (
    AddTo,
    ChooseStep,
    EnrollStep,
    FromRef,
    GoTo,
    HasSeen,
    PostStep,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
    Starts,
    Step,
    Stops,
    StopStep,
    Success,
    To,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
    Workflow,
    Write,
)

Leaf = (
    SendStep
    | SaveStep
    | PostStep
    | SetStep
    | WaitStep
    | WaitUntilStep
    | WaitForStep
    | EnrollStep
    | StopStep
)
Target = str | None
"""The name of a step, or None: the run is completed."""


@dataclass(frozen=True, slots=True)
class FlatStep:
    """A step without branches, and the one that follows."""

    step: Leaf
    next: Target


@dataclass(frozen=True, slots=True)
class FlatBranch:
    """One ``if`` of a choice; ``label`` is how people call it."""

    condition: Condition
    target: Target
    label: str


@dataclass(frozen=True, slots=True)
class FlatChoice:
    """A choice: the first branch that holds, else ``otherwise``.

    ``unknown`` is where those go of whom it is not known; ``has_unknown`` False: to
    ``otherwise`` as well.
    """

    name: str
    branches: tuple[FlatBranch, ...]
    otherwise: Target
    unknown: Target
    has_unknown: bool
    reads: tuple[Ref, ...]


Flat = FlatStep | FlatChoice


@dataclass(frozen=True, slots=True)
class VendorField:
    """How a system calls a field of ours; ``order`` are the values of a choice, in order."""

    name: str
    order: tuple[str, ...]
    every_value: bool


@dataclass(frozen=True, slots=True)
class Program:
    """One compiled workflow.

    ``variables`` are what each message reads; ``vendor_fields`` map (system, our field) to the
    system's own name; ``awaits`` are the events that may wake or end a run; ``fields`` the
    contact fields that any step reads. ``time_zone`` is the one in which the project counts
    days; ``folds_once`` says that the once_per value is an address, the same in either case;
    ``addressed`` that a step needs the contact's address.
    """

    workflow: str
    first: Target
    steps: Mapping[str, Flat]
    starts: Starts
    stops: Stops | None
    success: Success | None
    variables: Mapping[str, tuple[Ref, ...]]
    vendor_fields: Mapping[str, Mapping[str, VendorField]]
    orders: Mapping[str, tuple[str, ...]]
    awaits: frozenset[str]
    fields: frozenset[str]
    time_zone: str = "UTC"
    folds_once: bool = False
    addressed: bool = True

    @property
    def fuel(self) -> int:
        """How many steps one move may do before it must be a cycle without a wait."""
        return len(self.steps)


NOWHERE = Where("")
"""Stands for every place in a file: a compiled workflow is the same wherever it was written."""


def compile_workflow(
    workflow: Workflow,
    fields: Mapping[str, Field],
    variables: Mapping[str, frozenset[Ref]],
    events: Mapping[str, EventType] | None = None,
    time_zone: str = "UTC",
) -> Program:
    """Flatten a workflow; ``variables`` says what each message of the project reads.

    ValueError where the steps do not hang together (a name twice, a ``go to`` or ``has seen``
    that names no such step), which a parsed project never is.
    """
    first, steps = flat_steps(workflow)
    leaves = [flat.step for flat in steps.values() if isinstance(flat, FlatStep)]
    used = {s.message for s in leaves if isinstance(s, SendStep | PostStep)}
    read_by_messages = {m: tuple(sorted(variables.get(m, frozenset()))) for m in sorted(used)}
    refs = {ref for refs in read_by_messages.values() for ref in refs} | _rules_read(workflow)
    for flat in steps.values():
        refs |= _reads(flat)
    return Program(
        workflow=workflow.name,
        first=first,
        steps=steps,
        starts=workflow.starts,
        stops=workflow.stops,
        success=workflow.success,
        variables=read_by_messages,
        vendor_fields=_vendor_fields(leaves, fields),
        orders={name: f.type.values for name, f in fields.items() if f.type.values},
        awaits=_awaits(workflow, leaves),
        fields=frozenset({"email"} | {ref.name for ref in refs if ref.scope == "contact"}),
        time_zone=time_zone,
        folds_once=_is_address(workflow.starts, fields, events or {}),
        addressed=any(isinstance(step, SendStep | SaveStep) for step in leaves),
    )


def flat_steps(workflow: Workflow) -> tuple[Target, Mapping[str, Flat]]:
    """The first step of a workflow, and every step by name with explicit edges.

    ValueError where the steps do not hang together.
    """
    steps: dict[str, Flat] = {}
    first = _flatten(workflow.steps, None, steps)
    _check(workflow, steps)
    return first, steps


def _check(workflow: Workflow, steps: Mapping[str, Flat]) -> None:
    if len(list(_walk(workflow.steps))) > len(steps):
        raise ValueError(f'"{workflow.name}" has two steps of the same name.')
    for flat in steps.values():
        for edge in edges(flat):
            if edge is not None and edge not in steps:
                raise ValueError(f'"{workflow.name}" goes to "{edge}", which is no step of it.')
        if isinstance(flat, FlatStep) and isinstance(flat.step, WaitUntilStep):
            until = flat.step.until
            if isinstance(until, HasSeen) and not _saves(steps.get(until.step), until.system):
                raise ValueError(
                    f'"{workflow.name}" waits until {until.system} has seen "{until.step}", '
                    "which is no step that saves there."
                )


def _saves(flat: Flat | None, system: str) -> bool:
    return (
        isinstance(flat, FlatStep)
        and isinstance(flat.step, SaveStep)
        and flat.step.connection == system
    )


def _walk(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        if isinstance(step, ChooseStep):
            for branch in step.branches:
                yield from _walk(branch.steps)
            yield from _walk(step.otherwise)
            yield from _walk(step.unknown or ())


def edges(flat: Flat) -> frozenset[Target]:
    """Every edge that leaves a step; None among them where the run can be completed there.

    A policy that stops the run or makes it a dead letter is no edge.
    """
    if isinstance(flat, FlatChoice):
        ways = {branch.target for branch in flat.branches} | {flat.otherwise}
        return frozenset(ways | ({flat.unknown} if flat.has_unknown else set[Target]()))
    match flat.step:
        case SendStep(policy=policy) | SaveStep(policy=policy) | PostStep(policy=policy):
            then = policy.then
        case WaitUntilStep(if_not=if_not) | WaitForStep(if_not=if_not):
            then = if_not
        case StopStep():
            return frozenset()
        case SetStep() | WaitStep() | EnrollStep():
            return frozenset({flat.next})
        case _:
            assert_never(flat.step)
    return frozenset({flat.next, then.step} if isinstance(then, GoTo) else {flat.next})


def _flatten(sequence: tuple[Step, ...], after: Target, into: dict[str, Flat]) -> Target:
    """Add the steps of a sequence; return its first, or ``after`` where it is empty."""
    target = after
    for step in reversed(sequence):
        if isinstance(step, ChooseStep):
            into[step.name] = _choice(step, target, into)
        else:
            into[step.name] = FlatStep(replace(step, where=NOWHERE), target)
        target = step.name
    return target


def _choice(step: ChooseStep, after: Target, into: dict[str, Flat]) -> FlatChoice:
    branches = tuple(
        FlatBranch(branch.condition, _flatten(branch.steps, after, into), f"if {number}")
        for number, branch in enumerate(step.branches, start=1)
    )
    otherwise = _flatten(step.otherwise, after, into)
    unknown = after if step.unknown is None else _flatten(step.unknown, after, into)
    refs = {ref for branch in branches for ref in reads(branch.condition)}
    return FlatChoice(
        step.name, branches, otherwise, unknown, step.unknown is not None, tuple(sorted(refs))
    )


def _reads(flat: Flat) -> set[Ref]:
    if isinstance(flat, FlatChoice):
        return set(flat.reads)
    step = flat.step
    found: set[Ref] = set()
    if isinstance(step, SaveStep | SetStep):
        found |= {ref for w in step.fields.values() if (ref := source_ref(w)) is not None}
    if isinstance(step, SetStep):
        found |= {Ref("contact", name) for name in step.fields}
    if isinstance(step, WaitUntilStep) and isinstance(step.until, RelativeTime):
        found.add(step.until.ref)
    if isinstance(step, SendStep) and isinstance(step.not_after, RelativeTime):
        found.add(step.not_after.ref)
    if isinstance(step, WaitForStep) and step.where_ is not None:
        found |= reads(step.where_)
    return found


def _awaits(workflow: Workflow, leaves: list[Leaf]) -> frozenset[str]:
    names = {step.event for step in leaves if isinstance(step, WaitForStep)}
    if workflow.stops is not None:
        names |= set(workflow.stops.when)
    return frozenset(names)


def _vendor_fields(
    leaves: list[Leaf], fields: Mapping[str, Field]
) -> dict[str, dict[str, VendorField]]:
    found: dict[str, dict[str, VendorField]] = {}
    for step in leaves:
        if isinstance(step, SaveStep):
            names = found.setdefault(step.connection, {})
            for name in step.fields:
                field = fields[name]
                own = field.names.get(step.connection, name)
                names[name] = VendorField(own, field.type.values, field.every_value)
    return found


def _rules_read(workflow: Workflow) -> set[Ref]:
    """What the rules beside the steps read of the contact."""
    starts = workflow.starts
    found: set[Ref] = set() if starts.once_per is None else {starts.once_per}
    for rule in (workflow.stops, workflow.success):
        if rule is not None and rule.where_ is not None:
            found |= reads(rule.where_)
    return found if starts.only_if is None else found | reads(starts.only_if)


def source_ref(write: Write) -> Ref | None:
    """Return the field that a write takes its value from, if it takes one."""
    if isinstance(write, To | AddTo) and isinstance(write.source, FromRef):
        return write.source.ref
    return None


def _is_address(
    starts: Starts, fields: Mapping[str, Field], events: Mapping[str, EventType]
) -> bool:
    ref = starts.once_per
    if ref is None:
        return False
    if ref.scope == "contact":
        return ref.name in fields and fields[ref.name].type.kind is Kind.EMAIL
    types = (events[name].properties.get(ref.name) for name in starts.when if name in events)
    return any(found is not None and found.kind is Kind.EMAIL for found in types)
