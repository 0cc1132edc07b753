"""A flow that starts itself again by its own write, or by enrolling into itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, named, rule, short
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.asking import could_meet, values_taken
from leadline.blueprint.graph.effects import Written, enters_again, meets, saved_alike, writes
from leadline.blueprint.graph.flow import Flow, Trigger, TriggerKind
from leadline.blueprint.graph.walk import runs, ways_in

RULE = rule(
    "starts-itself",
    "A flow that starts itself again",
    Severity.BLOCKING,
    marketer="The flow changes the very value that it waits for, so the same person comes in "
    "again and gets everything twice, or without end.",
    engineer="A step that can be reached writes a field that the flow's own way in reads, the "
    "value written fits its condition, and records may enter again. A constant settles after one "
    "more run, which is a warning; a value that the condition alone asks for changes nothing and "
    "is no finding.",
    mend="Forbid re-entry, let the way in ask for a value that the flow does not write, or write "
    "the value before the way in and not inside of the flow.",
)


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding for each flow, at the first step that starts it again."""
    for flow in flows:
        if not runs(flow) or not ways_in(flow):
            continue
        for written, trigger in _starts(flow):
            yield _finding(flow, written, trigger, facts)
            break


def _starts(flow: Flow) -> Iterator[tuple[Written, Trigger]]:
    triggers = [t for t in ways_in(flow) if enters_again(t) is not False]
    if not triggers:
        return
    for written in writes(flow):
        for trigger in triggers:
            if (meets(written, trigger) and _changes(written, trigger)) or saved_alike(
                written, flow, trigger
            ):
                yield written, trigger


def _changes(written: Written, trigger: Trigger) -> bool:
    """Whether a record that came in by the trigger may hold another value than the one written."""
    if written.moves:
        return True
    field = written.write.field
    asked = trigger.condition
    return could_meet(asked, field, _OTHER) or len(values_taken(asked, field)) > 1


_OTHER = "\x00another"
"""Stands for any value that no condition names."""


def _finding(flow: Flow, written: Written, trigger: Trigger, facts: Facts) -> Finding:
    field = written.write.field
    endless = written.moves or trigger.kind is TriggerKind.RECORD_SAVED
    again = enters_again(trigger)
    if again is None:
        end = "its file does not say whether people may enter again"
    elif endless:
        end = "so people come in again each time"
    else:
        end = "so people run through it a second time"
    message = f"{named(flow)} writes {short(field.name, 40)}, which is what starts it: {end}."
    severity = Severity.NOTE if again is None else None if endless else Severity.WARNING
    more = Weighed(
        how="people run through it again by its own write", severity=severity, fields=(field,)
    )
    return at(RULE, flow, written.step, message, more, facts)
