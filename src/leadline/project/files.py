"""The texts of a project's files, as ``read`` found them and ``parse`` takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leadline.project.problems import Problem


@dataclass(frozen=True, slots=True)
class Files:
    """Relative path (with ``/``) to text, and what could not be read and why."""

    texts: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
