"""Contacts and events with which a run may come by a step and take a branch there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import assert_never

from leadline.expression.tree import (
    All,
    Any,
    Between,
    Compare,
    Condition,
    Contains,
    Is,
    Known,
    Nothing,
    Operand,
    Ref,
    StartsWith,
    Unknown,
    Within,
)
from leadline.expression.types import FieldType, Kind, Value
from leadline.journey.compiled import CompiledProject
from leadline.journey.program import FlatChoice, FlatStep
from leadline.project.cases import Case, Happens, Line, Passes, Trouble, TroubleKind
from leadline.project.problems import Where
from leadline.project.project import Project
from leadline.project.workflow import (
    HasSeen,
    PostStep,
    RelativeTime,
    SaveStep,
    SendStep,
    WaitForStep,
    WaitUntilStep,
)
from leadline.rehearsal.coverage import FAILS, GIVES_UP, REACHED, UNKNOWN, Untested
from leadline.rehearsal.ways import COMES, Leg, root, way

BEGINS = datetime(2026, 12, 1, 8, tzinfo=UTC)
"""When a suggested test begins where no other test says a time: a Tuesday morning."""
A_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Plan:
    """What is needed on the way: troubles, events that come, values not known, conditions."""

    troubles: list[Trouble] = field(default_factory=list[Trouble])
    events: list[str] = field(default_factory=list[str])
    blank: set[Ref] = field(default_factory=set[Ref])
    conditions: list[Condition] = field(default_factory=list[Condition])


def scenarios(
    project: Project, release: CompiledProject, each: Untested, known: tuple[Case, ...]
) -> Iterator[Case]:
    """Tests, likeliest first, that may come by something; values are those of ``known`` tests.

    None where no way leads there. What is expected in them is not filled in.
    """
    legs = way(release, each.workflow, each.step)
    begins = root(release, each.workflow)
    if legs is None or begins is None:
        return
    plan = _plan(legs, each)
    event = release.programs[begins].starts.when[0]
    like = _like(known, event, each.workflow)
    at = BEGINS if like is None else like[0].at
    contact = _contact(project, legs, at) if like is None else dict(like[0].given)
    properties = (
        {n: sample(n, kind, at) for n, kind in release.events[event].properties.items()}
        if like is None
        else dict(like[1].properties)
    )
    for values in _combinations(project, release, event, plan, contact, properties, at):
        given = {**contact, **_of(values, "contact")}
        told = {**properties, **_of(values, "event")}
        happens = Happens(event, _known(told), timedelta(0), each.where)
        lines: list[Line] = [*plan.troubles, happens]
        for name in plan.events:
            lines += (Passes(timedelta(minutes=1), each.where), _later(release, name, happens, at))
        yield Case(
            file=f"{each.workflow}-suggested",
            name=_name(release, each),
            workflow=each.workflow,
            given=_known(given),
            at=at,
            lines=tuple(lines),
            expectations=(),
            where=each.where,
            suggested=True,
        )


def _name(release: CompiledProject, each: Untested) -> str:
    step = each.step
    chooses = isinstance(release.programs[each.workflow].steps[step], FlatChoice)
    doubt = f"It is unknown where {step} goes" if chooses else f"What became of {step} is unknown"
    return {
        REACHED: f"The run reaches {step}",
        FAILS: f"The step {step} fails",
        GIVES_UP: f"The wait {step} gives up",
        UNKNOWN: doubt,
    }.get(each.branch, f"The choice {step} takes the way {each.branch}")


def _known(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value is not None}


def _of(values: Mapping[Ref, Value], scope: str) -> dict[str, Value]:
    return {ref.name: value for ref, value in values.items() if ref.scope == scope}


def _like(known: Iterable[Case], event: str, workflow: str) -> tuple[Case, Happens] | None:
    """A test that begins as this one must: its contact and its event are a good example."""
    for case in sorted(known, key=lambda case: case.workflow != workflow):
        for line in case.lines:
            if isinstance(line, Happens) and line.event == event:
                return case, line
    return None


# ---------------------------------------------------------------- what the way needs


def _plan(legs: tuple[Leg, ...], each: Untested) -> _Plan:
    plan = _Plan()
    last = legs[-1]
    branch = "" if each.branch == REACHED else each.branch
    for leg in (*legs[:-1], Leg(last.program, last.step, branch)):
        condition = leg.program.starts.only_if
        if condition is not None and condition not in plan.conditions:
            plan.conditions.append(condition)
        flat = leg.program.steps[leg.step]
        if isinstance(flat, FlatChoice):
            if leg.branch:
                plan.conditions += [branch.condition for branch in flat.branches]
        else:
            _need(plan, leg, flat, each.where)
    return plan


def _need(plan: _Plan, leg: Leg, flat: FlatStep, where: Where) -> None:
    place = (leg.program.workflow, leg.step)
    match flat.step, leg.branch:
        case (SendStep() | SaveStep() | PostStep()) as step, "fails":
            plan.troubles.append(Trouble(step.connection, TroubleKind.REFUSES, place, None, where))
        case (SendStep() | SaveStep() | PostStep()) as step, "unknown":
            plan.troubles.append(Trouble(step.connection, TroubleKind.SILENT, place, None, where))
        case WaitUntilStep(until=HasSeen(system)), "gives up":
            plan.troubles.append(Trouble(system, TroubleKind.LAGS, None, None, where))
        case WaitUntilStep(until=RelativeTime(ref), at_most=None), "gives up":
            plan.blank.add(ref)
        case WaitForStep() as step, branch if branch == COMES:
            plan.events.append(step.event)
        case _:
            pass


# ---------------------------------------------------------------- values


def _combinations(
    project: Project,
    release: CompiledProject,
    event: str,
    plan: _Plan,
    contact: Mapping[str, Value],
    properties: Mapping[str, Value],
    at: datetime,
) -> Iterator[Mapping[Ref, Value]]:
    """Values of what the conditions on the way read, those of the example first."""
    types = {Ref("contact", name): one.type for name, one in project.fields.items()}
    types |= {Ref("event", n): kind for n, kind in release.events[event].properties.items()}
    wanted: dict[Ref, list[Value]] = {}
    for condition in plan.conditions:
        for ref, constants in _compared(condition, at):
            if ref in types:
                base = (contact if ref.scope == "contact" else properties).get(ref.name)
                values = wanted.setdefault(ref, [base])
                values += (v for c in constants for v in _around(c, types[ref]))
                values += types[ref].values
                if types[ref].kind is Kind.FLAG:
                    values += (True, False)
                if base is None:
                    values.append(sample(ref.name, types[ref], at))
    choices = {ref: list(dict.fromkeys((*values, None))) for ref, values in wanted.items()}
    choices |= {ref: [None] for ref in plan.blank}
    for each in product(*choices.values()):
        yield dict(zip(choices, each, strict=True))


def _compared(condition: Condition, at: datetime) -> Iterator[tuple[Ref, list[Value]]]:
    """Every reference of a condition, with the values that it is compared with."""
    match condition:
        case All(parts) | Any(parts) | Nothing(parts):
            for part in parts:
                yield from _compared(part, at)
        case Is(operand, values):
            yield operand.ref, [v for v in values if not isinstance(v, Operand)]
            yield from ((v.ref, []) for v in values if isinstance(v, Operand))
        case Compare(operand, _, value):
            yield operand.ref, [] if isinstance(value, Operand) else [value]
            if isinstance(value, Operand):
                yield value.ref, []
        case Between(operand, low, high):
            yield operand.ref, [low, high]
        case Contains(operand, text) | StartsWith(operand, text):
            yield operand.ref, [text]
        case Within(operand, span, ahead):
            yield operand.ref, [at + span / 2 if ahead else at - span / 2]
        case Known(operand) | Unknown(operand):
            yield operand.ref, []
        case _:
            assert_never(condition)


def _around(value: Value, kind: FieldType) -> Iterator[Value]:
    """A value, and such on either side of it."""
    match value:
        case bool() | None:
            yield value
        case Decimal():
            yield from (value, value + 1, value - 1)
        case datetime():
            if kind.kind is Kind.DATE:
                yield from (value.date(), value.date() - A_DAY, value.date() + A_DAY)
            else:
                yield from (value, value - A_DAY, value + A_DAY)
        case date():
            yield from (value, value - A_DAY, value + A_DAY)
        case str():
            yield value
            if not kind.values:
                yield "something else" if kind.kind is Kind.TEXT else "ben@people.example"


def sample(name: str, kind: FieldType, at: datetime) -> Value:
    """A value of a type, made from its name."""
    match kind.kind:
        case Kind.TEXT if name.endswith(("url", "link")):
            return "https://www.example.com/sample"
        case Kind.TEXT:
            return name.replace("_", " ").capitalize()
        case Kind.EMAIL:
            return "ada@people.example"
        case Kind.CHOICE:
            return kind.values[0] if kind.values else None
        case Kind.NUMBER:
            return Decimal(42)
        case Kind.FLAG:
            return True
        case Kind.TIME:
            return at + timedelta(days=7)
        case Kind.DATE:
            return (at + timedelta(days=7)).date()
        case _:
            assert_never(kind.kind)


def _contact(project: Project, legs: tuple[Leg, ...], at: datetime) -> dict[str, Value]:
    """A contact of whom everything is known that the workflows on the way read."""
    names = {"email"} | {name for leg in legs for name in leg.program.fields}
    return {
        name: sample(name, project.fields[name].type, at)
        for name in sorted(names)
        if name in project.fields
    }


def _later(release: CompiledProject, name: str, trigger: Happens, at: datetime) -> Happens:
    """An event that is waited for: it says the same of what both say."""
    properties = {
        prop: trigger.properties.get(prop, sample(prop, kind, at))
        for prop, kind in release.events[name].properties.items()
    }
    return Happens(name, _known(properties), timedelta(0), trigger.where)
