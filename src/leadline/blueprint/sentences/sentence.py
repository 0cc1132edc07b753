"""One sentence about a workflow, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What a sentence is for."""

    HEADING = "heading"
    PLAIN = "plain"
    STEP = "step"
    BRANCH = "branch"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line: ``depth`` says what it belongs to, ``step`` the step that it is about.

    A quote is a line of a message, as its author wrote it.
    """

    depth: int
    text: str
    part: Part = Part.PLAIN
    step: str | None = None
