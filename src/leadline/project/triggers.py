"""Which events can stand behind a run: those that start it, and those that are handed on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leadline.project.project import Project
from leadline.project.workflow import ChooseStep, EnrollStep, Step


def triggers(
    name: str, starts: Mapping[str, tuple[str, ...]], enrolls: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """The events that can have started a run of ``name``.

    Its own (``starts``: workflow → events), and those of every workflow that enrolls in it
    (``enrolls``: workflow → workflows), since ``enroll_in`` hands the event on.

    >>> triggers("b", {"a": ("registered",)}, {"a": ("b",)})
    ('registered',)
    """
    return _behind(name, starts, _enrolled_by(enrolls))


def all_triggers(
    starts: Mapping[str, tuple[str, ...]], enrolls: Mapping[str, tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    """The ``triggers`` of every workflow that ``starts`` names."""
    by = _enrolled_by(enrolls)
    return {name: _behind(name, starts, by) for name in starts}


def _enrolled_by(enrolls: Mapping[str, tuple[str, ...]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, targets in enrolls.items():
        for target in dict.fromkeys(targets):
            found.setdefault(target, []).append(name)
    return found


def _behind(
    name: str, starts: Mapping[str, tuple[str, ...]], by: Mapping[str, list[str]]
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    seen: set[str] = set()
    pending = [name]
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        found.update(dict.fromkeys(starts.get(current, ())))
        pending += by.get(current, ())
    return tuple(found)


def project_triggers(project: Project) -> Mapping[str, tuple[str, ...]]:
    """Workflow → the events that can have started a run of it."""
    starts = {name: w.starts.when for name, w in project.workflows.items()}
    enrolls = {
        name: tuple(s.workflow for s in all_steps(w.steps) if isinstance(s, EnrollStep))
        for name, w in project.workflows.items()
    }
    return all_triggers(starts, enrolls)


def all_steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Every step with those inside its branches, in the order of the file."""
    for step in steps:
        yield step
        if isinstance(step, ChooseStep):
            for branch in step.branches:
                yield from all_steps(branch.steps)
            yield from all_steps(step.otherwise)
            yield from all_steps(step.unknown or ())
