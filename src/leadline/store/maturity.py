"""Figures of an environment by which its maturity is judged."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from leadline.store.load import load
from leadline.store.pool import Connection
from leadline.store.statement import fetch
from leadline.store.work import ALL_BUCKETS

_SQL = load("maturity")
CHECKED = "systems check"
"""What the audit log calls a check of the systems; ``systems_checked`` looks for it."""


class EventTimes(NamedTuple):
    """How often an event came in: in the last week and month, and how often it was rejected."""

    name: str
    week: int
    month: int
    rejected: int


class Times(NamedTuple):
    """How often something was counted under a name."""

    name: str
    times: int


class SystemChecked(NamedTuple):
    """What the last check of a system found."""

    system: str
    ok: bool
    at: datetime
    message: str | None


class _Number(NamedTuple):
    times: int


def _all(**more: object) -> dict[str, object]:
    return {"buckets": list(ALL_BUCKETS), **more}


async def events_by_name(conn: Connection, week: datetime, month: datetime) -> list[EventTimes]:
    """Count tracked events that came in since a month ago, by name."""
    params = _all(week=week, month=month)
    return await fetch(conn, _SQL["events_by_name"], params, EventTimes)


async def effects_since(conn: Connection, since: datetime) -> list[Times]:
    """Count the actions that were intended since a moment, by their state."""
    return await fetch(conn, _SQL["effects_since"], _all(since=since), Times)


async def runs_since(conn: Connection, since: datetime) -> list[Times]:
    """Count the runs that began since a moment, by workflow."""
    return await fetch(conn, _SQL["runs_since"], _all(since=since), Times)


async def letters_open(conn: Connection) -> int:
    """Count the runs that stand in the dead letters."""
    (row,) = await fetch(conn, _SQL["letters_open"], _all(), _Number)
    return row.times


async def systems_checked(conn: Connection, since: datetime) -> list[SystemChecked]:
    """Read the last check of each system since a moment."""
    return await fetch(conn, _SQL["systems_checked"], {"since": since}, SystemChecked)
