"""A Salesforce lead and a contact that are one person."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.duplicates.people import (
    EXAMPLES,
    PEOPLE,
    has_rows,
    lay_people,
    pair_examples,
    shown_name,
)
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    code="lead-and-contact",
    title="One person is a lead and a contact at once",
    severity=Severity.WARNING,
    repair=Repair.MUST_ASK,
    fix=FixKind.REVIEW,
    marketer="Sales works the lead as new while the same person is a contact already, perhaps a "
    "customer; mails to leads reach people who should not get them.",
    engineer="A lead that was not converted and a contact of the same system with one mailbox "
    "after cleaning. Converted leads stay in the export and are left out.",
    mend="Convert the lead into the contact that is there, instead of into a new one; switch the "
    "duplicate rule for leads against contacts on.",
    needs=("person",),
)


def find(stack: Stack) -> Iterator[Finding]:
    """One finding a system in which open leads have the mailbox of a contact."""
    if not has_rows(stack.connection, "person"):
        return
    lay_people(stack.connection)
    pairs = (
        f"from {PEOPLE} a join {PEOPLE} b on a.mailbox = b.mailbox and a.system = b.system "
        "where a.kind = 'lead' and b.kind = 'contact' and a.converted_key is null"
    )
    found = stack.connection.execute(
        f"select a.system, min(a.tbl), count(distinct a.place), (select count(*) from {PEOPLE} t "
        "where t.system = a.system and t.kind = 'lead' and t.converted_key is null) "
        f"{pairs} group by a.system order by a.system"
    ).fetchall()
    for system, table, count, judged in found:
        examples = stack.connection.execute(
            f"select a.shown, a.email_raw, {shown_name('a')}, b.shown, b.email_raw, "
            f"{shown_name('b')} {pairs} and a.system = $1 order by a.place limit {EXAMPLES}",
            [system],
        ).fetchall()
        yield Finding(
            RULE,
            f"{count:,} open leads have the mailbox of a contact that is there already.",
            system,
            table,
            count=count,
            of=judged,
            examples=pair_examples(examples),
        )
