"""Placeholders that are sent as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import LITERAL_BRACES, Flow
from leadline.blueprint.graph.walk import runs, steps_that_run

RULE = rule(
    "literal-braces",
    "A placeholder that is sent as it stands",
    Severity.WARNING,
    marketer="The text holds {{ … }}, but the tool does not fill it in. People read the braces "
    "instead of their name.",
    engineer="The reader found {{ }} in a value that the tool takes for plain text: in n8n an "
    "expression begins with =, and braces without it are literal.",
    mend="Turn the value into an expression (in n8n: put = before it).",
)


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each step."""
    for flow in flows:
        if runs(flow):
            for step in steps_that_run(flow):
                if LITERAL_BRACES in step.notes:
                    what = short(step.words, 40)
                    message = f'"{what}" in {named(flow)} sends {{{{ }}}} as it stands.'
                    more = Weighed(how="braces are sent instead of a value")
                    yield at(RULE, flow, step, message, more, facts)
