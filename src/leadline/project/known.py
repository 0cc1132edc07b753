"""What is known beside the files: counted by an inspection of the team's own exports.

``facts.yaml`` holds it, written by ``leadline inspect PATHS --facts PROJECT`` and kept in git, so
that a check gives the same answer to everybody. It changes no release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from leadline.project.problems import Where

FACTS = "facts.yaml"
_THE_FILE = Where(FACTS)


@dataclass(frozen=True, slots=True)
class Seen:
    """One contact field in the data: ``empty`` of ``of`` records have no value.

    ``values`` counts the values of a field with few of them, as they stand in the data; rare ones
    may be left out. ``where`` is the place of the figures, for evidence.
    """

    empty: int
    of: int
    values: Mapping[str, int] = field(default_factory=dict[str, int])
    where: Where = _THE_FILE

    @property
    def share_empty(self) -> float:
        """The part without a value, 0 to 1; 0 where nothing was counted."""
        return self.empty / self.of if self.of else 0.0

    @property
    def filled(self) -> int:
        """How many have a value."""
        return self.of - self.empty

    @property
    def all_values(self) -> bool:
        """Whether ``values`` leaves none out: then a value that is not there is in no record."""
        return bool(self.values) and sum(self.values.values()) == self.filled


@dataclass(frozen=True, slots=True)
class Volume:
    """How often an event came: on an average day, and the most that came within ``within``."""

    per_day: float
    burst: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Known:
    """Figures of one day. ``fields`` goes by canonical contact field, ``events`` by event,
    ``blocking`` names the rules of the inspection that found something blocking, with the count
    of records."""

    as_of: date
    contacts: int
    fields: Mapping[str, Seen] = field(default_factory=dict[str, Seen])
    events: Mapping[str, Volume] = field(default_factory=dict[str, Volume])
    blocking: Mapping[str, int] = field(default_factory=dict[str, int])
