"""Live flows that come to a message which is still a draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import Flow, Live
from leadline.blueprint.graph.walk import steps_that_run

RULE = rule(
    "draft-message",
    "A live flow whose message is not live",
    Severity.BLOCKING,
    marketer="The flow is on, but this message in it is a draft or switched off. People pass the "
    "step and get nothing.",
    engineer="A step that can be reached, of a flow that is on, holds a message whose own status "
    "is off (Klaviyo gives each message a status beside the flow's).",
    mend="Set the message live, or take the step out.",
)


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each such message."""
    for flow in flows:
        if flow.live is Live.ON:
            for step in steps_that_run(flow):
                for send in step.sends:
                    if send.live is Live.OFF:
                        what = short(send.content or send.channel, 40)
                        message = f'{named(flow)} is live, but its message "{what}" is a draft.'
                        more = Weighed(how="people get no message here")
                        yield at(RULE, flow, step, message, more, facts)
