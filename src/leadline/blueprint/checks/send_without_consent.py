"""Messages to people of whom nobody asks whether they agreed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.checks.evidence import Weighed, at, named, rule, short
from leadline.blueprint.checks.facts import Facts
from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.graph.asking import asks_consent
from leadline.blueprint.graph.flow import Flow, Purpose, Send, Step
from leadline.blueprint.graph.walk import leads_to, runs, steps_that_run

RULE = rule(
    "send-without-consent",
    "A message that nobody's consent is asked for",
    Severity.WARNING,
    marketer="People who opted out, or never agreed, get this message: the tool that sends it "
    "does not look, and the flow does not ask.",
    engineer="A send to the subject on a path of a running flow without any condition on consent, "
    "subscription or opt-out (at the way in, before each step, or at a branch passed), by a "
    "vendor that does not check by itself. Blocking for marketing, a warning where the file does "
    "not tell the purpose; a note where the file does not say whether the vendor checks, or the "
    "flow keeps lists out whose meaning is not told. Transactional mail needs no consent.",
    mend="Ask for consent before the send, or send by a tool that keeps out who did not agree.",
)
_TO_PEOPLE = frozenset({"email", "sms", "push", "whatsapp"})


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each step that sends without asking."""
    for flow in flows:
        if not runs(flow) or _asked_for_all(flow):
            continue
        sending = [
            (step, send)
            for step in steps_that_run(flow)
            for send in step.sends
            if send.channel in _TO_PEOPLE
            and send.purpose is not Purpose.TRANSACTIONAL
            and send.checks_consent is not True
        ]
        if sending:
            unasked = _unasked(flow)
            seen: set[str] = set()
            for step, send in sending:
                if step.id in unasked and step.id not in seen:
                    seen.add(step.id)
                    yield _finding(flow, step, send, facts)


def _asked_for_all(flow: Flow) -> bool:
    return asks_consent(flow.checked_at_each_step) or asks_consent(flow.keeps_out)


def _unasked(flow: Flow) -> frozenset[str]:
    """The steps that can be reached without passing a question about consent."""
    starts = [
        start
        for trigger in flow.triggers
        if not asks_consent(trigger.condition)
        and (start := trigger.starts_at or flow.start) is not None
        and start in flow.steps
    ]
    if not flow.triggers and flow.start is not None and flow.start in flow.steps:
        starts.append(flow.start)
    seen = set(starts)
    while starts:
        step = flow.steps[starts.pop()]
        if any(asks_consent(edge.condition) for edge in step.edges):
            continue
        for edge in leads_to(step):
            if edge.to is not None and edge.to in flow.steps and edge.to not in seen:
                seen.add(edge.to)
                starts.append(edge.to)
    return frozenset(seen)


def _finding(flow: Flow, step: Step, send: Send, facts: Facts) -> Finding:
    what = short(send.content, 36) or send.channel
    if send.checks_consent is None:
        why = f"its file does not say whether {send.system or 'the sender'} keeps out who opted out"
    else:
        why = f"{send.system or 'the sender'} does not check it"
    message = f'{named(flow)} sends "{what}" without asking for consent, and {why}.'
    unsure = send.checks_consent is None or bool(flow.lists_kept_out)
    severity = Severity.NOTE if unsure else None
    if send.purpose is Purpose.MARKETING and not unsure:
        severity = Severity.BLOCKING
    more = Weighed(how="may reach people who opted out", severity=severity)
    return at(RULE, flow, step, message, more, facts)
