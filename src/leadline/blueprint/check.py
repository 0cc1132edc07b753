"""What a check of a project is: a code, its plain explanations, and a pure function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from leadline.project.problems import Problem, Severity
from leadline.project.project import Project


@dataclass(frozen=True)
class Subject:
    """What checks look at: the project, the day, and what is made of the project once for all.

    ``environment`` None: the checks advise for every environment. ``reached`` is the maturity
    level that is shown (``blueprint.maturity``), None where nobody has measured it.
    """

    project: Project
    today: date
    environment: str | None = None
    reached: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    ``marketer`` says in plain words what goes wrong for people, ``engineer`` why it is so and how
    it is judged, ``mend`` what to do. ``severity`` is the one of its problems unless a problem
    departs from it. docs/reference/checks/<code>.md holds a failing and a mended example that the
    tests run. ``find`` gives problems whose code is the check's.
    """

    code: str
    title: str
    severity: Severity
    marketer: str
    engineer: str
    mend: str
    find: Callable[[Subject], Iterator[Problem]]
