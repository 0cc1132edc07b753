"""Flows that start each other by what they write, with or without a sync between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, listed, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.effects import (
    Written,
    carried,
    copies,
    enters_again,
    meets,
    restarts_on,
    saved_alike,
    writes,
)
from leadline.blueprint.graph.flow import FieldRef, Flow, Trigger, TriggerKind, Write
from leadline.blueprint.graph.inventory import Sync
from leadline.blueprint.graph.knots import knots
from leadline.blueprint.graph.walk import runs, ways_in

RULE = rule(
    "write-loop",
    "Flows that start each other in a circle",
    Severity.BLOCKING,
    marketer="One flow changes a value that starts a second flow, which changes a value that "
    "starts the first again. People are mailed over and over, and reports jump.",
    engineer="A circle of live flows: each writes a field (directly, or through a sync) that the "
    "next one's way in waits for, with a value that fits, and records may enter again; one flow is "
    "a circle where a sync brings its write back. Where all "
    "values are constants that settle after one lap it is a note; where the file does not say "
    "whether records enter again, a warning.",
    mend="Let only one of the flows own the field, forbid re-entry, or let the way in ask for a "
    "value that the other flow does not write.",
)


@dataclass(frozen=True, slots=True)
class _Push:
    """One flow's write that starts another."""

    written: Written
    to: Flow
    trigger: Trigger
    through: tuple[Sync, ...]


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each circle; of one flow only where a sync brings its write back."""
    live = [flow for flow in flows if runs(flow)]
    pushes = list(_pushes(live, facts))
    by_key = {flow.key: flow for flow in live}
    for keys in knots((p.written.flow.key, p.to.key) for p in pushes):
        members = [by_key[key] for key in sorted(keys)]
        inside = [p for p in pushes if p.to.key in keys and p.written.flow.key in keys]
        yield _finding(members, inside, facts)


def _pushes(flows: Sequence[Flow], facts: Facts) -> Iterator[_Push]:
    waiting, on_saving = _waiting(flows)
    by_source = copies(facts.syncs)
    for flow in flows:
        for written in writes(flow):
            for field, through in carried(written.write.field, by_source).items():
                there = replace(written, write=_as(written.write, field))
                for other, trigger in waiting.get(field, ()):
                    if (other is not flow or through) and meets(there, trigger):
                        yield _Push(there, other, trigger, through)
                for other, trigger in on_saving.get((field.system, field.object), ()):
                    if (other is not flow or through) and saved_alike(there, other, trigger):
                        yield _Push(there, other, trigger, through)


def _as(write: Write, field: FieldRef) -> Write:
    return write if write.field == field else replace(write, field=field)


_Waiting = Mapping[FieldRef, list[tuple[Flow, Trigger]]]
_OnSaving = Mapping[tuple[str, str], list[tuple[Flow, Trigger]]]


def _waiting(flows: Sequence[Flow]) -> tuple[_Waiting, _OnSaving]:
    by_field: dict[FieldRef, list[tuple[Flow, Trigger]]] = {}
    on_saving: dict[tuple[str, str], list[tuple[Flow, Trigger]]] = {}
    for flow in flows:
        for trigger in ways_in(flow):
            if enters_again(trigger) is False:
                continue
            fields = restarts_on(trigger)
            for field in fields:
                by_field.setdefault(field, []).append((flow, trigger))
            if trigger.kind is TriggerKind.RECORD_SAVED and not fields:
                on_saving.setdefault((flow.system, flow.object), []).append((flow, trigger))
    return by_field, on_saving


def _finding(members: Sequence[Flow], pushes: Sequence[_Push], facts: Facts) -> Finding:
    fields = tuple(sorted({p.written.write.field for p in pushes}))
    first = next(p for p in pushes if p.written.flow is members[0])
    syncs = {sync.name for p in pushes for sync in p.through}
    through = f" through {listed([short(name, 20) for name in sorted(syncs)], 1)}" if syncs else ""
    settles = _settles(pushes)
    end = "it stops once the values settle" if settles else "nothing ends it"
    verb = "start each other" if len(members) > 1 else "starts itself"
    message = (
        f"{listed([named(f, 40) for f in members], 2)} {verb}{through} by writing "
        f"{listed([short(f.name, 30) for f in fields], 2)}: {end}."
    )
    told = [enters_again(p.trigger) for p in pushes]
    severity = Severity.NOTE if settles else Severity.WARNING if None in told else None
    steps = {p.written.flow.key: p.written.step for p in reversed(pushes)}
    more = Weighed(
        how="goes round: what it writes starts it again",
        severity=severity,
        count=len(members),
        fields=fields,
        others=tuple((flow, steps[flow.key].id) for flow in members[1:]),
    )
    return at(RULE, members[0], first.written.step, message, more, facts)


def _settles(pushes: Sequence[_Push]) -> bool:
    """Whether every field gets one and the same constant, so that a second lap changes nothing."""
    values: dict[FieldRef, set[str | None]] = {}
    for push in pushes:
        if push.written.moves or push.trigger.kind is TriggerKind.RECORD_SAVED:
            return False
        values.setdefault(push.written.write.field, set()).add(push.written.write.value)
    return all(len(seen) == 1 for seen in values.values())
