"""What became of each test: passed, or a story with what was expected of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from leadline.journey.compiled import CompiledProject
from leadline.project.cases import Case
from leadline.rehearsal.happened import Played
from leadline.rehearsal.snapshots import Sections, differences
from leadline.rehearsal.story import Beat, clock, story
from leadline.rehearsal.verdict import Miss, misses

MOST_BEATS = 40
"""So many sentences of a story are told: its beginning and its end."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One test as it went. ``has_snapshot``: whether what it sends was compared with one."""

    case: Case
    misses: tuple[Miss, ...]
    beats: tuple[Beat, ...]
    zone: ZoneInfo
    has_snapshot: bool

    @property
    def passed(self) -> bool:
        """Whether everything is as it is expected."""
        return not self.misses

    def told(self) -> tuple[str, ...]:
        """The story with its times, and then what was expected, a line each."""
        lines = [f"{clock(beat.at, self.zone)} {beat.sentence}" for beat in self.beats]
        if len(lines) > MOST_BEATS:
            half = MOST_BEATS // 2
            left_out = f"... {len(lines) - 2 * half} more ..."
            lines = [*lines[:half], left_out, *lines[-half:]]
        return (*lines, *(f"{miss.where} {miss.sentence}" for miss in self.misses))


def outcomes(
    project: CompiledProject, played: Iterable[Played], kept: Mapping[str, Sections]
) -> tuple[Outcome, ...]:
    """Judge tests that were played; ``kept`` are the snapshots by the stem of the test file."""
    zone = ZoneInfo(project.time_zone)
    return tuple(_outcome(project, one, kept.get(one.case.file, {}), zone) for one in played)


def _outcome(project: CompiledProject, one: Played, kept: Sections, zone: ZoneInfo) -> Outcome:
    found = (*misses(project, one), *differences(one, kept, zone))
    return Outcome(one.case, found, story(one, zone), zone, one.case.name in kept)
