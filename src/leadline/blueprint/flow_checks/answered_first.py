"""Webhooks that thank the caller before anything has happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, named, rule
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import ANSWERS_FIRST, Flow
from leadline.blueprint.graph.walk import runs, steps_that_run, ways_in

RULE = rule(
    "answered-first",
    "The caller is thanked before anything ran",
    Severity.NOTE,
    marketer="The form or shop that calls this flow is told that all is well before the flow has "
    "done anything. When it fails later, the caller does not try again.",
    engineer="A webhook that answers 200 on receipt (n8n: responseMode onReceived, which is the "
    "default and left out of the file). That is sound only where the flow itself retries.",
    mend="Answer after the last step (n8n: responseMode lastNode or responseNode), or store the "
    "call first and work on it from there.",
)


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One note for each flow that says so."""
    for flow in flows:
        if runs(flow) and says(flow):
            step = next((s for s in flow.steps.values() if ANSWERS_FIRST in s.notes), None)
            message = f"{named(flow)} answers its caller with 200 before anything has run."
            more = Weighed(how="a caller does not learn of a failure")
            yield at(RULE, flow, step, message, more, facts)


def says(flow: Flow) -> bool:
    """Whether the reader said so of a way in, of the flow or of one of its steps."""
    return (
        any(ANSWERS_FIRST in trigger.words for trigger in ways_in(flow))
        or ANSWERS_FIRST in flow.notes
        or any(ANSWERS_FIRST in step.notes for step in steps_that_run(flow))
    )
