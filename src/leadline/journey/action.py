"""What a run intends to do outside itself. Each has the key that no second intent can have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadline.expression.types import Value
from leadline.ledger.coalesce import FieldWrite
from leadline.ledger.key import ActionKey
from leadline.project.workflow import Purpose

Values = Mapping[str, Value]
"""What a message reads, by dotted name, fixed when the action is intended."""


@dataclass(frozen=True, slots=True)
class SendEmail:
    """One email to the person."""

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
    """One write of the person's record; ``fields`` by the vendor's names."""

    key: ActionKey
    connection: str
    object: str
    record: str
    fields: Mapping[str, FieldWrite]
    every_value: frozenset[str]
    retry_until: datetime


@dataclass(frozen=True, slots=True)
class PostMessage:
    """One post to a channel."""

    key: ActionKey
    connection: str
    channel: str
    message: str
    values: Values
    bundle: timedelta | None
    retry_until: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """Ask a system whether it shows what another action wrote; it has no effect."""

    key: ActionKey
    connection: str
    written: ActionKey
    retry_until: datetime


@dataclass(frozen=True, slots=True)
class SetField:
    """Write fields of our own contact, in the same transaction."""

    key: ActionKey
    fields: Mapping[str, FieldWrite]


@dataclass(frozen=True, slots=True)
class Enroll:
    """Start another workflow for the same person."""

    key: ActionKey
    workflow: str


Action = SendEmail | SaveRecord | PostMessage | Look | SetField | Enroll
