"""The tracking plan: events.yaml as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from leadline.expression.types import FieldType
from leadline.project.problems import Where


@dataclass(frozen=True, slots=True)
class Expected:
    """``expect: 500 in 1 minute``: how many a team expects at most, in how long."""

    count: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class EventType:
    """A declared event: its name and the types of its properties."""

    name: str
    properties: Mapping[str, FieldType]
    where: Where
    late_trigger: bool = False
    """``late: trigger``: an event older than ``late_after`` still starts workflows."""
    expect: Expected | None = None
