"""The same mailbox entered more than once in one system."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.duplicates.people import EXAMPLES, PEOPLE, has_rows, lay_people
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Example, Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    code="exact-duplicates",
    title="The same mailbox is entered more than once in one system",
    severity=Severity.WARNING,
    repair=Repair.MUST_ASK,
    fix=FixKind.REVIEW,
    marketer="These people get every mail twice, an unsubscribe counts for one entry only, and "
    "the history of each is torn in two.",
    engineer="Addresses are compared after trim, case, invisible characters and the published "
    "rules of known providers (Gmail ignores dots, many ignore what follows a plus). Two entries "
    "with one mailbox are counted inside one table, so a lead beside a contact is another rule. "
    "Reports of webinars repeat a person on purpose, once a join, and are left out.",
    mend="Merge the entries in the system that owns them, oldest consent and newest data first; "
    "make the address unique at the form and the import.",
    needs=("person",),
)


def find(stack: Stack) -> Iterator[Finding]:
    """One finding a table in which mailboxes stand twice."""
    if not has_rows(stack.connection, "person"):
        return
    lay_people(stack.connection)
    found = stack.connection.execute(
        f"""with boxes as (
            select system, tbl, mailbox, count(*) as entries,
                count(distinct email_raw) as spellings,
                min_by(shown, place) as first, list(shown order by place)[2] as second,
                min_by(email_raw, place) as first_raw,
                list(email_raw order by place)[2] as second_raw
            from {PEOPLE} where mailbox is not null and kind <> 'registration'
            group by system, tbl, mailbox
        )
        select system, tbl, sum(entries) filter (entries > 1), count(*) filter (entries > 1),
            sum(entries - 1) filter (entries > 1),
            coalesce(sum(least(spellings, entries) - 1) filter (entries > 1), 0), sum(entries),
            list([first, first_raw, second, second_raw] order by entries desc, first)
                filter (entries > 1)[:{EXAMPLES}]
        from boxes group by system, tbl having count(*) filter (entries > 1) > 0
        order by system, tbl"""
    ).fetchall()
    for system, table, entries, mailboxes, surplus, missed, judged, examples in found:
        yield Finding(
            RULE,
            f"{entries:,} entries share {mailboxes:,} mailboxes, so {surplus:,} are surplus; "
            f"comparing the addresses as they stand misses {missed:,} of these.",
            system,
            table,
            count=int(entries),
            of=int(judged),
            examples=tuple(
                Example(
                    str(key), {"email": raw or "", "other": str(other), "other email": again or ""}
                )
                for key, raw, other, again in examples
            ),
            facts={
                "mailboxes": str(mailboxes),
                "surplus entries": str(surplus),
                "missed by a raw comparison": str(missed),
            },
        )
