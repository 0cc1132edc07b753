"""How often a schedule of n8n starts a workflow: in words, and in seconds where that is plain."""

from __future__ import annotations

import re

from leadline.inspection.flows.document import items, mapping, mappings, shown, text
from leadline.inspection.flows.n8n.node import Node

_SECONDS = {
    "second": 1.0, "minute": 60.0, "hour": 3_600.0, "day": 86_400.0, "week": 7 * 86_400.0,
    "month": 30 * 86_400.0,
}  # fmt: skip
_EACH = {"everyMinute": "minute", "everyHour": "hour", "everyDay": "day", "everyWeek": "week"}
_CRON = (
    (re.compile(r"^\*/(\d+) \* \* \* \*$"), 60.0),
    (re.compile(r"^\d+ \*/(\d+) \* \* \*$"), 3_600.0),
    (re.compile(r"^\* \* \* \* \*()$"), 60.0),
    (re.compile(r"^\d+ \* \* \* \*()$"), 3_600.0),
    (re.compile(r"^\d+ \d+ \* \* \*()$"), 86_400.0),
)


def schedule(node: Node) -> tuple[str, float | None]:
    """The schedule in words, and the seconds between two starts; None = not plain."""
    if node.kind == "interval":
        every, unit = node.says("interval", "1"), node.says("unit", "seconds")
        return f"every {every} {unit}", _seconds(every, unit)
    rule = mapping(node.parameters.get("rule"))
    rules = mappings(rule.get("interval")) or mappings(
        mapping(node.parameters.get("triggerTimes")).get("item")
    )
    if not rules:
        midnight = not items(rule.get("interval"))
        return ("every day at midnight", 86_400.0) if midnight else ("on a schedule", None)
    words, spans = list[str](), list[float | None]()
    for each in rules:
        field = text(each.get("field")) or text(each.get("mode")) or "days"
        if field == "cronExpression":
            expression = text(each.get("expression"))
            words.append(f"at {shown(expression, 40)} (cron)")
            spans.append(_of_cron(expression))
            continue
        unit = _EACH.get(field, field.removesuffix("s"))
        every = text(each.get(f"{field}Interval"))
        words.append(f"every {every} {field}" if every not in {"", "1"} else f"every {unit}")
        spans.append(_seconds(every or "1", unit))
    known = [span for span in spans if span is not None]
    return " and ".join(words[:3]), min(known) if len(known) == len(spans) else None


def _seconds(every: str, unit: str) -> float | None:
    span = _SECONDS.get(unit.removesuffix("s"))
    return int(every) * span if span is not None and every.isdecimal() else None


def _of_cron(expression: str) -> float | None:
    plain = " ".join(expression.split()[-5:])
    for pattern, unit in _CRON:
        found = pattern.match(plain)
        if found:
            return unit * int(found[1] or 1)
    return None
