"""tests/*.yaml → tests, typed against the project that they test."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from types import MappingProxyType
from zoneinfo import ZoneInfo

from leadline.expression.types import Value
from leadline.project.case_kinds import CASE, CASES_FILE, TROUBLES, WHEN, WHEN_KINDS
from leadline.project.cases import (
    Case,
    Changes,
    Comes,
    Expectation,
    Happens,
    Line,
    Passes,
    Trouble,
    TroubleKind,
)
from leadline.project.entries import Entries, read_record
from leadline.project.nodes import Entry, Node, TextNode, compose
from leadline.project.parse_expect import Stage, read_expectation
from leadline.project.parse_times import read_moment
from leadline.project.problems import Report, did_you_mean, listed, quoted
from leadline.project.project import Project
from leadline.project.quantities import duration
from leadline.project.workflow import PostStep, SaveStep, SendStep

FOLDER = "tests/"
LAST = datetime.max.replace(tzinfo=UTC)
_TROUBLE = re.compile(
    rf"(?P<system>\S+)\s+(?P<kind>{'|'.join(map(re.escape, TROUBLES))})(?:\s+(?P<rest>.+))?"
)
_SPANNED = (TroubleKind.DOWN, TroubleKind.LAGS)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What holds in every test of a file unless one says otherwise."""

    given: Mapping[str, Value]
    at: datetime | None
    properties: tuple[Entry, ...]


def parse_cases(texts: Mapping[str, str], project: Project, report: Report) -> tuple[Case, ...]:
    """Every test of the files in tests/; what is wrong in one leaves it out and is reported."""
    found: list[Case] = []
    for path in sorted(texts):
        if path.startswith(FOLDER) and path.endswith((".yaml", ".yml")):
            found += _file(path, texts[path], project, report)
    return tuple(found)


def _file(path: str, text: str, project: Project, report: Report) -> Iterator[Case]:
    node = compose(path, text, report)
    entries = None if node is None else read_record(node, CASES_FILE, report)
    if entries is None:
        return
    name = entries.text("workflow")
    if name is None:
        return
    workflow = project.workflows.get(name.value)
    if workflow is None:
        report.error(
            "unknown-workflow",
            name.where,
            f"unknown workflow {quoted(name.value)}.",
            did_you_mean(name.value, project.workflows, "Workflows are the files in workflows/."),
        )
        return
    stage = Stage(project, workflow.name, ZoneInfo(project.time_zone), report)
    shared = _Shared(
        stage.contact(entries.entries("given")), _at(entries, stage), entries.entries("with")
    )
    _check_properties(shared.properties, stage)
    names: dict[str, int] = {}
    for item in entries.items("tests"):
        case = _case(PurePosixPath(path).stem, item, shared, stage)
        if case is None:
            continue
        if case.name in names:
            report.error(
                "two-tests",
                case.where,
                f"the test on line {names[case.name]} has the same name.",
                "Name each test by what it shows.",
            )
        names.setdefault(case.name, case.where.line)
        yield case


def _case(file: str, node: Node, shared: _Shared, stage: Stage) -> Case | None:
    entries = read_record(node, CASE, stage.report)
    name = None if entries is None else entries.text("test")
    if entries is None or name is None:
        return None
    at = _at(entries, stage) or shared.at
    if at is None and "at" not in entries:
        stage.report.error(
            "missing-key",
            entries.where,
            "this test does not say when it begins.",
            'Add "at: 2026-12-01 09:00", here or for the whole file.',
        )
    given = {**shared.given, **stage.contact(entries.entries("given"))}
    own = entries.entries("with")
    _check_properties(own, stage)
    properties = (*shared.properties, *own)
    lines = _lines(entries.items("when"), properties, stage)
    expectations: list[Expectation] = []
    for item in entries.items("expect"):
        expected = read_expectation(item, stage)
        if expected is not None:
            expectations.append(expected)
    if at is None:
        return None
    _check_order(at, lines, stage)
    return Case(
        file=file,
        name=name.value,
        workflow=stage.workflow,
        given=MappingProxyType({k: v for k, v in given.items() if v is not None}),
        at=at,
        lines=lines,
        expectations=tuple(expectations),
        where=entries.where,
        suggested=entries.flag("suggested") or False,
    )


def _at(entries: Entries, stage: Stage) -> datetime | None:
    node = entries.text("at")
    return None if node is None else read_moment(node, stage.project.time_zone, stage.report)


def _check_order(at: datetime, lines: Sequence[Line], stage: Stage) -> None:
    """Time does not go back: a time that comes lies after what stands above it."""
    now = at
    for line in lines:
        match line:
            case Passes(span, where) if span > LAST - now:
                stage.report.error(
                    "time-too-far",
                    where,
                    "the lines of this test go on beyond the year 9999.",
                    "Let less time go by.",
                )
                return
            case Passes(span):
                now += span
            case Comes(then, where) if then < now:
                stage.report.error(
                    "time-goes-back",
                    where,
                    "this time is past already: "
                    f"it is {now.astimezone(stage.zone):%Y-%m-%d %H:%M} by the lines above.",
                    "Write a later time, or put the line further up.",
                )
            case Comes(then):
                now = then
            case _:
                pass


def _check_properties(entries: Sequence[Entry], stage: Stage) -> None:
    """A property that stands for many events is one of some event at least."""
    known = {name for event in stage.project.events.values() for name in event.properties}
    for entry in entries:
        if entry.key.value not in known:
            stage.report.error(
                "unknown-property",
                entry.key.where,
                f"no event has a property {quoted(entry.key.value)}.",
                did_you_mean(entry.key.value, known, "Properties are listed in events.yaml."),
            )


