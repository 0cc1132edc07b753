"""A branch that an earlier one has emptied, or that everybody takes."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.expression.tree import All, Compare, Condition, Is, Operand, Order, Unknowns
from leadline.expression.tree import Any as AnyOf
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.triggers import all_steps
from leadline.project.workflow import Branch, ChooseStep

_LOWER = {Order.AT_LEAST, Order.MORE_THAN, Order.AFTER}
_STRICT = {Order.MORE_THAN, Order.AFTER, Order.LESS_THAN, Order.BEFORE}


def _find(subject: Subject) -> Iterator[Problem]:
    for workflow in subject.project.workflows.values():
        for step in all_steps(workflow.steps):
            if isinstance(step, ChooseStep):
                yield from _never(step)
                for branch in step.branches:
                    yield from _always(step, branch)


def _never(step: ChooseStep) -> Iterator[Problem]:
    """Branches that hold for nobody who comes to them."""
    for number, branch in enumerate(step.branches):
        earlier = next(
            (n for n, e in enumerate(step.branches[:number], 1) if _implies(branch, e)), None
        )
        if earlier is not None:
            yield Problem(
                CHECK.code,
                f"nobody takes branch {number + 1} of {quoted(step.name)}: branch {earlier} takes "
                "everybody for whom it holds.",
                branch.where,
                "Put the narrower condition first, or remove one of the two.",
                CHECK.severity,
            )


def _always(outer: ChooseStep, branch: Branch) -> Iterator[Problem]:
    """A choice that begins a branch and asks again what has just been answered."""
    first = branch.steps[0] if branch.steps else None
    if not isinstance(first, ChooseStep):
        return
    for inner in first.branches:
        if _holds(branch.condition, inner.condition):
            yield Problem(
                CHECK.code,
                f"everybody takes this branch of {quoted(first.name)}: {quoted(outer.name)} has "
                "asked the same just before.",
                inner.where,
                "Remove the second question, or ask what you meant to ask.",
                CHECK.severity,
            )
            return


def _implies(later: Branch, earlier: Branch) -> bool:
    return _holds(later.condition, earlier.condition)


def _holds(given: Condition, asked: Condition) -> bool:
    """Whether ``asked`` holds of everybody of whom ``given`` does; False where that is not sure."""
    if given == asked:
        return True
    match given, asked:
        case All(parts=parts), _ if any(_holds(part, asked) for part in parts):
            return True
        case _, All(parts=parts) if parts:
            return all(_holds(given, part) for part in parts)
        case _, AnyOf(parts=parts):
            return any(_holds(given, part) for part in parts)
        case AnyOf(parts=parts), _ if parts:
            return all(_holds(part, asked) for part in parts)
        case Compare(), Compare():
            return _narrower(given, asked)
        case Is(negative=None), Is(negative=None):
            return given.operand == asked.operand and set(given.values) <= set(asked.values)
        case Is(negative=Unknowns()), Is(negative=Unknowns()):
            same = given.operand == asked.operand and given.negative is asked.negative
            return same and set(given.values) >= set(asked.values)
        case _:
            return False


def _narrower(given: Compare, asked: Compare) -> bool:
    """``is at least 200`` holds only where ``is at least 100`` does."""
    a, b = given.value, asked.value
    if given.operand != asked.operand or isinstance(a, Operand) or isinstance(b, Operand):
        return False
    if (given.order in _LOWER) != (asked.order in _LOWER) or type(a) is not type(b):
        return False
    if a == b:
        return asked.order not in _STRICT or given.order in _STRICT
    try:
        above = bool(a > b)  # type: ignore[operator]  # both are of the kind of one field
    except TypeError:
        return False
    return above if given.order in _LOWER else not above


CHECK = Check(
    code="branch-never-taken",
    title="A branch that nobody takes, or that everybody takes",
    severity=Severity.WARNING,
    marketer="What stands in this branch never happens (or always), although it looks as if people "
    "were told apart here.",
    engineer="The condition implies one of an earlier branch of the same choose (equal, a narrower "
    "comparison of the same field, a subset of its values), or a choose that begins a branch asks "
    "again what that branch has just established. Implication is judged only where it is certain.",
    mend="Put the narrower condition first, or remove the branch.",
    find=_find,
)
