"""What comes back through the door: an answer, or how far the request got that has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import cast

import orjson


class Phase(StrEnum):
    """How far a request got that has no answer."""

    NOT_CONNECTED = "not connected"
    """Not one byte of it left."""
    BEFORE_EFFECT = "before any effect"
    """Something left, but not enough of it to be carried out."""
    AFTER_EFFECT_POSSIBLE = "an effect is possible"


@dataclass(frozen=True, slots=True)
class NoReply:
    """There is no answer; ``phase`` says whether an effect is possible."""

    phase: Phase
    reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a vendor answered. ``at``: when, by our clock. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    at: datetime

    @property
    def json(self) -> object:
        """The body as JSON, None where it is something else."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def fields(self) -> Mapping[str, object]:
        """The body as a JSON object, empty where it is something else."""
        return as_object(self.json)


@dataclass(frozen=True, slots=True)
class MailReply:
    """What a mail server answered, at which step ("greeting", "auth", "rcpt", "data" …)."""

    code: int
    text: str
    step: str
    at: datetime


def as_object(value: object) -> Mapping[str, object]:
    """A JSON object as a mapping; empty where it is something else.

    >>> as_object({"a": 1}), as_object([1])
    ({'a': 1}, {})
    """
    return cast(Mapping[str, object], value) if isinstance(value, dict) else {}


def as_objects(value: object) -> tuple[Mapping[str, object], ...]:
    """The JSON objects of a list; what is none is left out."""
    items = cast(list[object], value) if isinstance(value, list) else []
    return tuple(cast(Mapping[str, object], item) for item in items if isinstance(item, dict))


def as_text(value: object) -> str | None:
    """A JSON string, None where it is something else."""
    return value if isinstance(value, str) else None
