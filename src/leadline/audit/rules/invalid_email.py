"""Addresses that no mail server accepts."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.email_verdict import judge_emails
from leadline.audit.evidence import Query, findings
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "invalid-email",
    "Addresses that cannot exist",
    Severity.WARNING,
    Repair.MUST_ASK,
    FixKind.REVIEW,
    "Mail to these addresses bounces at once, and a list that bounces above 2 % is throttled or "
    "blocked for everybody on it.",
    "Judged after trim, lower case and removal of invisible characters: a fast pattern accepts "
    "what is surely valid, email-validator (syntax only, no network) judges what it refuses, and "
    "every distinct domain that is not plain ASCII. The library's reason stands in the examples. "
    "Where an obvious slip can be undone (a comma for a dot, `mailto:`, a name around the "
    "address, spaces inside) the mended address stands beside it. Up to 0.2 % is a note.",
    "Take over the mended addresses after a look; look the others up in the other systems or ask; "
    "check the syntax in the form itself.",
    needs=("person.email",),
)
TOLERANCE = 0.002  # one in 500: single slips of the keyboard do no harm to a domain's name
MESSAGE = "{count} of {of} {object} in {system} have an address that cannot exist ({mendable})."


def find(stack: Stack) -> Iterator[Finding]:
    """Judge every address; the library sees only what the pattern refuses."""
    judge_emails(stack.connection)
    sql = """
        with bad as (
          select p.system, p.tbl, p.row, p.key, p.email_raw, b.reason, b.mended
          from person p join email_refused b on b.email = p.email
        ),
        mended as (select tbl, count(mended) as n, count(*) as people from bad group by tbl)
        select b.system, b.tbl, b.row, b.key, 'email' as field,
          case when m.n = 0 then 'none can be mended without asking'
            else concat(m.n, ' can be mended without asking') end as fact_mendable,
          b.email_raw as email, b.reason, b.mended
        from bad b join mended m on m.tbl = b.tbl
    """
    yield from findings(RULE, stack, Query(sql, MESSAGE, TOLERANCE))
