"""Passwords and keys written into a definition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, listed, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import IN_CLEAR, Flow, Step

RULE = rule(
    "secret-in-clear",
    "A secret written into a flow",
    Severity.WARNING,
    marketer="A password or key of another tool stands readable in this flow. Everybody who can "
    "open or export the flow can use it.",
    engineer="A step holds a header, parameter or setting whose name says that it is a secret, "
    "with its value in the definition and not by reference to the tool's own store. Headers are "
    "judged by their name; the value never enters the model, so an expression in its place is "
    "taken for a value. Flows that are off count as well, and so do steps that nothing leads to.",
    mend="Change the key at the other tool, keep the new one in the tool's credentials, and refer "
    "to it.",
    exact=False,
)


_NAMES = re.compile(
    r"auth(?!ors?\b)|api.?key|token|secret|password|passwd|credential|bearer|x-.*-key",
    re.IGNORECASE,
)
_HEADER = "header "
_USER_AND_KEY = "authCreds"  # HubSpot's older webhooks hold both in the definition


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each step."""
    for flow in flows:
        for step in flow.steps.values():
            clear = [short(name, 30) for name in step.secrets if in_clear(step, name)]
            if clear:
                message = f"{named(flow)} holds {listed(clear, 2)} readable in its definition."
                more = Weighed(how="a key can be read in it", count=len(clear))
                yield at(RULE, flow, step, message, more, facts)


def in_clear(step: Step, name: str) -> bool:
    """Whether a secret of a step stands in the definition: the reader says so, or it is the
    value of a header whose name tells of a secret."""
    if IN_CLEAR in step.notes or name == _USER_AND_KEY:
        return True
    return name.lower().startswith(_HEADER) and _NAMES.search(name[len(_HEADER) :]) is not None
