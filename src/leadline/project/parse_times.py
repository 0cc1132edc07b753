"""``wait_until`` and ``not_after`` → times, and a system having seen a step's write."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from leadline.expression.types import Kind
from leadline.project.nodes import TextNode
from leadline.project.problems import Report, Where, quoted
from leadline.project.quantities import DURATION_EXAMPLES, duration, wall_time
from leadline.project.references import Names, dotted, look_up
from leadline.project.workflow import HasSeen, RelativeTime, WallTime

_RELATIVE = re.compile(r"(?P<span>.+?)\s+(?P<side>before|after)\s+(?P<ref>\S+)")
_HAS_SEEN = re.compile(r"(?P<system>\S+)\s+has\s+seen\s+(?P<step>\S+)")

_FIX = 'Write "1 hour before event.starts_at", "event.starts_at" or "2026-12-01 09:00".'


def has_seen(text: str) -> HasSeen | None:
    """``hubspot has seen crm``; whether both exist is checked where all steps are known."""
    found = _HAS_SEEN.fullmatch(text.strip())
    return HasSeen(found["system"], found["step"]) if found else None


def read_time(
    node: TextNode, names: Names, zone: str, report: Report
) -> RelativeTime | WallTime | None:
    """A time relative to a field, or on the wall clock of the project's zone."""
    text = node.value.strip()
    local = wall_time(text)
    if local is not None:
        return _wall(local, zone, node.where, report)
    relative = _RELATIVE.fullmatch(text)
    if relative is not None:
        span = duration(relative["span"])
        if span is None:
            report.error(
                "not-a-duration",
                node.where,
                f"{quoted(relative['span'])} is not a duration.",
                f"Write a whole number and a unit, such as {DURATION_EXAMPLES}.",
            )
            return None
        return _relative(
            relative["ref"], -span if relative["side"] == "before" else span, node, names, report
        )
    return _relative(text.removeprefix("at "), timedelta(0), node, names, report)


def read_moment(node: TextNode, zone: str, report: Report) -> datetime | None:
    """A time on the clocks of ``zone``, in UTC; of one that they show twice, the first counts."""
    local = wall_time(node.value)
    if local is None:
        report.error(
            "not-a-time",
            node.where,
            f"{quoted(node.value)} is not a time.",
            'Write day and time, such as "2026-12-01 09:00".',
        )
        return None
    if _wall(local, zone, node.where, report) is None:
        return None
    first, second = (
        local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    if first != second:
        report.warning(
            "time-comes-twice",
            node.where,
            f"{quoted(node.value)} comes twice in {zone}: the clocks are put back then.",
            "The first one is meant; choose another time to be clear.",
        )
    return first


def _relative(
    text: str, offset: timedelta, node: TextNode, names: Names, report: Report
) -> RelativeTime | None:
    ref = dotted(text)
    if ref is None:
        report.error("not-a-time", node.where, f"{quoted(node.value)} is not a time.", _FIX)
        return None
    operand = look_up(ref, node.where, names, report)
    if operand is None:
        return None
    if operand.type.kind is not Kind.TIME:
        report.error(
            "not-a-time",
            node.where,
            f"{quoted(str(ref))} is of type {operand.type.kind}, not a time.",
            "Name a field or property of type time.",
        )
        return None
    return RelativeTime(ref, offset)


def _wall(local: datetime, zone: str, where: Where, report: Report) -> WallTime | None:
    # A time that the clocks skip comes back changed from UTC.
    there = local.replace(tzinfo=ZoneInfo(zone))
    try:
        exists = there.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    except OverflowError:
        exists = False
    if not exists:
        report.error(
            "no-such-time",
            where,
            f"{quoted(f'{local:%Y-%m-%d %H:%M}')} does not exist in {zone}: "
            "the clocks are put forward then.",
            "Choose a time an hour earlier or later.",
        )
        return None
    return WallTime(local, zone)
