"""Whether a test is as it is expected, and if not, where what happened left the expectation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import assert_never
from zoneinfo import ZoneInfo

from leadline.expression.types import Value
from leadline.journey.action import PostMessage, SaveRecord, SendEmail
from leadline.journey.compiled import CompiledProject
from leadline.journey.record import GaveUpWaiting, Record, Skipped, Told, Took
from leadline.journey.state import Ended, EndReason
from leadline.ledger.coalesce import AddTo, Clear, FieldWrite, Forward, IfEmpty, Increment, SetTo
from leadline.ledger.transitions import EFFECT, State
from leadline.message.render import RenderedEmail
from leadline.project.cases import (
    Effect,
    Expectation,
    ExpectChoice,
    ExpectContact,
    ExpectEffect,
    ExpectEnd,
    ExpectEntry,
    ExpectSkip,
    ExpectSuccess,
    ExpectTold,
    NothingMore,
)
from leadline.project.problems import Where, quoted
from leadline.rehearsal.happened import Counted, Done, Entered, Noted, Played
from leadline.rehearsal.story import clock, thing, unknowns, value_words

TAKEN = frozenset({State.ACCEPTED, State.CONFIRMED, State.SUPERSEDED})
"""What an effect is expected to become where the test says nothing of it."""
OUT = EFFECT | {State.UNKNOWN, State.HELD}
"""What has, or may have, reached somebody."""
_KINDS = {Effect.MAIL: SendEmail, Effect.SAVED: SaveRecord, Effect.POST: PostMessage}
_NOUNS = {Effect.MAIL: "a mail", Effect.SAVED: "a save", Effect.POST: "a post"}
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Miss:
    """An expectation that was not met: what was expected and what was there instead."""

    where: Where
    sentence: str


@dataclass(slots=True)
class _Court:
    played: Played
    project: CompiledProject
    zone: ZoneInfo
    used: set[int] = field(default_factory=set[int])

    def records(self, workflow: str) -> Iterator[Record]:
        for happening in self.played.story:
            if isinstance(happening.what, Noted) and happening.what.workflow == workflow:
                yield happening.what.record


def misses(project: CompiledProject, played: Played) -> tuple[Miss, ...]:
    """Return every expectation of a test that was not met; none: the test passes.

    A run that ends in a loop, and a test that has no end, are misses unless they are expected.
    """
    court = _Court(played, project, ZoneInfo(project.time_zone))
    case = played.case
    found: list[Miss] = []
    if played.endless:
        found.append(Miss(case.where, "this test does not come to an end: it goes in a circle."))
    for expected in case.expectations:
        wrong = None if isinstance(expected, NothingMore) else _wrong(court, expected)
        if wrong is not None:
            found.append(Miss(expected.where, wrong))
    for expected in case.expectations:
        if isinstance(expected, NothingMore):
            found += (Miss(expected.where, words) for words in _more(court))
    expected_ends = {e.workflow for e in case.expectations if isinstance(e, ExpectEnd)}
    for ran in played.runs:
        if (
            isinstance(ran.state, Ended)
            and ran.state.reason in (EndReason.LOOP, EndReason.STEP_MISSING)
            and ran.workflow not in expected_ends
        ):
            words = f'the run of "{ran.workflow}" ended: {ran.state.reason}, {ran.state.detail}.'
            found.append(Miss(case.where, words))
    return tuple(found)


def _wrong(court: _Court, expected: Expectation) -> str | None:
    """Say what is wrong with one expectation; None where it is met."""
    match expected:
        case ExpectEffect():
            return _effect(court, expected)
        case ExpectContact():
            return _contact(court, expected)
        case ExpectEntry():
            return _entry(court, expected)
        case ExpectChoice():
            return _choice(court, expected)
        case ExpectSkip():
            return _skip(court, expected)
        case ExpectTold():
            return _told(court, expected)
        case ExpectSuccess():
            return _success(court, expected)
        case ExpectEnd():
            return _end(court, expected)
        case NothingMore():
            return None
        case _:
            assert_never(expected)


# ---------------------------------------------------------------- effects


def _effect(court: _Court, expected: ExpectEffect) -> str | None:
    kind = _KINDS[expected.effect]
    asked = f'{_NOUNS[expected.effect]} of the step "{expected.step}"'
    candidates = [
        (number, done)
        for number, done in enumerate(court.played.done)
        if number not in court.used
        and isinstance(done.action, kind)
        and (done.workflow, done.action.key.step) == (expected.workflow, expected.step)
    ]
    if not candidates:
        return f"expected {asked}; {_why_none(court, expected.workflow, expected.step)}"
    first: str | None = None
    for number, done in candidates:
        wrong = next(_complaints(court, expected, done), None)
        if wrong is None:
            court.used.add(number)
            return None
        first = first or wrong
    court.used.add(candidates[0][0])
    return f"expected {asked} {first}"


def _why_none(court: _Court, workflow: str, step: str) -> str:
    for record in court.records(workflow):
        if isinstance(record, Skipped) and record.step == step:
            return f"the step did nothing: {record.reason}."
    runs = [ran for ran in court.played.runs if ran.workflow == workflow]
    if not runs:
        return _never_entered(court, workflow)
    ended = runs[-1].state
    if step in ended.visits:
        return "it was not intended as often as that."
    reason = f", and ended: {ended.reason}" if isinstance(ended, Ended) else ""
    return f"the run never came by that step{reason}."


def _never_entered(court: _Court, workflow: str) -> str:
    refused = [
        h.what
        for h in court.played.story
        if isinstance(h.what, Entered) and h.what.workflow == workflow and h.what.reason
    ]
    if refused:
        return f'the contact was kept out of "{workflow}": {refused[-1].reason}.'
    return f'nothing began a run of "{workflow}".'


def _complaints(court: _Court, expected: ExpectEffect, done: Done) -> Iterator[str]:
    """What is wrong with an effect, as the end of a sentence that begins with it."""
    zone = court.zone
    right = done.state in TAKEN if expected.outcome is None else done.state is expected.outcome
    if not right:
        wanted = "taken" if expected.outcome is None else expected.outcome.value
        why = f" ({done.reason})" if done.reason not in (None, done.state) else ""
        yield f"that is {wanted}; it is {done.state.value}{why}."
    if expected.at is not None and done.at.replace(second=0, microsecond=0) != expected.at:
        yield f"at {clock(expected.at, zone)}; it was at {clock(done.at, zone)}."
    target = _target(done)
    if expected.target is not None and expected.target != target:
        yield f"to {quoted(expected.target)}; it goes to {quoted(target)}."
    yield from _words(court, expected, done)
    if expected.fields is not None:
        yield from _fields(court, expected, done)


def _target(done: Done) -> str:
    match done.action:
        case SendEmail(to=to):
            return to
        case PostMessage(channel=channel):
            return channel
        case _:
            return ""


def _words(court: _Court, expected: ExpectEffect, done: Done) -> Iterator[str]:
    if not (expected.says or expected.does_not_say):
        return
    text = said(done)
    for words in expected.says:
        if _plain(words) not in text:
            without = "; ".join(dict.fromkeys(_unknowns(court, done)))
            because = f", because {without}" if without else ""
            yield f'that says "{words}"; it says "{_nearest_part(text, words)}"{because}.'
    for words in expected.does_not_say:
        if _plain(words) in text:
            yield f'that does not say "{words}"; it says "{_nearest_part(text, words)}".'


def said(done: Done) -> str:
    """All that a message says, subject first, in one line; empty where none was filled in."""
    match done.sent:
        case None:
            return ""
        case RenderedEmail(subject=subject, text=text):
            return _plain(f"{subject}\n{text}")
        case rendered:
            return _plain(rendered.text)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _unknowns(court: _Court, done: Done) -> Iterator[str]:
    yield from unknowns(court.played, done.workflow, done.action.key.step)


def _nearest_part(text: str, words: str) -> str:
    """The part of a text that shares its beginning with the words, else its beginning."""
    if len(text) <= _SHOWN:
        return text
    parts = _plain(words).split(" ")
    at = next((text.find(part) for part in parts if len(part) > 2 and part in text), 0)
    begin = max(0, at - 20)
    return f"{'…' if begin else ''}{text[begin : begin + _SHOWN]}…"


def _fields(court: _Court, expected: ExpectEffect, done: Done) -> Iterator[str]:
    action = done.action
    assert isinstance(action, SaveRecord)
    assert expected.fields is not None
    names = court.project.programs[done.workflow].vendor_fields[action.connection]
    for name, wanted in expected.fields.items():
        write = action.fields.get(names[name].name)
        shown = value_words(wanted, court.zone)
        if write is None:
            if wanted is not None:
                yield f'that writes {name} as "{shown}"; it does not write {name}.'
            continue
        value = written(write)
        if value != wanted:
            there = value_words(value, court.zone)
            yield f'that writes {name} as "{shown}"; it writes "{there}".'


def written(write: FieldWrite) -> Value:
    """The value that a write carries: what is added for a counter, None where it clears."""
    match write:
        case SetTo(value) | IfEmpty(value):
            return value
        case Forward(value):
            return value
        case Increment(by):
            return by
        case AddTo(values):
            return ";".join(map(str, values))
        case Clear():
            return None
        case _:
            assert_never(write)


def _more(court: _Court) -> Iterator[str]:
    for number, done in enumerate(court.played.done):
        kinds = (SendEmail, SaveRecord, PostMessage)
        if number in court.used or done.state not in OUT or not isinstance(done.action, kinds):
            continue
        place = "" if done.workflow == court.played.case.workflow else f' of "{done.workflow}"'
        yield (
            f"expected nothing more; but {thing(done.action)}{place} is {done.state.value} "
            f"at {clock(done.at, court.zone)}."
        )


# ---------------------------------------------------------------- the rest


def _contact(court: _Court, expected: ExpectContact) -> str | None:
    for name, wanted in expected.values.items():
        value = court.played.contact.get(name)
        if value != wanted:
            shown, there = value_words(wanted, court.zone), value_words(value, court.zone)
            return f'expected that {name} of the contact is "{shown}"; it is "{there}".'
    return None


def _entry(court: _Court, expected: ExpectEntry) -> str | None:
    entries = [
        h.what
        for h in court.played.story
        if isinstance(h.what, Entered) and h.what.workflow == expected.workflow
    ]
    name = expected.workflow
    if expected.entered:
        if any(entry.reason is None for entry in entries):
            return None
        return f'expected that the contact enters "{name}"; {_never_entered(court, name)}'
    reasons = [entry.reason for entry in entries if entry.reason is not None]
    if reasons and (expected.because is None or expected.because in reasons):
        return None
    asked = f'expected that "{name}" does not let the contact in'
    if expected.because is not None:
        asked += f": {expected.because}"
    if reasons:
        return f"{asked}; the reason is: {reasons[-1]}."
    instead = "the contact entered" if entries else f'nothing that starts "{name}" came'
    return f"{asked}; {instead}."


def _choice(court: _Court, expected: ExpectChoice) -> str | None:
    ways = [
        record.branch
        for record in court.records(expected.workflow)
        if isinstance(record, Took) and record.step == expected.step
    ]
    if expected.way in ways:
        return None
    asked = f'expected that "{expected.step}" takes "{expected.way}"'
    if ways:
        return f'{asked}; it took "{ways[-1]}".'
    return f"{asked}; {_why_none(court, expected.workflow, expected.step)}"


def _skip(court: _Court, expected: ExpectSkip) -> str | None:
    wanted = GaveUpWaiting if expected.gave_up else Skipped
    found = [
        _reason(record)
        for record in court.records(expected.workflow)
        if isinstance(record, wanted) and record.step == expected.step
    ]
    if any(expected.because is None or expected.because in reason for reason in found):
        return None
    verb = "gives up" if expected.gave_up else "does nothing"
    asked = f'expected that the step "{expected.step}" {verb}'
    if found:
        return f'{asked} because of "{expected.because}"; the reason is: {found[-1]}.'
    ran = [r for r in court.played.runs if r.workflow == expected.workflow]
    if ran and expected.step in ran[-1].state.visits:
        return f"{asked}; it did what it is there for."
    return f"{asked}; {_why_none(court, expected.workflow, expected.step)}"


def _reason(record: Skipped | GaveUpWaiting) -> str:
    if isinstance(record, Skipped):
        return f"{record.reason}: {record.detail}" if record.detail else str(record.reason)
    return f"{record.because}: {record.detail}" if record.detail else str(record.because)


def _told(court: _Court, expected: ExpectTold) -> str | None:
    told = {
        h.what.record.who
        for h in court.played.story
        if isinstance(h.what, Noted) and isinstance(h.what.record, Told)
    }
    if expected.who in told:
        return None
    there = f"told were: {', '.join(sorted(told))}." if told else "nobody was told anything."
    return f"expected that {expected.who} is told; {there}"


def _success(court: _Court, expected: ExpectSuccess) -> str | None:
    counted = any(
        isinstance(h.what, Counted) and h.what.workflow == expected.workflow
        for h in court.played.story
    )
    if counted is expected.succeeds:
        return None
    wanted = "a success" if expected.succeeds else "no success"
    return (
        f'expected that the run of "{expected.workflow}" counts as {wanted}; '
        f"it {'does' if counted else 'does not'}."
    )


def _end(court: _Court, expected: ExpectEnd) -> str | None:
    runs = [ran for ran in court.played.runs if ran.workflow == expected.workflow]
    asked = f'expected that the run of "{expected.workflow}" ends: {expected.reason}'
    if not runs:
        return f"{asked}; {_never_entered(court, expected.workflow)}"
    state, at = runs[-1].state, runs[-1].at
    if not isinstance(state, Ended):
        return f'{asked}; it still waits at "{state.step}".'
    if state.reason.value != expected.reason:
        detail = f" ({state.detail})" if state.detail else ""
        return f"{asked}; it ended at {clock(at, court.zone)}: {state.reason}{detail}."
    if expected.at is not None and at.replace(second=0, microsecond=0) != expected.at:
        return f"{asked} at {clock(expected.at, court.zone)}; it was {clock(at, court.zone)}."
    return None
