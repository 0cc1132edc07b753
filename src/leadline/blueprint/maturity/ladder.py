"""The ladder: every level with its evidence, how far a team has come, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from leadline.blueprint.maturity import advanced, data, integration, simple, tracking
from leadline.blueprint.maturity.evidence import Evidence, Holds
from leadline.blueprint.maturity.level import Level
from leadline.blueprint.maturity.measured import Measured

_RUNGS: tuple[tuple[Level, Callable[[Measured], Iterator[Evidence]]], ...] = (
    (Level.DATA, data.evidence),
    (Level.INTEGRATION, integration.evidence),
    (Level.TRACKING, tracking.evidence),
    (Level.SIMPLE, simple.evidence),
    (Level.ADVANCED, advanced.evidence),
)


@dataclass(frozen=True, slots=True)
class Rung:
    """One level with its evidence."""

    level: Level
    evidence: tuple[Evidence, ...]

    @property
    def holds(self) -> bool:
        """Whether everything is shown; what is unknown is not."""
        return all(each.holds is Holds.YES for each in self.evidence)

    @property
    def open(self) -> tuple[Evidence, ...]:
        """What is not shown yet, the smallest step first."""
        found = [each for each in self.evidence if each.step is not None]
        return tuple(sorted(found, key=lambda each: each.step.effort if each.step else 0))


@dataclass(frozen=True, slots=True)
class Ladder:
    """All five levels."""

    rungs: tuple[Rung, ...]

    @property
    def reached(self) -> Level:
        """The highest level that holds together with every level below it."""
        reached = Level.NONE
        for rung in self.rungs:
            if not rung.holds:
                break
            reached = rung.level
        return reached

    @property
    def next(self) -> Rung | None:
        """The lowest level that is not reached; None at the top."""
        return next((rung for rung in self.rungs if not rung.holds), None)

    @property
    def smallest(self) -> Evidence | None:
        """The evidence with the smallest step to the next level; None at the top."""
        return self.next.open[0] if self.next is not None else None


def climb(measured: Measured) -> Ladder:
    """Judge every level by what was measured."""
    return Ladder(tuple(Rung(level, tuple(judge(measured))) for level, judge in _RUNGS))
