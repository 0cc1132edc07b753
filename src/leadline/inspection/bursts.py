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
from leadline.blueprint.graph.flow import Flow, Trigger, TriggerKind
from leadline.blueprint.graph.walk import ways_in
from leadline.inspection.findings import is_live

LEAST = 20  # people in a minute: fewer are no burst for any vendor
MINUTE_S = 60.0
_TIMED = "date_trunc('day', {0}) <> {0}"
_CHANGED = f"""
    select system, lower(field), date_trunc('minute', "at"), coalesce(value, ''),
      count(distinct key)
    from change where {_TIMED.format('"at"')} group by all having count(distinct key) >= {LEAST}
"""
_WRITTEN = f"""
    select system, lower(field), date_trunc('minute', "at"), coalesce(value, ''),
      case when lower(writer_kind) in ('integration', 'api') then lower(writer)
        else lower(writer_id) end as writer,
      count(distinct key)
    from change where {_TIMED.format('"at"')} group by all having count(distinct key) >= {LEAST}
"""
_REGISTERED = f"""
    select system, max(people) from (
      select system, date_trunc('minute', created_at) as minute, count(distinct email) as people
      from person where kind = 'registration' and {_TIMED.format("created_at")} group by all
    ) group by system having max(people) >= {LEAST}
"""


Busy = list[tuple[datetime, str, int]]
"""Minutes in which a field got a value in so many records."""


def bursts(stack: Stack) -> Iterator[tuple[str, Burst]]:
    """The busiest minute of each live flow that has one; the audit's views must be there."""
    registered = dict(stack.connection.execute(_REGISTERED).fetchall())
    changed: dict[tuple[str, str], Busy] = {}
    for system, field, minute, value, people in stack.connection.execute(_CHANGED).fetchall():
        changed.setdefault((system, field), []).append((minute, value, people))
    written: dict[tuple[str, str, str], Busy] = {}
    for system, field, minute, value, by, people in stack.connection.execute(_WRITTEN).fetchall():
        written.setdefault((system, field, by or ""), []).append((minute, value, people))
    for flow in filter(is_live, stack.flows):
        found = [
            *(_registrations(trigger, registered) for trigger in ways_in(flow)),
            *(_started(trigger, changed) for trigger in ways_in(flow)),
            _wrote(flow, written),
        ]
        if max(found) >= LEAST:
            yield flow.key, Burst(max(found), MINUTE_S)


def _registrations(trigger: Trigger, registered: dict[str, int]) -> int:
    """Registrations for a trigger that waits for them: of the tool it names, else of any."""
    if trigger.kind not in {TriggerKind.EVENT, TriggerKind.FORM}:
        return 0
    words = trigger.words.lower()
    named = [people for system, people in registered.items() if system in words]
    if not named and "registration" in words and "cancelled" not in words:
        named = list(registered.values())
    return max(named, default=0)


def _started(trigger: Trigger, changed: dict[tuple[str, str], Busy]) -> int:
    """Values that changed in one minute and meet the way in."""
    most = 0
    for field in starts_on(trigger):
        busy = changed.get((field.system, field.name.lower()), [])
        met = [each for each in busy if could_meet(trigger.condition, field, each[1])]
        most = max(most, _busiest(met))
    return most


def _wrote(flow: Flow, written: dict[tuple[str, str, str], Busy]) -> int:
    """Records that the flow itself wrote in one minute, as the history names it."""
    most = 0
    for each in writes(flow):
        field, value = each.write.field, each.write.value
        for by in {flow.id.lower(), flow.system}:
            busy = written.get((field.system, field.name.lower(), by), [])
            most = max(most, _busiest([one for one in busy if value in {None, one[1]}]))
    return most


def _busiest(busy: Busy) -> int:
    minutes: Counter[datetime] = Counter()
    for minute, _, people in busy:
        minutes[minute] += people
    return max(minutes.values(), default=0)
