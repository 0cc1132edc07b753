"""Postcodes that the country does not have."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.evidence import Query, findings
from leadline.audit.place_names import country_of
from leadline.audit.sql_text import text
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "postcode-unfit",
    "Postcodes that the country does not have",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.REVIEW,
    "Territories and mailings by post go by the postcode; a spreadsheet eats the zero at its "
    "start, and Dresden lands nowhere.",
    "The form of the postcode by country (27 countries; others are not judged). A code that is one "
    "digit short of a country whose codes may begin with 0 has lost it: the mended code stands in "
    "the examples. Up to 1 % of those judged is a note.",
    "Put the zeros back, and import postcodes as text.",
    needs=("person.postcode", "person.country"),
)
FORMS = {
    "DE": "[0-9]{5}", "AT": "[1-9][0-9]{3}", "CH": "[1-9][0-9]{3}", "FR": "[0-9]{5}",
    "IT": "[0-9]{5}", "ES": "[0-9]{5}", "PT": "[0-9]{4}(-[0-9]{3})?", "BE": "[1-9][0-9]{3}",
    "NL": "[1-9][0-9]{3} ?[A-Za-z]{2}", "LU": "(L-)?[0-9]{4}", "DK": "[0-9]{4}",
    "SE": "[0-9]{3} ?[0-9]{2}", "NO": "[0-9]{4}", "FI": "[0-9]{5}",
    "PL": "[0-9]{2}-?[0-9]{3}", "CZ": "[0-9]{3} ?[0-9]{2}", "SK": "[0-9]{3} ?[0-9]{2}",
    "HU": "[0-9]{4}", "US": "[0-9]{5}(-?[0-9]{4})?", "AU": "[0-9]{4}",
    "IN": "[1-9][0-9]{2} ?[0-9]{3}",
    "CA": "[A-Za-z][0-9][A-Za-z] ?[0-9][A-Za-z][0-9]", "BR": "[0-9]{5}-?[0-9]{3}",
    "GB": "[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}", "JP": "[0-9]{3}-?[0-9]{4}",
    "MX": "[0-9]{5}", "TR": "[0-9]{5}",
}  # fmt: skip
# Digits of the codes that may begin with a zero, which a spreadsheet takes away.
ZERO_FIRST = {
    "DE": 5, "FR": 5, "IT": 5, "ES": 5, "US": 5, "FI": 5, "NO": 4, "MX": 5, "TR": 5, "AU": 4,
}  # fmt: skip
TOLERANCE = 0.01
MESSAGE = "{count} of {of} postcodes in {system} are none of the record's country{lost}."


def find(stack: Stack) -> Iterator[Finding]:
    """Judge each country's codes by one pattern."""
    said = stack.connection.execute(
        "select distinct country from person where country is not null and postcode is not null"
    ).fetchall()
    rows = [
        [str(country), code]
        for (country,) in said
        if (code := country_of(str(country))) is not None and code in FORMS
    ]
    if not rows:
        return
    stack.connection.execute(
        "create or replace temp table post_country (country varchar, code varchar)"
    )
    stack.connection.executemany("insert into post_country values (?, ?)", rows)
    codes = sorted({code for _, code in rows})
    fits = " ".join(
        f"when {text(code)} then regexp_full_match(p.postcode, {text(FORMS[code])})"
        for code in codes
    )
    zero = " ".join(
        f"when code = {text(code)} and regexp_full_match(postcode, '[0-9]{{{digits - 1}}}') "
        "then '0' || postcode"
        for code, digits in ZERO_FIRST.items()
    )
    sql = f"""
        with judged as (
          select p.system, p.tbl, p.row, p.key, p.postcode, p.country, c.code,
            case c.code {fits} end as fits
          from person p join post_country c on c.country = p.country
          where p.postcode is not null
        ),
        total as (select tbl, count(*) as judged from judged group by tbl),
        bad as (select *, case {zero} end as mended from judged where not fits)
        select b.system, b.tbl, b.row, b.key, 'postcode' as field, t.judged as "of",
          case when b.mended is null then '' else ' (the zero at the start is lost)' end
            as fact_lost,
          b.postcode, b.country, b.mended
        from bad b join total t on t.tbl = b.tbl
    """
    yield from findings(RULE, stack, Query(sql, MESSAGE, TOLERANCE))
