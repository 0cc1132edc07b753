"""Phone numbers that cannot be dialled, or only from inside one country."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.evidence import Query, findings
from leadline.audit.phone_verdict import judge_phones
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "phone-unfit",
    "Phone numbers that cannot be dialled",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.SAFE,
    "Text messages and calls to these numbers fail, and two records of one person do not look "
    "alike.",
    "phonenumbers judges what its own patterns, asked of the whole column, refuse. Told apart: "
    "numbers that cannot be dialled, numbers without a country code whose country is known (the "
    "full number stands in the examples), and numbers with neither. Up to 2 % of the filled "
    "values is a note.",
    "Take over the full numbers; ask for those that cannot be dialled; let the form store the "
    "country code.",
    needs=("person.phone|person.mobile",),
)
TOLERANCE = 0.02  # a desk number with a private extension, a slip: one in fifty is usual
MESSAGE = "{count} of {of} values of {field} in {system} are numbers {fault}."
SOURCE = """
    create or replace temp table phone_source as
    select system, tbl, row, key, 'phone' as field, phone_raw as raw, country
    from person where phone_raw is not null and trim(phone_raw) <> ''
    union all
    select system, tbl, row, key, 'mobile', mobile_raw, country
    from person where mobile_raw is not null and trim(mobile_raw) <> ''
"""


def find(stack: Stack) -> Iterator[Finding]:
    """Judge every phone and mobile number."""
    stack.connection.execute(SOURCE)
    judge_phones(stack.connection, "phone_source")
    sql = """
        with total as (select tbl, field, count(*) as filled from phone_source group by tbl, field)
        select s.system, s.tbl, s.row, s.key, s.field, t.filled as "of",
          case when r.fault = 'cannot be dialled' then 'that cannot be dialled' else r.fault end
            as fact_fault,
          s.raw as phone, r.international as phone_mended, s.country
        from phone_source s
        join phone_refused r on r.raw = s.raw and r.country is not distinct from s.country
        join total t on t.tbl = s.tbl and t.field = s.field
    """
    yield from findings(RULE, stack, Query(sql, MESSAGE, TOLERANCE))
    stack.connection.execute("drop table phone_source")
