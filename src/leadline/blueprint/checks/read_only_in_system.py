"""A step that saves to a field which only the vendor writes."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import writes
from leadline.blueprint.vendor_fields import vendor_field
from leadline.project.problems import Problem, Severity, quoted


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    for written in writes(project):
        if written.system is None:
            continue
        system = project.systems[written.system]
        name = written.field.names.get(system.name, "")
        theirs = vendor_field(system.kind, name)
        if theirs is not None and theirs.read_only:
            yield Problem(
                CHECK.code,
                f"the step {quoted(written.step.name)} saves to {quoted(name)}, which only "
                f"{quoted(system.name)} itself writes.",
                written.where,
                "Leave the field out of set:, or save to a field of your own.",
                CHECK.severity,
            )


CHECK = Check(
    code="read-only-in-system",
    title="Saving to a field that only the vendor writes",
    severity=Severity.ERROR,
    marketer="The system refuses the whole record because of this one field, so nothing of it is "
    "saved.",
    engineer="The field's name in the system is one of the vendor's own read-only fields "
    "(blueprint/vendor_fields.py). The vendor answers a write with 400 for the whole record.",
    mend="Leave the field out, or save to a field of your own.",
    find=_find,
)
