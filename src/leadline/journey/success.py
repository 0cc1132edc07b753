"""What a workflow promises and what it counts as success; neither moves a run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from leadline.expression.types import Value
from leadline.journey.facts import EventFact
from leadline.journey.match import same_once
from leadline.journey.program import Program
from leadline.journey.run import Row, answer
from leadline.journey.timing import plus
from leadline.project.workflow import Promise

_NOTHING_KNOWN: Mapping[str, Value] = {}


def counts_as_success(
    program: Program,
    once_value: str,
    trigger_at: datetime,
    event: EventFact,
    contact: Mapping[str, Value] = _NOTHING_KNOWN,
) -> bool:
    """Whether an event counts as the success of a run: in time, and of the same once_per value.

    The span is counted on the clock of the events, from the trigger on, both ends included.
    ``contact`` is what ``where:`` may read beside the event; "the last 30 days" there end when
    the event happened.
    """
    success = program.success
    if success is None or event.name != success.event:
        return False
    if not trigger_at <= event.at <= plus(trigger_at, success.within):
        return False
    if success.where_ is None:
        return same_once(program, once_value, event, contact)
    row = Row(contact, event.properties)
    return answer(success.where_, row, event.at, program.time_zone) is True


def promised_by(promise: Promise, trigger_at: datetime) -> datetime:
    """Return by when the promised step is to be accepted: the person waits from the event on."""
    return plus(trigger_at, promise.within)
