"""Addresses at domains that take no mail."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.domain_names import Ask, ask_all, ask_by
from leadline.audit.evidence import Query, findings
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "dead-domain",
    "Domains that take no mail",
    Severity.WARNING,
    Repair.UNUSABLE,
    FixKind.REVIEW,
    "The companies behind these addresses are gone or renamed: each mail to them bounces.",
    "With --dns only. The distinct domains, those of most people first, are asked for MX records; "
    "a domain with none is asked for an address. Dead: it does not exist, has neither, or says by "
    "a null MX (RFC 7505) that it takes no mail. No answer says nothing. Up to 0.2 % is a note.",
    "Look for the new company name in the CRM, or keep the addresses out.",
    topic="domain",
    needs=("dns", "person.email"),
)
TOLERANCE = 0.002
MOST_DOMAINS = 5_000  # asked; a minute at most, and those left are of few people each
MESSAGE = "{count} of {of} {object} in {system} have an address at a domain that takes no mail."


def find(stack: Stack) -> Iterator[Finding]:
    """Ask the system's resolver."""
    yield from judge(stack, ask_by())


def judge(stack: Stack, ask: Ask) -> Iterator[Finding]:
    """Judge the distinct domains by the answers of ``ask``."""
    held = stack.connection.execute(
        "select domain from person where domain is not null group by domain "
        "order by count(*) desc, domain limit ?",
        [MOST_DOMAINS],
    ).fetchall()
    mail = ask_all(ask, (str(domain) for (domain,) in held), "MX")
    without = [domain for domain, answer in mail.items() if answer == ()]
    there = ask_all(ask, without, "A")
    dead = [[d] for d in without if there[d] == ()]
    dead += [[d] for d, answer in mail.items() if answer and _refuses(answer)]
    if not dead:
        return
    stack.connection.execute("create or replace temp table dead_domain (domain varchar)")
    stack.connection.executemany("insert into dead_domain values (?)", dead)
    sql = """
        select p.system, p.tbl, p.row, p.key, 'email' as field, p.email
        from person p join dead_domain d on d.domain = p.domain
    """
    yield from findings(RULE, stack, Query(sql, MESSAGE, TOLERANCE))


def _refuses(answer: tuple[str, ...]) -> bool:
    return all(record.split()[-1] == "." for record in answer)
