"""The shortest way through a workflow to one of its steps, and what must happen on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leadline.journey.compiled import CompiledProject
from leadline.journey.program import Flat, FlatChoice, FlatStep, Program, Target
from leadline.project.workflow import (
    CarryOn,
    EnrollStep,
    GoTo,
    PostStep,
    SaveStep,
    SendStep,
    StopStep,
    WaitForStep,
    WaitUntilStep,
)
from leadline.rehearsal.coverage import FAILS, GIVES_UP, UNKNOWN

COMES = "comes"
"""The awaited event comes."""
GOES_ON = ""
"""Nothing special happens."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A step on the way, and what must happen there: a branch, or nothing special."""

    program: Program
    step: str
    branch: str


def way(release: CompiledProject, workflow: str, step: str) -> tuple[Leg, ...] | None:
    """The way to a step, from an event that starts its workflow or one that enrolls there.

    The step itself comes last, with nothing special. None where no way leads to it.
    """
    chain = _chain(release, workflow)
    if chain is None:
        return None
    legs: list[Leg] = []
    goals = [*(enroll for _, enroll in chain), step]
    for name, goal in zip([*(n for n, _ in chain), workflow], goals, strict=True):
        found = _through(release.programs[name], goal)
        if found is None:
            return None
        legs += found
    return tuple(legs)


def root(release: CompiledProject, workflow: str) -> str | None:
    """The workflow that an event must start so that a run of this one begins."""
    chain = _chain(release, workflow)
    if chain is None:
        return None
    return chain[0][0] if chain else workflow


def _chain(release: CompiledProject, workflow: str) -> tuple[tuple[str, str], ...] | None:
    """The workflows, each with the step that enrolls, by which one is entered; () by itself."""
    pending: deque[tuple[str, tuple[tuple[str, str], ...]]] = deque([(workflow, ())])
    seen = {workflow}
    while pending:
        name, after = pending.popleft()
        if release.programs[name].starts.when:
            return after
        for program in release.programs.values():
            if program.workflow in seen:
                continue
            for step in program.steps.values():
                if isinstance(step, FlatStep) and isinstance(step.step, EnrollStep):
                    if step.step.workflow != name:
                        continue
                    seen.add(program.workflow)
                    pending.append((program.workflow, ((program.workflow, step.step.name), *after)))
                    break
    return None


def _through(program: Program, goal: str) -> list[Leg] | None:
    before: dict[str, tuple[str, str] | None] = {}
    pending: deque[str] = deque()
    if program.first is not None:
        before[program.first] = None
        pending.append(program.first)
    while pending:
        step = pending.popleft()
        if step == goal:
            return _legs(program, goal, before)
        for branch, target in _edges(program.steps[step]):
            if target is not None and target not in before:
                before[target] = (step, branch)
                pending.append(target)
    return None


def _legs(program: Program, goal: str, before: Mapping[str, tuple[str, str] | None]) -> list[Leg]:
    legs = [Leg(program, goal, GOES_ON)]
    came = before[goal]
    while came is not None:
        legs.append(Leg(program, *came))
        came = before[came[0]]
    return legs[::-1]


def _edges(flat: Flat) -> Iterator[tuple[str, Target]]:
    if isinstance(flat, FlatChoice):
        yield from ((branch.label, branch.target) for branch in flat.branches)
        yield "else", flat.otherwise
        if flat.has_unknown:
            yield UNKNOWN, flat.unknown
        return
    match flat.step:
        case SendStep(policy=policy) | SaveStep(policy=policy) | PostStep(policy=policy):
            yield GOES_ON, flat.next
            if isinstance(policy.then, GoTo):
                yield FAILS, policy.then.step
        case WaitForStep(if_not=if_not):
            yield (GOES_ON if isinstance(if_not, CarryOn) else COMES), flat.next
            if isinstance(if_not, GoTo):
                yield GIVES_UP, if_not.step
        case WaitUntilStep(if_not=if_not):
            yield GOES_ON, flat.next
            if isinstance(if_not, GoTo):
                yield GIVES_UP, if_not.step
        case StopStep():
            return
        case _:
            yield GOES_ON, flat.next
