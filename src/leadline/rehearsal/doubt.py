"""Whether a condition can be unknown at all, whatever is and is not known of a contact.

``contact.size is known`` never is, ``contact.size is at least 200`` is where the size is not
known, and both in one ``all`` are never: where the size is not known, the first is false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import product

from leadline.expression.evaluate import evaluate
from leadline.expression.reads import reads
from leadline.expression.tree import All, Any, Condition, Nothing, Ref

MOST_FIELDS = 10
"""Of a condition over more fields it is taken for granted that it can be unknown."""
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)

Answers = frozenset[bool | None]
Join = Callable[[tuple[bool | None, ...]], bool | None]


def can_be_unknown(conditions: Iterable[Condition]) -> bool:
    """Whether it can be unknown of one of these which way a choice goes."""
    return any(_can(condition) for condition in conditions)


def _can(condition: Condition) -> bool:
    fields = sorted(reads(condition))
    if len(fields) > MOST_FIELDS:
        return True
    return any(
        None in _answers(condition, {ref for ref, known in zip(fields, each, strict=True) if known})
        for each in product((True, False), repeat=len(fields))
    )


def _answers(condition: Condition, known: set[Ref]) -> Answers:
    """Every answer that a condition can have where just these fields are known."""
    match condition:
        case All(parts):
            return _joined([_answers(part, known) for part in parts], _all)
        case Any(parts):
            return _joined([_answers(part, known) for part in parts], _any)
        case Nothing(parts):
            return frozenset(
                None if answer is None else not answer
                for answer in _joined([_answers(part, known) for part in parts], _any)
            )
        case _:
            if reads(condition) <= known:
                return frozenset((True, False))
            return frozenset((evaluate(condition, {}, SOME_DAY),))


def _joined(parts: list[Answers], join: Join) -> Answers:
    found: Answers = frozenset((join(()),))
    for part in parts:
        found = frozenset(join((one, other)) for one in found for other in part)
    return found


def _all(answers: tuple[bool | None, ...]) -> bool | None:
    return False if False in answers else None if None in answers else True


def _any(answers: tuple[bool | None, ...]) -> bool | None:
    return True if True in answers else None if None in answers else False
