"""Sample values for a message, by the types of what it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import assert_never

from leadline.expression.tree import Ref
from leadline.expression.types import FieldType, Kind, Value
from leadline.journey.compiled import CompiledProject
from leadline.journey.program import FlatStep, Program
from leadline.project.triggers import triggers
from leadline.project.workflow import EnrollStep, PostStep, SendStep


def sample_values(
    compiled: CompiledProject, message: str, now: datetime
) -> dict[str, dict[str, Value]]:
    """Return a value for everything that a message reads: what its name says, of its type."""
    found: dict[str, dict[str, Value]] = {"contact": {}, "event": {}}
    for program in compiled.programs.values():
        for ref in program.variables.get(message, ()):
            kind = _type_of(compiled, ref)
            found.setdefault(ref.scope, {})[ref.name] = _sample(ref.name, kind, now)
    return found


def stand_ins(compiled: CompiledProject, message: str) -> Mapping[Ref, Value]:
    """Return what stands in for unknown values where a message is sent (``if_missing``)."""
    return {
        ref: value for _, step in _uses(compiled, message) for ref, value in step.if_missing.items()
    }


def triggers_of(compiled: CompiledProject, message: str) -> frozenset[str]:
    """Return the events that can have begun a run which sends the message."""
    starts = {name: program.starts.when for name, program in compiled.programs.items()}
    enrolls = {
        name: tuple(s.workflow for s in _leaves(program) if isinstance(s, EnrollStep))
        for name, program in compiled.programs.items()
    }
    used_in = {program.workflow for program, _ in _uses(compiled, message)}
    return frozenset(event for name in used_in for event in triggers(name, starts, enrolls))


def _uses(compiled: CompiledProject, message: str) -> Iterator[tuple[Program, SendStep | PostStep]]:
    for program in compiled.programs.values():
        for step in _leaves(program):
            if isinstance(step, SendStep | PostStep) and step.message == message:
                yield program, step


def _leaves(program: Program) -> Iterator[object]:
    for flat in program.steps.values():
        if isinstance(flat, FlatStep):
            yield flat.step


def _type_of(compiled: CompiledProject, ref: Ref) -> FieldType:
    if ref.scope == "contact" and ref.name in compiled.fields:
        return compiled.fields[ref.name].type
    for event in compiled.events.values():
        if ref.scope == "event" and ref.name in event.properties:
            return event.properties[ref.name]
    return FieldType(Kind.TEXT)


def _sample(name: str, kind: FieldType, now: datetime) -> Value:
    match kind.kind:
        case Kind.TEXT:
            if name.endswith(("url", "link")):
                return "https://www.example.com/sample"
            return name.replace("_", " ").replace("-", " ").capitalize()
        case Kind.EMAIL:
            return "ann@people.example"
        case Kind.CHOICE:
            return kind.values[0] if kind.values else name
        case Kind.NUMBER:
            return Decimal(42)
        case Kind.FLAG:
            return True
        case Kind.TIME:
            return (now + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
        case Kind.DATE:
            return (now + timedelta(days=7)).date()
        case _:
            assert_never(kind.kind)
