"""How many people came into a flow in its busiest minute, as far as times in the data tell.

Measured is what the files hold: values that changed in one minute and that a flow starts by,
registrations of one minute for flows that wait for them, and what the flow itself wrote in one
minute. A time without hours (midnight) says nothing about a minute.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from leadline.audit.stack import Stack
from leadline.blueprint.flow_checks.facts import Burst
from leadline.blueprint.graph.asking import could_meet
from leadline.blueprint.graph.effects import starts_on, writes
from leadline.blueprint.graph.flow import FieldRef, Flow, Trigger, TriggerKind
from leadline.blueprint.graph.walk import ways_in
from leadline.inspection.findings import is_live

LEAST = 20  # people in a minute: fewer are no burst for any vendor
MINUTE_S = 60.0
_TIMED = "date_trunc('day', {0}) <> {0}"
_CHANGES = f"""
    select date_trunc('minute', "at"), coalesce(value, ''), count(distinct key) from change
    where system = $system and lower(field) = lower($field) and {_TIMED.format('"at"')}
      and ($object = '' or lower(coalesce(object, $object)) = lower($object))
      and ($writer is null or lower(writer_id) = $writer
        or (lower(writer_kind) in ('integration', 'api') and lower(writer_name) = $name))
    group by all having count(distinct key) >= {LEAST}
"""
_REGISTERED = f"""
    select system, max(people) from (
      select system, date_trunc('minute', created_at) as minute, count(distinct email) as people
      from person where kind = 'registration' and {_TIMED.format("created_at")} group by all
    ) group by system having max(people) >= {LEAST}
"""


def bursts(stack: Stack) -> Iterator[tuple[str, Burst]]:
    """The busiest minute of each live flow that has one; the audit's views must be there."""
    registered = dict(stack.connection.execute(_REGISTERED).fetchall())
    history = stack.connection.execute("select 1 from change limit 1").fetchone() is not None
    for flow in filter(is_live, stack.flows):
        found = [_registrations(trigger, registered) for trigger in ways_in(flow)]
        if history:
            found += [_started(stack, trigger) for trigger in ways_in(flow)]
            found.append(_wrote(stack, flow))
        people = max(found, default=0)
        if people >= LEAST:
            yield flow.key, Burst(people, MINUTE_S)


def _registrations(trigger: Trigger, registered: dict[str, int]) -> int:
    """Registrations for a trigger that waits for them: of the tool it names, else of any."""
    if trigger.kind not in {TriggerKind.EVENT, TriggerKind.FORM}:
        return 0
    words = trigger.words.lower()
    named = [people for system, people in registered.items() if system in words]
    if not named and "registration" in words and "cancelled" not in words:
        named = list(registered.values())
    return max(named, default=0)


def _started(stack: Stack, trigger: Trigger) -> int:
    """Values that changed in one minute and meet the way in."""
    return max((_busiest(stack, field, trigger) for field in starts_on(trigger)), default=0)


def _wrote(stack: Stack, flow: Flow) -> int:
    """Records that the flow itself wrote in one minute, as the history names it."""
    found = [
        _busiest(stack, each.write.field, None, flow, each.write.value) for each in writes(flow)
    ]
    return max(found, default=0)


def _busiest(
    stack: Stack,
    field: FieldRef,
    trigger: Trigger | None,
    flow: Flow | None = None,
    value: str | None = None,
) -> int:
    rows = stack.connection.execute(
        _CHANGES,
        {
            "system": field.system,
            "object": field.object,
            "field": field.name,
            "writer": None if flow is None else flow.id.lower(),
            "name": "" if flow is None else flow.system,
        },
    ).fetchall()
    minutes: Counter[datetime] = Counter()
    for minute, written, people in rows:
        meets = trigger is None or could_meet(trigger.condition, field, written)
        if meets and value in {None, written}:
            minutes[minute] += people
    return max(minutes.values(), default=0)
