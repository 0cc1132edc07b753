"""Every check by its code, and all of them run over a team's flows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from leadline.blueprint.finding import Finding, Rule, Severity
from leadline.blueprint.flow_checks import (
    answered_first,
    burst,
    dead_steps,
    draft_message,
    endless_loop,
    enrols_into_off,
    flow_missing,
    hard_coded,
    literal_braces,
    never_entered,
    no_error_path,
    person_left,
    read_before_sync,
    secret_in_clear,
    send_without_consent,
    starts_itself,
    two_writers,
    unknown_let_in,
    unmatched_leave,
    write_loop,
)
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import Flow, Live
from leadline.blueprint.graph.walk import RUNS_WHEN_CALLED, runs, steps_that_run


@dataclass(frozen=True, slots=True)
class Check:
    """A rule with the function that finds it."""

    rule: Rule
    find: Callable[[Sequence[Flow], Facts], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class NotJudged:
    """What a check could not look at, and why; ``flows`` by ``Flow.key``."""

    code: str
    why: str
    flows: tuple[str, ...] = ()


_MODULES = (
    write_loop,
    starts_itself,
    endless_loop,
    enrols_into_off,
    draft_message,
    unknown_let_in,
    read_before_sync,
    two_writers,
    send_without_consent,
    unmatched_leave,
    no_error_path,
    never_entered,
    burst,
    person_left,
    literal_braces,
    secret_in_clear,
    dead_steps,
    hard_coded,
    flow_missing,
    answered_first,
)
CHECKS: Mapping[str, Check] = MappingProxyType(
    {module.RULE.code: Check(module.RULE, module.find) for module in _MODULES}
)
"""The checks in the order in which they are run."""
_ORDER = {Severity.BLOCKING: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def judge(flows: Sequence[Flow], facts: Facts) -> tuple[Finding, ...]:
    """Run every check; the worst findings first, then in the order of checks and files."""
    running = as_they_run(flows)
    found = [finding for check in CHECKS.values() for finding in check.find(running, facts)]
    return tuple(sorted(found, key=lambda finding: _ORDER[finding.weight]))


def as_they_run(flows: Sequence[Flow]) -> tuple[Flow, ...]:
    """The flows; one that is off but called by a running one counts as perhaps running, where
    its system runs what is called."""
    sleeping = {(f.system, f.id): f for f in flows if f.live is Live.OFF}
    called = [flow for flow in flows if flow.system in RUNS_WHEN_CALLED and runs(flow)]
    woken: set[tuple[str, str]] = set()
    for flow in called:  # it grows while it is walked
        names = [other for step in steps_that_run(flow) for other in step.calls_flows]
        for name in (*names, flow.error_flow):
            key = (flow.system, name or "")
            if key in sleeping and key not in woken:
                woken.add(key)
                called.append(sleeping[key])
    return tuple(
        replace(flow, live=Live.UNSAID) if (flow.system, flow.id) in woken else flow
        for flow in flows
    )


def not_judged(flows: Sequence[Flow], facts: Facts) -> tuple[NotJudged, ...]:
    """What the checks could not look at: silence of a format, and figures that are not there."""
    if not flows:
        return ()
    found: list[NotJudged] = []
    silent = tuple(flow.key for flow in no_error_path.unjudged(flows))
    if silent:
        why = "the format of these flows has no word for what happens on failure"
        found.append(NotJudged(no_error_path.RULE.code, why, silent))
    if not facts.gone:
        why = "no list of people who have left was given"
        found.append(NotJudged(person_left.RULE.code, why))
    if not facts.bursts and not facts.people and not facts.lists:
        why = "how many people come into a flow is not known without tables"
        found.append(NotJudged(burst.RULE.code, why))
    if not facts.syncs:
        why = "which syncs run beside the flows was not given: only flows were compared"
        found.append(NotJudged(read_before_sync.RULE.code, why))
    return tuple(found)
