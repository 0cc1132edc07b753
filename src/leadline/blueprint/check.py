"""What a check of a project is: a code, its plain explanations, and a pure function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from leadline.journey.compiled import CompiledProject
from leadline.journey.program import Program, compile_workflow
from leadline.message.inspect import variables
from leadline.project.problems import Problem, Severity, Where
from leadline.project.project import Project
from leadline.project.triggers import all_steps


@dataclass(frozen=True)
class Subject:
    """What checks look at: the project, the day, and what is made of the project once for all.

    ``environment`` None: the checks advise for every environment. ``before`` is what the
    environment runs now, None where that is not known. ``reached`` is the maturity level that is
    shown (``blueprint.maturity``), None where nobody has measured it.
    """

    project: Project
    today: date
    environment: str | None = None
    reached: int | None = None
    before: CompiledProject | None = None

    @cached_property
    def programs(self) -> Mapping[str, Program]:
        """Every workflow made flat."""
        project = self.project
        read = {name: variables(message) for name, message in project.messages.items()}
        return {
            name: compile_workflow(w, project.fields, read, project.events, project.time_zone)
            for name, w in project.workflows.items()
        }

    @cached_property
    def places(self) -> Mapping[tuple[str, str], Where]:
        """Where each (workflow, step) stands; the flat ones stand nowhere."""
        return {
            (name, step.name): step.where
            for name, workflow in self.project.workflows.items()
            for step in all_steps(workflow.steps)
        }

    @property
    def is_real(self) -> bool:
        """Whether the environment that is asked about reaches real systems."""
        found = self.project.environments.get(self.environment or "")
        return found is not None and not found.sandbox


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    ``marketer`` says in plain words what goes wrong for people, ``engineer`` why it is so and how
    it is judged, ``mend`` what to do. ``severity`` is the one of its problems unless a problem
    departs from it. docs/reference/checks/<code>.md holds a failing and a mended example that the
    tests run. ``find`` gives problems whose code is the check's. Warnings and notes may be silenced
    in place, errors only where ``silenceable`` says so.
    """

    code: str
    title: str
    severity: Severity
    marketer: str
    engineer: str
    mend: str
    find: Callable[[Subject], Iterator[Problem]]
    silenceable: bool = False
