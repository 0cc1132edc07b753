"""Passwords and keys written into a definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.checks.evidence import Weighed, at, listed, named, rule, short
from leadline.blueprint.checks.facts import Facts
from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.graph.flow import IN_CLEAR, Flow

RULE = rule(
    "secret-in-clear",
    "A secret written into a flow",
    Severity.WARNING,
    marketer="A password or key of another tool stands readable in this flow. Everybody who can "
    "open or export the flow can use it.",
    engineer="A step holds a header, parameter or setting whose name says that it is a secret, "
    "with its value in the definition and not by reference to the tool's own store. Only the name "
    "is kept here. Flows that are off count as well, and so do steps that nothing leads to.",
    mend="Change the key at the other tool, keep the new one in the tool's credentials, and refer "
    "to it.",
)


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each step."""
    for flow in flows:
        for step in flow.steps.values():
            if IN_CLEAR in step.notes:
                names = listed([short(name, 24) for name in step.secrets], 2) or "a secret"
                message = f"{named(flow)} holds {names} readable in its definition."
                more = Weighed(how="a key can be read in it", count=len(step.secrets) or None)
                yield at(RULE, flow, step, message, more, facts)
