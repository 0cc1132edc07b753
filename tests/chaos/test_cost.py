"""A run that is twice as long costs the judge twice as much, and no more."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

from tests.chaos.check import check
from tests.chaos.history import (
    Ceased,
    Declared,
    History,
    Limit,
    Line,
    Plan,
    Rested,
    Row,
    Seed,
    from_json,
    to_json,
)
from tests.chaos.made import correct

APART_S = 60.0
"""The same happens again to others after so long."""
FEW, MANY = 6, 30
NAMES = re.compile(r"\b(ann|bob|cyd|dan|eve|fay|gus|k\d+|notice-1|ops)\b", re.IGNORECASE)
ONCE = (Declared, Plan, Limit, Seed, Ceased, Rested)


def long(times: int) -> History:
    """The correct history so many times, one after the other, each with people of its own."""
    made = correct()
    found: list[Line] = []
    for line in made:
        if isinstance(line, Ceased | Rested):
            line = replace(line, at=line.at + (times - 1) * APART_S)
        if isinstance(line, ONCE):
            found.append(line)
    for n in range(times):
        found += [_again(line, n, times) for line in made if not isinstance(line, ONCE)]
    return tuple(found)


def _again(line: Line, n: int, times: int) -> Line:
    named = from_json(NAMES.sub(rf"\g<1>_{n}", to_json(line)))
    if isinstance(named, Row):
        moved = {name: _later(name, value, n) for name, value in named.values.items()}
        if moved.get("wake_at") is not None:
            moved["wake_at"] = _later("wake_at", named.values["wake_at"], times)
        return Row(named.table, moved)
    changed = {
        name: getattr(named, name) + n * APART_S
        for name in ("at", "until", "store_at", "answered_at")
        if getattr(named, name, None) is not None
    }
    if hasattr(named, "call"):
        changed["call"] = named.call + 1000 * n
    return replace(named, **changed)


def _later(name: str, value: Any, n: int) -> Any:
    if name in ("id", "ordinal") and isinstance(value, int):
        return value + 1000 * n
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        return (datetime.fromisoformat(value) + timedelta(seconds=n * APART_S)).isoformat()
    return value


def lines_run(history: History) -> int:
    """How many lines of code it takes to judge a history: the same each time, on any machine."""
    count = 0

    def line(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        count += 1
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        assert check(history) == ()
    finally:
        sys.settrace(before)
    return count


def test_a_long_history_that_is_right_has_no_violation() -> None:
    assert check(long(FEW)) == ()


def test_judging_costs_no_more_for_each_line_of_a_longer_history() -> None:
    assert lines_run(long(MANY)) <= lines_run(long(FEW)) * MANY / FEW
