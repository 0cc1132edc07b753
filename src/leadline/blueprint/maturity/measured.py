"""Everything that evidence is judged by, gathered before: one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from leadline.project.problems import Problem
from leadline.project.project import Project

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Answered:
    """How a system answered last: by a call of the running system, or by a check of a person."""

    ok: bool
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How often an event came in, by when it arrived; ``rejected`` counts for nothing."""

    week: int
    month: int
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """Runs of the last seven days of which it is known whether they kept a promise."""

    kept: int
    decided: int
    promised: float

    @property
    def holds(self) -> bool:
        """Whether enough of them kept it."""
        return self.decided > 0 and self.kept >= self.promised * self.decided


@dataclass(frozen=True, slots=True)
class Lived:
    """One environment as its store shows it at ``at``.

    ``answered`` goes by connection, ``events`` by name, ``effects`` by the state of actions that
    were intended in the last 30 days, ``runs`` and ``promises`` by workflow, ``successes`` by
    workflow over all time. ``incidents`` are sentences. ``releases`` holds the activations of the
    last 90 days, the oldest first, by hash. ``dead_letters`` are open.
    """

    environment: str
    at: datetime
    answered: Mapping[str, Answered] = field(default_factory=dict[str, Answered])
    incidents: tuple[str, ...] = ()
    events: Mapping[str, Arrivals] = field(default_factory=dict[str, Arrivals])
    effects: Mapping[str, int] = field(default_factory=dict[str, int])
    runs: Mapping[str, int] = field(default_factory=dict[str, int])
    promises: Mapping[str, Kept] = field(default_factory=dict[str, Kept])
    successes: Mapping[str, int] = field(default_factory=dict[str, int])
    releases: tuple[str, ...] = ()
    dead_letters: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many failure branches the tests of the project go through, and which they leave out."""

    covered: int
    of: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """The project with what is known of it. ``lived`` None: no database; ``tested`` None: no
    tests were run. ``problems`` are those of the files, without the one of this ladder."""

    project: Project
    today: date
    problems: tuple[Problem, ...] = ()
    lived: Lived | None = None
    tested: Coverage | None = None
