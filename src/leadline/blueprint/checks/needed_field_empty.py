"""A field without which a workflow cannot do its work, empty for too many people."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import empties, evidence, phrases, source, times, writes
from leadline.expression.tree import Contains, Is, Known, StartsWith, Unknown
from leadline.project.known import Known as Facts
from leadline.project.problems import Problem, Severity, Where, quoted
from leadline.project.project import Project
from leadline.project.triggers import all_steps
from leadline.project.workflow import SaveStep, SendStep, Workflow

TOO_MANY = 0.05  # share of people that a workflow may lose without anybody looking
OFTEN = 0.5  # share from which a value that is copied is missing more often than there


def _find(subject: Subject) -> Iterator[Problem]:
    known = subject.project.known
    if known is None:
        return
    for workflow in subject.project.workflows.values():
        yield from _way_in(workflow, known)
        yield from _address(workflow, known)
        for ref in dict.fromkeys(times(workflow)):
            if ref.scope == "contact":
                lost = f"the times of {quoted(workflow.name)} cannot be reckoned for them"
                yield from _needed(ref.name, workflow.where, lost, known)
    yield from _copied(subject.project, known)


def _way_in(workflow: Workflow, known: Facts) -> Iterator[Problem]:
    starts = workflow.starts
    if starts.once_per is not None and starts.once_per.scope == "contact":
        lost = f"they never enter {quoted(workflow.name)} (once_per)"
        yield from _needed(starts.once_per.name, workflow.where, lost, known)
    if starts.only_if is None:
        return
    every = list(phrases(starts.only_if))
    said = {p.operand.ref for p in every if isinstance(p, Known | Unknown)}
    for phrase in every:
        negative = isinstance(phrase, Is | Contains | StartsWith) and phrase.negative is not None
        if phrase.operand.ref.scope == "contact" and not negative:
            if phrase.operand.ref not in said:
                lost = f"they are not let into {quoted(workflow.name)}"
                yield from _needed(phrase.operand.ref.name, workflow.where, lost, known)
            said.add(phrase.operand.ref)


def _address(workflow: Workflow, known: Facts) -> Iterator[Problem]:
    for step in all_steps(workflow.steps):
        if isinstance(step, SendStep | SaveStep):
            yield from _needed("email", step.where, f"{quoted(step.name)} skips them", known)
            return


def _copied(project: Project, known: Facts) -> Iterator[Problem]:
    for written in writes(project):
        ref = source(written.write)
        # A field that goes to its own name in a system is rightly left out where it is unknown.
        if ref is None or ref.scope != "contact" or ref.name == written.field.name:
            continue
        if isinstance(written.step, SaveStep) and ref in written.step.if_missing:
            continue
        lost = f"{quoted(written.step.name)} leaves {quoted(written.field.name)} out for them"
        yield from _needed(ref.name, written.where, lost, known, OFTEN)


def _needed(
    name: str, where: Where, lost: str, known: Facts, least: float = TOO_MANY
) -> Iterator[Problem]:
    seen = known.fields.get(name)
    if seen is not None and seen.share_empty > least:
        yield Problem(
            CHECK.code,
            f"{quoted(name)} is empty for {empties(seen)}: {lost}.",
            where,
            "Fill the field first, say what stands in for it, or rest on another field.",
            CHECK.severity,
            evidence(seen, f"counted on {known.as_of}"),
        )


CHECK = Check(
    code="needed-field-empty",
    title="A field that is needed, and empty for too many",
    severity=Severity.WARNING,
    marketer="The workflow rests on a field that many of your people do not have. They are not "
    "let in, not mailed, or stored without it, and no error is shown.",
    engineer=f"facts.yaml counts more than {TOO_MANY:.0%} empty in a field of once_per, of the "
    "condition under starts (unless it asks whether the field is known), in the address that a "
    f"mail or a record needs, or in a time that is reckoned from; or more than {OFTEN:.0%} in a "
    "value that a step copies to another field without if_missing.".replace("%", " %"),
    mend="Fill the field, give a stand-in, or rest on a field that is there.",
    find=_find,
)
