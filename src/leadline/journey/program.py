"""A workflow compiled: its steps flat, its edges explicit, and what it needs to be told.

Compiled once a release. Nesting exists in the files only: the steps of a branch stand beside
the others, and the last of them leads to what follows the ``choose``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from leadline.expression.reads import reads
from leadline.expression.tree import Condition, Ref
from leadline.expression.types import Kind
from leadline.journey import flat
from leadline.journey.flat import Edge, FlatBranch, FlatStep, edges
from leadline.project.events import EventType
from leadline.project.fields import Field
from leadline.project.workflow import (
    AddTo,
    ChooseStep,
    Clear,
    EnrollStep,
    FromRef,
    HasSeen,
    Increment,
    Only,
    PostStep,
    Promise,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
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

EMAIL = Ref("contact", "email")
"""The field that says where mail goes, and by which a system knows the contact."""


@dataclass(frozen=True, slots=True)
class Program:
    """One workflow, ready to run.

    ``first`` is None for a workflow without steps. ``late_triggers`` are those of ``triggers``
    that start a run however old they are. ``folds_once`` says that the once_per value is an
    address, which is the same in either case. ``awaits`` names the events that steps, stops or
    success look for; ``looks_back`` those that the interpreter itself looks for; ``needs`` the
    fields of contact and trigger that any step reads; ``addressed`` that a step needs the
    contact's address.
    """

    workflow: str
    owner: str
    first: Edge
    steps: Mapping[str, FlatStep]
    triggers: frozenset[str]
    late_triggers: frozenset[str]
    only_if: Condition | None
    once_per: Ref | None
    folds_once: bool
    max_burst: int
    stops: Stops | None
    success: Success | None
    promise: Promise | None
    awaits: frozenset[str]
    looks_back: frozenset[str]
    needs: frozenset[Ref]
    addressed: bool

    @property
    def fuel(self) -> int:
        """How many steps one move may do before it must be a cycle without a wait."""
        return len(self.steps)

    @property
    def contact_needs(self) -> frozenset[Ref]:
        """The fields among ``needs`` that are not properties of the trigger."""
        return frozenset(ref for ref in self.needs if ref.scope != "event")


Variables = Mapping[str, frozenset[Ref]]
"""Message name → the names that its text reads."""


def compile_workflow(
    workflow: Workflow,
    fields: Mapping[str, Field],
    events: Mapping[str, EventType],
    variables: Variables,
) -> Program:
    """Make a workflow flat.

    ``fields``, ``events`` and ``variables`` are those of the project; what they lack is taken
    to be plain. ValueError where the steps do not hang together (a name twice, a ``go to`` or a
    ``has seen`` that names no such step), which a parsed project never is.
    """
    written = tuple(_walk(workflow.steps))
    names = [step.name for step in written]
    if len(set(names)) < len(names):
        raise ValueError(f'"{workflow.name}" has two steps of the same name.')
    saves = {step.name: step for step in written if isinstance(step, SaveStep)}
    flattening = _Flattening(workflow.name, fields, variables, saves, {})
    first = flattening.sequence(workflow.steps, None)
    steps = {name: flattening.done[name] for name in names}
    for step in steps.values():
        for edge in edges(step):
            if edge is not None and edge not in steps:
                raise ValueError(f'"{workflow.name}" goes to "{edge}", which is no step of it.')
    looks_back = frozenset(workflow.stops.when if workflow.stops else ()) | frozenset(
        step.event for step in steps.values() if isinstance(step, flat.WaitFor)
    )
    succeeds = frozenset({workflow.success.event}) if workflow.success else frozenset[str]()
    once = workflow.starts.once_per
    return Program(
        workflow=workflow.name,
        owner=workflow.owner,
        first=first,
        steps=steps,
        triggers=frozenset(workflow.starts.when),
        late_triggers=frozenset(
            name for name in workflow.starts.when if name in events and events[name].late_trigger
        ),
        only_if=workflow.starts.only_if,
        once_per=once,
        folds_once=once is not None and _is_address(once, workflow.starts.when, fields, events),
        max_burst=workflow.starts.max_burst,
        stops=workflow.stops,
        success=workflow.success,
        promise=workflow.promise,
        awaits=looks_back | succeeds,
        looks_back=looks_back,
        needs=_needs(workflow, steps.values()),
        addressed=any(isinstance(step, flat.Send | flat.Save) for step in steps.values()),
    )


def _walk(steps: Iterable[Step]) -> Iterator[Step]:
    """Every step in the order of the file, those of branches after their choose."""
    for step in steps:
        yield step
        if isinstance(step, ChooseStep):
            for branch in step.branches:
                yield from _walk(branch.steps)
            yield from _walk(step.otherwise)
            yield from _walk(step.unknown or ())


@dataclass(frozen=True, slots=True)
class _Flattening:
    """The steps made flat so far, and what is needed for the others."""

    workflow: str
    fields: Mapping[str, Field]
    variables: Variables
    saves: Mapping[str, SaveStep]
    done: dict[str, FlatStep]

    def sequence(self, steps: tuple[Step, ...], after: Edge) -> Edge:
        """Flatten steps that follow each other and lead to ``after``; return where they begin."""
        entry = after
        for step in reversed(steps):
            self.done[step.name] = self._step(step, entry)
            entry = step.name
        return entry

    def _step(self, step: Step, after: Edge) -> FlatStep:
        match step:
            case SendStep():
                return self._send(step, after)
            case SaveStep():
                return self._save(step, after)
            case PostStep():
                return self._post(step, after)
            case SetStep():
                return flat.SetFields(step.name, after, step.fields, self._orders(step.fields))
            case WaitStep():
                return flat.Wait(step.name, after, step.span)
            case WaitUntilStep():
                return self._wait_until(step, after)
            case WaitForStep():
                return flat.WaitFor(
                    step.name, after, step.event, step.where_, step.at_most, step.if_not
                )
            case ChooseStep():
                return self._choose(step, after)
            case EnrollStep():
                return flat.EnrollIn(step.name, after, step.workflow)
            case StopStep():
                return flat.Stop(step.name, step.reason)
            case _:
                assert_never(step)

    def _send(self, step: SendStep, after: Edge) -> flat.Send:
        return flat.Send(
            name=step.name,
            next=after,
            message=step.message,
            connection=step.connection,
            purpose=step.purpose,
            reads=self._variables(step.message),
            if_missing=step.if_missing,
            not_after=step.not_after,
            policy=step.policy,
        )

    def _save(self, step: SaveStep, after: Edge) -> flat.Save:
        every_value = frozenset(
            name for name in step.fields if name in self.fields and self.fields[name].every_value
        )
        return flat.Save(
            name=step.name,
            next=after,
            connection=step.connection,
            object=step.object,
            fields=step.fields,
            orders=self._orders(step.fields),
            every_value=every_value,
            if_missing=step.if_missing,
            policy=step.policy,
        )

    def _post(self, step: PostStep, after: Edge) -> flat.Post:
        return flat.Post(
            name=step.name,
            next=after,
            connection=step.connection,
            channel=step.channel,
            message=step.message,
            bundle=step.bundle,
            reads=self._variables(step.message),
            if_missing=step.if_missing,
            policy=step.policy,
        )

    def _wait_until(self, step: WaitUntilStep, after: Edge) -> FlatStep:
        match step.until:
            case HasSeen(system, saved_by):
                save = self.saves.get(saved_by)
                if save is None or save.connection != system:
                    raise ValueError(
                        f'"{self.workflow}" waits until {system} has seen "{saved_by}", '
                        "which is no step that saves there."
                    )
                return flat.WaitSeen(
                    name=step.name,
                    next=after,
                    system=system,
                    object=save.object,
                    saved_by=saved_by,
                    at_most=step.at_most,
                    if_not=step.if_not,
                )
            case until:
                return flat.WaitUntil(step.name, after, until, step.at_most, step.if_not)

    def _choose(self, step: ChooseStep, after: Edge) -> flat.Choose:
        branches = tuple(
            FlatBranch(
                branch.condition,
                tuple(sorted(reads(branch.condition))),
                self.sequence(branch.steps, after),
            )
            for branch in step.branches
        )
        return flat.Choose(
            name=step.name,
            branches=branches,
            otherwise=self.sequence(step.otherwise, after),
            unknown=None if step.unknown is None else self.sequence(step.unknown, after),
            parts_unknown=step.unknown is not None,
        )

    def _variables(self, message: str) -> tuple[Ref, ...]:
        return tuple(sorted(self.variables.get(message, frozenset())))

    def _orders(self, fields: Mapping[str, Write]) -> Mapping[str, tuple[str, ...]]:
        return {
            name: self.fields[name].type.values
            for name, write in fields.items()
            if isinstance(write, To) and write.only is Only.FORWARD and name in self.fields
        }


def _is_address(
    ref: Ref, triggers: Iterable[str], fields: Mapping[str, Field], events: Mapping[str, EventType]
) -> bool:
    if ref.scope == "contact":
        return ref.name in fields and fields[ref.name].type.kind is Kind.EMAIL
    types = (events[name].properties.get(ref.name) for name in triggers if name in events)
    return any(found is not None and found.kind is Kind.EMAIL for found in types)


def _needs(workflow: Workflow, steps: Iterable[FlatStep]) -> frozenset[Ref]:
    starts = workflow.starts
    found: set[Ref] = set()
    if starts.only_if is not None:
        found |= reads(starts.only_if)
    if starts.once_per is not None:
        found.add(starts.once_per)
    for rule in (workflow.stops, workflow.success):
        found |= _of_contact(rule.where_ if rule else None)
    for step in steps:
        found |= _step_needs(step)
    return frozenset(found)


def _of_contact(where: Condition | None) -> frozenset[Ref]:
    """What ``where`` reads beside the event that arrives."""
    refs = frozenset[Ref]() if where is None else reads(where)
    return frozenset(ref for ref in refs if ref.scope != "event")


def _step_needs(step: FlatStep) -> frozenset[Ref]:
    match step:
        case flat.Send():
            times = (step.not_after,) if isinstance(step.not_after, RelativeTime) else ()
            return frozenset({EMAIL, *step.reads, *(time.ref for time in times)})
        case flat.Save():
            return frozenset({EMAIL, *_sources(step.fields)})
        case flat.Post():
            return frozenset(step.reads)
        case flat.SetFields():
            # Where a write depends on what stands there, that is read too.
            return _sources(step.fields) | {Ref("contact", name) for name in step.fields}
        case flat.WaitUntil():
            return frozenset({step.until.ref} if isinstance(step.until, RelativeTime) else ())
        case flat.WaitSeen():
            return frozenset({EMAIL})
        case flat.WaitFor():
            return _of_contact(step.where)
        case flat.Choose():
            return frozenset(ref for branch in step.branches for ref in branch.reads)
        case flat.Wait() | flat.EnrollIn() | flat.Stop():
            return frozenset()
        case _:
            assert_never(step)


def _sources(fields: Mapping[str, Write]) -> frozenset[Ref]:
    return frozenset(ref for write in fields.values() if (ref := source_ref(write)) is not None)


def source_ref(write: Write) -> Ref | None:
    """Return the field that a write takes its value from, if it takes one."""
    match write:
        case To(source=FromRef(ref)) | AddTo(source=FromRef(ref)):
            return ref
        case To() | AddTo() | Increment() | Clear():
            return None
        case _:
            assert_never(write)
