"""Countries that are none, or are written in several ways."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.evidence import Query, findings
from leadline.audit.place_names import country_of
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "country-unfit",
    "Countries that are none, or have several spellings",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.REVIEW,
    "A list of “Germany” does not hold those who wrote “DE” or “Deutschland”: each campaign by "
    "country misses them.",
    "Each distinct value is looked up in pycountry (names, two and three letters) and a short list "
    "of everyday words. Told apart: values that are no country, and values of a country that the "
    "same table mostly writes in another way. Up to 1 % of the filled values is a note.",
    "Make it a picklist, and write the usual form over the others; look at those that are none.",
    exact=False,
    needs=("person.country",),
)
TOLERANCE = 0.01  # one in a hundred: typed by hand now and then
MESSAGE = "{count} of {of} countries in {system} are {fault}."


def find(stack: Stack) -> Iterator[Finding]:
    """Judge the distinct values of each table, then join."""
    held = stack.connection.execute(
        "select tbl, country, count(*) from person where country is not null "
        "group by tbl, country order by 3 desc, 2"
    ).fetchall()
    usual: dict[tuple[str, str], str] = {}
    rows: list[list[str]] = []
    for tbl, said, _ in held:
        code = country_of(str(said))
        if code is None:
            rows.append([str(tbl), str(said), "no countries", ""])
            continue
        form = usual.setdefault((str(tbl), code), str(said))
        if form != said:
            rows.append([str(tbl), str(said), "written in another way than most", form])
    if not rows:
        return
    stack.connection.execute(
        "create or replace temp table country_odd "
        "(tbl varchar, country varchar, fault varchar, usual varchar)"
    )
    stack.connection.executemany("insert into country_odd values (?, ?, ?, ?)", rows)
    sql = """
        with total as (select tbl, count(country) as filled from person group by tbl)
        select p.system, p.tbl, p.row, p.key, 'country' as field, t.filled as "of",
          o.fault as fact_fault, p.country, nullif(o.usual, '') as usual_form
        from person p
        join country_odd o on o.tbl = p.tbl and o.country = p.country
        join total t on t.tbl = p.tbl
    """
    yield from findings(RULE, stack, Query(sql, MESSAGE, TOLERANCE))
