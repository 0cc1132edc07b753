"""Flows that others hand people over to, and that are not among the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import Flow
from leadline.blueprint.graph.walk import runs, steps_that_run

RULE = rule(
    "flow-missing",
    "A flow is handed people to, but its definition is not here",
    Severity.NOTE,
    marketer="This flow passes people on to another one that was not among the files. What "
    "happens to them there was not looked at; perhaps it was deleted.",
    engineer="A step that can be reached names a flow of the same system by an id that no file "
    "has, or the flow names such an error flow. HubSpot's older workflow ids are another number "
    "space: its workflow-id-mappings tell which flow is meant.",
    mend="Add the other flow's file, or mend the step where the flow is gone.",
)
_NAMES_NONE = frozenset({"DEFAULT", "default"})


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One note for each flow that is called and missing, at each flow that calls it."""
    known = {(flow.system, name) for flow in flows for name in (flow.id, flow.name)}
    for flow in flows:
        if not runs(flow):
            continue
        seen: set[str] = set()
        for step in steps_that_run(flow):
            for other in step.calls_flows:
                if (flow.system, other) not in known and other not in seen:
                    seen.add(other)
                    message = _message(flow, "people", other)
                    more = Weighed(how="what happens afterwards is not known")
                    yield at(RULE, flow, step, message, more, facts)
        error = flow.error_flow
        if error and error not in _NAMES_NONE and (flow.system, error) not in known:
            message = _message(flow, "its errors", error)
            more = Weighed(how="who is told of an error is not known")
            yield at(RULE, flow, None, message, more, facts)


def _message(flow: Flow, what: str, other: str) -> str:
    return f"{named(flow)} hands {what} over to flow {short(other, 40)}, whose file is not here."
