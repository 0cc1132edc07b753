"""Two fields for one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadline.audit.column_pass import count_where, data_tables, key_of
from leadline.audit.evidence import noun, system_title
from leadline.audit.sql_text import clean, name
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Meaning, Table
from leadline.blueprint.finding import Example, Finding, FixKind, Repair, Rule, Severity
from leadline.blueprint.graph.flow import FieldRef

RULE = Rule(
    "twin-fields",
    "Two fields for one thing",
    Severity.WARNING,
    Repair.REPAIRABLE,
    FixKind.REVIEW,
    "Half of the phone numbers stand in “Phone”, half in “Phone 2” or “mobile_c”. A flow that "
    "reads one of them believes that the others have none.",
    "Columns of one table whose names agree without endings such as 2, _c, __c, _new, _old, or "
    "that are further words for phone or email beside the standard ones, each with values. A "
    "twin that fills under 5 % of the rows is a note.",
    "Choose one, carry the other's values over where it is blank, look at those that differ, and "
    "hide the other.",
    exact=False,
    needs=("person|company|deal",),
)
MANY = 0.05  # a twentieth of the records rests on the twin
ENDINGS = re.compile(
    r"(__c|_c|__pc|[ _-]?(new|old|alt|alternative|other|backup|copy|legacy|import|temp|tmp|custom"
    r"|duplicate)|[ _-]?[2-9])$"
)
WORDS = {
    "phone": "phone", "phonenumber": "phone", "telephone": "phone", "tel": "phone",
    "telefon": "phone", "mobile": "phone", "mobilephone": "phone", "mobil": "phone",
    "cell": "phone", "cellphone": "phone", "mobilenumber": "phone", "handy": "phone",
    "email": "email", "emailaddress": "email", "mail": "email",
}  # fmt: skip
# Numbered on purpose: lines of an address, questions of a form, steps.
NUMBERED = re.compile(
    r"^(address|street|addressline|line|question|response|answer|option|custom|field|tag|utm|"
    r"choice|step|level|q|column|note|notes|mergefield|mmerge|datum|date)s?$"
)
STANDARD = {Meaning.PHONE, Meaning.MOBILE, Meaning.EMAIL}
EXAMPLES = 5


def find(stack: Stack) -> Iterator[Finding]:
    """Judge the columns' names first, then whether both hold values."""
    for table in data_tables(stack):
        groups: dict[str, list[Column]] = {}
        for column in table.columns:
            groups.setdefault(stem(column.name), []).append(column)
        for columns in groups.values():
            twins = [c for c in columns if c.meaning not in STANDARD]
            if len(columns) > 1 and twins:
                yield from _judge(stack, table, columns, twins)


def stem(column: str) -> str:
    """The name without what people add to it for a second field."""
    said = re.sub(r"[^a-z0-9_ -]", "", column.lower())
    while True:
        shorter = ENDINGS.sub("", said)
        if shorter == said or not shorter:
            break
        said = shorter
    plain = re.sub(r"[^a-z0-9]", "", said)
    return column if NUMBERED.match(plain) else WORDS.get(plain, plain)


def _judge(
    stack: Stack, table: Table, columns: list[Column], twins: list[Column]
) -> Iterator[Finding]:
    filled = count_where(stack, table, columns, lambda own: f"{clean(own)} is not null")
    held = [column for column in columns if filled[column]]
    twins = [column for column in twins if filled[column] and len(held) > 1]
    if twins and not any(column.meaning in STANDARD for column in held):
        # Neither is a standard field: the one that holds less is the twin.
        twins = sorted(held, key=lambda column: -filled[column])[1:]
    if not twins:
        return
    twin = max(twins, key=lambda column: filled[column])
    shown = ", ".join(f"{clean(name(c.name))}" for c in held)
    rows = stack.connection.execute(
        f"select coalesce({key_of(table)}, cast(_row as varchar)), {shown} "
        f"from {name(table.name)} where {clean(name(twin.name))} is not null "
        f"order by _row limit {EXAMPLES}"
    ).fetchall()
    names = " and ".join(c.name[:30] for c in held[:4])
    yield Finding(
        RULE,
        f"{system_title(table.system)} {noun(table.kind)} keep one thing in {names}: "
        f"{filled[twin]:,} of {table.rows:,} have a value in {twin.name[:30]}.",
        table.system,
        table=table.name,
        fields=tuple(FieldRef(table.system, table.object, c.name) for c in held),
        count=filled[twin],
        of=table.rows,
        severity=Severity.NOTE if filled[twin] < MANY * table.rows else None,
        examples=tuple(
            Example(str(key), {c.name: str(v) for c, v in zip(held, values, strict=True) if v})
            for key, *values in rows
        ),
        facts={c.name: f"{filled[c]:,}" for c in held},
    )
