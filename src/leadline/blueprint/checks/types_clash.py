"""A field that one system holds as another type than the project says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import evidence, writes
from leadline.blueprint.vendor_fields import HOLDS, vendor_field
from leadline.expression.types import FieldType, Kind
from leadline.project.fields import Field
from leadline.project.known import Seen
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.project import Project

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}.*")
_FLAGS = frozenset({"true", "false", "yes", "no", "1", "0"})
_READS: Mapping[Kind, Callable[[str], bool]] = {
    Kind.NUMBER: lambda value: _NUMBER.fullmatch(value) is not None,
    Kind.DATE: lambda value: _DAY.fullmatch(value) is not None,
    Kind.TIME: lambda value: _DAY.fullmatch(value) is not None,
    Kind.FLAG: lambda value: value.lower() in _FLAGS,
}


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    written = {(w.field.name, w.system) for w in writes(project)}
    for field in project.fields.values():
        for system, name in field.names.items():
            saved = (field.name, system) in written
            yield from _against_vendor(project, field, system, name, saved=saved)
        seen = project.known.fields.get(field.name) if project.known else None
        if seen is not None:
            yield from _against_data(field, seen)
    yield from _two_events(project)


def _against_vendor(
    project: Project, field: Field, system: str, name: str, *, saved: bool
) -> Iterator[Problem]:
    theirs = vendor_field(project.systems[system].kind, name)
    if theirs is None or field.type.kind in HOLDS[theirs.type]:
        return
    yield Problem(
        CHECK.code,
        f"{quoted(field.name)} is of type {field.type.kind}, but {quoted(name)} in "
        f"{quoted(system)} is of type {theirs.type}.",
        field.where,
        f"Give it a type that {theirs.type} can hold, or another name in the system.",
        Severity.ERROR if saved else CHECK.severity,
        "a step saves it, which the system would refuse" if saved else None,
    )


def _against_data(field: Field, seen: Seen) -> Iterator[Problem]:
    reads = _READS.get(field.type.kind)
    bad = {v: n for v, n in seen.values.items() if reads is not None and not reads(v)}
    if bad:
        first = max(bad, key=lambda value: (bad[value], value))
        yield Problem(
            CHECK.code,
            f"{quoted(field.name)} is of type {field.type.kind}, but the data holds "
            f"{quoted(first)} in {bad[first]:,} of {seen.of:,} contacts.",
            field.where,
            "Give the field the type that its values have, or mend them where they stand.",
            CHECK.severity,
            evidence(seen, f"{sum(bad.values()):,} values that are no {field.type.kind}"),
        )


def _two_events(project: Project) -> Iterator[Problem]:
    first: dict[str, tuple[str, FieldType]] = {}
    for event in project.events.values():
        for name, kind in event.properties.items():
            other, theirs = first.setdefault(name, (event.name, kind))
            if theirs.kind is not kind.kind:
                yield Problem(
                    CHECK.code,
                    f"{quoted(name)} is of type {kind.kind} in {quoted(event.name)} and of type "
                    f"{theirs.kind} in {quoted(other)}.",
                    event.where,
                    "Give the property one type in both events.",
                    Severity.NOTE,
                )


CHECK = Check(
    code="types-clash",
    title="One field, two types",
    severity=Severity.WARNING,
    marketer="The same field is a number in one place and a word in another. What is written is "
    "refused, and what is read counts as unknown, so people take the wrong way.",
    engineer="The type in data/contact.yaml is held against the type of the vendor's own field of "
    "that name (an error where a step saves it), and against the values that facts.yaml counts. "
    "Two events that give one property two types are a note: it cannot be matched between them.",
    mend="Give the field the type that the system and the data have.",
    find=_find,
)
