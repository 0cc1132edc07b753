"""Live flows that nobody can come into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, named, rule
from leadline.blueprint.flow_checks.facts import Facts, lists_of
from leadline.blueprint.graph.flow import Flow, Live, TriggerKind
from leadline.blueprint.graph.walk import entries, runs, steps_that_run, ways_in

RULE = rule(
    "never-entered",
    "A live flow that nothing can enter",
    Severity.WARNING,
    marketer="The flow is switched on, but nobody can come in: what should start it is missing, "
    "its list is empty, or it waits to be called and nothing calls it. It looks alive and is not.",
    engineer="A flow that is on with no trigger, no first step, only manual or called triggers "
    "while no running flow among the files enrols into it, or only lists known to have no "
    "member. Flows that are another's error flow count as called; known entrants clear it.",
    mend="Give it a way in, enrol into it from another flow, or switch it off.",
)
_BY_HAND = frozenset({TriggerKind.MANUAL, TriggerKind.CALLED})


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each such flow."""
    called = _called(flows)
    for flow in flows:
        if flow.live is Live.ON and not facts.people.get(flow.key):
            why = _why(flow, called, facts)
            if why is not None:
                message = f"{named(flow)} is on, but {why}."
                yield at(RULE, flow, None, message, Weighed(how="nobody comes in"), facts)


def _called(flows: Sequence[Flow]) -> set[tuple[str, str]]:
    """System and id of the flows that running flows call, start or hand their errors to."""
    found = {(flow.system, flow.error_flow) for flow in flows if flow.error_flow}
    for flow in flows:
        if runs(flow):
            for step in steps_that_run(flow):
                found |= {(flow.system, other) for other in step.calls_flows if other != flow.id}
    return found


def _why(flow: Flow, called: set[tuple[str, str]], facts: Facts) -> str | None:
    by_others = (flow.system, flow.id) in called or (flow.system, flow.name) in called
    if not flow.steps or not entries(flow):
        return "what starts it leads to no step"
    if by_others:
        return None
    if not ways_in(flow):
        return "nothing starts it, and no flow among the files enrols into it"
    kinds = {trigger.kind for trigger in ways_in(flow)}
    if kinds <= _BY_HAND:
        return "only a person or another flow can start it, and no flow among the files does"
    if all(_dead(flow, lists_of(t), facts) for t in ways_in(flow) if t.kind not in _BY_HAND):
        return "the list that it waits for has no member"
    return None


def _dead(flow: Flow, lists: Sequence[str], facts: Facts) -> bool:
    return bool(lists) and all(facts.members(flow, list_id) == 0 for list_id in lists)
