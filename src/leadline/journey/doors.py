"""The doors at which an event stands: every workflow that it starts, and what each says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from leadline.journey.facts import EventFact, Facts
from leadline.journey.program import Program
from leadline.journey.reentry import Enter, NotEntered, enter
from leadline.project.events import EventType


def doors(
    programs: Iterable[Program],
    declared: EventType | None,
    event: EventFact,
    facts: Facts,
    now: datetime,
    late_after: timedelta,
) -> Iterator[tuple[Program, Enter | NotEntered]]:
    """Ask every workflow that the event starts whether it lets the contact in.

    ``late_after`` is the project's; an event that is declared ``late: trigger`` is never too
    late. Whether the contact is in already is known by the store.
    """
    limit = None if declared is not None and declared.late_trigger else late_after
    for program in programs:
        if event.name in program.starts.when:
            yield program, enter(program, event, facts, now, limit)
