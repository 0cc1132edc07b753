"""What starts a flow and what a flow starts: writes that it makes, and ways in that they meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from leadline.blueprint.graph.asking import could_meet, fields_read
from leadline.blueprint.graph.flow import (
    FieldRef,
    Flow,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Write,
)
from leadline.blueprint.graph.inventory import Sync
from leadline.blueprint.graph.walk import steps_that_run

EACH_TIME = frozenset(
    {TriggerKind.FIELD_CHANGED, TriggerKind.RECORD_SAVED, TriggerKind.EVENT, TriggerKind.WEBHOOK}
)
"""Kinds of trigger that start a run each time, unless the file says otherwise."""
_CONTINUOUS = frozenset(
    {TriggerKind.CRITERIA, TriggerKind.FIELD_CHANGED, TriggerKind.RECORD_SAVED, TriggerKind.OPAQUE}
)


def enters_again(trigger: Trigger) -> bool | None:
    """Whether a record may come in more than once by it; None = the file does not say."""
    if trigger.again is None and trigger.kind in EACH_TIME:
        return True
    return trigger.again


def starts_on(trigger: Trigger) -> frozenset[FieldRef]:
    """The fields whose change can start a run by this trigger."""
    if trigger.kind not in _CONTINUOUS:
        return frozenset()
    return frozenset((*trigger.reads, *fields_read(trigger.condition)))


def restarts_on(trigger: Trigger) -> frozenset[FieldRef]:
    """The fields whose change can start a run once more.

    Where a trigger names fields beside its condition, only those do: HubSpot's re-enrolment
    triggers, the property of "when it changes".
    """
    if trigger.reads and trigger.kind in {TriggerKind.CRITERIA, TriggerKind.FIELD_CHANGED}:
        return frozenset(trigger.reads)
    return starts_on(trigger)


@dataclass(frozen=True, slots=True)
class Written:
    """One write with its place."""

    flow: Flow
    step: Step
    write: Write

    @property
    def moves(self) -> bool:
        """Whether it can change the value each time, not only the first time."""
        return self.write.value is None or self.write.mode in {"increment", "add"}


def writes(flow: Flow) -> Iterator[Written]:
    """The writes that a record can come to."""
    for step in steps_that_run(flow):
        for write in step.writes:
            yield Written(flow, step, write)


def saves_at_rest(step: Step) -> bool:
    """Whether a write is saved on its own and so can start what waits for a saved record.

    Salesforce's before-save flows write by assignment into the record that is being saved.
    """
    return step.kind is StepKind.WRITE and not step.source_type.lower().startswith("assignment")


def meets(written: Written, trigger: Trigger) -> bool:
    """Whether a write may start a run once more: its field is waited for, its value fits."""
    field = written.write.field
    if trigger.kind is TriggerKind.RECORD_SAVED and not saves_at_rest(written.step):
        return False
    if field not in restarts_on(trigger):
        return False
    value = written.write.value if written.write.mode == "set" else None
    return could_meet(trigger.condition, field, value)


def saved_alike(written: Written, flow: Flow, trigger: Trigger) -> bool:
    """Whether a trigger waits for any saved record of the object that is written."""
    field = written.write.field
    return (
        trigger.kind is TriggerKind.RECORD_SAVED
        and not restarts_on(trigger)
        and saves_at_rest(written.step)
        and (field.system, field.object) == (flow.system, flow.object)
    )


def copies(syncs: Iterable[Sync]) -> Mapping[FieldRef, tuple[Sync, ...]]:
    """The syncs by the field that they read."""
    found: dict[FieldRef, tuple[Sync, ...]] = {}
    for sync in syncs:
        found[sync.source] = (*found.get(sync.source, ()), sync)
    return found


def carried(
    field: FieldRef, by_source: Mapping[FieldRef, tuple[Sync, ...]]
) -> Mapping[FieldRef, tuple[Sync, ...]]:
    """The fields that come to hold the same value, each with the syncs on the way; itself too."""
    found: dict[FieldRef, tuple[Sync, ...]] = {field: ()}
    waiting = [field]
    while waiting:
        here = waiting.pop()
        for sync in by_source.get(here, ()):
            if sync.target not in found:
                found[sync.target] = (*found[here], sync)
                waiting.append(sync.target)
    return found
