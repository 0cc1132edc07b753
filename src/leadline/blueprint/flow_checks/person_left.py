"""Flows that name somebody who has left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Example, Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, counted, named, rule, steps_named
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import Flow, Step
from leadline.blueprint.graph.walk import runs, steps_that_run

RULE = rule(
    "person-left",
    "A flow hands work to somebody who has left",
    Severity.WARNING,
    marketer="Leads, tasks or alerts of this flow go to a person who is no longer there. Nobody "
    "answers them.",
    engineer="A person named in a step of a running flow, or an owner written as a constant, is "
    "among the owners known to be inactive (by id, name or address, case ignored).",
    mend="Name the successor, or better a team or the record's own owner.",
)


_MOST_EXAMPLES = 5


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each flow, at the first such step."""
    if not facts.gone:
        return
    for flow in flows:
        if runs(flow):
            steps = [step for step in steps_that_run(flow) if _gone(step, facts)]
            if steps:
                people = sorted({person for step in steps for person in _gone(step, facts)})
                yield _finding(flow, steps, people, facts)


def _gone(step: Step, facts: Facts) -> list[str]:
    written = [w.value for w in step.writes if w.value and "owner" in w.field.name.lower()]
    return [p for p in (*step.people, *written) if p.strip().lower() in facts.gone]


def _finding(flow: Flow, steps: Sequence[Step], people: Sequence[str], facts: Facts) -> Finding:
    who = counted(len(people), "person", "people")
    have = "has" if len(people) == 1 else "have"
    message = (
        f"{named(flow)} hands work to {who} who {have} left, in {counted(len(steps), 'step')}."
    )
    named_there = tuple(
        Example(step.id, {"person": person}) for step in steps for person in _gone(step, facts)
    )
    more = Weighed(
        how="work goes to somebody who has left",
        count=len(people),
        examples=named_there[:_MOST_EXAMPLES],
        told=steps_named(steps),
    )
    return at(RULE, flow, steps[0], message, more, facts)
