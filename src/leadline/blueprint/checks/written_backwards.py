"""A stage that a step may set back: written without ``only: forward``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import Written, evidence, writes
from leadline.expression.types import Kind
from leadline.project.fields import Field
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.project import Project
from leadline.project.workflow import Constant, Only, To

_STAGE = re.compile(r"stage|phase|lifecycle|level|maturity|funnel", re.IGNORECASE)


def _find(subject: Subject) -> Iterator[Problem]:
    every = list(writes(subject.project))
    stages = {
        w.field.name for w in every if isinstance(w.write, To) and w.write.only is Only.FORWARD
    } | {f.name for f in subject.project.fields.values() if _is_stage(f)}
    for written in every:
        if written.field.name in stages:
            yield from _backwards(written, subject.project)


def _is_stage(field: Field) -> bool:
    names = (field.name, *field.names.values())
    return field.type.kind is Kind.CHOICE and any(_STAGE.search(name) for name in names)


def _backwards(written: Written, project: Project) -> Iterator[Problem]:
    write, values = written.write, written.field.type.values
    if not isinstance(write, To) or write.only is not Only.ALWAYS:
        return
    value = write.source.value if isinstance(write.source, Constant) else None
    if value == values[-1]:
        return
    later = values[values.index(str(value)) + 1 :] if value in values else ()
    seen = project.known.fields.get(written.field.name) if project.known else None
    count = sum(seen.values.get(v, 0) for v in later) if seen else 0
    goal = f"to {quoted(str(value))}" if value is not None else "to whatever comes"
    who = f" ({count:,} contacts)" if count else ""
    yield Problem(
        CHECK.code,
        f"{quoted(written.step.name)} sets {quoted(written.field.name)} {goal}, also for those who "
        f"are further already{who}.",
        written.where,
        f"Write {written.field.name}: {{ to: {value or '…'}, only: forward }}.",
        CHECK.severity,
        evidence(seen, f"{count:,} contacts stand at a later value") if seen and count else None,
    )


CHECK = Check(
    code="written-backwards",
    title="A stage that may be set back",
    severity=Severity.WARNING,
    marketer="A customer who registers for a webinar becomes a lead again, gets the mails for "
    "strangers, and is missing in the report on customers.",
    engineer="A choice that is a stage (its name says stage, phase, lifecycle, level, maturity or "
    "funnel, or some step writes it with only: forward) is written by to: without only:, with a "
    "value that is not the last. HubSpot refuses or ignores a lifecycle stage that goes back.",
    mend="Write it with only: forward; where it is meant to go back, clear it in a step before.",
    find=_find,
)
