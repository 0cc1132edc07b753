"""What happened in a test, as sentences that a person reads from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never
from zoneinfo import ZoneInfo

from leadline.expression.types import Value
from leadline.journey.action import Look, PostMessage, SaveRecord, SendEmail
from leadline.journey.record import (
    CarriedOn,
    Defaulted,
    Done,
    Failed,
    GaveUpWaiting,
    Intended,
    Missing,
    Over,
    Record,
    Resumed,
    Skipped,
    Told,
    Took,
    Waited,
    WhySkipped,
    Woke,
)
from leadline.journey.record import Entered as Began
from leadline.journey.timing import in_zone
from leadline.ledger.key import ActionKey
from leadline.ledger.transitions import State
from leadline.project.cases import Changes, Trouble
from leadline.project.quantities import span_words
from leadline.rehearsal.happened import (
    Called,
    Came,
    Counted,
    Entered,
    Happening,
    Noted,
    Played,
    Settled,
)


@dataclass(frozen=True, slots=True)
class Beat:
    """One sentence of a story: when (UTC) and what."""

    at: datetime
    sentence: str


def story(played: Played, zone: ZoneInfo) -> tuple[Beat, ...]:
    """Tell what happened, in order; attempts that follow one another are counted, not told."""
    actions = {done.action.key: done.action for done in played.done}
    beats: list[Beat] = []
    waiting: Happening | None = None
    again = 0
    for happening in played.story:
        if _is_retry(happening):
            again += 1
            waiting = waiting or happening
            if again > 1:
                continue
        elif waiting is not None:
            if again > 1:
                beats.append(Beat(happening.at, f"It had been tried {again} times by then."))
            waiting, again = None, 0
        sentence = _sentence(happening, actions, zone)
        if sentence:
            beats.append(Beat(happening.at, sentence))
    return tuple(beats)


def _is_retry(happening: Happening) -> bool:
    return isinstance(happening.what, Settled) and happening.what.state is State.PENDING


def clock(at: datetime, zone: ZoneInfo) -> str:
    """A moment as the clocks of the project show it: ``2026-12-01 09:00``, seconds if any."""
    local = in_zone(at, zone.key)
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def value_words(value: Value, zone: ZoneInfo) -> str:
    """A value as a test file writes it; unknown where it is not known."""
    match value:
        case None:
            return "unknown"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return clock(value, zone) if value.tzinfo else value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case str():
            return value


def _sentence(
    happening: Happening, actions: Mapping[ActionKey, Called], zone: ZoneInfo
) -> str | None:
    what = happening.what
    match what:
        case Came(event, happened):
            late = "" if happened == happening.at else f", of {clock(happened, zone)}"
            return f'The event "{event}" came in{late}.'
        case Entered(workflow, cause, None):
            return f'The contact entered "{workflow}", by "{cause}".'
        case Entered(workflow, cause, reason, detail):
            return f'"{cause}" did not begin "{workflow}": {reason}{_after(detail)}.'
        case Counted(workflow, event):
            return f'"{event}" counts as a success of "{workflow}".'
        case Trouble():
            return f"From here on {trouble_words(what)}."
        case Changes(values):
            said = ", ".join(f"{n} is {value_words(v, zone)}" for n, v in values.items())
            return f"The contact changed: {said}."
        case Noted(workflow, _, record):
            return _record(workflow, record, zone)
        case Settled():
            return _settled(what, actions[what.key])
        case _:
            assert_never(what)


def _after(detail: str) -> str:
    return f" ({detail})" if detail else ""


def trouble_words(trouble: Trouble) -> str:
    """A trouble as a test file writes it."""
    parts = [trouble.system, trouble.kind.value]
    if trouble.step is not None:
        parts.append("/".join(trouble.step))
    if trouble.span is not None:
        parts.append(f"for {span_words(trouble.span)}")
    return " ".join(parts)


def thing(action: Called) -> str:
    """What an action is, in words: ``the mail of the step "confirmation"``."""
    match action:
        case SendEmail():
            what = "mail"
        case SaveRecord():
            what = "save"
        case PostMessage():
            what = "post"
        case Look():
            what = "look"
        case _:
            assert_never(action)
    return f'the {what} of the step "{action.key.step}"'


def _settled(settled: Settled, action: Called) -> str | None:
    it, system = thing(action), action.connection
    sentence = {
        State.PENDING: f"{it} waits for its next attempt: {settled.reason}.",
        State.ACCEPTED: f'"{system}" took {it}.',
        State.REJECTED: f'"{system}" refused {it}: {settled.reason}.',
        State.UNKNOWN: f"it is not known what became of {it}: {settled.reason}.",
        State.HELD: f"{it} is held: {settled.reason}.",
        State.DEAD: f"{it} is dead: {settled.reason}.",
        State.EXPIRED: f"{it} expired: {settled.reason}.",
        State.SKIPPED: f"{it} was not sent: {settled.reason}.",
        State.BOUNCED: f"{it} bounced: {settled.reason}.",
        State.SUPERSEDED: f"{it} needs no sending any more: {settled.reason}.",
    }.get(settled.state)
    return None if sentence is None else _capital(sentence.replace("..", "."))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _record(workflow: str, record: Record, zone: ZoneInfo) -> str | None:
    match record:
        case Began() | Done():
            return None  # said by the entry, and by what the system did
        case Took(step, branch, values, unknown):
            known = ", ".join(f"{n} is {value_words(v, zone)}" for n, v in values.items())
            doubt = ", for it could not be known" if unknown else ""
            return f'The choice "{step}" took "{branch}"{doubt}{_after(known)}.'
        case Waited(step, until, what):
            aim = "" if what == "time" else f' for "{what}"'
            return f'"{workflow}" waits at "{step}"{aim} until {clock(until, zone)}.'
        case Woke(step, because):
            return f'The wait "{step}" is over: {because}.'
        case Intended(kind="enroll"):
            return None  # said by the entry
        case Intended(step, _, kind):
            return f'The {kind} of the step "{step}" was intended.'
        case Defaulted(step, ref, value):
            return f'{ref} was unknown for "{step}": "{value_words(value, zone)}" stands in.'
        case Missing(step, ref):
            return f'{ref} was unknown for "{step}".'
        case _:
            return _trouble(workflow, record)


def _trouble(
    workflow: str,
    record: Skipped | CarriedOn | Failed | GaveUpWaiting | Told | Resumed | Over,
) -> str | None:
    match record:
        case Skipped(step, reason, detail):
            if reason is WhySkipped.REFUSED:
                return None  # said by what became of the action
            return f'The step "{step}" did nothing: {reason}{_after(detail or "")}.'
        case CarriedOn(step, _, state):
            return f'The time for "{step}" is over and its action is {state}: the run carries on.'
        case Failed(step, _, state, _, then):
            return f'The step "{step}" failed (its action is {state}). Then: {then}.'
        case GaveUpWaiting(step, then, because):
            return f'The wait "{step}" gave up: {because}. Then: {then}.'
        case Told(_, who, cause):
            return f"{who} is told: {cause}"
        case Resumed(step, by):
            return f'The run goes on at "{step}": {by}.'
        case Over(reason, detail):
            return f'The run of "{workflow}" ended: {reason}{_after(detail)}.'
        case _:
            assert_never(record)


def unknowns(played: Played, workflow: str, step: str) -> Iterator[str]:
    """The values that a step had to do without, as sentences."""
    for happening in played.story:
        if isinstance(happening.what, Noted) and happening.what.workflow == workflow:
            record = happening.what.record
            if isinstance(record, Defaulted | Missing) and record.step == step:
                yield f"{record.ref} was unknown"
