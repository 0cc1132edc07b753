"""Values that the picklist does not have."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.evidence import Query, findings
from leadline.audit.sql_text import clean, name, text
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Table
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "value-outside-picklist",
    "Values outside the picklist",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.REVIEW,
    "These records hold a value that nobody can choose. Branches and lists that ask for the "
    "proper value pass them by.",
    "Every column with known options is compared with them: the option's value or its label, "
    "several values split at “;”. Values that differ only by case or edge spaces are told apart: "
    "they can be mended without asking. Values are judged once each and counted. Up to 0.1 % is a "
    "note.",
    "Write the option for those that differ by case; map the others to an option, or add one; "
    "make the import refuse what the list does not have.",
    needs=("option",),
)
TOLERANCE = 0.001  # one in a thousand: an option renamed on the day of the export
MESSAGE = "{count} of {of} values of {field} in {system} are not in its picklist{how}."
JUDGED = (Kind.CONTACT, Kind.LEAD, Kind.COMPANY, Kind.DEAL, Kind.REGISTRATION)


def find(stack: Stack) -> Iterator[Finding]:
    """Judge each column that has options, by its distinct values."""
    known = {
        (str(system), str(field).lower(), str(thing or "").lower())
        for system, field, thing in stack.connection.execute(
            "select distinct system, field, object from option where field is not null"
        ).fetchall()
    }
    for table in stack.tables:
        if table.kind not in JUDGED:
            continue
        for column in table.columns:
            things = {"", table.object.lower(), table.kind.value}
            if any((table.system, column.name.lower(), thing) in known for thing in things):
                yield from findings(RULE, stack, Query(_sql(table, column), MESSAGE, TOLERANCE))


def _sql(table: Table, column: Column) -> str:
    value = clean(name(column.name))
    things = f"'', {text(table.object.lower())}, {text(table.kind.value)}"
    return f"""
        with held as (
          select {value} as said, min(_row) as row, count(*) as people
          from {name(table.name)} where {value} is not null group by {value}
        ),
        part as (
          select said, row, people, unnest(string_split(said, ';')) as one from held
        ),
        allowed as (
          select value as one from option
          where system = {text(table.system)} and lower(field) = {text(column.name.lower())}
            and lower(coalesce(object, '')) in ({things})
          union
          select label from option
          where system = {text(table.system)} and lower(field) = {text(column.name.lower())}
            and lower(coalesce(object, '')) in ({things})
        ),
        folded as (select distinct lower(one) as one from allowed where one is not null),
        whole as (select distinct one from allowed where one is not null),
        judged as (
          select p.said, min(p.row) as row, min(p.people) as people,
            sum(case when w.one is null then 1 else 0 end) as outside,
            sum(case when w.one is null and f.one is null then 1 else 0 end) as beyond_case
          from part p
          left join whole w on w.one = trim(p.one)
          left join folded f on f.one = lower(trim(p.one))
          where trim(p.one) <> ''
          group by p.said
        ),
        total as (select sum(people) as people from held)
        select {text(table.system)} as system, {text(table.name)} as tbl, j.row,
          cast(null as varchar) as key, {text(column.name)} as field, j.people as "count",
          t.people as "of",
          case when j.beyond_case > 0 then '' else ' by case or spaces only' end as fact_how,
          j.said as value, j.people as records
        from judged j
        cross join total t
        where j.outside > 0
    """
