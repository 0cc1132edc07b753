"""What happened in a run, one sentence a line, with the values at that moment."""

from __future__ import annotations

from typing import assert_never

from leadline.explain import words
from leadline.explain.actions import KINDS, plain_reason
from leadline.explain.causes import Line
from leadline.explain.read import Known, KnownRun, properties
from leadline.journey.record import (
    CarriedOn,
    Defaulted,
    Done,
    Entered,
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
    Woke,
)
from leadline.journey.state import EndReason
from leadline.store.why import IntendedRow

OUTCOMES = {
    "pending": "goes back to wait",
    "sending": "is being sent",
    "accepted": "was accepted",
    "confirmed": "was confirmed",
    "bounced": "came back",
    "rejected": "was rejected",
    "unknown": "may or may not have taken effect",
    "held": "is held: nobody can say what became of it",
    "superseded": "was superseded by a later write",
    "skipped": "was not sent",
    "expired": "was too late",
    "dead": "was given up",
}


def timeline(run: KnownRun, known: Known) -> tuple[Line, ...]:
    """Tell what happened in a run, in the order of time."""
    lines = [
        Line(decision.at, said)
        for decision in run.decisions
        for record in decision.records
        if (said := _said(record, run)) is not None
    ]
    for action in run.actions:
        lines += _outcomes(action, known)
    return tuple(sorted(lines, key=lambda line: line.at))


def _outcomes(action: IntendedRow, known: Known) -> list[Line]:
    lines: list[Line] = []
    for outcome in known.outcomes.get(action.key, ()):
        what = f"{action.step}: the {KINDS.get(action.kind, action.kind)}"
        why = plain_reason(outcome.reason)
        reason = f" ({why})" if why else ""
        by = {"person": " by a person", "replay": " by a replay"}.get(outcome.cause, "")
        said = f"{what} {OUTCOMES.get(outcome.state, f'is {outcome.state}')}{by}{reason}."
        lines.append(Line(outcome.at, said))
    return lines


def _said(record: Record, run: KnownRun) -> str | None:
    """Return the sentence of a record; None where an outcome says the same."""
    match record:
        case Entered(event):
            carried = words.values(properties(run.trigger)) if run.trigger else ""
            with_ = f" with {carried}" if carried else ""
            return "Entered." if event is None else f"Entered, for {event} came in{with_}."
        case Took(step, branch, values, unknown):
            known = f": {words.values(values)}" if values else ""
            why = ", for a value is unknown" if unknown else ""
            return f'{step}: took "{branch}"{why}{known}.'
        case Waited(step, until, what):
            for_ = "" if what == "time" else f" for {what}"
            return f"{step}: waits{for_} until {words.at(until)}."
        case Woke(step, because, at):
            when = f" ({words.at(at)})" if at else ""
            return f"{step}: goes on, for {because}{when}."
        case Intended(step, _, kind):
            return f"{step}: {_INTENDED.get(kind, kind)} is intended."
        case Defaulted(step, ref, value):
            return f"{step}: {ref} was unknown; {words.value(value)} stood in."
        case Missing(step, ref):
            return f"{step}: {ref} was unknown, and nothing stood in."
        case Skipped(step, reason, detail, key):
            more = f" ({detail.rstrip('.')})" if detail else ""
            return None if key is not None else f"{step}: nothing was done, for {reason}{more}."
        case _:
            return _ending(record)


def _ending(
    record: Done | CarriedOn | Failed | GaveUpWaiting | Told | Resumed | Over,
) -> str | None:
    match record:
        case Done():
            return None  # its outcome says the same
        case CarriedOn(step, _, state):
            return f"{step}: the run carries on; its action is {state}."
        case Failed(step, _, state, reason, then):
            why = f" ({plain_reason(reason)})" if reason else ""
            return f"{step}: failed, {state}{why}. Its if_it_fails says: {then}."
        case GaveUpWaiting(step, then, because, detail):
            why = f" ({detail.rstrip('.')})" if detail else ""
            return f"{step}: waits no longer, for {because}{why}. Its if_not says: {then}."
        case Told(_, who, cause):
            return f"{who} was told: {cause}"
        case Resumed(step, by):
            return f"Taken up again at {step}, by {by}."
        case Over(reason, detail):
            more = f": {plain_reason(detail)}" if detail else ""
            if reason is EndReason.COMPLETED:
                return "The run came to its end."
            return f"The run is over, {reason}{more}."
        case _:
            assert_never(record)


_INTENDED = {
    "mail": "a mail",
    "save": "a write",
    "post": "a post",
    "look": "a look at the system",
    "set": "a change of our own contact",
    "enroll": "another workflow",
}