# ---------------------------------------------------------------- what happens


def _lines(nodes: Sequence[Node], shared: Sequence[Entry], stage: Stage) -> tuple[Line, ...]:
    found: list[Line] = []
    for node in nodes:
        line = _line(node, shared, stage)
        if line is not None:
            found.append(line)
    return tuple(found)


def _line(node: Node, shared: Sequence[Entry], stage: Stage) -> Line | None:
    entries = read_record(node, WHEN, stage.report)
    if entries is None:
        return None
    kinds = [name for name in WHEN_KINDS if name in entries]
    if len(kinds) != 1:
        stage.report.error(
            "one-thing-a-line",
            entries.where,
            f"this line says {listed(kinds) if kinds else 'nothing that happens'}.",
            f"Write one of {listed(WHEN_KINDS, 'or')} a line, with - before it.",
        )
        return None
    beside = [n for n in ("with", "late_by") if n in entries and kinds[0] != "event"]
    if beside:
        stage.report.error(
            "wrong-place",
            entries.place(beside[0]),
            f"{quoted(beside[0])} has no meaning beside {quoted(kinds[0])}.",
            "It belongs to an event.",
        )
    return _kind(kinds[0], entries, shared, stage)


def _kind(kind: str, entries: Entries, shared: Sequence[Entry], stage: Stage) -> Line | None:
    where = entries.where
    match kind:
        case "event":
            return _event(entries, shared, stage)
        case "after":
            span = entries.duration("after")
            return None if span is None else Passes(span, where)
        case "until":
            text = entries.text("until")
            if text is None:
                return None
            at = read_moment(text, stage.project.time_zone, stage.report)
            return None if at is None else Comes(at, where)
        case "contact":
            return Changes(MappingProxyType(stage.contact(entries.entries("contact"))), where)
        case _:
            return _trouble(entries, stage)


def _event(entries: Entries, shared: Sequence[Entry], stage: Stage) -> Happens | None:
    name = entries.text("event")
    if name is None:
        return None
    event = stage.project.events.get(name.value)
    if event is None:
        stage.report.error(
            "unknown-event",
            name.where,
            f"unknown event {quoted(name.value)}.",
            did_you_mean(name.value, stage.project.events, "Events are declared in events.yaml."),
        )
        return None
    values: dict[str, Value] = {}
    own = entries.entries("with")
    for entry in own:
        if entry.key.value not in event.properties:
            stage.report.error(
                "unknown-property",
                entry.key.where,
                f"unknown property {quoted(entry.key.value)} on the event {quoted(event.name)}.",
                did_you_mean(
                    entry.key.value, event.properties, "Properties are listed in events.yaml."
                ),
            )
    for entry in (*shared, *own):
        kind = event.properties.get(entry.key.value)
        if kind is not None:
            values[entry.key.value] = stage.value(entry, kind)
    late_by = entries.duration("late_by") or timedelta(0)
    known = {k: v for k, v in values.items() if v is not None}
    return Happens(event.name, MappingProxyType(known), late_by, entries.where)


def _trouble(entries: Entries, stage: Stage) -> Trouble | None:
    text = entries.text("trouble")
    if text is None:
        return None
    found = _TROUBLE.fullmatch(text.value.strip())
    if found is None:
        stage.report.error(
            "unknown-trouble",
            text.where,
            f"{quoted(text.value)} is no trouble that a system makes.",
            f'Write a system and {listed(TROUBLES, "or")}, such as "hubspot refuses crm".',
        )
        return None
    system = stage.project.systems.get(found["system"])
    if system is None:
        stage.report.error(
            "unknown-system",
            text.where,
            f"unknown system {quoted(found['system'])}.",
            did_you_mean(
                found["system"], stage.project.systems, "Systems are the files in systems/."
            ),
        )
        return None
    kind = TroubleKind(found["kind"])
    rest = found["rest"]
    if kind in _SPANNED:
        return _spanned(Trouble(system.name, kind, None, None, text.where), rest, text, stage)
    return _of_step(Trouble(system.name, kind, None, None, text.where), rest, text, stage)


def _spanned(trouble: Trouble, rest: str | None, text: TextNode, stage: Stage) -> Trouble | None:
    """``mail is down for 2 days``: the span may be left out, and then it has no end."""
    if rest is None:
        return trouble
    span = duration(rest.removeprefix("for "))
    if span is None:
        stage.report.error(
            "not-a-duration",
            text.where,
            f"{quoted(rest)} does not say how long.",
            f'Write "{trouble.system} {trouble.kind} for 2 days", or leave the end out.',
        )
        return None
    return Trouble(trouble.system, trouble.kind, None, span, trouble.where)


def _of_step(trouble: Trouble, rest: str | None, text: TextNode, stage: Stage) -> Trouble | None:
    """``hubspot refuses crm``: one step that uses the system, or all of them."""
    if rest is None:
        return trouble
    word = rest.removeprefix("of ").removeprefix("to ").strip()
    other, slash, step = word.partition("/")
    workflow, step = (other, step) if slash else (stage.workflow, word)
    using = {
        one.name
        for one in stage.steps(workflow)
        if isinstance(one, SendStep | SaveStep | PostStep) and one.connection == trouble.system
    }
    if step not in using:
        stage.report.error(
            "unknown-step",
            text.where,
            f"no step {quoted(step)} of {quoted(workflow)} uses {quoted(trouble.system)}.",
            did_you_mean(step, using, "Write the step of another workflow as workflow/step."),
        )
        return None
    return Trouble(trouble.system, trouble.kind, (workflow, step), None, trouble.where)
