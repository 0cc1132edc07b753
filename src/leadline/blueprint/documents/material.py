"""Everything that documentation is made from: one frozen value."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.blueprint.documents.blocks import Drawing
from leadline.blueprint.maturity.measured import Coverage
from leadline.project.problems import Problem
from leadline.project.project import Project


@dataclass(frozen=True, slots=True)
class Material:
    """A project with what the checks, the map and the tests say of it.

    ``coverage`` None: no tests were run.
    """

    project: Project
    problems: tuple[Problem, ...] = ()
    system_map: Drawing | None = None
    coverage: Coverage | None = None
