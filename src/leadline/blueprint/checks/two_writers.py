"""One field, and two that write it: the later one wins, whichever that is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import Written, writes
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.project import Project
from leadline.project.quantities import in_words
from leadline.project.workflow import AddTo, Increment, Only, To


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    every = list(writes(project))
    saved = {(w.workflow, w.field.name, w.system) for w in every}
    by_target: dict[tuple[str, str | None], list[Written]] = {}
    for written in every:
        by_target.setdefault((written.field.name, written.system), []).append(written)
        if (written.workflow, written.field.name, written.field.system_of_record) not in saved:
            yield from _against_record(project, written)
    for several in by_target.values():
        yield from _against_each_other(several)


def _against_each_other(several: list[Written]) -> Iterator[Problem]:
    """One problem for each workflow that writes over an earlier one."""
    told: set[str] = set()
    for first, second in combinations(several, 2):
        if first.workflow == second.workflow or second.workflow in told:
            continue
        if _clash(first, second):
            told.add(second.workflow)
            place = f"in {quoted(second.system)}" if second.system else "of our contact"
            yield Problem(
                CHECK.code,
                f"{quoted(first.workflow)} and {quoted(second.workflow)} both write "
                f"{quoted(second.field.name)} {place}; the later write wins.",
                second.where,
                "Let one of them write it, or write it so that order does not matter: only: "
                "forward, only: if empty, add_to.",
                CHECK.severity,
                f"the other is {first.where.file}:{first.where.line}",
            )


def _clash(one: Written, other: Written) -> bool:
    """Whether the order of the two writes decides what stands in the end."""
    return one.write != other.write and not (_any_order(one) and _any_order(other))


def _any_order(written: Written) -> bool:
    """Whether writes of this kind give the same whichever of them comes first."""
    match written.write:
        case AddTo() | Increment():
            return True
        case To(_, only):
            return only is not Only.ALWAYS
        case _:
            return False


def _against_record(project: Project, written: Written) -> Iterator[Problem]:
    """A value of ours over that of the system of record, or in another system than that."""
    field, record = written.field, written.field.system_of_record
    if record is None:
        return
    reads = project.systems[record].reads.get("contact")
    wins = (
        f"the next read, within {in_words(reads)}, puts its own back"
        if reads is not None and written.system is None
        else f"the two differ until {quoted(record)} is written too"
    )
    place = f"in {quoted(written.system)}" if written.system else "of our contact"
    yield Problem(
        CHECK.code,
        f"{quoted(written.step.name)} writes {quoted(field.name)} {place}, but "
        f"{quoted(record)} holds the value that counts: {wins}.",
        written.where,
        f"Save it to {quoted(record)} as well, or take from: off the field.",
        CHECK.severity,
        f"from: {record} stands in {field.where.file}:{field.where.line}",
    )


CHECK = Check(
    code="two-writers",
    title="Two that write one field",
    severity=Severity.WARNING,
    marketer="Two automations, or an automation and a system, write the same field with different "
    "values. Which one stands depends on who came last, and it looks as if the field changed by "
    "itself.",
    engineer="Two workflows write one field of one system (or of our contact) with different "
    "writes of which one is not only: forward, only: if empty, add_to or increment; equal "
    "writes are none. Or a step writes a field whose from: names a system that no step of the "
    "workflow saves it to.",
    mend="Let one writer have the field, or write so that order does not matter.",
    find=_find,
)
