"""What the exports tell a project: how full its fields are, what they hold, how often events come.

A column belongs to a field by the name that data/contact.yaml gives the field in that system.
Nothing of a single person is kept: see ``_shared``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from leadline.audit.sql_text import clean, name, text
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Meaning, Table
from leadline.audit.times import moment, shapes
from leadline.blueprint.finding import Finding, Severity
from leadline.expression.types import Kind as Type
from leadline.inspection.outcome import Inspection
from leadline.project.fields import Field
from leadline.project.known import Known, Seen, Volume
from leadline.project.project import Project

MOST_VALUES = 50  # different values above which a field is free text
LEAST_SHARED = 5  # records that share a value, below which it may tell of a person
LONGEST = 60  # characters; longer is a sentence that somebody wrote
BURST = 10  # events that make a burst; fewer in a span say nothing
_SPANS = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))
_CHOSEN = frozenset({Type.CHOICE, Type.FLAG, Type.TEXT, Type.NUMBER})
_PERSONAL = re.compile(r"@|(?:\d[ ./()-]?){7,}")
_REGISTERED = frozenset({"registered", "registration"})


def known_of(inspection: Inspection, project: Project) -> Known:
    """Count for ``project`` what an inspection has read."""
    stack = inspection.reading.stack
    found = dict(_fields(stack, project))
    tables = [table for table, _ in found.values()]
    return Known(
        as_of=stack.taken_at.date(),
        contacts=max((table.rows for table in tables), default=0),
        fields=MappingProxyType(
            {
                field: _seen(stack, project.fields[field], table, column)
                for field, (table, column) in found.items()
            }
        ),
        events=MappingProxyType(dict(_events(stack, project))),
        blocking=MappingProxyType(_blocking(inspection.findings)),
    )


def not_found(known: Known, project: Project) -> tuple[str, ...]:
    """The fields with a name in some system for which no column was given."""
    return tuple(
        field.name
        for field in project.fields.values()
        if field.names and field.name not in known.fields
    )


def _fields(stack: Stack, project: Project) -> Iterator[tuple[str, tuple[Table, Column]]]:
    """For each field the column that counts: in its system of record, else in the first system."""
    for field in project.fields.values():
        systems = sorted(field.names, key=lambda system: system != field.system_of_record)
        for system in systems:
            found = _column(stack, project, system, field.names[system])
            if found is not None:
                yield field.name, found
                break


def _column(
    stack: Stack, project: Project, system: str, called: str
) -> tuple[Table, Column] | None:
    """The column in the largest table of contacts of that system."""
    told = {system, project.systems[system].kind}
    candidates = [
        (table, column)
        for table in stack.tables
        if table.kind is Kind.CONTACT and table.system in told and table.rows
        for column in table.columns
        if column.name.casefold() == called.casefold()
    ]
    return max(candidates, key=lambda each: each[0].rows, default=None)


def _seen(stack: Stack, field: Field, table: Table, column: Column) -> Seen:
    own = clean(name(column.name))
    row = stack.connection.execute(
        f"select count({own}), count(distinct {own}) from {name(table.name)}"
    ).fetchone()
    assert row is not None
    filled, different = row
    values: Mapping[str, int] = {}
    if not field.pii and field.type.kind in _CHOSEN and 0 < different <= MOST_VALUES:
        counted = stack.connection.execute(
            f"select {own} as value, count(*) from {name(table.name)} "
            "where value is not null group by value"
        ).fetchall()
        values = _shared(field, counted, _labels(stack, table, column))
    return Seen(table.rows - filled, table.rows, values)


def _shared(
    field: Field, counted: Sequence[tuple[str, int]], labels: Mapping[str, str]
) -> Mapping[str, int]:
    """The values that can be told: those of the field's own list, in whatever case, and those
    that several records share and that hold no address and no long number. The most frequent
    first."""
    own = {value.casefold() for value in field.type.values}
    found: dict[str, int] = {}
    shown = labels or _as_labels(field, [label for label, _ in counted])
    for label, count in counted:
        value = shown.get(label, label)
        found[value] = found.get(value, 0) + count
    kept = {
        value: count
        for value, count in found.items()
        if value.casefold() in own
        or (
            count >= LEAST_SHARED
            and len(value) <= LONGEST
            and value.isprintable()
            and not _PERSONAL.search(value)
        )
    }
    return dict(sorted(kept.items(), key=lambda each: (-each[1], each[0])))


def _as_labels(field: Field, found: Sequence[str]) -> Mapping[str, str]:
    """Label → value of the field's own list, where the whole column is written in labels.

    HubSpot exports "Marketing Qualified Lead" for marketingqualifiedlead. Where a single value is
    spelt as in the list, the column is not in labels, and another spelling is another value.
    """
    if set(found) & set(field.type.values):
        return {}
    plain = {_letters(value): value for value in field.type.values}
    return {label: plain[_letters(label)] for label in found if _letters(label) in plain}


def _letters(value: str) -> str:
    return "".join(c for c in value.casefold() if c.isalnum())


def _labels(stack: Stack, table: Table, column: Column) -> Mapping[str, str]:
    """Label → internal value, where the definitions of the fields were given too."""
    rows = stack.connection.execute(
        "select distinct label, value from option where system = $system "
        "and lower(object) = lower($object) and lower(field) = lower($field) "
        "and label is not null and value is not null order by label, value",
        {"system": table.system, "object": table.object, "field": column.name},
    ).fetchall()
    return dict(rows)


def _events(stack: Stack, project: Project) -> Iterator[tuple[str, Volume]]:
    last = {event: re.split(r"[^a-z]+", event.lower())[-1] for event in project.events}
    registered = [event for event, word in last.items() if word in _REGISTERED]
    for event in project.events:
        if registered == [event]:
            moments = _registrations(stack)
        else:
            moments = (
                f'select "at" as moment from activity where lower(event) = {text(event.lower())}'
            )
        volume = _volume(stack, f"(select moment from ({moments}) where moment is not null)")
        if volume is not None:
            yield event, volume


def _registrations(stack: Stack) -> str:
    """When each registration was made; who came back into the room has several rows with one."""
    found = ["select null::timestamp as moment where false"]
    for table in stack.tables:
        column = table.column(Meaning.AT) or table.column(Meaning.CREATED_AT)
        if table.kind is not Kind.REGISTRATION or column is None:
            continue
        at = moment(column.name, shapes(stack.connection, table.name, [column.name])[column.name])
        email = table.column(Meaning.EMAIL)
        who = "_row" if email is None else clean(name(email.name))
        found.append(
            f"select moment from (select distinct {who}, {at} as moment from {name(table.name)})"
        )
    return " union all ".join(found)


def _volume(stack: Stack, moments: str) -> Volume | None:
    """How often the moments came that a query gives; None where there is none."""
    row = stack.connection.execute(
        f"select count(*), date_diff('day', min(moment), max(moment)) + 1 from {moments}"
    ).fetchone()
    assert row is not None
    count, days = row
    if not count:
        return None
    per_day = max(round(count / days, 1), 0.1)
    for span in _SPANS:
        most = _most(stack, moments, span)
        if most >= BURST:
            return Volume(per_day, most, span)
    return Volume(per_day, _most(stack, moments, _SPANS[-1]), _SPANS[-1])


def _most(stack: Stack, moments: str, span: timedelta) -> int:
    """The most that came within a span; a moment exactly a span before is outside of it."""
    within = f"interval {span.total_seconds() - 1:.0f} seconds preceding and current row"
    row = stack.connection.execute(
        f"select max(n) from (select count(*) over (order by moment range between {within}) as n "
        f"from {moments})"
    ).fetchone()
    assert row is not None
    return int(row[0])


def _blocking(findings: Iterable[Finding]) -> dict[str, int]:
    """Rule → the records of its blocking findings; 0 where a finding counts none."""
    found: dict[str, int] = {}
    for finding in findings:
        if finding.weight is Severity.BLOCKING:
            found[finding.rule.code] = found.get(finding.rule.code, 0) + (finding.count or 0)
    return dict(sorted(found.items()))
