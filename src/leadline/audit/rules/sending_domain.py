"""Whether receivers can believe that mail of the team's domain is the team's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadline.audit.domain_names import Ask, ask_by
from leadline.audit.sql_text import name
from leadline.audit.stack import Stack
from leadline.audit.tables import Kind
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "sending-domain",
    "A sending domain that receivers do not trust",
    Severity.WARNING,
    Repair.NOT_A_VALUE,
    FixKind.NONE,
    "Gmail, Yahoo and Outlook turn bulk mail away, or put it into spam, when the domain does not "
    "prove who may send for it.",
    "With --dns only. The domains that the mail events were sent from, else those of the users. "
    "SPF: one TXT record that begins with v=spf1, ends its list with -all or ~all and needs at "
    "most ten look-ups on its own level. DMARC: one record with a policy; p=none is a note. DKIM: "
    "a key at one of the usual selectors of HubSpot, Mailchimp, SendGrid, Klaviyo, Google and "
    "Microsoft; none found is a note, for selectors can be named freely. One-click unsubscribe "
    "stands in the header of a mail and not in the DNS: it is not judged here.",
    "Add the records that your mail tool's page on domains shows; begin DMARC with p=none and "
    "reports, then quarantine.",
    topic="domain",
    needs=("dns", "owner|activity"),
)
SELECTORS = (
    "google", "selector1", "selector2", "k1", "k2", "k3", "s1", "s2", "hs1", "hs2", "kl", "kl2",
    "mandrill", "default", "dkim", "mail",
)  # fmt: skip
MOST_LOOKUPS = 10  # RFC 7208 section 4.6.4
MOST_DOMAINS = 10
FREE = {
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "yahoo.com", "gmx.de", "gmx.net",
    "web.de", "icloud.com", "aol.com",
}  # fmt: skip
LOOKUP = re.compile(r"^[+?~-]?(include:|a(:|/|$)|mx(:|/|$)|ptr|exists:|redirect=)")


def find(stack: Stack) -> Iterator[Finding]:
    """Ask the system's resolver."""
    yield from judge(stack, ask_by())


def judge(stack: Stack, ask: Ask) -> Iterator[Finding]:
    """Judge each sending domain by the answers of ``ask``."""
    for system, domain in sending_domains(stack):
        for severity, fault in faults_of(domain, ask):
            yield Finding(
                RULE,
                f"{domain} {fault}.",
                system,
                severity=severity if severity is not RULE.severity else None,
                facts={"domain": domain},
            )


def sending_domains(stack: Stack) -> list[tuple[str, str]]:
    """The domains that mail came from, with the system: of events, else of the users."""
    found: dict[str, str] = {}
    for table in stack.tables:
        column = next((c for c in table.columns if c.name.lower() == "from"), None)
        if table.kind is Kind.ACTIVITY and column is not None:
            rows = stack.connection.execute(
                f"select lower(regexp_extract({name(column.name)}, '@([^@>\\s]+)', 1)) as domain "
                f"from {name(table.name)} group by domain order by count(*) desc, domain "
                f"limit {MOST_DOMAINS}"
            ).fetchall()
            found |= {str(domain): table.system for (domain,) in rows if domain}
    if not found:
        rows = stack.connection.execute(
            "select regexp_extract(email, '@(.*)$', 1) as domain, min(system) from owner "
            "where email is not null group by domain order by count(*) desc, domain limit ?",
            [MOST_DOMAINS],
        ).fetchall()
        found = {str(domain): str(system) for domain, system in rows if domain}
    return [(system, domain) for domain, system in found.items() if domain not in FREE]


def faults_of(domain: str, ask: Ask) -> Iterator[tuple[Severity, str]]:
    """What is wrong with the domain, with how much it matters; silence of a server says nothing."""
    records = ask(domain, "TXT")
    if records is not None:
        yield from _spf([r for r in records if r.lower().startswith("v=spf1")])
    policies = ask(f"_dmarc.{domain}", "TXT")
    if policies is not None:
        yield from _dmarc([p for p in policies if p.lower().startswith("v=dmarc1")])
    keys = [ask(f"{selector}._domainkey.{domain}", "TXT") for selector in SELECTORS]
    if all(answer == () for answer in keys):
        yield Severity.NOTE, "has no DKIM key at any usual selector; ask your mail tool for its own"


def _spf(records: list[str]) -> Iterator[tuple[Severity, str]]:
    if not records:
        yield Severity.WARNING, "has no SPF record: nobody can tell who may send for it"
        return
    if len(records) > 1:
        yield Severity.WARNING, f"has {len(records)} SPF records, which count as none"
        return
    terms = records[0].lower().split()[1:]
    if sum(bool(LOOKUP.match(term)) for term in terms) > MOST_LOOKUPS:
        yield Severity.WARNING, f"needs more than {MOST_LOOKUPS} look-ups for SPF, which fails"
    redirected = any(term.startswith("redirect=") for term in terms)
    if not redirected and not (terms and terms[-1] in {"-all", "~all"}):
        yield Severity.WARNING, "has an SPF record that lets everybody send (no -all or ~all)"


def _dmarc(policies: list[str]) -> Iterator[tuple[Severity, str]]:
    if not policies:
        yield Severity.WARNING, "has no DMARC policy, which Gmail and Yahoo ask of bulk senders"
    elif len(policies) > 1:
        yield Severity.WARNING, f"has {len(policies)} DMARC policies, which count as none"
    elif re.search(r"\bp\s*=\s*none\b", policies[0].lower()):
        yield Severity.NOTE, "only watches forged mail (DMARC p=none): it is let through"
    elif not re.search(r"\bp\s*=\s*(quarantine|reject)\b", policies[0].lower()):
        yield Severity.WARNING, "has a DMARC record without a policy (p=)"
