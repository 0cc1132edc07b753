"""Live flows that hand people over to a flow that is switched off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, named, rule
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import Flow, Live
from leadline.blueprint.graph.walk import RUNS_WHEN_CALLED, steps_that_run

RULE = rule(
    "enrols-into-off",
    "People are handed over to a flow that is off",
    Severity.BLOCKING,
    marketer="A live flow passes people on to another one that is switched off. They stop there "
    "and get nothing more.",
    engineer="A step that can be reached, of a flow that is on, enrols into or runs a flow of the "
    "same system whose file says that it is off. n8n is left out: it runs a called workflow "
    "whether it is active or not.",
    mend="Switch the other flow on, or take the step out.",
)


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each step."""
    off = {(f.system, f.id): f for f in flows if f.live is Live.OFF}
    for flow in flows:
        if flow.live is not Live.ON or flow.system in RUNS_WHEN_CALLED or not off:
            continue
        for step in steps_that_run(flow):
            for called in step.calls_flows:
                other = off.get((flow.system, called))
                if other is not None:
                    message = f"{named(flow)} hands people over to {named(other)}, which is off."
                    more = Weighed(how="people end at a flow that is off")
                    yield at(RULE, flow, step, message, more, facts)
