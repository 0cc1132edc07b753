"""Tests as a test file writes them, expecting what happened when they were played."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from leadline.expression.types import Value
from leadline.journey.action import Look, PostMessage, SaveRecord, SendEmail
from leadline.journey.compiled import CompiledProject
from leadline.journey.record import GaveUpWaiting, Record, Skipped, Told, Took, WhySkipped
from leadline.journey.state import Ended
from leadline.journey.timing import in_zone
from leadline.ledger.transitions import State
from leadline.project.case_kinds import ENDS, OUTCOMES
from leadline.project.cases import Case, Changes, Comes, Happens, Line, Passes, Trouble
from leadline.project.quantities import span_words
from leadline.rehearsal.happened import Done, Noted, Played
from leadline.rehearsal.story import value_words
from leadline.rehearsal.verdict import TAKEN, written

_PLAIN = re.compile(r"[\w./+](?:[\w@./+:%-]*[\w@./+%-])?(?: [\w@./+%-]+(?::\d+)?)*")
_HEAD = """\
# Suggested by "leadline test --suggest". Each test passes as it stands: what it expects is what
# the workflow does. Whether that is what you mean, only you can say: read each one, then delete
# its line "suggested: true".
"""


def as_yaml(release: CompiledProject, workflow: str, played: Sequence[Played]) -> str:
    """A test file with these tests of one workflow."""
    zone = ZoneInfo(release.time_zone)
    cases = [one.case for one in played]
    given = _common([case.given for case in cases])
    at = cases[0].at if len({case.at for case in cases}) == 1 else None
    told = _told_by_all(release, cases)
    lines = [_HEAD, f"workflow: {workflow}", *_map("given", given, zone)]
    lines += [] if at is None else [f"at: {_minute(at, zone)}"]
    lines += [*_map("with", told, zone), "", "tests:"]
    for one in played:
        case = one.case
        lines += [
            f"  - test: {scalar(case.name)}",
            "    suggested: true",
            *_map("    given", _without(case.given, given), zone),
            *([] if at is not None else [f"    at: {_minute(case.at, zone)}"]),
            "    when:",
            *(f"      {x}" for line in case.lines for x in _line(line, workflow, told, zone)),
            "    expect:",
            *(f"      {text}" for text in _expected(release, one, zone)),
            "",
        ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _common(maps: Sequence[Mapping[str, Value]]) -> dict[str, Value]:
    """What stands in every one of these, the same."""
    return {k: v for k, v in maps[0].items() if all(k in m and m[k] == v for m in maps)}


def _without(values: Mapping[str, Value], common: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name not in common}


def _told_by_all(release: CompiledProject, cases: Sequence[Case]) -> dict[str, Value]:
    """The properties that every event has that could have them, with the same value."""
    events = [line for case in cases for line in case.lines if isinstance(line, Happens)]
    found: dict[str, Value] = {}
    for event in events:
        for name, value in event.properties.items():
            others = [e for e in events if name in release.events[e.event].properties]
            if all(e.properties.get(name) == value for e in others):
                found[name] = value
    return found


def scalar(text: str) -> str:
    """A text as YAML has it, in quotes where it needs them.

    >>> scalar("Clean data"), scalar("a: b"), scalar("")
    ('Clean data', '"a: b"', '""')
    """
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _value(value: Value, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        odd = value.second or value.microsecond or value.tzinfo is None
        return scalar(value.isoformat() if odd else _minute(value, zone))
    return scalar(value_words(value, zone))


def _minute(at: datetime, zone: ZoneInfo) -> str:
    return f"{in_zone(at, zone.key):%Y-%m-%d %H:%M}"


def _map(key: str, values: Mapping[str, Value], zone: ZoneInfo) -> Iterator[str]:
    """``key: { … }`` where it fits on a line, else a value a line."""
    if not values:
        return
    inside = ", ".join(f"{name}: {_value(value, zone)}" for name, value in values.items())
    if len(inside) <= 80:
        yield f"{key}: {{ {inside} }}"
        return
    indent = " " * (len(key) - len(key.lstrip()) + 2)
    yield f"{key}:"
    yield from (f"{indent}{name}: {_value(value, zone)}" for name, value in values.items())


def _line(line: Line, workflow: str, told: Mapping[str, Value], zone: ZoneInfo) -> Iterator[str]:
    match line:
        case Happens(event, properties):
            yield f"- event: {event}"
            yield from _map("  with", _without(properties, told), zone)
        case Passes(span):
            yield f"- after: {span_words(span)}"
        case Comes(at):
            yield f"- until: {_minute(at, zone)}"
        case Changes(values):
            yield from _map("- contact", values, zone)
        case Trouble(system, kind, step, span):
            words = f"{system} {kind}"
            if step is not None:
                words += f" {step[1] if step[0] == workflow else '/'.join(step)}"
            yield f"- trouble: {words}{f' for {span_words(span)}' if span else ''}"


def _expected(release: CompiledProject, played: Played, zone: ZoneInfo) -> Iterator[str]:
    workflow = played.case.workflow
    for done in played.done:
        if not isinstance(done.action, Look):
            yield from _effect(release, done, workflow, zone)
    for happening in played.story:
        if isinstance(happening.what, Noted):
            yield from _noted(happening.what.record, _in(happening.what.workflow, workflow))
    for who in dict.fromkeys(
        h.what.record.who
        for h in played.story
        if isinstance(h.what, Noted) and isinstance(h.what.record, Told)
    ):
        yield f"- told: {scalar(who)}"
    for name, ran in {ran.workflow: ran for ran in played.runs}.items():
        if isinstance(ran.state, Ended) and ran.state.reason.value in ENDS:
            yield f"- ends: {ran.state.reason.value}"
            yield from _in(name, workflow)
    yield "- nothing more"


def _in(workflow: str, own: str) -> tuple[str, ...]:
    return () if workflow == own else (f"  in: {workflow}",)


def _effect(release: CompiledProject, done: Done, workflow: str, zone: ZoneInfo) -> Iterator[str]:
    if done.state not in TAKEN and done.state.value not in OUTCOMES:
        return
    action = done.action
    step = action.key.step
    match action:
        case SendEmail():
            yield f"- mail: {step}"
        case PostMessage():
            yield f"- post: {step}"
        case _:
            yield f"- saved: {step}"
    yield from _in(done.workflow, workflow)
    yield f"  at: {_minute(done.at, zone)}"
    if done.state not in TAKEN or done.state is State.SUPERSEDED:
        yield f"  outcome: {done.state.value}"
    if isinstance(action, SaveRecord):
        names = release.programs[done.workflow].vendor_fields[action.connection]
        values = {
            name: written(action.fields[field.name])
            for name, field in names.items()
            if field.name in action.fields
        }
        yield from _map("  fields", values, zone)


def _noted(record: Record, place: tuple[str, ...]) -> Iterator[str]:
    match record:
        case Took(step, branch):
            yield f"- chose: {step}"
            yield from place
            yield f"  way: {branch}"
        case GaveUpWaiting(step):
            yield f"- gave_up: {step}"
            yield from place
        case Skipped(step, reason) if reason is not WhySkipped.REFUSED:
            yield f"- skipped: {step}"
            yield from place
        case _:
            return
