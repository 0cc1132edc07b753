"""Canonical contact fields: data/contact.yaml as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leadline.expression.types import FieldType
from leadline.project.problems import Where


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a contact, with its system of record and its name in each system."""

    name: str
    type: FieldType
    where: Where
    pii: bool = False
    system_of_record: str | None = None
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    every_value: bool = False
