"""What a project file says, before anybody has understood it.

The reader of the files gives conditions in this form and gets faults back with the same
positions, so that this package knows nothing of YAML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Position = tuple[int, int]
"""Line and column, counted from 1; handed back untouched."""

GroupWord = Literal["all", "any", "none"]


@dataclass(frozen=True, slots=True)
class RawPhrase:
    """One item of a list, as it is written."""

    text: str
    position: Position


@dataclass(frozen=True, slots=True)
class RawGroup:
    """``all: […]``, ``any: […]`` or ``none: […]``."""

    word: GroupWord
    parts: tuple[RawPhrase | RawGroup, ...]
    position: Position


Raw = RawPhrase | RawGroup


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a condition: what was found, and what to do.

    ``code`` is in words, for machines. ``position`` is that of the phrase or group; ``offset``
    counts the characters of the phrase before the place meant (0 for a group).
    """

    code: str
    message: str
    fix: str
    position: Position
    offset: int = 0
