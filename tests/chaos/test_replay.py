"""What a move may have seen when it is played again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from leadline.journey.facts import EventFact
from tests.chaos.replay import MOVE_LASTS, _events_seen

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
PROGRAM: Any = SimpleNamespace(awaits={"cancelled"})


def seen(*arrived_s: float) -> list[tuple[int, ...]]:
    """Which of the events that arrived so long after the move are tried, in order."""
    facts = [EventFact(uuid4(), "cancelled", {}, AT) for _ in arrived_s]
    events = [(AT + timedelta(seconds=s), fact) for s, fact in zip(arrived_s, facts, strict=True)]
    known: Any = SimpleNamespace(events={"ann": events})
    row = {"contact_id": "ann", "trigger_at": AT - timedelta(hours=1)}
    tried = _events_seen(known, PROGRAM, row, AT)
    return [tuple(facts.index(fact) for fact in one) for one in tried]


def test_an_event_that_came_just_before_a_move_may_not_have_been_seen() -> None:
    assert seen(-2.0, -1.0) == [(0, 1), (0,), ()]


def test_an_event_that_came_while_a_move_was_read_may_have_been_seen() -> None:
    assert seen(-1.0, 0.1) == [(0,), (), (0, 1)]


def test_an_event_that_came_long_after_a_move_was_not_seen() -> None:
    assert seen(-1.0, MOVE_LASTS.total_seconds() + 1.0) == [(0,), ()]
