"""Writes: what a step says becomes values, and what they leave on our own contact."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from leadline.expression.types import KnownValue, Value
from leadline.ledger import coalesce
from leadline.ledger.coalesce import FieldWrite, Forward, IfEmpty, SetTo
from leadline.project.workflow import AddTo, Clear, Increment, Only, To, Write

LIST_SEPARATOR = ";"
"""What stands between the values of a list that is kept as text, as HubSpot's checkboxes do."""


def resolve(write: Write, value: KnownValue | None, order: tuple[str, ...]) -> FieldWrite | None:
    """Make a write with its value; None where it takes one and none is known.

    ``value`` is that of the write's source, ``order`` that of a field written forward.
    """
    match write:
        case Clear():
            return coalesce.Clear()
        case Increment(by):
            return coalesce.Increment(Decimal(by))
        case To(only=only):
            return None if value is None else _to(value, only, order)
        case AddTo():
            return None if value is None else coalesce.AddTo((value,))
        case _:
            assert_never(write)


def _to(value: KnownValue, only: Only, order: tuple[str, ...]) -> FieldWrite:
    match only:
        case Only.ALWAYS:
            return SetTo(value)
        case Only.IF_EMPTY:
            return IfEmpty(value)
        case Only.FORWARD:
            return Forward(str(value), order)
        case _:
            assert_never(only)


def apply(write: FieldWrite, current: Value) -> Value:
    """Return what a write of our own contact leaves where ``current`` stands.

    A value that is not of the field's type counts as none. A choice that is not in the order of
    ``only: forward`` is before all that are.

    >>> apply(coalesce.Increment(Decimal(2)), Decimal(3)), apply(coalesce.AddTo(("b",)), "a")
    (Decimal('5'), 'a;b')
    >>> apply(Forward("lead", ("subscriber", "lead", "customer")), "customer")
    'customer'
    """
    match write:
        case SetTo(value):
            return value
        case coalesce.Clear():
            return None
        case IfEmpty(value):
            return value if current is None or current == "" else current
        case Forward(value, order):
            return value if _rank(value, order) > _rank(current, order) else current
        case coalesce.AddTo(values):
            return _joined(values, current)
        case coalesce.Increment(by):
            return _sum(current, by)
        case _:
            assert_never(write)


def _rank(value: Value, order: tuple[str, ...]) -> int:
    return order.index(value) if isinstance(value, str) and value in order else -1


def _joined(values: tuple[KnownValue, ...], current: Value) -> Value:
    standing = current.split(LIST_SEPARATOR) if isinstance(current, str) and current else []
    return LIST_SEPARATOR.join(dict.fromkeys([*standing, *map(str, values)]))


def _sum(current: Value, by: Decimal) -> Value:
    if not isinstance(current, Decimal):
        return by
    try:
        return current + by
    except ArithmeticError:  # a number beyond what a decimal can hold stays as it is
        return current
