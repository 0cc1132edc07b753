"""A project's files judged as a whole: read, inspected, checked, what was silenced set apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leadline.blueprint.check import Subject
from leadline.blueprint.judge import judge
from leadline.blueprint.silence import Quieted, quieted
from leadline.message.inspect import inspect
from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.problems import Problem, Severity
from leadline.project.project import Project


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands in the files, and all that was found in them by place.

    ``project`` is None where the files cannot be read as one. ``silenced`` are the findings that
    a person has accepted, with the reason.
    """

    project: Project | None
    problems: tuple[Problem, ...]
    silenced: tuple[Quieted, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What refuses a deploy."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)


def verdict(files: Files, look: Callable[[Project], Subject]) -> Verdict:
    """Judge ``files``; ``look`` adds what else is known to a project that could be read.

    Checks are asked only about a project whose files have no error: what they would say of a
    broken one only follows from it.
    """
    project, found = parse(files)
    if project is None:
        return Verdict(None, found)
    subject = look(project)
    found = (*found, *inspect(project), *judge(subject))
    kept, silenced = quieted(found, project, files.texts, subject.today)
    return Verdict(project, tuple(sorted(kept, key=lambda p: (p.where, p.code))), silenced)
