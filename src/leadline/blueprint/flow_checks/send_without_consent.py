"""Messages to people of whom nobody asks whether they agreed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.asking import asks_consent
from leadline.blueprint.graph.flow import Flow, Purpose, Send, Step, TriggerKind
from leadline.blueprint.graph.walk import leads_to, runs, soonest, steps_that_run, ways_in

RULE = rule(
    "send-without-consent",
    "A message that nobody's consent is asked for",
    Severity.WARNING,
    marketer="People who opted out, or never agreed, get this message: the tool that sends it "
    "does not look, and the flow does not ask.",
    engineer="A send to the subject on a path of a running flow without any condition on consent, "
    "subscription or opt-out (at the way in, before each step, or at a branch passed), by a "
    "vendor that does not check by itself. Blocking for marketing. Where the file does not tell "
    "the purpose: a note for what answers an act of the person within an hour (a form, a webhook, "
    "an event), else a warning. Where the file does not say whether the vendor checks it is a "
    "warning only if the people come from another system, whose opt-outs the sender cannot know. "
    "A flow that keeps lists out gets a note: their meaning is not told. Transactional mail needs "
    "no consent.",
    mend="Ask for consent before the send, or send by a tool that keeps out who did not agree.",
)
_TO_PEOPLE = frozenset({"email", "sms", "push", "whatsapp"})


_ACTS = frozenset({TriggerKind.FORM, TriggerKind.WEBHOOK, TriggerKind.EVENT})
_AN_HOUR_S = 3_600.0


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
        for trigger in ways_in(flow)
        if not asks_consent(trigger.condition)
        and (start := trigger.starts_at or flow.start) is not None
        and start in flow.steps
    ]
    if not ways_in(flow) and flow.start is not None and flow.start in flow.steps:
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
    what = short(send.content, 30) or send.channel
    sender = short(send.system, 16) or "the sender"
    if send.checks_consent is None:
        why = f"its file does not say whether {sender} keeps out who opted out"
    else:
        why = f"{sender} does not check it"
    message = f'{named(flow, 40)} sends "{what}" without asking for consent, and {why}.'
    more = Weighed(how="may reach people who opted out", severity=_severity(flow, step, send))
    return at(RULE, flow, step, message, more, facts)


def _severity(flow: Flow, step: Step, send: Send) -> Severity:
    if flow.lists_kept_out:
        return Severity.NOTE
    if send.checks_consent is None:
        here = {flow.system, send.system, step.system}
        abroad = any(ref.system not in here for ref in step.reads)
        return Severity.WARNING if abroad and not _answers(flow, step) else Severity.NOTE
    if send.purpose is Purpose.MARKETING:
        return Severity.BLOCKING
    return Severity.NOTE if _answers(flow, step) else Severity.WARNING


def _answers(flow: Flow, step: Step) -> bool:
    """Whether the message answers, within an hour, something that the person has just done."""
    kinds = {trigger.kind for trigger in ways_in(flow)}
    return bool(kinds) and kinds <= _ACTS and soonest(flow).get(step.id, _AN_HOUR_S) < _AN_HOUR_S
