"""A flow that asks for a value which another system brings later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, duration, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.asking import fields_read, known_at_start
from leadline.blueprint.graph.effects import starts_on, writes
from leadline.blueprint.graph.flow import FieldRef, Flow, Step, StepKind, TriggerKind
from leadline.blueprint.graph.walk import runs, soonest, steps_that_run, ways_in

RULE = rule(
    "read-before-sync",
    "A value is asked for before another system has brought it",
    Severity.WARNING,
    marketer="The flow decides by a value that comes from another tool some minutes later. "
    "Everybody for whom it has not come yet goes the wrong way, and nothing shows it.",
    engineer="The way in is a moment (an event, a form, a list, a webhook, a schedule), and its "
    "condition or a branch reads a field that a sync, or a live flow of another system, writes. "
    "The least sum of waits before it is shorter than the sync's interval; where the interval is "
    "not known, only a flow that does not wait at all is a warning. A flow that starts on the "
    "field itself, or on one that the same step writes, has no race.",
    mend="Start on the field, wait until it is known, or wait longer than the sync takes.",
    exact=False,
)
_MOMENTS = frozenset(
    {TriggerKind.EVENT, TriggerKind.FORM, TriggerKind.LIST, TriggerKind.WEBHOOK}
    | {TriggerKind.RECORD_SAVED, TriggerKind.FIELD_CHANGED, TriggerKind.CRITERIA}
)
_AT_ONCE = _MOMENTS - {TriggerKind.CRITERIA, TriggerKind.FIELD_CHANGED, TriggerKind.RECORD_SAVED}


@dataclass(frozen=True, slots=True)
class _Late:
    """Who brings a field, with the fields that it brings in the same breath."""

    name: str
    system: str  # the flow's system; empty for a sync
    every_s: float | None
    together: frozenset[FieldRef] = frozenset()


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each field and flow, at the first place that asks for it."""
    late = _late(flows, facts)
    for flow in flows:
        if not runs(flow) or not any(t.kind in _MOMENTS for t in ways_in(flow)):
            continue
        begun = frozenset(f for t in ways_in(flow) for f in starts_on(t)) | known_at_start(flow)
        for field, step, waited in _asked(flow, late):
            for source in late[field]:
                if source.system != flow.system and not begun & (source.together | {field}):
                    finding = _finding(flow, field, step, waited, source, facts)
                    if finding is not None:
                        yield finding
                        break


def _late(flows: Sequence[Flow], facts: Facts) -> Mapping[FieldRef, list[_Late]]:
    found: dict[FieldRef, list[_Late]] = {}
    for sync in facts.syncs:
        name = f"the sync {short(sync.name, 30)}"
        found.setdefault(sync.target, []).append(_Late(name, "", sync.every_s))
    for flow in flows:
        if not runs(flow):
            continue
        scheduled = all(trigger.kind is TriggerKind.SCHEDULE for trigger in ways_in(flow))
        synced = {sync.target for sync in facts.syncs if scheduled}
        for step in steps_that_run(flow):
            abroad = [
                w.field
                for w in step.writes
                if w.field.system != flow.system and w.field not in synced
            ]
            if abroad:
                together = frozenset(w.field for w in step.writes)
                for field in dict.fromkeys(abroad):
                    late = _Late(f"{flow.system}'s {named(flow, 40)}", flow.system, None, together)
                    found.setdefault(field, []).append(late)
    return found


def _asked(
    flow: Flow, late: Mapping[FieldRef, list[_Late]]
) -> Iterator[tuple[FieldRef, Step | None, float]]:
    """Fields that come late, each at the first place that asks for it, with the waiting so far."""
    seen: set[FieldRef] = set()
    for trigger in ways_in(flow):
        if trigger.kind in _AT_ONCE:
            for field in fields_read(trigger.condition):
                if field in late and field not in seen:
                    seen.add(field)
                    yield field, None, 0.0
    own = {w.write.field for w in writes(flow)}
    asking = [s for s in flow.steps.values() if s.kind is StepKind.BRANCH and s.enabled]
    if not any(f in late for s in asking for e in s.edges for f in fields_read(e.condition)):
        return
    waits = soonest(flow)
    for step in asking:
        for field in (f for e in step.edges for f in fields_read(e.condition)):
            if field in late and field not in seen and field not in own and step.id in waits:
                seen.add(field)
                yield field, step, waits[step.id]


def _finding(
    flow: Flow, field: FieldRef, step: Step | None, waited: float, source: _Late, facts: Facts
) -> Finding | None:
    if source.every_s is not None and waited >= source.every_s:
        return None
    name = short(field.name, 30)
    place = "lets people in by" if step is None else "branches on"
    so_far = "at once" if not waited else f"after {duration(waited)}"
    pace = "" if source.every_s is None else f" every {duration(source.every_s)}"
    message = f"{named(flow, 40)} {place} {name} {so_far}; {source.name} brings it{pace}."
    unsure = source.every_s is None and waited > 0
    more = Weighed(
        how=f"{name} may not be there yet",
        severity=Severity.NOTE if unsure else None,
        fields=(field,),
    )
    return at(RULE, flow, step, message, more, facts)
