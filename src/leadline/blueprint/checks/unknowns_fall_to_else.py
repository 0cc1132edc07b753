"""A branch over a field that many people do not have, without a word on where they go."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import empties, evidence, phrases
from leadline.expression.tree import (
    Between,
    Compare,
    Condition,
    Contains,
    Is,
    Known,
    Phrase,
    StartsWith,
    Unknown,
    Within,
)
from leadline.project.known import Known as Facts
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.triggers import all_steps
from leadline.project.workflow import ChooseStep

MANY = 0.2  # share of people without a value from which somebody should say where they go


def _find(subject: Subject) -> Iterator[Problem]:
    known = subject.project.known
    if known is None:
        return
    for workflow in subject.project.workflows.values():
        for step in all_steps(workflow.steps):
            if isinstance(step, ChooseStep) and step.unknown is None:
                yield from _branches(step, known)


def _branches(step: ChooseStep, known: Facts) -> Iterator[Problem]:
    said: set[str] = set()  # fields of which a branch says what if they are unknown
    for branch in step.branches:
        said |= _asked_for(branch.condition)
        for name in sorted(_undecided(branch.condition) - said):
            seen = known.fields.get(name)
            if seen is not None and seen.share_empty > MANY:
                said.add(name)
                yield Problem(
                    CHECK.code,
                    f"{quoted(name)} is unknown for {empties(seen)}, and {quoted(step.name)} "
                    "does not say where they go.",
                    branch.where,
                    f"Add an unknown: branch, or ask for {quoted(f'contact.{name} is known')}.",
                    CHECK.severity,
                    evidence(seen, f"they go to else, counted on {known.as_of}"),
                )


def _asked_for(condition: Condition) -> set[str]:
    return {p.operand.ref.name for p in phrases(condition) if isinstance(p, Known | Unknown)}


def _undecided(condition: Condition) -> set[str]:
    """Contact fields that leave the condition open where they are unknown."""
    return {
        p.operand.ref.name
        for p in phrases(condition)
        if p.operand.ref.scope == "contact" and _is_open(p)
    }


def _is_open(phrase: Phrase) -> bool:
    match phrase:
        case Is(_, _, negative) | Contains(_, _, negative) | StartsWith(_, _, negative):
            return negative is None
        case Compare() | Between() | Within():
            return True
        case Known() | Unknown():
            return False


CHECK = Check(
    code="unknowns-fall-to-else",
    title="Many unknown, and nobody said where they go",
    severity=Severity.WARNING,
    marketer="A large part of your people has no value here. They all take the other way, as if "
    "they had answered no, though nobody knows.",
    engineer=f"A choose step without unknown: whose condition stays open where a contact field is "
    f"unknown, and facts.yaml counts more than {MANY:.0%} without a value. A branch that asks "
    "whether the field is known, here or before, says enough.".replace("%", " %"),
    mend="Give the unknown a branch of their own, or say in the condition that only the known "
    "count.",
    find=_find,
)
