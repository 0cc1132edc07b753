"""The example project with something changed in it."""

from __future__ import annotations

from leadline.message.inspect import inspect
from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.problems import Problem
from leadline.project.project import Project
from leadline.project.read import example_files


def texts(*changes: tuple[str, str, str]) -> dict[str, str]:
    """The files of the example, each change (path, old, new) made once.

    Its tests are left out: they are about the example as it stands.
    """
    files = {p: t for p, t in example_files().items() if not p.startswith("tests/")}
    for path, old, new in changes:
        if not old:
            files[path] = new
            continue
        assert files[path].count(old) >= 1, (path, old)
        files[path] = files[path].replace(old, new, 1)
    return files


def parsed(*changes: tuple[str, str, str]) -> Project:
    """The changed example, which must have no error."""
    project, problems = parse(Files(texts(*changes)))
    assert project is not None, [str(p) for p in problems]
    return project


def problems(*changes: tuple[str, str, str]) -> tuple[Problem, ...]:
    """Everything that is wrong with the changed example, its messages included."""
    project, found = parse(Files(texts(*changes)))
    return found if project is None else (*found, *inspect(project))
