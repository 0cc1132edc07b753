"""Where a record can get to in a flow, and after how long."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping

from leadline.blueprint.graph.flow import Edge, Flow, Live, Step, StepKind, Trigger
from leadline.blueprint.graph.knots import knots

RUNS_WHEN_CALLED = frozenset({"n8n"})
"""Systems that run a called flow whether it is switched on or not."""


def runs(flow: Flow) -> bool:
    """Whether it runs, or may run for all that its file tells."""
    return flow.live is not Live.OFF


def ways_in(flow: Flow) -> tuple[Trigger, ...]:
    """The triggers that can start it: n8n keeps those that are switched off in the file."""
    return tuple(t for t in flow.triggers if not _switched_off(flow, t.starts_at))


def own_node(flow: Flow, trigger: Trigger) -> Step | None:
    """The trigger's own node, where the file has one among the steps (n8n)."""
    step = flow.steps.get(trigger.starts_at) if trigger.starts_at is not None else None
    return step if step is not None and step.kind is StepKind.JOINT else None


def _switched_off(flow: Flow, name: str | None) -> bool:
    step = flow.steps.get(name) if name is not None else None
    return step is not None and step.kind is StepKind.JOINT and not step.enabled


def entries(flow: Flow) -> tuple[str, ...]:
    """The first steps, one for each way in, without repeats and without names that lead nowhere."""
    named = [trigger.starts_at or flow.start for trigger in ways_in(flow)]
    every = dict.fromkeys([flow.start, *named])
    return tuple(
        step
        for step in every
        if step is not None and step in flow.steps and not _switched_off(flow, step)
    )


def leads_to(step: Step) -> Iterator[Edge]:
    """The edges that a run can follow: none out of a stop, and none that ends the path."""
    if step.kind is not StepKind.STOP:
        for edge in step.edges:
            if edge.to is not None:
                yield edge


def reached(flow: Flow) -> frozenset[str]:
    """Ids of the steps that some way in leads to."""
    return _walked(flow)[1]


def _walked(flow: Flow) -> tuple[Flow, frozenset[str], tuple[Step, ...]]:
    """What is reached and what runs, kept for the checks that ask the same flow again."""
    known = _KEPT.get(id(flow))
    if known is not None and known[0] is flow:
        return known
    order = _in_order(flow, entries(flow))
    there = frozenset(order)
    running = tuple(step for name in order if (step := flow.steps[name]).enabled)
    if len(_KEPT) >= _MOST_KEPT:
        _KEPT.clear()
    # The flow is kept beside its answer, so its id cannot come to mean another flow.
    _KEPT[id(flow)] = answer = (flow, there, running)
    return answer


_MOST_KEPT = 5_000
_KEPT: dict[int, tuple[Flow, frozenset[str], tuple[Step, ...]]] = {}


def reached_from(flow: Flow, starts: tuple[str, ...]) -> frozenset[str]:
    """Ids of the steps that can follow these, with these."""
    return frozenset(_in_order(flow, starts))


def _in_order(flow: Flow, starts: tuple[str, ...]) -> list[str]:
    """What can follow these steps, the nearest first."""
    steps = flow.steps
    seen = set(starts)
    order = list(starts)
    for name in order:  # it grows while it is walked
        step = steps[name]
        if step.kind is StepKind.STOP:
            continue
        for edge in step.edges:
            to = edge.to
            if to is not None and to not in seen and to in steps:
                seen.add(to)
                order.append(to)
    return order


def steps_that_run(flow: Flow) -> tuple[Step, ...]:
    """The steps that a record can come to, the nearest first; disabled ones left out."""
    return _walked(flow)[2]


def soonest(flow: Flow) -> Mapping[str, float]:
    """The least seconds of waiting before each step that is reached.

    Steps that lie behind a wait of unknown length, on every way, are left out.
    """
    best: dict[str, float] = {}
    for name in entries(flow):
        delay = _delay(flow.steps[name])
        if delay < math.inf:
            best[name] = delay
    waiting = [(delay, step) for step, delay in best.items()]
    heapq.heapify(waiting)
    while waiting:
        so_far, name = heapq.heappop(waiting)
        if so_far > best[name]:
            continue
        step = flow.steps[name]
        behind = so_far + _length(step)
        for edge in leads_to(step):
            to = edge.to
            if to is None or to not in flow.steps:
                continue
            after = behind + _delay(flow.steps[to])
            if after < best.get(to, math.inf):
                best[to] = after
                heapq.heappush(waiting, (after, to))
    return best


def waits(step: Step) -> bool:
    """Whether people stay at the step for a while; Mautic's steps carry their own delay."""
    return step.enabled and (step.kind is StepKind.WAIT or bool(step.wait_s))


def _length(step: Step) -> float:
    """Seconds that a wait takes."""
    if step.kind is not StepKind.WAIT or not step.enabled:
        return 0.0
    return math.inf if step.wait_s is None else step.wait_s


def _delay(step: Step) -> float:
    """Seconds that a step which is no wait lets pass before it does something."""
    return step.wait_s or 0.0 if step.enabled and step.kind is not StepKind.WAIT else 0.0


def circles(flow: Flow) -> Iterator[frozenset[str]]:
    """The sets of steps among which a record can go round (strongly connected, reached)."""
    there = reached(flow)
    if any(_goes_back(flow, there)):
        steps = (step for step in flow.steps.values() if step.id in there)
        yield from knots(
            (step.id, edge.to) for step in steps for edge in leads_to(step) if edge.to in there
        )


def _goes_back(flow: Flow, there: frozenset[str]) -> Iterator[bool]:
    """Cheap first look: is there an edge to a step that was left already, going depth first?"""
    done: set[str] = set()
    open_: set[str] = set()
    for start in entries(flow):
        if start in done:
            continue
        stack = [(start, leads_to(flow.steps[start]))]
        open_.add(start)
        while stack:
            name, edges = stack[-1]
            for edge in edges:
                to = edge.to
                if to is None or to not in there:
                    continue
                if to in open_:
                    yield True
                elif to not in done:
                    open_.add(to)
                    stack.append((to, leads_to(flow.steps[to])))
                    break
            else:
                stack.pop()
                open_.discard(name)
                done.add(name)
