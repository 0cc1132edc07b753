"""One company entered twice, told by its domain."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.duplicates import cleaning
from leadline.audit.duplicates.people import EXAMPLES, has_rows
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Example, Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    code="company-twice",
    title="A company is entered more than once by its domain",
    severity=Severity.WARNING,
    repair=Repair.MUST_ASK,
    fix=FixKind.REVIEW,
    marketer="The people and deals of one company are spread over several entries: its size, its "
    "owner and what it buys are wrong in each of them.",
    engineer="Domains are compared without scheme, www, path and case; domains of mail providers "
    "that anybody may use are left out. Subsidiaries under one domain are found too.",
    mend="Merge the entries, or mark the subsidiaries as such; make the domain unique where "
    "companies are made.",
    needs=("company",),
)


def find(stack: Stack) -> Iterator[Finding]:
    """One finding a table in which domains stand twice."""
    if not has_rows(stack.connection, "company"):
        return
    found = stack.connection.execute(
        f"""with hosts as (
            select system, tbl, row, coalesce(key, tbl || ' ' || row) as shown, name, domain,
                {cleaning.domain("domain")} as said
            from company
        ), hosted as (
            select *, {cleaning.own_host("said")} as host from hosts
        ), groups as (
            select system, tbl, host, count(*) as entries, list(shown order by row) as keys,
                list(name order by row) as names, list(domain order by row) as domains
            from hosted where host is not null group by system, tbl, host
        )
        select system, tbl, sum(entries) filter (entries > 1), count(*) filter (entries > 1),
            sum(entries),
            list([keys[1], names[1], domains[1], keys[2], names[2], domains[2]]
                order by entries desc, host) filter (entries > 1)[:{EXAMPLES}]
        from groups group by system, tbl having count(*) filter (entries > 1) > 0
        order by system, tbl"""
    ).fetchall()
    for system, table, entries, hosts, judged, examples in found:
        yield Finding(
            RULE,
            f"{entries:,} entries of companies share {hosts:,} domains: each of these companies "
            "is there more than once.",
            system,
            table,
            count=int(entries),
            of=int(judged),
            examples=tuple(
                Example(
                    str(key),
                    {
                        "name": name or "",
                        "domain": domain or "",
                        "other": str(other),
                        "other name": other_name or "",
                        "other domain": other_domain or "",
                    },
                )
                for key, name, domain, other, other_name, other_domain in examples
            ),
        )
