"""What a run intends: frozen effects, each under its key, its values fixed at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadline.expression.types import Value
from leadline.ledger.coalesce import FieldWrite
from leadline.ledger.key import ActionKey
from leadline.project.workflow import Purpose

Values = Mapping[str, Mapping[str, Value]]
"""Scope → name → value: what a message reads, ``{"contact": {"first_name": "Ann"}}``.

A value that is not known and has no stand-in is None.
"""


@dataclass(frozen=True, slots=True)
class SendEmail:
    """One email to ``to``. Too late after ``not_after``; not tried again after ``retry_until``."""

    key: ActionKey
    connection: str
    message: str
    to: str
    values: Values
    purpose: Purpose
    not_after: datetime | None
    retry_until: datetime


@dataclass(frozen=True, slots=True)
class SaveRecord:
    """One write of the record of ``record`` (an address), by canonical field names."""

    key: ActionKey
    connection: str
    object: str
    record: str
    fields: Mapping[str, FieldWrite]
    every_value: frozenset[str]
    retry_until: datetime


@dataclass(frozen=True, slots=True)
class PostMessage:
    """One post to a channel; those within ``bundle`` of the first become one digest."""

    key: ActionKey
    connection: str
    channel: str
    message: str
    values: Values
    bundle: timedelta | None
    retry_until: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """Whether the system shows the record as the action ``saved`` wrote it; no effect.

    It is accepted once it does, and needs no answer after ``retry_until``.
    """

    key: ActionKey
    connection: str
    object: str
    record: str
    saved: ActionKey
    retry_until: datetime


@dataclass(frozen=True, slots=True)
class SetField:
    """Writes of our own contact, by canonical field names.

    They belong to the transaction that stores the run's state; ``writes.applied`` says what
    each leaves.
    """

    key: ActionKey
    fields: Mapping[str, FieldWrite]


@dataclass(frozen=True, slots=True)
class Enroll:
    """The same contact enters another workflow, in the same transaction."""

    key: ActionKey
    workflow: str


Called = SendEmail | SaveRecord | PostMessage | Look
"""Actions that a connection carries out."""

Action = SendEmail | SaveRecord | PostMessage | Look | SetField | Enroll
