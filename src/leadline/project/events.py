"""The tracking plan: events.yaml as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leadline.expression.types import FieldType
from leadline.project.problems import Where


@dataclass(frozen=True, slots=True)
class EventType:
    """A declared event: its name and the types of its properties."""

    name: str
    properties: Mapping[str, FieldType]
    where: Where
    late_trigger: bool = False
    """``late: trigger``: an event older than ``late_after`` still starts workflows."""
