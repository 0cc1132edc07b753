"""Tests that are missing, written: the shortest way to each thing that no test comes by.

What is expected in them is what the interpreter really does, so they pass as they stand. Whether
that is also what was meant only a person can say: each is marked ``suggested: true`` until one
has read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leadline.journey.compiled import CompiledProject
from leadline.project.cases import Case
from leadline.project.project import Project
from leadline.rehearsal.coverage import Untested, came_by, coverage
from leadline.rehearsal.happened import Played
from leadline.rehearsal.play import play
from leadline.rehearsal.scenario import scenarios

MOST_TRIES = 300
"""So many combinations of values are tried for one thing before it is given up."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """Tests that were found, as they were played, and what none was found for."""

    played: tuple[Played, ...]
    not_found: tuple[Untested, ...]


def suggest(project: Project, release: CompiledProject, played: Sequence[Played]) -> Suggested:
    """Find a test for everything that those played do not come by."""
    missing = coverage(project, played).untested
    known = {case.where: case for case in (one.case for one in played)}
    hit: set[tuple[str, str, str]] = set()
    found: list[Played] = []
    not_found: list[Untested] = []
    for each in missing:
        wanted = (each.workflow, each.step, each.branch)
        if wanted in hit:
            continue
        one = _first(project, release, each, tuple(known.values()))
        if one is None:
            not_found.append(each)
        else:
            found.append(one)
            hit.update(came_by(one))
    return Suggested(tuple(found), tuple(not_found))


def _first(
    project: Project, release: CompiledProject, each: Untested, known: tuple[Case, ...]
) -> Played | None:
    wanted = (each.workflow, each.step, each.branch)
    for case in _some(scenarios(project, release, each, known)):
        one = play(release, case)
        if not one.endless and wanted in set(came_by(one)):
            return one
    return None


def _some(cases: Iterator[Case]) -> Iterator[Case]:
    for _, case in zip(range(MOST_TRIES), cases, strict=False):
        yield case
