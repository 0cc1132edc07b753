"""Everything that documentation is made from: one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leadline.blueprint.documents.blocks import Drawing
from leadline.blueprint.maturity.measured import Coverage
from leadline.blueprint.uses import Use, uses
from leadline.project.problems import Problem
from leadline.project.project import Project


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence about a workflow; ``depth`` says inside how many branches it stands."""

    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Material:
    """A project with what other parts of the blueprint say of it.

    ``sentences``, ``drawings`` and ``signed`` (who signed the present meaning) go by workflow.
    ``coverage`` None: no tests were run.
    """

    project: Project
    problems: tuple[Problem, ...] = ()
    system_map: Drawing | None = None
    sentences: Mapping[str, tuple[Sentence, ...]] = field(
        default_factory=dict[str, tuple[Sentence, ...]]
    )
    drawings: Mapping[str, Drawing] = field(default_factory=dict[str, Drawing])
    signed: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    coverage: Coverage | None = None

    @property
    def uses(self) -> tuple[Use, ...]:
        """Which step uses which value."""
        return uses(self.project)
