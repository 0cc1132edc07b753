"""Workflows that start one another for ever, through a system that reports what they write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import Written, source, writes
from leadline.project.problems import Problem, Severity, quoted
from leadline.project.project import Project
from leadline.project.triggers import all_steps
from leadline.project.workflow import Constant, EnrollStep, Increment, Only, To

_CHANGE = frozenset(
    {"changed", "change", "updated", "update", "modified", "edited", "propertychange"}
)
_RECORD = frozenset({"contact", "contacts", "record", "person", "profile", "property"})
_WORDS = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Edge:
    """One workflow starts another: by an event that reports a write, or by enroll_in."""

    to: str
    written: Written | None = None
    event: str = ""

    @property
    def words(self) -> str:
        """How it does so."""
        if self.written is None:
            return f"enrolls in {self.to}"
        field, system = self.written.field.name, self.written.system
        return f"saves {field} to {system}, {self.event} starts {self.to}"


def _find(subject: Subject) -> Iterator[Problem]:
    project = subject.project
    every = list(writes(project))
    edges = _edges(project, every)
    reached = {edge.to for several in edges.values() for edge in several}
    told: set[str] = set()
    for name in project.workflows:
        if name in told or name not in reached:
            continue
        for circle in _circles(name, edges):
            members = frozenset(edge.to for edge in circle)
            inside = [w for w in every if w.workflow in members]
            if _goes_on(members, circle, inside, project):
                told |= members
                yield _problem(circle)
                break


def _edges(project: Project, every: list[Written]) -> Mapping[str, list[_Edge]]:
    found: dict[str, list[_Edge]] = {name: [] for name in project.workflows}
    started: dict[str, list[str]] = {}
    for name, workflow in project.workflows.items():
        for event in workflow.starts.when:
            started.setdefault(event, []).append(name)
    reports = [report for event in started if (report := _report(event, project)) is not None]
    for written in _lasting(every) if reports else ():
        for report in reports:
            if _tells(report, written):
                found[written.workflow] += [
                    _Edge(name, written, report.event) for name in started[report.event]
                ]
    for name, workflow in project.workflows.items():
        for step in all_steps(workflow.steps):
            if isinstance(step, EnrollStep):
                found[name].append(_Edge(step.workflow))
    return {name: _few(several) for name, several in found.items()}


def _lasting(every: list[Written]) -> Iterator[Written]:
    """The writes of fields that all writes together keep changing; others end any circle."""
    by_target: dict[tuple[str, str | None], list[Written]] = {}
    for written in every:
        by_target.setdefault((written.field.name, written.system), []).append(written)
    for several in by_target.values():
        if _keeps_changing(several):
            yield from several


def _few(edges: list[_Edge]) -> list[_Edge]:
    """At most three edges to each workflow, those first that go on by themselves."""
    kept: dict[str, list[_Edge]] = {}
    for edge in sorted(edges, key=lambda e: e.written is None or not _keeps_changing([e.written])):
        several = kept.setdefault(edge.to, [])
        if len(several) < 3:
            several.append(edge)
    return [edge for several in kept.values() for edge in several]


@dataclass(frozen=True, slots=True)
class _Report:
    """An event that by its name tells of a change: of one field, or (``field`` empty) of the
    contact; in some systems, or (``systems`` empty) in any."""

    event: str
    systems: frozenset[str]
    field: str


def _report(event: str, project: Project) -> _Report | None:
    words = [word for word in _WORDS.split(event.lower()) if word]
    if not _CHANGE & set(words):
        return None
    by_word = {word: s.name for s in project.systems.values() for word in (s.name, s.kind)}
    systems = frozenset(by_word[word] for word in words if word in by_word)
    rest = [w for w in words if w not in _CHANGE | _RECORD and w not in by_word]
    if not rest and not _RECORD & set(words):
        return None
    return _Report(event, systems, "".join(rest))


def _tells(report: _Report, written: Written) -> bool:
    """Whether the event comes when this is written; our own contact reports nothing."""
    if written.system is None or (report.systems and written.system not in report.systems):
        return False
    names = {written.field.name, written.field.names.get(written.system, "")}
    return not report.field or report.field in {_plain(name) for name in names}


def _plain(name: str) -> str:
    return _WORDS.sub("", name.lower())


def _circles(start: str, edges: Mapping[str, list[_Edge]]) -> Iterator[tuple[_Edge, ...]]:
    """The shortest ways from a workflow back to itself, one for each first edge."""
    for first in edges[start]:
        ways: list[tuple[_Edge, ...]] = [(first,)]
        seen = {first.to}
        while ways:
            way = ways.pop(0)
            if way[-1].to == start:
                yield way
                break
            for edge in edges[way[-1].to]:
                if edge.to not in seen or edge.to == start:
                    seen.add(edge.to)
                    ways.append((*way, edge))


def _goes_on(
    members: frozenset[str], circle: tuple[_Edge, ...], inside: list[Written], project: Project
) -> bool:
    """Whether nothing in the circle ends it."""
    if all(edge.written is None for edge in circle):
        return False  # refused when the files are read
    for name in members:
        once_per = project.workflows[name].starts.once_per
        if once_per is None:
            return False  # once ever: the second round is not entered
        written = {w.field.name for w in inside}
        if once_per.scope == "contact" and once_per.name not in written:
            return False
    return all(
        _keeps_changing([w for w in inside if _same(w, edge.written)])
        for edge in circle
        if edge.written is not None
    )


def _same(one: Written, other: Written) -> bool:
    return (one.field, one.system) == (other.field, other.system)


def _keeps_changing(several: list[Written]) -> bool:
    """Whether these writes give another value each round: then the system reports each."""
    constants: set[object] = set()
    for written in several:
        ref = source(written.write)
        if isinstance(written.write, Increment) or (ref is not None and ref.scope == "event"):
            return True
        write = written.write
        if isinstance(write, To) and write.only is Only.ALWAYS:
            constants.add(write.source.value if isinstance(write.source, Constant) else ref)
    return len(constants) > 1


def _problem(circle: tuple[_Edge, ...]) -> Problem:
    by = next(edge for edge in circle if edge.written is not None)
    assert by.written is not None
    names = [circle[-1].to, *(edge.to for edge in circle)]
    shown = " → ".join(quoted(name) for name in names[:4]) + (" → …" if len(names) > 4 else "")
    return Problem(
        CHECK.code,
        f"writing {quoted(by.written.field.name)} starts these again, without end: {shown}.",
        by.written.where,
        "Write it only where it differs (only: forward, only: if empty), or let once_per stand "
        "for something that ends.",
        CHECK.severity,
        "; then ".join(edge.words for edge in circle),
    )


CHECK = Check(
    code="write-loop",
    title="Writing starts the workflow that writes",
    severity=Severity.WARNING,
    marketer="One change makes the system report a change, which makes the next one. People are "
    "mailed again and again, and the limits of the system are used up within minutes.",
    engineer="A step saves a field to a system, an event whose name says that this field, or the "
    "contact, changed there starts a workflow, and the way leads back (enroll_in included). Not "
    "said where the circle ends by itself: once ever, once per a value that it does not change, "
    "or writes that give the same value in the second round.",
    mend="Write only what differs, or take one of the steps or events out of the circle.",
    find=_find,
)
