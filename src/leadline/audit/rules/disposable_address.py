"""Throw-away mailboxes."""

from __future__ import annotations

from collections.abc import Iterator

from disposable_email_domains import blocklist

from leadline.audit.evidence import Query, findings
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "disposable-address",
    "Throw-away addresses",
    Severity.WARNING,
    Repair.UNUSABLE,
    FixKind.REVIEW,
    "These mailboxes live for ten minutes. Whoever gave one wanted the download, not your mail.",
    "The domain, or the domain above it, stands on the list of the package "
    "disposable-email-domains; the distinct domains are joined. Up to 0.5 % is a note.",
    "Keep them out of audiences, and refuse such domains in the form.",
    needs=("person.email",),
)
TOLERANCE = 0.005  # a public form always catches a few
MESSAGE = "{count} of {of} {object} in {system} use a throw-away address."


def find(stack: Stack) -> Iterator[Finding]:
    """Judge the distinct domains, then join."""
    domains = stack.connection.execute(
        "select distinct domain from person where domain is not null"
    ).fetchall()
    bad = [[domain] for (domain,) in domains if _listed(str(domain))]
    if not bad:
        return
    stack.connection.execute("create or replace temp table disposable (domain varchar)")
    stack.connection.executemany("insert into disposable values (?)", bad)
    sql = """
        select p.system, p.tbl, p.row, p.key, 'email' as field, p.email
        from person p join disposable d on d.domain = p.domain
    """
    yield from findings(RULE, stack, Query(sql, MESSAGE, TOLERANCE))


def _listed(domain: str) -> bool:
    labels = domain.split(".")
    return any(".".join(labels[at:]) in blocklist for at in range(max(1, len(labels) - 1)))
