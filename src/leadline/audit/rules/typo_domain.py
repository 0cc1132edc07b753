"""Domains that are one slip away from a mail provider."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.evidence import Query, findings
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    "typo-domain",
    "Mistyped mail providers",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.REVIEW,
    "ann@gmial.com is a real person who never gets your mail; some such domains belong to "
    "collectors of strangers' mail.",
    "Each distinct domain is compared with the large providers: one letter too much, too few, "
    "changed, or two swapped, or a wrong ending (.con, .cm, .co). Domains known to be somebody "
    "else's (ymail.com, mail.com) are spared, and so is any domain that at least 20 "
    "people have, for a slip is rare.",
    "Write the provider's domain, after a look at the list; ask for the address twice in the form, "
    "or offer the correction there.",
    exact=False,
    needs=("person.email",),
)
PROVIDERS = (
    "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com",
    "aol.com", "live.com", "msn.com", "web.de", "gmx.de", "gmx.net", "t-online.de", "freenet.de",
    "outlook.de", "hotmail.de", "yahoo.de", "orange.fr", "hotmail.fr", "wanadoo.fr", "laposte.net",
    "libero.it", "hotmail.it", "yahoo.co.uk", "hotmail.co.uk", "btinternet.com", "comcast.net",
    "verizon.net", "protonmail.com", "bluewin.ch", "yandex.ru", "mail.ru", "qq.com", "163.com",
)  # fmt: skip
SOMEBODY_ELSES = {"ymail.com", "mail.com", "email.com", "fmail.com", "tmail.com", "zmail.com"}
ENDINGS = {"con", "cmo", "ocm", "vom", "xom", "comm", "cim", "cpm", "om", "cm", "coml", "dee", "ed"}
SPARED_PEOPLE = 20  # a slip that twenty people make is a domain of its own
SHORT = 4  # letters of a name below which one slip tells nothing (gmx, web, qq, msn, aol)
TOLERANCE = 0.0005
MESSAGE = "{count} of {of} {object} in {system} have a mistyped mail provider, such as {example}."


def find(stack: Stack) -> Iterator[Finding]:
    """Judge the distinct domains, then join."""
    domains = stack.connection.execute(
        "select domain, count(*) from person where domain is not null group by domain"
    ).fetchall()
    slips = [
        [domain, meant]
        for domain, people in domains
        if people < SPARED_PEOPLE and (meant := meant_by(str(domain))) is not None
    ]
    if not slips:
        return
    stack.connection.execute("create or replace temp table slip (domain varchar, meant varchar)")
    stack.connection.executemany("insert into slip values (?, ?)", slips)
    sql = """
        with bad as (
          select p.system, p.tbl, p.row, p.key, p.email, s.domain,
            concat(p.local_part, '@', s.meant) as meant
          from person p join slip s on s.domain = p.domain
        ),
        shown as (select tbl, min(domain) as example from bad group by tbl)
        select b.system, b.tbl, b.row, b.key, 'email' as field, s.example as fact_example,
          b.email, b.meant
        from bad b join shown s on s.tbl = b.tbl
    """
    yield from findings(RULE, stack, Query(sql, MESSAGE, TOLERANCE))


def meant_by(domain: str) -> str | None:
    """The provider that a domain was meant to be, or None."""
    if domain in PROVIDERS or domain in SOMEBODY_ELSES:
        return None
    name, _, ending = domain.rpartition(".")
    for provider in PROVIDERS:
        own, _, own_ending = provider.rpartition(".")
        if name == own and ending != own_ending:
            if ending in ENDINGS and one_slip(ending, own_ending):
                return provider
        elif len(own) > SHORT and (
            (ending == own_ending and one_slip(name, own)) or domain == provider.replace(".", "", 1)
        ):
            return provider
    return None


def one_slip(one: str, other: str) -> bool:
    """Whether one letter was added, lost, changed, or two neighbours were swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    rest, other_rest = one[at:], other[at:]
    swapped = rest[:2] == other_rest[:2][::-1] and rest[2:] == other_rest[2:]
    return (
        rest[1:] == other_rest
        or rest == other_rest[1:]
        or rest[1:] == other_rest[1:]
        or (len(rest) > 1 and swapped)
    )
