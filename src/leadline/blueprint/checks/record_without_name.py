"""A field whose value counts in a system that has no name for it."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, quoted


def _find(subject: Subject) -> Iterator[Problem]:
    for field in subject.project.fields.values():
        record = field.system_of_record
        if record is not None and record not in field.names:
            yield Problem(
                CHECK.code,
                f"the value of {quoted(field.name)} in {quoted(record)} counts, but its name there "
                "is not said.",
                field.where,
                f"Add names: {{ {record}: … }}, or take from: off the field.",
                CHECK.severity,
            )


CHECK = Check(
    code="record-without-name",
    title="A field that cannot be read where it counts",
    severity=Severity.WARNING,
    marketer="Somebody decided that this system has the right value, but nobody said which of its "
    "fields that is. The value is never read, and old ones stay.",
    engineer="from: names a system that names: has no name for. A step that saves a field to a "
    "system without a name for it is refused when the files are read (no-name-in-system).",
    mend="Add the field's name in that system under names:.",
    find=_find,
)
