"""One person under another address or id in another system."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.duplicates.people import (
    EXAMPLES,
    PAIRS,
    PEOPLE,
    has_rows,
    lay_pairs,
    pair_examples,
    shown_name,
)
from leadline.audit.stack import Stack
from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity

RULE = Rule(
    code="same-person-elsewhere",
    title="The same person stands under another address in another system",
    severity=Severity.NOTE,
    repair=Repair.MUST_ASK,
    fix=FixKind.REVIEW,
    marketer="The systems do not know that these are one person: what she did in one never "
    "reaches the flows of the other, and an opt-out here does not count there.",
    engineer="A sync that joins by the address as it stands does not join these: the mailbox is "
    "one after cleaning but is written otherwise, or names, telephone, company and address say so "
    "(the latter needs leadline[audit]).",
    mend="Write one system's id into the other, or take the address over that she uses; then "
    "let the sync join by id.",
    exact=False,
    needs=("person",),
)


def find(stack: Stack) -> Iterator[Finding]:
    """One finding for each two systems that hold one person under different addresses."""
    if not has_rows(stack.connection, "person"):
        return
    lay_pairs(stack.connection)
    # Who has one address in both systems is joined by it, whatever further entries she has.
    pairs = f"""from (
            select p.*, a.system as one, b.system as other from {PAIRS} p
            join {PEOPLE} a on a.place = p.a join {PEOPLE} b on b.place = p.b
            where a.system < b.system
            union all
            select b as a, a as b, list, probability, y.system, x.system from {PAIRS} p
            join {PEOPLE} x on x.place = p.a join {PEOPLE} y on y.place = p.b
            where x.system > y.system
        ) p join {PEOPLE} a on a.place = p.a join {PEOPLE} b on b.place = p.b
        where a.email is distinct from b.email"""
    found = stack.connection.execute(
        "select one, other, count(distinct p.a), count(*) filter (list = 'same_mailbox'), "
        f"(select count(*) from {PEOPLE} t where t.system = one) "
        f"{pairs} group by one, other order by one, other"
    ).fetchall()
    for system, other, count, by_mailbox, judged in found:
        examples = stack.connection.execute(
            f"select a.shown, a.email_raw, {shown_name('a')}, b.shown, b.email_raw, "
            f"{shown_name('b')} {pairs} and one = $1 and other = $2 "
            f"order by p.probability desc, a.place limit {EXAMPLES}",
            [system, other],
        ).fetchall()
        yield Finding(
            RULE,
            f"{count:,} people of {system} stand in {other} under another address or spelling, "
            "so a sync by address does not join them.",
            system,
            count=count,
            of=judged,
            examples=pair_examples(examples),
            facts={"other system": other, "pairs with one mailbox after cleaning": str(by_mailbox)},
        )
