"""Every check of a project by its code, and all of them run."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from leadline.blueprint import checks
from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem


def _checks() -> Mapping[str, Check]:
    """The files of ``checks/``: each is its own registration."""
    names = sorted(module.name for module in iter_modules(checks.__path__))
    found = [import_module(f"{checks.__name__}.{name}").CHECK for name in names]
    return MappingProxyType({check.code: check for check in found})


CHECKS = _checks()
"""The checks by code, in the order in which they are run."""


def judge(subject: Subject) -> tuple[Problem, ...]:
    """Run every check; what was found by place."""
    found = [problem for check in CHECKS.values() for problem in check.find(subject)]
    return tuple(sorted(found, key=lambda problem: (problem.where, problem.code)))
