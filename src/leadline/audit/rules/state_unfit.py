"""States and provinces that their country does not have."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.evidence import Query, findings
from leadline.audit.place_names import country_of, has_states, is_state
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "state-unfit",
    "States that the country does not have",
    Severity.WARNING,
    Repair.MUST_ASK,
    FixKind.REVIEW,
    "Leads are given out by state: these go to the wrong person or to nobody.",
    "Each distinct pair of country and state is looked up in pycountry's subdivisions, by name or "
    "by code (“Bavaria” is not a name there, “Bayern” and “BY” are: English names of the larger "
    "German, Italian and Spanish parts are added). Pairs whose country is not known are not "
    "judged. Up to 2 % of those judged is a note.",
    "Make it a picklist that depends on the country; look at the others once.",
    exact=False,
    needs=("person.state", "person.country"),
)
ENGLISH = {
    "DE": {"bavaria", "saxony", "lower saxony", "hesse", "north rhine-westphalia", "thuringia",
           "rhineland-palatinate", "saxony-anhalt", "nrw", "baden-wuerttemberg",
           "mecklenburg-western pomerania"},
    "IT": {"lombardy", "tuscany", "piedmont", "sicily", "sardinia", "apulia", "latium"},
    "ES": {"andalusia", "catalonia", "castile and leon", "basque country", "community of madrid"},
    "AT": {"vienna", "lower austria", "upper austria", "styria", "carinthia", "tyrol"},
    "CH": {"zurich", "geneva", "lucerne"},
}  # fmt: skip
TOLERANCE = 0.02
MESSAGE = "{count} of {of} states in {system} are not of the record's country."


def find(stack: Stack) -> Iterator[Finding]:
    """Judge the distinct pairs, then join."""
    held = stack.connection.execute(
        "select distinct country, state from person where country is not null and state is not null"
    ).fetchall()
    rows: list[tuple[str, str, bool]] = []
    for country, state in held:
        code = country_of(str(country))
        if code is None or not has_states(code):
            continue
        known = is_state(code, str(state)) or str(state).lower() in ENGLISH.get(code, set[str]())
        rows.append((str(country), str(state), known))
    if all(known for _, _, known in rows):
        return
    stack.connection.execute(
        "create or replace temp table state_known (country varchar, state varchar, known boolean)"
    )
    stack.connection.executemany("insert into state_known values (?, ?, ?)", rows)
    sql = """
        with judged as (
          select p.system, p.tbl, p.row, p.key, p.state, p.country, k.known
          from person p join state_known k on k.country = p.country and k.state = p.state
        ),
        total as (select tbl, count(*) as judged from judged group by tbl)
        select j.system, j.tbl, j.row, j.key, 'state' as field, t.judged as "of", j.state, j.country
        from judged j join total t on t.tbl = j.tbl
        where not j.known
    """
    yield from findings(RULE, stack, Query(sql, MESSAGE, TOLERANCE))
