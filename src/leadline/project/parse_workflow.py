"""workflows/*.yaml → Workflow values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from leadline.expression.tree import Ref
from leadline.project.conditions import read_condition
from leadline.project.entries import Entries, refuse_address
from leadline.project.events import EventType
from leadline.project.file_kinds import SILENCE, WORKFLOW
from leadline.project.nodes import MapNode
from leadline.project.parse_silence import read_override, read_silences
from leadline.project.parse_steps import read_steps
from leadline.project.problems import Report, did_you_mean, quoted
from leadline.project.quantities import is_address, share
from leadline.project.references import names_for, read_ref
from leadline.project.step_parts import Declared, Reading, known_events, read_where
from leadline.project.workflow import Promise, Starts, Stops, Success, Workflow
from leadline.project.workflow_checks import check_steps

WORKFLOW_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")


def parse_workflow(
    node: MapNode,
    name: str,
    triggers: Mapping[str, EventType],
    declared: Declared,
    report: Report,
) -> Workflow | None:
    """One workflow; None where something in its head is wrong (everything is reported).

    ``triggers`` are the events that can have started a run of it: its own, and those of the
    workflows that enroll in it, since a run hands its event on.
    """
    entries = Entries(node, WORKFLOW, report)
    names = names_for(declared.fields, triggers.values(), declared.zone, declared.systems)
    owner = _owner(entries, name, declared, report)
    starts_entries = entries.record("starts")
    reading = Reading(declared, names, owner, None, report)
    reading.once_per = _once_per(starts_entries, reading)
    starts = _starts(starts_entries, reading)
    stops = _stops(entries.record("stops"), reading)
    success = _success(entries.record("success"), reading)
    steps = read_steps(entries.node("steps"), "steps", reading)
    promise = _promise(entries.record("promise"), steps_known=reading, report=report)
    check_steps(steps, reading)
    silenced = read_silences(entries.node("silence"), SILENCE, report)
    override = read_override(entries, report)
    title = entries.text("name")
    why = entries.text("why") if "why" in entries else None
    if title is None or owner is None:
        return None
    return Workflow(
        name=name,
        title=title.value,
        why=why.value if why else "",
        owner=owner,
        starts=starts,
        stops=stops,
        success=success,
        promise=promise,
        steps=steps,
        where=node.where,
        silenced=silenced,
        override=override,
    )


def _owner(entries: Entries, name: str, declared: Declared, report: Report) -> str | None:
    """The address under ``owner``, or the one that leadline.yaml gives this workflow to."""
    owner = entries.text("owner")
    if owner is not None:
        if is_address(owner.value):
            return owner.value
        refuse_address(owner, report)
        return None
    for address, workflows in declared.settings.owners.items():
        if any(w.value == name for w in workflows):
            return address
    if "owner" not in entries:
        report.error(
            "missing-owner",
            entries.where,
            "nobody answers for this workflow.",
            "Add owner: with a mail address, here or under owners in leadline.yaml.",
        )
    return None


def _once_per(entries: Entries | None, reading: Reading) -> Ref | None:
    text = None if entries is None else entries.text("once_per")
    operand = None if text is None else read_ref(text, reading.names, reading.report)
    return None if operand is None else operand.ref


def _starts(entries: Entries | None, reading: Reading) -> Starts:
    burst = reading.declared.settings.defaults.max_burst
    if entries is None:
        return Starts((), None, None, burst)
    if "backfill" in entries:
        reading.report.error(
            "backfill-not-supported",
            entries.place("backfill"),
            "this version cannot enter contacts from before the workflow yet.",
            "Remove backfill; the workflow takes those for whom the event comes from now on.",
        )
    events = known_events(entries.texts("when"), reading.declared.events, reading.report)
    node = entries.node("if")
    return Starts(
        when=tuple(dict.fromkeys(e.name for e in events)),
        only_if=None if node is None else read_condition(node, reading.names, reading.report),
        once_per=reading.once_per,
        max_burst=entries.count("max_burst") or burst,
    )


def _stops(entries: Entries | None, reading: Reading) -> Stops | None:
    if entries is None:
        return None
    events = known_events(entries.texts("when"), reading.declared.events, reading.report)
    return Stops(tuple(e.name for e in events), read_where(entries, events, reading))


def _success(entries: Entries | None, reading: Reading) -> Success | None:
    if entries is None:
        return None
    event = entries.text("event")
    within = entries.duration("within")
    events = (
        () if event is None else known_events((event,), reading.declared.events, reading.report)
    )
    where = read_where(entries, events, reading)
    if within is None or not events:
        return None
    return Success(events[0].name, within, where)


def _promise(entries: Entries | None, *, steps_known: Reading, report: Report) -> Promise | None:
    if entries is None:
        return None
    step = entries.text("step")
    within = entries.duration("within")
    text = entries.text("share")
    part = None if text is None else share(text.value)
    if text is not None and part is None:
        report.error(
            "not-a-share",
            text.where,
            f"{quoted(text.value)} is not a share.",
            'Write per cent above 0 and at most 100, such as "99 %".',
        )
    if step is not None and step.value not in steps_known.places:
        report.error(
            "unknown-step",
            step.where,
            f"unknown step {quoted(step.value)}.",
            did_you_mean(
                step.value, steps_known.places, "A promise names a step of its own workflow."
            ),
        )
        return None
    if step is None or within is None or part is None:
        return None
    return Promise(step.value, within, part)
