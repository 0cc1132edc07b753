"""A workflow made flat: every step by name, with explicit edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leadline.expression.reads import reads
from leadline.expression.tree import Condition, Ref
from leadline.project.fields import Field
from leadline.project.workflow import (
    AddTo,
    ChooseStep,
    EnrollStep,
    FromRef,
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
    contact fields that any step reads.
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


def compile_workflow(
    workflow: Workflow,
    fields: Mapping[str, Field],
    variables: Mapping[str, frozenset[Ref]],
) -> Program:
    """Flatten a workflow; ``variables`` says what each message of the project reads."""
    steps: dict[str, Flat] = {}
    first = _flatten(workflow.steps, None, steps)
    leaves = [flat.step for flat in steps.values() if isinstance(flat, FlatStep)]
    used = {s.message for s in leaves if isinstance(s, SendStep | PostStep)}
    read_by_messages = {m: tuple(sorted(variables.get(m, frozenset()))) for m in sorted(used)}
    refs = {ref for refs in read_by_messages.values() for ref in refs}
    for flat in steps.values():
        refs |= _reads(flat)
    if workflow.starts.only_if is not None:
        refs |= reads(workflow.starts.only_if)
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
    )


def _flatten(sequence: tuple[Step, ...], after: Target, into: dict[str, Flat]) -> Target:
    """Add the steps of a sequence; return its first, or ``after`` where it is empty."""
    target = after
    for step in reversed(sequence):
        if isinstance(step, ChooseStep):
            into[step.name] = _choice(step, target, into)
        else:
            into[step.name] = FlatStep(step, target)
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
        for write in step.fields.values():
            if isinstance(write, To | AddTo) and isinstance(write.source, FromRef):
                found.add(write.source.ref)
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
