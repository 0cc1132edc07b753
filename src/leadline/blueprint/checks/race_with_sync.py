"""A step that reads what a system holds, before the system can have told it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import source
from leadline.expression.reads import reads
from leadline.expression.tree import Ref
from leadline.project.fields import Field
from leadline.project.problems import Problem, Severity, Where, quoted
from leadline.project.project import Project
from leadline.project.quantities import LONGEST, in_words
from leadline.project.systems import System
from leadline.project.triggers import all_steps
from leadline.project.workflow import (
    ChooseStep,
    EnrollStep,
    HasSeen,
    RelativeTime,
    SaveStep,
    SetStep,
    Step,
    StopStep,
    WaitStep,
    WaitUntilStep,
)

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Clock:
    """What has surely passed: since the start, and since a field was saved to a system.

    ``seen``: systems of which it was awaited that they show this record.
    """

    since_start: timedelta = _NONE
    saved: Mapping[tuple[str, str], timedelta] = field(
        default_factory=dict[tuple[str, str], timedelta]
    )
    seen: frozenset[str] = frozenset()

    def later(self, span: timedelta) -> _Clock:
        return replace(self, since_start=min(self.since_start + span, LONGEST))

    def passed(self, system: str, name: str) -> timedelta:
        """How long a system has had to tell the value of a field."""
        saved = self.saved.get((system, name))
        if saved is not None:
            return self.since_start - saved
        return LONGEST if system in self.seen else self.since_start


@dataclass(slots=True)
class _Walk:
    """One pass over the steps of a workflow, and what it found on the way."""

    project: Project
    found: list[Problem] = field(default_factory=list[Problem])
    told: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    enrolled: dict[str, timedelta] = field(default_factory=dict[str, timedelta])

    def through(self, steps: tuple[Step, ...], clock: _Clock) -> _Clock | None:
        """The clock behind the steps; None where no path runs through."""
        now: _Clock | None = clock
        for step in steps:
            if now is None:
                return None
            now = self._step(step, now)
        return now

    def _step(self, step: Step, clock: _Clock) -> _Clock | None:
        match step:
            case WaitStep():
                return clock.later(step.span)
            case WaitUntilStep():
                return _until(step, clock)
            case SaveStep() | SetStep():
                self._copied(step, clock)
                return _saved(step, clock)
            case ChooseStep():
                return self._choose(step, clock)
            case EnrollStep():
                first = self.enrolled.get(step.workflow, clock.since_start)
                self.enrolled[step.workflow] = min(first, clock.since_start)
                return clock
            case StopStep():
                return None
            case _:
                return clock

    def _copied(self, step: SaveStep | SetStep, clock: _Clock) -> None:
        """What a step copies; a value for the system that it comes from is ours, and is told."""
        for write in step.fields.values():
            ref = source(write)
            if ref is None or ref.scope != "contact":
                continue
            system = _told_by(self.project, self.project.fields[ref.name])
            there = isinstance(step, SaveStep) and system and system.name == step.connection
            if not there:
                self.read(ref, step.name, step.where, clock)

    def _choose(self, step: ChooseStep, clock: _Clock) -> _Clock | None:
        ends: list[_Clock | None] = []
        for branch in step.branches:
            for ref in sorted(reads(branch.condition)):
                self.read(ref, step.name, branch.where, clock)
            ends.append(self.through(branch.steps, clock))
        ends.append(self.through(step.otherwise, clock))
        if step.unknown is not None:
            ends.append(self.through(step.unknown, clock))
        through = [end for end in ends if end is not None]
        return min(through, key=lambda end: end.since_start) if through else None

    def read(self, ref: Ref, step: str | None, where: Where, clock: _Clock) -> None:
        """Note a read that comes too early."""
        if ref.scope != "contact" or ref.name == "email":
            return
        system = _told_by(self.project, self.project.fields[ref.name])
        if system is None or (str(where), ref.name) in self.told:
            return
        passed, needed = clock.passed(system.name, ref.name), _delay(system)
        if passed < needed:
            self.told.add((str(where), ref.name))
            self.found.append(_problem(ref.name, step, where, system, passed))


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    if not any(_delay(system) for system in project.systems.values()):
        return
    begins = {name: _NONE for name, w in project.workflows.items() if w.starts.when}
    for name in _parents_first(project):
        workflow = project.workflows[name]
        walk = _Walk(project)
        clock = _Clock(begins.get(name, _NONE))
        for ref in sorted(reads(workflow.starts.only_if)) if workflow.starts.only_if else ():
            walk.read(ref, None, workflow.where, clock)
        walk.through(workflow.steps, clock)
        for enrolled, after in walk.enrolled.items():
            begins[enrolled] = min(begins.get(enrolled, after), after)
        yield from walk.found


def _parents_first(project: Project) -> list[str]:
    """The workflows, those that enroll in others before these."""
    enrolls = {
        name: {s.workflow for s in all_steps(w.steps) if isinstance(s, EnrollStep)}
        for name, w in project.workflows.items()
    }
    ordered: list[str] = []
    left = dict(enrolls)
    while left:
        targets = {t for several in left.values() for t in several}
        first = [name for name in left if name not in targets] or list(left)
        ordered += first
        left = {name: several for name, several in left.items() if name not in first}
    return ordered


def _told_by(project: Project, known: Field) -> System | None:
    """The system that a field comes from: the one of record, or the only one that has it."""
    name = known.system_of_record
    if name is None and len(known.names) == 1:
        name = next(iter(known.names))
    return project.systems.get(name) if name else None


def _delay(system: System) -> timedelta:
    """How long a change in the system may take until it is known here."""
    return system.reads.get("contact", _NONE) + (system.lag or _NONE)


def _until(step: WaitUntilStep, clock: _Clock) -> _Clock:
    match step.until:
        case HasSeen(system, _):
            saved = {key: at for key, at in clock.saved.items() if key[0] != system}
            return replace(clock, saved=saved, seen=clock.seen | {system})
        case RelativeTime(_, offset) if offset < _NONE:
            return clock
        case _:
            # A moment that the author chose is taken to be far enough.
            return clock.later(LONGEST)


def _saved(step: SaveStep | SetStep, clock: _Clock) -> _Clock:
    if isinstance(step, SetStep):
        return clock
    now = {(step.connection, name): clock.since_start for name in step.fields}
    return replace(clock, saved={**clock.saved, **now})


def _problem(
    name: str, step: str | None, where: Where, system: System, passed: timedelta
) -> Problem:
    needed = _delay(system)
    who = quoted(step) if step else "The way in"
    after = f"{in_words(passed)} after" if passed else "at"
    every = system.reads.get("contact")
    numbers = [f"read every {in_words(every)}"] if every else []
    numbers += [f"lag {in_words(system.lag)}"] if system.lag else []
    return Problem(
        CHECK.code,
        f"{who} reads {quoted(name)} {after} the start or the save, but a change in "
        f"{quoted(system.name)} needs up to {in_words(needed)} to get here.",
        where,
        f'Put "wait: {in_words(needed - passed)}" before it, or wait_until: {system.name} has '
        "seen a step."
        if step
        else f'Ask in a choose step instead, behind "wait: {in_words(needed)}".',
        CHECK.severity,
        f"{system.where.file}: {' and '.join(numbers)}",
    )


CHECK = Check(
    code="race-with-sync",
    title="Asking before the answer can be there",
    severity=Severity.WARNING,
    marketer="The workflow looks at a field before the CRM has had time to tell its value. It "
    "works in every test, where the value is there already, and fails for those who just came.",
    engineer="The field comes from a system with reads: { contact: … } or lag:, and on the "
    "shortest path less than both together has passed since the start, or since a step saved the "
    "field. wait_until: <system> has seen <step> ends the race; waiting until a moment that is "
    "not before an event is taken to be long enough. Not judged: messages, since they have "
    "stand-ins, and values of ours that are saved to the system which they come from.",
    mend="Wait as long as the system takes, or until it has seen what was saved.",
    find=_find,
)
