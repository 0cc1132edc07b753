"""What one replication gave, counted while it runs."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field

from leadline.blueprint.forecast.answers import Book
from leadline.blueprint.forecast.moves import Note

Key = tuple[str, str]
"""A workflow and a step of it."""


@dataclass(slots=True)
class StepTimes:
    """When a step was over for each run that came by, and how long after its trigger (seconds)."""

    over_at: array[float] = field(default_factory=lambda: array("d"))
    after: array[float] = field(default_factory=lambda: array("d"))
    failed: int = 0

    def over(self, at: float, arrived_at: float) -> None:
        """Note that a run that arrived then is through with the step."""
        self.over_at.append(at)
        self.after.append(at - arrived_at)


@dataclass(slots=True)
class Tally:
    """What one replication gave; ``in_time`` counts the runs that kept their workflow's promise."""

    steps: dict[Key, StepTimes]
    books: dict[str, Book] = field(default_factory=dict[str, Book])
    arrived: int = 0
    entered: Counter[str] = field(default_factory=Counter[str])
    not_entered: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    waiting: Counter[str] = field(default_factory=Counter[str])
    in_time: Counter[str] = field(default_factory=Counter[str])
    notes: Counter[Note] = field(default_factory=Counter[Note])
    running: int = 0
    moves: int = 0
