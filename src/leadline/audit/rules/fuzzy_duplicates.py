"""Two entries of one system that are probably one person, though no address says so."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.duplicates import probably_same
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
    code="fuzzy-duplicates",
    title="Two entries are probably one person",
    severity=Severity.NOTE,
    repair=Repair.MUST_ASK,
    fix=FixKind.REVIEW,
    marketer="Probably one person under two addresses or spellings: mailed twice, scored low "
    "twice, and asked twice what was answered once. Probably is not surely: look before merging.",
    engineer="Splink weighs names, telephone, company and address on pairs that share a rare key; "
    "what it learned without labels is mixed with what is known, and doubts (families, "
    "colleagues, fathers and sons) limit the probability. How sure a pair must be grows with "
    "the list.",
    mend="Look at the pairs, the most probable first, and merge by hand: a merge cannot be undone "
    "in most systems.",
    exact=False,
    needs=("person", "leadline[audit]"),
)


def find(stack: Stack) -> Iterator[Finding]:
    """One finding a table with probable pairs; nothing where the extra is not installed."""
    if not (has_rows(stack.connection, "person") and probably_same.installed()):
        return
    lay_pairs(stack.connection)
    pairs = (
        f"from {PAIRS} p join {PEOPLE} a on a.place = p.a join {PEOPLE} b on b.place = p.b "
        "where p.list = 'probably_same' and a.system = b.system and a.tbl = b.tbl"
    )
    tables = stack.connection.execute(
        f"select a.system, a.tbl, count(*), min(p.probability), "
        f"(select count(*) from {PEOPLE} t where t.system = a.system and t.tbl = a.tbl) "
        f"{pairs} group by a.system, a.tbl order by a.system, a.tbl"
    ).fetchall()
    for system, table, count, lowest, judged in tables:
        examples = stack.connection.execute(
            f"select a.shown, a.email_raw, {shown_name('a')}, b.shown, b.email_raw, "
            f"{shown_name('b')} {pairs} and a.system = $1 and a.tbl = $2 "
            f"order by p.probability desc, a.place limit {EXAMPLES}",
            [system, table],
        ).fetchall()
        yield Finding(
            RULE,
            f"{count:,} pairs of entries are probably one person each, though their addresses "
            "differ or are missing.",
            system,
            table,
            count=count,
            of=judged,
            examples=pair_examples(examples),
            facts={"lowest probability": f"{lowest:.2f}"},
        )
