"""One value that suddenly fills a field."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.column_pass import data_tables, key_of
from leadline.audit.evidence import Query, findings
from leadline.audit.sql_text import clean, name, text
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Meaning, Table
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "sudden-value",
    "One value that suddenly fills a field",
    Severity.WARNING,
    Repair.MUST_ASK,
    FixKind.REVIEW,
    "On one day an import or a new default wrote the same value for everybody. It looks like "
    "knowledge, and is none: the campaign by industry goes to whoever came that day.",
    "For fields of 3 to 200 values. By day of creation: a day whose records (at least 10, and 1 % "
    "of the table) hold one value to at least 90 %, which the other days hold to at most 30 %. By "
    "history: at least 10 records, and 1 % of the table, that one writer gave one value on one "
    "day, while the days before gave that value to at most 30 %. Source, stage, consent and "
    "owner may well be one a day and are left out of the first.",
    "Look at the import or setting of that day; take the value back where the history has the old "
    "one.",
    exact=False,
    needs=("person.created_at|change",),
)
LEAST = 10  # records; fewer are a small list of a fair
SHARE = 0.01  # of the table: fewer do not bend a campaign
SAME = 0.9  # nearly all of that day
ELSEWHERE = 0.3  # more than that is simply the commonest value
FEWEST, MOST = 3, 200  # distinct values of a field that is chosen from, not written
LEFT_OUT = {
    Meaning.KEY, Meaning.EMAIL, Meaning.FIRST_NAME, Meaning.LAST_NAME, Meaning.FULL_NAME,
    Meaning.PHONE, Meaning.MOBILE, Meaning.SOURCE, Meaning.LIFECYCLE, Meaning.LEAD_STATUS,
    Meaning.CONSENT, Meaning.CONSENT_AT, Meaning.CONSENT_SOURCE, Meaning.CONSENT_WORDING,
    Meaning.OPTED_OUT, Meaning.OPTED_OUT_AT, Meaning.BOUNCED, Meaning.MARKETING_STATUS,
    Meaning.OWNER, Meaning.CREATED_AT, Meaning.UPDATED_AT, Meaning.LAST_ACTIVITY_AT,
    Meaning.HANDED_OVER_AT, Meaning.ANSWERED_AT, Meaning.TOPIC, Meaning.ATTENDED,
    Meaning.COMPANY_NAME, Meaning.COMPANY_KEY, Meaning.DOMAIN, Meaning.STREET, Meaning.POSTCODE,
    Meaning.CITY, Meaning.CONVERTED_KEY,
}  # fmt: skip
MESSAGE = "{count} {object} in {system} got the same {field} on {day}."


def find(stack: Stack) -> Iterator[Finding]:
    """By the day of creation for each field that is chosen from, then by the history."""
    for table in data_tables(stack):
        if table.kind in {Kind.CONTACT, Kind.LEAD} and table.column(Meaning.CREATED_AT):
            columns = _chosen(stack, table)
            if columns:
                _lay_days(stack, table, columns)
                for at, column in enumerate(columns):
                    yield from findings(RULE, stack, Query(_by_day(table, column, at), MESSAGE))
                stack.connection.execute("drop table day_value")
    yield from findings(RULE, stack, Query(BY_HISTORY, MESSAGE))


def _chosen(stack: Stack, table: Table) -> list[Column]:
    columns = [c for c in table.columns if c.meaning not in LEFT_OUT]
    if not columns:
        return []
    asked = ", ".join(f"approx_count_distinct({name(c.name)})" for c in columns)
    row = stack.connection.execute(f"select {asked} from {name(table.name)}").fetchone()
    assert row is not None
    return [
        column
        for column, distinct in zip(columns, row, strict=True)
        if FEWEST <= int(distinct) <= MOST
    ]


def _lay_days(stack: Stack, table: Table, columns: list[Column]) -> None:
    """The day of creation beside each chosen value: one join for all columns."""
    values = ", ".join(f"{clean('t.' + name(c.name))} as v{at}" for at, c in enumerate(columns))
    key = key_of(table).replace("cast(", "cast(t.", 1) if table.column(Meaning.KEY) else "null"
    stack.connection.execute(
        f"create or replace temp table day_value as select p.row, {key} as key, "
        f"cast(p.created_at as date) as day, {values} from person p "
        f"join {name(table.name)} t on t._row = p.row "
        f"where p.tbl = {text(table.name)} and p.created_at is not null"
    )


def _by_day(table: Table, column: Column, at: int) -> str:
    return f"""
        with held as (
          select row, key, day, v{at} as said from day_value where v{at} is not null
        ),
        per as (select day, said, count(*) as n from held group by day, said),
        days as (select day, sum(n) as n from per group by day),
        said_in_all as (select said, sum(n) as n from per group by said),
        total as (select sum(n) as n, count(distinct said) as kinds from per),
        sudden as (
          select per.day, per.said from per
          join days on days.day = per.day
          join said_in_all s on s.said = per.said
          cross join total t
          where per.n >= {LEAST} and per.n >= {SHARE} * t.n and per.n >= {SAME} * days.n
            and t.kinds >= {FEWEST} and t.n > days.n
            and s.n - per.n <= {ELSEWHERE} * (t.n - days.n)
        )
        select {text(table.system)} as system, {text(table.name)} as tbl, h.row,
          h.key, {text(column.name)} as field,
          substr(cast(h.day as varchar), 1, 10) as fact_day,
          concat('records made on ', substr(cast(h.day as varchar), 1, 10)) as because,
          h.said as value
        from held h
        join sudden s on s.day = h.day and s.said = h.said
    """


# The table of the history itself stands for the count: which table the key is of is not said.
BY_HISTORY = f"""
    with said as (
      select system, tbl, row, object, key, field, value, date_trunc('day', "at") as day,
        coalesce(writer, writer_kind) as writer
      from change where value is not null and "at" is not null
        and not regexp_matches(lower(field), 'lifecycle|source|consent|owner|status|stage|opt|date')
    ),
    per as (
      select system, tbl, object, field, value, day, writer, count(distinct key) as n
      from said group by system, tbl, object, field, value, day, writer
    ),
    records as (
      select tbl, object, field, count(distinct key) as n, count(distinct value) as kinds
      from said group by tbl, object, field
    ),
    sudden as (
      select p.* from per p
      join records r on r.tbl = p.tbl and r.field = p.field
        and r.object is not distinct from p.object
      where p.n >= {LEAST} and p.n >= {SHARE} * r.n and r.kinds >= {FEWEST}
        and {ELSEWHERE} * (
          select count(*) from said b where b.tbl = p.tbl and b.field = p.field and b.day <> p.day
        ) >= (
          select count(*) from said b where b.tbl = p.tbl and b.field = p.field and b.day <> p.day
            and b.value = p.value
        )
        and {SAME} * (
          select count(*) from said b where b.tbl = p.tbl and b.field = p.field and b.day = p.day
        ) <= p.n
    )
    select s.system, s.tbl, s.row, s.key, s.field,
      substr(cast(s.day as varchar), 1, 10) as fact_day, s.writer as written_by,
      concat(coalesce(s.writer, 'a writer'), ' on ', substr(cast(s.day as varchar), 1, 10))
        as because,
      s.value
    from said s
    join sudden d on d.tbl = s.tbl and d.field = s.field and d.day = s.day and d.value = s.value
      and d.writer is not distinct from s.writer
"""
