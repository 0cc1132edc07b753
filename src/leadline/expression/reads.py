"""Which fields a condition reads: the map of a project is made from this."""

from __future__ import annotations

from typing import assert_never

from leadline.expression.tree import (
    All,
    Any,
    Between,
    Compare,
    Condition,
    Contains,
    Is,
    Known,
    Nothing,
    Operand,
    Ref,
    StartsWith,
    Unknown,
    Within,
)


def reads(condition: Condition) -> frozenset[Ref]:
    """Return every reference of a condition, on either side of a comparison."""
    match condition:
        case Is(operand, values):
            others = (value.ref for value in values if isinstance(value, Operand))
            return frozenset((operand.ref, *others))
        case Compare(operand, _, value):
            if isinstance(value, Operand):
                return frozenset((operand.ref, value.ref))
            return frozenset((operand.ref,))
        case Between() | Contains() | StartsWith() | Within() | Known() | Unknown():
            return frozenset((condition.operand.ref,))
        case All(parts) | Any(parts) | Nothing(parts):
            return frozenset[Ref]().union(*map(reads, parts))
        case _:
            assert_never(condition)
