"""What is forecast: the workflows, the connections, the clock; and what is asked of the former."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from leadline.blueprint.forecast.connection import Connection, Pace
from leadline.blueprint.forecast.moves import conditions_of
from leadline.expression.reads import reads
from leadline.journey.program import FlatStep, Program, source_ref
from leadline.project.project import Message
from leadline.project.workflow import (
    EnrollStep,
    PostStep,
    Promise,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
    WaitForStep,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is forecast: ``programs`` are all of the project, ``entered`` those that are named.

    ``does`` says which share of people does what a step waits for. The clock stops after
    ``horizon_s``.
    """

    programs: Mapping[str, Program]
    entered: tuple[str, ...]
    connections: Mapping[str, Connection]
    messages: Mapping[str, Message]
    promises: Mapping[str, Promise]
    time_zone: str
    begin: datetime
    horizon_s: float
    pace: Pace
    does: Mapping[str, float] = field(default_factory=dict[str, float])


def reached(setting: Setting) -> tuple[str, ...]:
    """The named workflows, and those that they enroll in."""
    found = list(setting.entered)
    for name in found:
        for flat in setting.programs[name].steps.values():
            step = flat.step if isinstance(flat, FlatStep) else None
            if isinstance(step, EnrollStep) and step.workflow not in found:
                found.append(step.workflow)
    return tuple(found)


def action_steps(program: Program) -> Iterator[str]:
    """The steps of a program that a connection carries out."""
    for name, flat in program.steps.items():
        if isinstance(flat, FlatStep) and isinstance(flat.step, SendStep | SaveStep | PostStep):
            yield name


def awaited(setting: Setting) -> tuple[str, ...]:
    """The events that some step waits for."""
    steps = [s for n in reached(setting) for s in setting.programs[n].steps.values()]
    waits = [s.step for s in steps if isinstance(s, FlatStep) and isinstance(s.step, WaitForStep)]
    return tuple(sorted({wait.event for wait in waits}))


def decisive(setting: Setting) -> frozenset[str]:
    """The properties of events that decide anything: branches, times, once_per, what is written.

    What only stands in a text decides nothing.
    """
    found: set[str] = set()
    for name in reached(setting):
        program = setting.programs[name]
        once = program.starts.once_per
        refs = {ref for condition in conditions_of(program) for ref in reads(condition)}
        refs |= {once} if once is not None else set()
        for flat in program.steps.values():
            step = flat.step if isinstance(flat, FlatStep) else None
            time = getattr(step, "until", None) or getattr(step, "not_after", None)
            if isinstance(time, RelativeTime):
                refs.add(time.ref)
            if isinstance(step, SetStep):
                refs |= {r for w in step.fields.values() if (r := source_ref(w)) is not None}
        found |= {ref.name for ref in refs if ref.scope == "event"}
    return frozenset(found)
