"""The same thing said in other words in two systems."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.evidence import Query, findings
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "picklists-differ",
    "Same field, different picklists",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.REVIEW,
    "One tool says “Germany”, the other “DE”: a sync between them fails or makes new values, and a "
    "list built on one misses the people of the other.",
    "For people whom two systems share (same address), the values of lifecycle stage, lead status, "
    "country, state, language and source are paired. Counted are people whose value in one system "
    "no record of the other system ever holds, case aside. Stage and status are a warning, the "
    "others a note: tools write countries and languages in their own code. Up to 2 % is a note. "
    "Where options are given: the options that one object's field has and the field of the same "
    "name of another object has not, if at least half are shared.",
    "Make one table of translation and let the sync use it, or give both systems the same options.",
    needs=("systems|option",),
)
TOLERANCE = 0.02
LEAST_SHARED = 2  # people with both values; one person proves no picklist
STRICT = ("lifecycle", "lead_status")
LOOSE = ("country", "state", "language", "source")
MESSAGE = "{count} of {of} people have a {field} in {system} that {other_title} does not know."


def find(stack: Stack) -> Iterator[Finding]:
    """Judge each meaning over all pairs of systems."""
    yield from findings(RULE, stack, Query(BY_OPTIONS, OPTIONS_MESSAGE))
    for field in STRICT:
        yield from findings(RULE, stack, Query(_sql(field, "warning"), MESSAGE, TOLERANCE))
    for field in LOOSE:
        yield from findings(RULE, stack, Query(_sql(field, "note"), MESSAGE, TOLERANCE))


# Two objects of one system that have the same field with a list of options each, half of them
# shared (fewer: two fields that happen to have one name): what one list has and the other not.
BY_OPTIONS = """
    with listed as (
      select distinct system, rtrim(lower(object), 's') as object, lower(field) as field,
        lower(value) as said, value, label
      from option where value is not null and object is not null
    ),
    pair as (
      select a.system, a.field, a.object, b.object as other, count(distinct a.said) as shared
      from listed a join listed b
        on b.system = a.system and b.field = a.field and b.object <> a.object and b.said = a.said
      group by a.system, a.field, a.object, b.object
    ),
    place as (
      select system, lower(field) as field, rtrim(lower(object), 's') as object, min(tbl) as tbl
      from columns group by system, lower(field), rtrim(lower(object), 's')
    ),
    total as (
      select system, field, object, count(distinct said) as options from listed
      group by system, field, object
    )
    select a.system, l.tbl, a.field, t.options as "of", a.object as fact_thing,
      p.other as fact_other_thing, a.value, a.label
    from pair p
    join listed a on a.system = p.system and a.field = p.field and a.object = p.object
    join total t on t.system = p.system and t.field = p.field and t.object = p.object
    join place l on l.system = p.system and l.field = p.field and l.object = p.object
    left join listed b
      on b.system = p.system and b.field = p.field and b.object = p.other and b.said = a.said
    where b.said is null and 2 * p.shared >= t.options
"""
OPTIONS_MESSAGE = (
    "{count} of {of} options of {field} of a {thing} in {system} are no options of the same field "
    "of a {other_thing}."
)


def _sql(field: str, severity: str) -> str:
    """The people of each table and other system; a note is said once a pair of systems."""
    once = "true" if severity == "warning" else "a.system < b.system"
    place = "a.tbl" if severity == "warning" else "f.tbl"
    return f"""
        with held as (
          select system, tbl, row, key, email, lower({field}) as said, {field} as value
          from person where {field} is not null and email is not null
        ),
        list as (select distinct system, said from held),
        pair as (
          select a.system, {place} as tbl, a.row, a.key, a.email, a.said, a.value,
            b.system as other, b.value as value_there
          from held a join held b on b.email = a.email and b.system <> a.system and {once}
          join (select system, min(tbl) as tbl from held group by system) f on f.system = a.system
        ),
        total as (
          select tbl, other, count(distinct email) as people from pair group by tbl, other
          having count(distinct email) >= {LEAST_SHARED}
        )
        select p.system, p.tbl, min(p.row) as row, min(p.key) as key, '{field}' as field,
          '{severity}' as severity, p.other as fact_other, min(t.people) as "of",
          min(p.value) as here, min(p.value_there) as there
        from pair p
        join total t on t.tbl = p.tbl and t.other = p.other
        left join list l on l.system = p.other and l.said = p.said
        where l.said is null
        group by p.system, p.tbl, p.email, p.other
    """
