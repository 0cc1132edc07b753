"""A project's conditions in the neutral words of the map.

A project's conditions know three answers: who is unknown takes no ``if``, unless the phrase says
"or unknown". The neutral ones turn the answer for a blank around inside of ``Neither``; so a
phrase that stays unknown is told there as one that the blank would pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Every,
    FieldRef,
    Neither,
    Some,
)
from leadline.expression import tree
from leadline.expression.sentence import phrase

Names = Callable[[tree.Ref], tuple[FieldRef, ...]]
"""What a dotted name stands for: one field, or a property of each event that may be meant."""


def neutral(condition: tree.Condition, names: Names, *, turned: bool = False) -> Condition:
    """Translate a condition; ``turned``: an odd number of ``none`` is around it."""
    match condition:
        case tree.All(parts):
            return Every(tuple(neutral(part, names, turned=turned) for part in parts))
        case tree.Any(parts):
            return Some(tuple(neutral(part, names, turned=turned) for part in parts))
        case tree.Nothing(parts):
            return Neither(tuple(neutral(part, names, turned=not turned) for part in parts))
        case _:
            return _comparison(condition, names, turned=turned)


def _comparison(node: tree.Phrase, names: Names, *, turned: bool) -> Comparison:
    ref = node.operand.ref
    read = [one for each in (ref, *_others(node)) for one in names(each)]
    operator, values, negative = _asked(node)
    return Comparison(
        field=read[0],
        operator=operator,
        words=phrase(node).removeprefix(f"{ref} "),
        values=values,
        negative=negative is not None,
        blank=_blank(node, negative, turned=turned),
        others=tuple(dict.fromkeys(read[1:])),
    )


def _others(node: tree.Phrase) -> tuple[tree.Ref, ...]:
    match node:
        case tree.Is(values=values):
            return tuple(value.ref for value in values if isinstance(value, tree.Operand))
        case tree.Compare(value=tree.Operand(ref=ref)):
            return (ref,)
        case _:
            return ()


def _asked(node: tree.Phrase) -> tuple[str, tuple[str, ...], tree.Unknowns | None]:
    """The operator, the constants that stand on the other side, and what a negation says."""
    match node:
        case tree.Is(_, values, negative):
            several = len(values) > 1
            verb = ("is none of" if several else "is not") if negative else "is any of"
            constants = tuple(_text(v) for v in values if not isinstance(v, tree.Operand))
            return (verb if several or negative else "is"), constants, negative
        case tree.Compare(_, order, value):
            constants = () if isinstance(value, tree.Operand) else (_text(value),)
            return str(order), constants, None
        case tree.Between(_, low, high):
            return "is between", (_text(low), _text(high)), None
        case tree.Contains(_, text, negative):
            return ("does not contain" if negative else "contains"), (text,), negative
        case tree.StartsWith(_, text, negative):
            return ("does not start with" if negative else "starts with"), (text,), negative
        case tree.Within(words=words, ahead=ahead):
            return f"is within the {'next' if ahead else 'last'}", (words,), None
        case tree.Known():
            return "is known", (), None
        case tree.Unknown():
            return "is unknown", (), None
        case _:
            assert_never(node)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _blank(node: tree.Phrase, negative: tree.Unknowns | None, *, turned: bool) -> Blank:
    """What becomes of a record without a value; where nobody can say, it does not come through."""
    if isinstance(node, tree.Unknown) or negative is tree.Unknowns.COUNT:
        return Blank.PASSES
    if isinstance(node, tree.Known) or negative is tree.Unknowns.LEAVE_OUT:
        return Blank.FAILS
    return Blank.PASSES if turned else Blank.FAILS
