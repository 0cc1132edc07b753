"""Time zones that are missing, none, or against the country."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.evidence import Query, findings
from leadline.audit.place_names import country_of
from leadline.audit.stack import Stack
from leadline.audit.time_zones import fits, zone_of
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "time-zone-unfit",
    "Time zones missing or against the country",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.REVIEW,
    "“Send at 9 in the morning of the reader” reaches these people at night, or at your own nine.",
    "Distinct values are compared with the tz database (HubSpot's europe_slash_berlin is "
    "understood), and the zone's clock with those of the country (Europe/Berlin is right in "
    "Vienna). Told apart: no zone at all though the table has the column (above 20 %), no zone of "
    "the tz database, a clock that the country does not keep. Up to 2 % is a note.",
    "Fill the zone from the country where that has one only; correct the default that the form "
    "or import sets.",
    needs=("person.time_zone",),
)
MISSING = 0.2  # a fifth: tools guess zones for those who click, never for all
TOLERANCE = 0.02
MESSAGE = "{count} of {of} {object} in {system} have {fault}."


def find(stack: Stack) -> Iterator[Finding]:
    """Judge the distinct pairs of zone and country, then join."""
    held = stack.connection.execute(
        "select distinct time_zone, country from person where time_zone is not null"
    ).fetchall()
    rows: list[list[str | None]] = []
    for said, country in held:
        zone = zone_of(str(said))
        if zone is None:
            rows.append([str(said), country, "a time zone that does not exist"])
            continue
        code = country_of(str(country)) if country is not None else None
        if code is not None and not fits(zone, code):
            rows.append([str(said), country, "a time zone that their country does not keep"])
    stack.connection.execute(
        "create or replace temp table zone_odd (zone varchar, country varchar, fault varchar)"
    )
    if rows:
        stack.connection.executemany("insert into zone_odd values (?, ?, ?)", rows)
    sql = f"""
        with wanted as (
          select * from person where tbl in (select tbl from columns where meaning = 'time_zone')
        ),
        blank as (
          select tbl, count(*) as people, count(*) - count(time_zone) as without
          from wanted group by tbl
        )
        select w.system, w.tbl, w.row, w.key, 'time_zone' as field, o.fault as fact_fault,
          'warning' as severity, w.time_zone, w.country
        from wanted w
        join zone_odd o on o.zone = w.time_zone and o.country is not distinct from w.country
        union all
        select w.system, w.tbl, w.row, w.key, 'time_zone', 'no time zone',
          case when b.without > {MISSING} * b.people then 'warning' else 'note' end,
          w.time_zone, w.country
        from wanted w join blank b on b.tbl = w.tbl
        where w.time_zone is null and b.without < b.people
    """
    yield from findings(RULE, stack, Query(sql, MESSAGE, TOLERANCE))
