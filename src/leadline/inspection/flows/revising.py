"""Frozen values with a few parts changed, cheaply: a reader makes each step in several strokes."""

from __future__ import annotations

from typing import TypeVar, cast

Value = TypeVar("Value")


def replace(value: Value, /, **changes: object) -> Value:
    """The same as ``dataclasses.replace`` for frozen values with slots, at a fifth of its cost.

    With it, reading a node of a flow took a third longer. What it leaves out: it calls neither
    ``__init__`` nor ``__post_init__``, which the types of flows do not use.
    """
    kind = type(value)
    made = object.__new__(kind)
    names = cast("tuple[str, ...]", getattr(kind, "__slots__"))  # noqa: B009
    put = object.__setattr__
    used = 0
    for name in names:
        if name in changes:
            used += 1
            put(made, name, changes[name])
        else:
            put(made, name, getattr(value, name))
    if used != len(changes):
        unknown = ", ".join(sorted(set(changes) - set(names)))
        raise TypeError(f"{kind.__name__} has no part {unknown}")
    return made
