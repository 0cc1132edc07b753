"""What stands above the maturity that is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from leadline.blueprint.maturity.level import Level
from leadline.blueprint.maturity.needs import Need, needs
from leadline.project.project import Project
from leadline.project.workflow import Override, Workflow


@dataclass(frozen=True, slots=True)
class Above:
    """A workflow that needs more than is reached, with every reason, the highest level first.

    ``override`` is somebody's word that it may go all the same; ``expired``: its day is past.
    """

    workflow: Workflow
    needs: tuple[Need, ...]
    override: Override | None
    expired: bool

    @property
    def level(self) -> Level:
        """The level that the whole workflow needs."""
        return self.needs[0].level

    @property
    def let_through(self) -> bool:
        """Whether an override that still holds lets it go."""
        return self.override is not None and not self.expired


def above(project: Project, reached: int, today: date) -> Iterator[Above]:
    """The workflows that need more than ``reached``, in the order of the files."""
    for workflow in project.workflows.values():
        over = tuple(n for n in needs(workflow, project.workflows) if n.level > reached)
        if over:
            override = workflow.override
            expired = override is not None and override.until < today
            yield Above(workflow, over, override, expired)
