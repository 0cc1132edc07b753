"""What a flat workflow leads to: which steps follow which, and after how long at the least."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from heapq import heappop, heappush

from leadline.journey.program import Flat, FlatStep, Program, edges
from leadline.project.workflow import (
    GoTo,
    PostStep,
    SaveStep,
    SendStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)

ZERO = timedelta(0)


def following(flat: Flat) -> tuple[str, ...]:
    """The steps that can come next."""
    return tuple(sorted(name for name in edges(flat) if name is not None))


def pairs(program: Program, through: Callable[[Flat], bool] | None = None) -> list[tuple[str, str]]:
    """Every step with each that can follow it; with ``through``, of the steps that it lets."""
    return [
        (name, target)
        for name, flat in program.steps.items()
        if through is None or through(flat)
        for target in following(flat)
    ]


def jumps(program: Program) -> Iterator[tuple[str, str]]:
    """Every step that says go to, with where to: without one, no step is come to twice."""
    for name, flat in program.steps.items():
        if isinstance(flat, FlatStep):
            match flat.step:
                case SendStep(policy=policy) | SaveStep(policy=policy) | PostStep(policy=policy):
                    then = policy.then
                case WaitUntilStep(if_not=if_not) | WaitForStep(if_not=if_not):
                    then = if_not
                case _:
                    continue
            if isinstance(then, GoTo):
                yield name, then.step


def does_not_wait(flat: Flat) -> bool:
    """Whether a step is over as soon as its effect is settled."""
    return not (
        isinstance(flat, FlatStep) and isinstance(flat.step, WaitStep | WaitUntilStep | WaitForStep)
    )


def reached_from(program: Program, starts: tuple[str, ...]) -> frozenset[str]:
    """Every step that ``starts`` lead to, themselves included."""
    seen: set[str] = set(starts)
    pending = list(starts)
    while pending:
        flat = program.steps[pending.pop()]
        fresh = [name for name in following(flat) if name not in seen]
        seen.update(fresh)
        pending += fresh
    return frozenset(seen)


def soonest(program: Program) -> tuple[Mapping[str, timedelta], Mapping[str, str]]:
    """How long it takes at the least until each step, counting stated waits alone; and by which
    step before it. Steps that nothing leads to are left out."""
    if program.first is None:
        return {}, {}
    after: dict[str, timedelta] = {program.first: ZERO}
    before: dict[str, str] = {}
    done: set[str] = set()
    queue = [(ZERO, program.first)]
    while queue:
        at, name = heappop(queue)
        if name in done:
            continue
        done.add(name)
        flat = program.steps[name]
        for target in following(flat):
            then = at + _takes(flat)
            if target not in after or then < after[target]:
                after[target] = then
                before[target] = name
                heappush(queue, (then, target))
    return after, before


def way_to(step: str, before: Mapping[str, str]) -> Iterator[str]:
    """The steps by which ``step`` is reached soonest, itself first, the first step last."""
    name: str | None = step
    while name is not None:
        yield name
        name = before.get(name)


def _takes(flat: Flat) -> timedelta:
    if isinstance(flat, FlatStep) and isinstance(flat.step, WaitStep):
        return flat.step.span
    return ZERO
