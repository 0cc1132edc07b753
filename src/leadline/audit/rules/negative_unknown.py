"""A negative condition over a field that many people have no value in."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.audience import (
    Asked,
    asked_of,
    column_of,
    decided,
    entry_of,
    live_flows,
    tables_of,
)
from leadline.audit.sql_text import FALSE_WORDS, TRUE_WORDS, clean, name, one_of
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Meaning, Table
from leadline.blueprint.finding import (
    Broken,
    Example,
    Finding,
    FixKind,
    Repair,
    Rule,
    Severity,
)
from leadline.blueprint.graph.flow import FieldRef, Flow, Live, Neither

RULE = Rule(
    "negative-unknown",
    "“Is not” over a field that is often blank",
    Severity.BLOCKING,
    Repair.NOT_A_VALUE,
    FixKind.REVIEW,
    "“Is not a customer” sounds like a decision, but nobody decided on the people about whom "
    "nothing is known: the tool takes all of them, or none, and shows neither.",
    "For each negative comparison of a live flow (is not, is none of, does not contain, or any "
    "comparison below “none of”) the records of its table without a value are counted, as far as "
    "the other conditions of the same way in or branch do not rule them out. Flags (yes and no "
    "only) are left out: there a blank means no. Below 5 % blanks it is a note; where the file "
    "does not say whether the flow is on, a warning.",
    "Say what about the unknown: add “is known” or “or is unknown”, and fill the field where it "
    "can be filled.",
    topic="joint",
    needs=("flows", "person|company|deal"),
)
MANY = 0.05  # a twentieth: fewer blanks than that are in every field
FLAG_VALUES = 3  # a flag has two values, now and then a third spelling
WORDS = {True: "get in unnoticed", False: "are left out unnoticed", None: "get in or not, unsaid"}
EXAMPLES = 5


def find(stack: Stack) -> Iterator[Finding]:
    """Judge each negative comparison of each live flow."""
    for flow in live_flows(stack):
        said: set[tuple[str | None, str]] = set()
        for asked in asked_of(flow):
            place = (asked.step, str(asked.comparison.field))
            if not asked.negative or place in said:
                continue
            for table in tables_of(stack, flow):
                column = column_of(table, asked.comparison.field)
                if column is None or _is_flag(stack, table, column):
                    continue
                found = _judge(stack, flow, asked, table, column)
                if found is not None:
                    said.add(place)
                    yield found


def _is_flag(stack: Stack, table: Table, column: Column) -> bool:
    if column.meaning in {Meaning.OPTED_OUT, Meaning.BOUNCED, Meaning.ATTENDED}:
        return True
    value = f"lower({clean(name(column.name))})"
    row = stack.connection.execute(
        f"select count(distinct {value}), "
        f"count(*) filter (where not {one_of(value, TRUE_WORDS + FALSE_WORDS)}), count({value}) "
        f"from {name(table.name)}"
    ).fetchone()
    assert row is not None
    return bool(row[2]) and row[0] <= FLAG_VALUES and not row[1]


def _judge(stack: Stack, flow: Flow, asked: Asked, table: Table, column: Column) -> Finding | None:
    """Count whom the blank decides on."""
    blank = f"{clean(f't.{name(column.name)}')} is null"
    conditions = [decided(asked.condition, table, asked.comparison)]
    entry = entry_of(flow)
    if asked.step is not None and entry is not None:
        conditions.append(decided(entry, table))
    elif flow.keeps_out is not None:
        conditions.append(decided(Neither((flow.keeps_out,)), table))
    rest = " and ".join(f"({one}) is not false" for one in conditions)
    source = f"{name(table.name)} t left join person p on p.tbl = '{table.name}' and p.row = t._row"
    row = stack.connection.execute(
        f"select count(*), count(*) filter (where {blank}), "
        f"count(*) filter (where {blank} and {rest}) from {source}"
    ).fetchone()
    assert row is not None
    total, without, people = (int(n) for n in row)
    if not people:
        return None
    rows = stack.connection.execute(
        f"select coalesce(p.key, cast(t._row as varchar)), p.email from {source} "
        f"where {blank} and {rest} order by t._row limit {EXAMPLES}"
    ).fetchall()
    few = without < MANY * total
    severity = Severity.NOTE if few else Severity.WARNING if flow.live is Live.UNSAID else None
    field = FieldRef(table.system, table.object, column.name)
    values = ", ".join(asked.comparison.values[:3])
    return Finding(
        RULE,
        f"Flow “{_cut(flow.name)}” asks that {column.name} is not {_cut(values)}: {people:,} "
        f"people without a value {WORDS[asked.passes]}.",
        flow.system,
        table=table.name,
        fields=(field,),
        flow=flow.key,
        step=asked.step,
        count=people,
        of=total,
        severity=severity,
        examples=tuple(
            Example(str(key), {"email": str(email)} if email else {}) for key, email in rows
        ),
        facts={"blank": f"{without:,}", "blanks": WORDS[asked.passes]},
        breaks=(Broken(flow.key, asked.step, WORDS[asked.passes], people),),
    )


def _cut(words: str) -> str:
    return words if len(words) <= 40 else words[:39] + "…"
