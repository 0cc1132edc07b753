"""A contact field that no system has and nothing reads or writes."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import conditions, source, times, writes
from leadline.expression.reads import reads
from leadline.expression.tree import Ref
from leadline.message.inspect import variables
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.project import Project


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    used = {ref.name for ref in _read(project) if ref.scope == "contact"}
    used |= {written.field.name for written in writes(project)}
    for field in project.fields.values():
        kept = field.names or field.system_of_record or field.name == "email"
        if field.name not in used and not kept:
            yield Problem(
                CHECK.code,
                f"nothing reads or writes the field {quoted(field.name)}, and no system has it.",
                field.where,
                "Use it, say its name in a system, or take it out of data/contact.yaml.",
                CHECK.severity,
            )


def _read(project: Project) -> Iterator[Ref]:
    for asked in conditions(project):
        yield from reads(asked.condition)
    for written in writes(project):
        ref = source(written.write)
        if ref is not None:
            yield ref
    for workflow in project.workflows.values():
        yield from times(workflow)
        if workflow.starts.once_per is not None:
            yield workflow.starts.once_per
    for message in project.messages.values():
        yield from variables(message)


CHECK = Check(
    code="unused-field",
    title="A field that nothing uses",
    severity=Severity.NOTE,
    marketer="A field is kept of every person that nobody looks at. What is not needed should not "
    "be kept.",
    engineer="A field of data/contact.yaml without names: and from: that no condition, message, "
    "write, time or once_per names. A field that a system has is on the map, and left alone.",
    mend="Use the field, map it to a system, or take it out.",
    find=_find,
)
