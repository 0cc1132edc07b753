"""Tests that are missing, written: the shortest way to each thing that no test comes by.

What is expected in them is what the interpreter really does, so they pass as they stand. Whether
that is also what was meant only a person can say: each is marked ``suggested: true`` until one
has read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from leadline.journey.compiled import CompiledProject
from leadline.project.cases import Case
from leadline.project.parse_cases import parse_cases
from leadline.project.problems import Report
from leadline.project.project import Project
from leadline.rehearsal.as_yaml import as_yaml
from leadline.rehearsal.coverage import Untested, came_by, coverage
from leadline.rehearsal.happened import Played
from leadline.rehearsal.play import play
from leadline.rehearsal.scenario import scenarios
from leadline.rehearsal.verdict import misses

MOST_TRIES = 300
"""So many combinations of values are tried for one thing before it is given up."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """Tests that were found, as they were played, and what none was found for."""

    played: tuple[Played, ...]
    not_found: tuple[Untested, ...]


def suggest(
    project: Project,
    release: CompiledProject,
    played: Sequence[Played],
    workflows: Sequence[str] = (),
) -> Suggested:
    """Find a test for everything that those played do not come by; in ``workflows``, if any."""
    missing = [
        each
        for each in coverage(project, played).untested
        if not workflows or each.workflow in workflows
    ]
    known = tuple(one.case for one in played)
    hit: set[tuple[str, str, str]] = set()
    found: list[Played] = []
    not_found: list[Untested] = []
    for each in missing:
        wanted = (each.workflow, each.step, each.branch)
        if wanted in hit:
            continue
        one = _first(project, release, each, known)
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


def as_files(
    project: Project, release: CompiledProject, found: Sequence[Played]
) -> Mapping[str, tuple[str, int]]:
    """The text of a test file for each workflow, and how many tests it has.

    What was written is read again: a test that does not say the same then is left out.
    """
    files: dict[str, tuple[str, int]] = {}
    for workflow in dict.fromkeys(one.case.workflow for one in found):
        kept = [
            one
            for one in found
            if one.case.workflow == workflow and _reads_the_same(project, release, one)
        ]
        if kept:
            files[workflow] = (as_yaml(release, workflow, kept), len(kept))
    return files


def _reads_the_same(project: Project, release: CompiledProject, one: Played) -> bool:
    report = Report()
    text = as_yaml(release, one.case.workflow, [one])
    cases = parse_cases({"tests/suggested.yaml": text}, project, report)
    return not report.has_errors and not any(misses(release, play(release, c)) for c in cases)
