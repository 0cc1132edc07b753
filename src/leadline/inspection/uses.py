"""Where a flow uses a field: at its way in, and at which steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from leadline.blueprint.graph.asking import fields_read
from leadline.blueprint.graph.flow import FieldRef, Flow, Step, StepKind, TriggerKind


class Use(StrEnum):
    """What a field is used for, in the words of a sentence about it."""

    STARTS = "starts when it changes"
    LETS_IN = "decides by it who gets in"
    KEEPS_OUT = "decides by it who is kept out"
    LEAVES = "decides by it who leaves early"
    BRANCHES = "takes its way by it"
    TIMES = "takes its time by it"
    READS = "reads it"
    COPIES = "copies it"


# Uses by which a flow decides whom it reaches; the others only carry the value on.
DECIDING = frozenset({Use.STARTS, Use.LETS_IN, Use.KEEPS_OUT, Use.LEAVES, Use.BRANCHES, Use.TIMES})


@dataclass(frozen=True, slots=True)
class Used:
    """One use of one field; ``step`` is None at the way in."""

    field: FieldRef
    use: Use
    step: str | None = None


def uses(flow: Flow) -> Iterator[Used]:
    """Every use of a field by a flow, steps that are switched off left out."""
    for trigger in flow.triggers:
        changed = trigger.kind in {TriggerKind.FIELD_CHANGED, TriggerKind.DATE}
        for field in trigger.reads:
            yield Used(field, Use.STARTS if changed else Use.LETS_IN)
        for field in fields_read(trigger.condition):
            yield Used(field, Use.LETS_IN)
    for condition, use in (
        (flow.keeps_out, Use.KEEPS_OUT),
        (flow.goal, Use.LEAVES),
        (flow.checked_at_each_step, Use.LEAVES),
    ):
        for field in fields_read(condition):
            yield Used(field, use)
    for step in flow.steps.values():
        if step.enabled:
            yield from _of_step(step)


def _of_step(step: Step) -> Iterator[Used]:
    decided = {f for edge in step.edges for f in fields_read(edge.condition)}
    for field in decided:
        yield Used(field, Use.BRANCHES, step.id)
    kinds = {StepKind.BRANCH: Use.BRANCHES, StepKind.WAIT: Use.TIMES}
    for field in step.reads:
        if field not in decided:
            yield Used(field, kinds.get(step.kind, Use.READS), step.id)
    for write in step.writes:
        for field in write.source:
            yield Used(field, Use.COPIES, step.id)


def same_field(one: FieldRef, other: FieldRef) -> bool:
    """Whether both mean the same field; an object that is not known fits any."""
    objects = {one.object.casefold(), other.object.casefold()} - {""}
    return (
        one.system == other.system
        and one.name.casefold() == other.name.casefold()
        and len(objects) <= 1
    )
