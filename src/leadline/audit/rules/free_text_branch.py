"""A branch that asks for one value of a field in which people write what they like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from leadline.audit.audience import asked_of, column_of, live_flows, tables_of
from leadline.audit.place_names import country_of
from leadline.audit.sql_text import clean, name
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
from leadline.blueprint.graph.flow import FieldRef, Flow, Live

RULE = Rule(
    "free-text-branch",
    "Free text where a branch needs a value",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.REVIEW,
    "The flow asks for “Germany”; people wrote “germany (west)”, “D.E.” and “Deutschland”. They "
    "all take the other path.",
    "For each live flow that compares a field with values, the field's distinct values are folded "
    "(accents, punctuation and case off; countries by pycountry). Counted are records whose value "
    "means, or (in fields of 20 values or more) holds as a word, what the flow asks for, but is "
    "not equal to it. Fields whose "
    "options are given are left to the rule on picklists. Below 1 % of the filled records it is "
    "a note.",
    "Make the field a picklist and map the old values; until then ask for every spelling.",
    exact=False,
    topic="joint",
    needs=("flows", "person|company|deal"),
)
MANY = 0.01  # one in a hundred: below, single odd spellings
MOST_DISTINCT = 20_000  # values looked at, the most frequent first: ids and notes have more
SHORTEST_WORD = 3  # letters of an asked value that may stand inside a longer text
FREE_TEXT = (
    20  # distinct values: below, "Marketing Qualified Lead" is a choice, not a slip of "Lead"
)
EXAMPLES = 5


def find(stack: Stack) -> Iterator[Finding]:
    """Judge each field that a live flow compares, once a flow."""
    chosen = {
        (str(system), str(field).lower())
        for system, field in stack.connection.execute(
            "select distinct system, field from option where field is not null"
        ).fetchall()
    }
    for flow in live_flows(stack):
        wanted: dict[FieldRef, tuple[set[str], str | None]] = {}
        for asked in asked_of(flow):
            ref = asked.comparison.field
            if asked.comparison.values and (ref.system, ref.name.lower()) not in chosen:
                values, step = wanted.get(ref, (set[str](), asked.step))
                wanted[ref] = (values | set(asked.comparison.values), step)
        for ref, (values, step) in wanted.items():
            for table in tables_of(stack, flow):
                column = column_of(table, ref)
                if column is not None:
                    yield from _judge(stack, flow, (table, column), values, step)


def _judge(
    stack: Stack, flow: Flow, place: tuple[Table, Column], values: set[str], step: str | None
) -> Iterator[Finding]:
    table, column = place
    value = clean(name(column.name))
    held = stack.connection.execute(
        f"select {value} as said, count(*) from {name(table.name)} "
        f"where {value} is not null group by said order by 2 desc, 1 limit {MOST_DISTINCT}"
    ).fetchall()
    of = sum(int(n) for _, n in held)
    is_country = column.meaning is Meaning.COUNTRY
    free = len(held) >= FREE_TEXT
    missed = [
        (str(said), int(n))
        for said, n in held
        if _means(str(said), values, country=is_country, free=free)
    ]
    people = sum(n for _, n in missed)
    if not people:
        return
    severity = Severity.NOTE if people < MANY * of else None
    if severity is None and flow.live is Live.UNSAID:
        severity = Severity.NOTE
    yield Finding(
        RULE,
        f"Flow “{flow.name[:40]}” misses {people:,} of {of:,} values of {column.name} that mean "
        "what it asks for, but are written in another way.",
        flow.system,
        table=table.name,
        fields=(FieldRef(table.system, table.object, column.name),),
        flow=flow.key,
        step=step,
        count=people,
        of=of,
        severity=severity,
        examples=tuple(
            Example("", {"value": said[:300], "records": str(n)}) for said, n in missed[:EXAMPLES]
        ),
        breaks=(Broken(flow.key, step, "takes the other path", people),),
    )


def _means(said: str, values: set[str], *, country: bool, free: bool) -> bool:
    """Whether the value means one of those asked for without being equal to any."""
    lowered = said.lower()
    if any(lowered == value.strip().lower() for value in values):
        return False
    folded = _fold(said)
    for value in values:
        asked = _fold(value)
        if not asked:
            continue
        if folded == asked or (country and _same_country(said, value)):
            return True
        if free and len(asked) >= SHORTEST_WORD and f" {asked} " in f" {_fold(said, space=' ')} ":
            return True
    return False


def _fold(value: str, *, space: str = "") -> str:
    plain = unicodedata.normalize("NFKD", value.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", space, plain).strip()


def _same_country(said: str, value: str) -> bool:
    known = country_of(said)
    return known is not None and known == country_of(value)
