"""Circles of steps, or of flows that enrol into each other, with no wait in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, counted, listed, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import Edge, Flow, Step
from leadline.blueprint.graph.knots import knots
from leadline.blueprint.graph.walk import circles, runs, soonest, steps_that_run, waits

RULE = rule(
    "endless-loop",
    "A circle without a wait",
    Severity.BLOCKING,
    marketer="People go round in this flow without a pause: the same steps again and again, "
    "within seconds, until the tool stops it or the mailbox is full.",
    engineer="Steps that lead back to themselves with no wait among them: blocking without a way "
    "out, a warning with one (its condition must change by itself). With a wait and no way out "
    "it is a note. Flows that enrol into each other in a circle without a wait before the "
    "enrolment are blocking too. Loops over items (n8n's loop node, Salesforce's loops) end by "
    "themselves and are left out.",
    mend="Put a wait into the circle and a way out of it, or count the rounds.",
)
_OVER_ITEMS = ("splitinbatches", "loop", "foreach", "iterator")


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each circle of steps, and for each circle of flows."""
    live = [flow for flow in flows if runs(flow)]
    for flow in live:
        for circle in circles(flow):
            steps = [step for name, step in flow.steps.items() if name in circle]
            if not any(_over_items(step) for step in steps):
                yield from _among_steps(flow, steps, facts)
    yield from _among_flows(live, facts)


def _over_items(step: Step) -> bool:
    return any(word in step.source_type.lower() for word in _OVER_ITEMS)


def _among_steps(flow: Flow, steps: Sequence[Step], facts: Facts) -> Iterator[Finding]:
    pauses = any(waits(step) for step in steps)
    inside = {step.id for step in steps}
    leaves = any(_out(edge, inside) for step in steps for edge in step.edges)
    if pauses and leaves:
        return
    many = counted(len(steps), "step")
    if pauses:
        how = "with a wait but no way out"
    else:
        how = "without a wait, until a condition changes" if leaves else "without a wait or an end"
    severity = Severity.NOTE if pauses else Severity.WARNING if leaves else None
    first = short(steps[0].words, 40)
    message = f'In {named(flow)} {many} from "{first}" on go round in a circle, {how}.'
    more = Weighed(how="people go round without end", severity=severity, count=len(steps))
    yield at(RULE, flow, steps[0], message, more, facts)


def _out(edge: Edge, inside: set[str]) -> bool:
    return edge.to is None or edge.to not in inside


def _among_flows(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    by_id = {(flow.system, flow.id): flow for flow in flows}
    at_once: dict[tuple[str, str], Step] = {}
    for flow in flows:
        calling = [step for step in steps_that_run(flow) if step.calls_flows]
        delays: Mapping[str, float] = soonest(flow) if calling else {}
        for step in calling:
            for other in step.calls_flows:
                called = by_id.get((flow.system, other))
                if called is not None and delays.get(step.id, 1.0) == 0.0:
                    at_once.setdefault((flow.key, called.key), step)
    by_key = {flow.key: flow for flow in flows}
    for circle in knots(at_once):
        members = [by_key[key] for key in sorted(circle)]
        first = next(s for (a, b), s in at_once.items() if a == members[0].key and b in circle)
        names = listed([named(flow) for flow in members], 2)
        what = "hands people over to itself" if len(members) == 1 else "hand people round"
        more = Weighed(
            how="people go round without end",
            count=len(members),
            others=tuple((flow, None) for flow in members[1:]),
        )
        message = f"{names} {what} in a circle without any wait."
        yield at(RULE, members[0], first, message, more, facts)
