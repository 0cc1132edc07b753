"""Steps that nothing leads to, among them those that stand after an end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, counted, named, rule, steps_named
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import Flow, Step, StepKind
from leadline.blueprint.graph.walk import entries, reached, runs

RULE = rule(
    "dead-steps",
    "Steps that nobody ever comes to",
    Severity.WARNING,
    marketer="There are steps in this flow that look as if they did something. Nothing leads to "
    "them: no mail of theirs is sent, no value of theirs is set.",
    engineer="Steps that no way in leads to along the edges, those behind a stop included. Not "
    "counted: disabled steps, joints (sticky notes), and helpers that hang on an agent by an "
    "edge of their own.",
    mend="Connect them again, or delete them.",
)


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each flow, at its first dead step."""
    for flow in flows:
        if runs(flow) and entries(flow):
            there = reached(flow)
            dead = [step for step in flow.steps.values() if _dead(step, there)]
            if dead:
                yield _finding(flow, dead, facts)


def _dead(step: Step, there: frozenset[str]) -> bool:
    if step.id in there or not step.enabled or step.kind is StepKind.JOINT:
        return False
    return "langchain" not in step.source_type.lower()


def _finding(flow: Flow, dead: Sequence[Step], facts: Facts) -> Finding:
    stopped = {
        edge.to for step in flow.steps.values() if step.kind is StepKind.STOP for edge in step.edges
    }
    behind = sum(step.id in stopped for step in dead)
    where = ", some of them behind an end" if behind else ""
    many = counted(len(dead), "step")
    message = f"{named(flow)} has {many} of {len(flow.steps):,} that nothing leads to{where}."
    more = Weighed(
        how="a step is never run", count=len(dead), of=len(flow.steps), told=steps_named(dead)
    )
    return at(RULE, flow, dead[0], message, more, facts)
