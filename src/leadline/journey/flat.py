"""The steps of a compiled workflow: flat, each with the edges that leave it.

An edge is the name of a step, or None for the end of the workflow. What a failure does is kept
as the file says it (``Then``): ``carry on`` takes ``next``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from leadline.expression.tree import Condition, Ref
from leadline.expression.types import Value
from leadline.project.workflow import (
    FailurePolicy,
    GoTo,
    Purpose,
    RelativeTime,
    Then,
    WallTime,
    Write,
)

Edge = str | None


@dataclass(frozen=True, slots=True)
class Send:
    """One email to the contact; ``reads`` are the names that its message uses."""

    name: str
    next: Edge
    message: str
    connection: str
    purpose: Purpose
    reads: tuple[Ref, ...]
    if_missing: Mapping[Ref, Value]
    not_after: RelativeTime | WallTime | None
    policy: FailurePolicy


@dataclass(frozen=True, slots=True)
class Save:
    """One write of the contact's record in a system, keyed by canonical field names.

    ``orders`` has the values, in order, of the fields written ``only: forward``;
    ``every_value`` the fields of which the system must see every value.
    """

    name: str
    next: Edge
    connection: str
    object: str
    fields: Mapping[str, Write]
    orders: Mapping[str, tuple[str, ...]]
    every_value: frozenset[str]
    if_missing: Mapping[Ref, Value]
    policy: FailurePolicy


@dataclass(frozen=True, slots=True)
class Post:
    """One post to a channel; those within ``bundle`` become one digest."""

    name: str
    next: Edge
    connection: str
    channel: str
    message: str
    bundle: timedelta | None
    reads: tuple[Ref, ...]
    if_missing: Mapping[Ref, Value]
    policy: FailurePolicy


@dataclass(frozen=True, slots=True)
class SetFields:
    """Writes of our own contact."""

    name: str
    next: Edge
    fields: Mapping[str, Write]
    orders: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Wait:
    """A span, counted from the moment the run comes by; a day is 24 hours."""

    name: str
    next: Edge
    span: timedelta


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """A time; ``if_not`` follows when it is unknown, or when ``at_most`` comes first."""

    name: str
    next: Edge
    until: RelativeTime | WallTime
    at_most: timedelta | None
    if_not: Then


@dataclass(frozen=True, slots=True)
class WaitSeen:
    """The record that ``saved_by`` wrote shows in the system, in ``at_most`` or ``if_not``."""

    name: str
    next: Edge
    system: str
    object: str
    saved_by: str
    at_most: timedelta | None
    if_not: Then


@dataclass(frozen=True, slots=True)
class WaitFor:
    """An event; without ``where`` one with the same once_per value."""

    name: str
    next: Edge
    event: str
    where: Condition | None
    at_most: timedelta
    if_not: Then


@dataclass(frozen=True, slots=True)
class FlatBranch:
    """A condition, the names that it reads, and the edge where it holds."""

    condition: Condition
    reads: tuple[Ref, ...]
    to: Edge


@dataclass(frozen=True, slots=True)
class Choose:
    """The first branch that holds; ``otherwise`` takes the rest.

    The unknown takes ``unknown`` where ``parts_unknown``, otherwise it takes ``otherwise``.
    """

    name: str
    branches: tuple[FlatBranch, ...]
    otherwise: Edge
    unknown: Edge
    parts_unknown: bool


@dataclass(frozen=True, slots=True)
class EnrollIn:
    """The same contact starts another workflow; this run does not wait for it."""

    name: str
    next: Edge
    workflow: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The run ends."""

    name: str
    reason: str


FlatStep = (
    Send
    | Save
    | Post
    | SetFields
    | Wait
    | WaitUntil
    | WaitSeen
    | WaitFor
    | Choose
    | EnrollIn
    | Stop
)


def edges(step: FlatStep) -> frozenset[Edge]:
    """Every edge that leaves a step; None among them where the run can end there by itself.

    A policy that stops the run or dead-letters it is no edge.
    """
    match step:
        case Choose():
            ways = {branch.to for branch in step.branches} | {step.otherwise}
            return frozenset(ways | ({step.unknown} if step.parts_unknown else set[Edge]()))
        case Send() | Save() | Post():
            return _with(step.next, step.policy.then)
        case WaitUntil() | WaitSeen() | WaitFor():
            return _with(step.next, step.if_not)
        case SetFields() | Wait() | EnrollIn():
            return frozenset({step.next})
        case Stop():
            return frozenset()
        case _:
            assert_never(step)


def _with(after: Edge, then: Then) -> frozenset[Edge]:
    return frozenset({after, then.step}) if isinstance(then, GoTo) else frozenset({after})
