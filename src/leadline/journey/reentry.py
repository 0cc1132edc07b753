"""Who enters a workflow, once for which value, and why someone does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from leadline.expression.reads import reads
from leadline.journey.facts import EventFact, Facts
from leadline.journey.match import once_value
from leadline.journey.program import Program
from leadline.journey.run import NO_PROPERTIES, Row, answer
from leadline.journey.timing import plus
from leadline.project.address import why_impossible


class WhyNot(StrEnum):
    """Why a trigger entered nobody; the words are kept in the entry and shown to people."""

    NOT_A_TRIGGER = "the event starts nothing here"
    TOO_LATE = "the event came too late"
    NO_ADDRESS = "no email address"
    IMPOSSIBLE_ADDRESS = "the email address is not one"
    ONCE_PER_UNKNOWN = "the value that it is once per is unknown"
    CONDITION_FALSE = "the condition does not hold"
    CONDITION_UNKNOWN = "the condition cannot be decided"
    ALREADY_ENTERED = "already entered"  # known by the store only: the run is there


@dataclass(frozen=True, slots=True)
class Enter:
    """The contact enters; a run is unique by workflow, contact and ``once_value``."""

    once_value: str


@dataclass(frozen=True, slots=True)
class NotEntered:
    """The contact does not enter; ``detail`` names the values that decided."""

    reason: WhyNot
    detail: str = ""


def enter(
    program: Program,
    event: EventFact,
    facts: Facts,
    now: datetime,
    late_after: timedelta | None,
) -> Enter | NotEntered:
    """Decide what an event does that stands at the door of a workflow.

    An event older than ``late_after`` counts but starts nothing; None: the tracking plan says
    ``late: trigger`` of it. Whether the contact is in already is known by the store.
    """
    if event.name not in program.starts.when:
        return NotEntered(WhyNot.NOT_A_TRIGGER, event.name)
    if late_after is not None and event.at < plus(now, -late_after):
        return NotEntered(WhyNot.TOO_LATE, f"it happened at {event.at:%Y-%m-%d %H:%M:%S %Z}")
    unaddressed = _unaddressed(program, facts)
    if unaddressed is not None:
        return unaddressed
    once = once_value(program, event.properties, facts.contact)
    if once is None:
        return NotEntered(WhyNot.ONCE_PER_UNKNOWN, str(program.starts.once_per))
    return _condition(program, Row(facts.contact, event.properties), now) or Enter(once)


def enter_by_step(program: Program, facts: Facts, now: datetime) -> Enter | NotEntered:
    """Decide whether ``enroll_in`` lets a contact in; the trigger of her run is handed on.

    The same is asked as of an event at the door, but for its name and its age.
    """
    properties = NO_PROPERTIES if facts.trigger is None else facts.trigger.properties
    unaddressed = _unaddressed(program, facts)
    if unaddressed is not None:
        return unaddressed
    once = once_value(program, properties, facts.contact)
    if once is None:
        return NotEntered(WhyNot.ONCE_PER_UNKNOWN, str(program.starts.once_per))
    return _condition(program, Row(facts.contact, properties), now) or Enter(once)


def _unaddressed(program: Program, facts: Facts) -> NotEntered | None:
    """Refuse whom no step could reach; a workflow that needs no address takes everyone."""
    if not program.addressed:
        return None
    email = facts.contact.get("email")
    if not isinstance(email, str) or not email:
        return NotEntered(WhyNot.NO_ADDRESS)
    impossible = why_impossible(email)
    if impossible is not None:
        return NotEntered(WhyNot.IMPOSSIBLE_ADDRESS, impossible)
    return None


def _condition(program: Program, row: Row, now: datetime) -> NotEntered | None:
    condition = program.starts.only_if
    if condition is None:
        return None
    holds = answer(condition, row, now, program.time_zone)
    if holds:
        return None
    shown = ((ref, row[ref]) for ref in sorted(reads(condition)))
    detail = "; ".join(f"{ref} is {'unknown' if value is None else value}" for ref, value in shown)
    why = WhyNot.CONDITION_UNKNOWN if holds is None else WhyNot.CONDITION_FALSE
    return NotEntered(why, detail)
