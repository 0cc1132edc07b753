"""Bursts of people that a vendor's limit cannot carry at the step that calls it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, counted, duration, named, rule
from leadline.blueprint.flow_checks.facts import Burst, Facts
from leadline.blueprint.graph.flow import Failure, Flow, Step, StepKind, TriggerKind
from leadline.blueprint.graph.walk import circles, runs, steps_that_run, waits, ways_in
from leadline.ledger.budget import Concurrency, Fixed
from leadline.ledger.vendor_limits import PublishedWindow, VendorLimits

RULE = rule(
    "burst",
    "More people at once than the other tool takes",
    Severity.WARNING,
    marketer="A webinar or an import brings many people in one minute. The tool that this step "
    "calls takes only so many a second; the rest are refused, and most flows lose them.",
    engineer="People known to come together (measured, or all that a schedule picks up) against "
    "the vendor's published window for one call a person, as ledger/vendor_limits.py holds it "
    "with source and date, at the team's tier. Steps inside of the vendor's own flows are not "
    "counted, nor loops with a wait, which spread the calls. A step that is tried again is a "
    "note if a minute of retries is enough, or the tool retries for days; so is a crowd that is "
    "known by its size but not by its time. A schedule that looks all records of an object up "
    "brings all of them.",
    mend="Bundle the calls (a digest, a batch), spread them by a loop with a wait, or queue them "
    "and try again after what the vendor's answer says.",
    exact=False,
)
_CALLS_OF = {
    StepKind.SEND: frozenset({"post"}),
    StepKind.NOTIFY: frozenset({"post"}),
    StepKind.WRITE: frozenset({"profile", "contact"}),
    StepKind.CREATE: frozenset({"profile", "contact"}),
    StepKind.READ: frozenset({"profile", "contact"}),
    StepKind.CALL: frozenset[str](),
}
_SHORT_S = 60.0
"""What a tool's usual retries (three to five, some seconds apart) get over."""
_TRIES_FOR_DAYS = frozenset({"hubspot", "mautic"})
_NOT_PLAIN = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class _Crowd:
    """People who may come together; ``measured``: it is known that they do."""

    burst: Burst
    measured: bool


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each flow and system, at the first step that is over its limit."""
    limits = {_plain(name): value for name, value in facts.limits.items()}
    for flow in flows:
        crowd = _crowd(flow, facts) if runs(flow) else None
        if crowd is None:
            continue
        spread = _spread(flow)
        seen: set[str] = set()
        scheduled = all(trigger.kind is TriggerKind.SCHEDULE for trigger in ways_in(flow))
        for step in steps_that_run(flow):
            if scheduled and step.kind is StepKind.READ:
                continue  # it gathers the people: pages, not one call for each
            system = _plain(step.system)
            known = limits.get(system)
            if step.kind not in _CALLS_OF or known is None or system == _plain(flow.system):
                continue
            if step.id not in spread and system not in seen:
                finding = _finding(flow, step, crowd, known, facts)
                if finding is not None:
                    seen.add(system)
                    yield finding


def _plain(system: str) -> str:
    return _NOT_PLAIN.sub("", system.lower())


def _crowd(flow: Flow, facts: Facts) -> _Crowd | None:
    burst = facts.bursts.get(flow.key)
    if burst is not None:
        return _Crowd(burst, measured=True)
    at_once = any(trigger.kind is TriggerKind.SCHEDULE for trigger in ways_in(flow))
    people = _looked_up(flow, facts) if at_once else None
    if people is None:
        people = facts.enter(flow)
    return _Crowd(Burst(people, 0.0), measured=at_once) if people is not None else None


def _looked_up(flow: Flow, facts: Facts) -> int | None:
    """How many records a schedule works through: all of an object that it looks up without a
    condition, as far as their number is known."""
    steps = steps_that_run(flow)
    sources = {s.system for s in steps if s.kind is StepKind.READ and not s.reads}
    counts = [
        facts.unknown[ref].of
        for step in steps
        for ref in step.reads
        if ref.system in sources and ref in facts.unknown
    ]
    return max(counts, default=None)


def _spread(flow: Flow) -> frozenset[str]:
    """The steps in circles that hold a wait."""
    return frozenset[str]().union(
        *(c for c in circles(flow) if any(waits(flow.steps[s]) for s in c))
    )


def _finding(
    flow: Flow, step: Step, crowd: _Crowd, limits: VendorLimits, facts: Facts
) -> Finding | None:
    tier = facts.tiers.get(limits.vendor, limits.default_tier)
    calls = _CALLS_OF[step.kind] | {"all"}
    over = [
        (_needed_s(window, crowd.burst), window)
        for window in limits.tiers.get(tier, limits.tiers[limits.default_tier])
        if window.calls in calls and _surplus(window, crowd.burst) > 0
    ]
    if not over:
        return None
    needed, window = max(over, key=lambda pair: pair[0])
    surplus = _surplus(window, crowd.burst)
    pace = _pace(window)
    tried = step.failure is Failure.RETRIED and (
        needed <= _SHORT_S or flow.system in _TRIES_FOR_DAYS
    )
    when = "at once" if crowd.measured else "if all came at once"
    people = counted(crowd.burst.people, "person", "people")
    message = (
        f"{named(flow)} calls {limits.vendor} for {people} {when}: it takes {pace}, "
        f"so {surplus:,} are refused or need {duration(needed)}."
    )
    more = Weighed(
        how="the calls over the limit are refused",
        severity=None if crowd.measured and not tried else Severity.NOTE,
        count=surplus,
        of=crowd.burst.people,
        told={"limit": pace, "source": window.source.text, "read": str(window.source.read_on)},
    )
    return at(RULE, flow, step, message, more, facts)


def _pace(published: PublishedWindow) -> str:
    span = _span_s(published)
    limit = f"{published.window.limit:,}"
    unit = {1.0: "second", 60.0: "minute", 3_600.0: "hour", 86_400.0: "day"}.get(span)
    return f"{limit} a {unit}" if unit is not None else f"{limit} in {duration(span)}"


def _span_s(published: PublishedWindow) -> float:
    match published.window:
        case Fixed(every=every):
            return every.total_seconds()
        case Concurrency():
            return math.inf
        case rolling:
            return rolling.span.total_seconds()


def _surplus(published: PublishedWindow, burst: Burst) -> int:
    windows = 1 + math.floor(burst.within_s / _span_s(published))
    return burst.people - windows * published.window.limit


def _needed_s(published: PublishedWindow, burst: Burst) -> float:
    rounds = math.ceil(burst.people / published.window.limit) - 1
    return rounds * _span_s(published)
