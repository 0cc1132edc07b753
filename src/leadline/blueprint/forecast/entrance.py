"""Who comes into a workflow: the interpreter's verdict, once each, no more than ``max_burst``."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from leadline.blueprint.forecast.moves import Moves, Person
from leadline.blueprint.forecast.tally import Tally
from leadline.journey.reentry import Enter

HOUR_S = 3600.0


@dataclass(slots=True)
class Entrance:
    """The door of all workflows of one replication."""

    moves: Moves
    tally: Tally
    _inside: set[tuple[str, int, str]] = field(default_factory=set[tuple[str, int, str]])
    _admitted: dict[str, deque[float]] = field(default_factory=dict[str, deque[float]])

    def opens(
        self, workflow: str, who: int, person: Person, now: float, *, by_step: bool = False
    ) -> bool:
        """Whether somebody comes in now, by an event or by a step of another workflow."""
        verdict = self.moves.entering(workflow, person, now, by_step=by_step)
        if not isinstance(verdict, Enter):
            self.tally.not_entered[workflow, verdict.reason] += 1
            return False
        if (workflow, who, verdict.once_value) in self._inside:
            self.tally.not_entered[workflow, "already entered"] += 1
            return False
        if not by_step and not self._admit(workflow, now):
            self.tally.waiting[workflow] += 1
            return False
        self._inside.add((workflow, who, verdict.once_value))
        self.tally.entered[workflow] += 1
        return True

    def _admit(self, workflow: str, now: float) -> bool:
        """Let through what ``max_burst`` allows an hour; the rest waits for a person."""
        last_hour = self._admitted.setdefault(workflow, deque())
        while last_hour and last_hour[0] <= now - HOUR_S:
            last_hour.popleft()
        if len(last_hour) >= self.moves.programs[workflow].starts.max_burst:
            return False
        last_hour.append(now)
        return True
