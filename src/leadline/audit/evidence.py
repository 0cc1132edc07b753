"""From the bad rows that a rule selects to findings: counted, with share and five examples.

A rule's query gives one row a bad record (or a bad value, with ``count``):
``system, tbl, row, key`` and, where it has them, ``field`` (a Meaning or the column's own name;
a list for several), ``count``, ``of`` (rows judged; else the table's rows), ``severity``,
``because``, ``written_by``, ``fact_…`` (each different fact is a finding of its own, and a word
of the message). What else it selects is shown in the examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING

from leadline.audit.sql_text import name
from leadline.audit.stack import Stack
from leadline.audit.tables import Kind, Meaning, Table
from leadline.blueprint.finding import Example, Finding, Rule, Severity
from leadline.blueprint.graph.flow import FieldRef

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXAMPLES = 5
EXAMPLE_LENGTH = 300  # characters of a value that an example keeps
GROUPING = ("system", "tbl", "field", "severity", "because", "written_by")
OWN = {*GROUPING, "row", "key", "count", "of"}
TITLES = {
    "hubspot": "HubSpot", "salesforce": "Salesforce", "mailchimp": "Mailchimp",
    "klaviyo": "Klaviyo", "sendgrid": "SendGrid", "zoom": "Zoom", "goto": "GoTo",
    "slack": "Slack", "mautic": "Mautic",
}  # fmt: skip
NOUNS = {
    Kind.CONTACT: "contacts", Kind.LEAD: "leads", Kind.COMPANY: "companies", Kind.DEAL: "deals",
    Kind.REGISTRATION: "registrations", Kind.SUPPRESSION: "suppressed addresses",
    Kind.ACTIVITY: "events", Kind.USER: "users", Kind.HISTORY: "changes",
    Kind.OPTION: "options", Kind.PROPERTY: "fields", Kind.LIST: "lists",
}  # fmt: skip
# Columns of the views that are made from another meaning's column.
MADE_FROM = {
    "email_raw": Meaning.EMAIL, "local_part": Meaning.EMAIL, "phone_raw": Meaning.PHONE,
    "mobile_raw": Meaning.MOBILE, "consent_state": Meaning.CONSENT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """A query of bad rows, how its findings are told, and the share that a healthy table may
    have (at most ``tolerance``: the finding is a note)."""

    sql: str
    message: str
    tolerance: float = 0.0


def system_title(system: str) -> str:
    """The system as people write it."""
    return TITLES.get(system, system[:1].upper() + system[1:])


def noun(kind: Kind) -> str:
    """What the rows of such a table are called, in the plural."""
    return NOUNS.get(kind, "rows")


def findings(rule: Rule, stack: Stack, query: Query) -> Iterator[Finding]:
    """Run the query and tell what it found; one finding for each table, field and fact."""
    connection = stack.connection
    connection.execute(f"create or replace temp table _found as {query.sql}")
    columns = [row[0] for row in connection.execute("describe _found").fetchall()]
    keys = [c for c in columns if c in GROUPING or c.startswith("fact_")]
    counted = 'sum("count")' if "count" in columns else "count(*)"
    of = 'max("of")' if "of" in columns else "null"
    listed = ", ".join(name(key) for key in keys)
    groups = connection.execute(
        f"select {counted}, {of}, {listed} from _found group by {listed} order by 1 desc, {listed}"
    ).fetchall()
    tables = {table.name: table for table in stack.tables}
    for count, judged, *values in groups:
        group = dict(zip(keys, values, strict=True))
        table = tables.get(str(group.get("tbl")))
        total = int(judged) if judged is not None else table.rows if table else None
        shown = tuple(_examples(connection, group, columns))
        yield _finding(rule, query, group, table, (int(count), total), shown)
    connection.execute("drop table if exists _found")


def _finding(
    rule: Rule,
    query: Query,
    group: Mapping[str, object],
    table: Table | None,
    counts: tuple[int, int | None],
    examples: tuple[Example, ...],
) -> Finding:
    count, total = counts
    facts = {
        key[5:]: str(v) for key, v in group.items() if key.startswith("fact_") and v is not None
    }
    fields = _fields(table, str(group.get("system", "")), group.get("field"))
    severity = Severity(str(group["severity"])) if group.get("severity") else None
    if total and count / total <= query.tolerance:
        severity = Severity.NOTE
    system = str(group.get("system") or "")
    words = {
        **facts,
        **{f"{fact}_title": system_title(value) for fact, value in facts.items()},
        "count": f"{count:,}",
        "of": f"{total:,}" if total is not None else "?",
        "share": share(count, total),
        "system": system_title(system),
        "object": noun(table.kind) if table else "records",
        "field": " and ".join(ref.name for ref in fields) or str(group.get("field") or ""),
    }
    return Finding(
        rule,
        Formatter().vformat(query.message, (), words),
        system,
        table=table.name if table else "",
        fields=fields,
        count=count,
        of=total,
        severity=severity if severity is not rule.severity else None,
        examples=examples,
        facts=facts,
        because=str(group["because"]) if group.get("because") else None,
        written_by=str(group["written_by"]) if group.get("written_by") else None,
    )


def share(count: int, total: int | None) -> str:
    """The share in words of figures: ``4 %``, ``0.3 %``, ``under 0.1 %``."""
    if not total:
        return "?"
    percent = 100 * count / total
    if percent >= 10 or percent == 0:
        return f"{percent:.0f} %"
    return f"{percent:.1f} %" if percent >= 0.1 else "under 0.1 %"


def _fields(table: Table | None, system: str, said: object) -> tuple[FieldRef, ...]:
    names = [str(n) for n in said] if isinstance(said, list) else [str(said)] if said else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # JSON of a vendor
    if table is None:
        return tuple(FieldRef(system, "", one) for one in names)
    own = (_own_name(table, one) for one in names)
    return tuple(FieldRef(table.system, table.object, one) for one in own if one is not None)


def _own_name(table: Table, said: str) -> str | None:
    """The column's internal name, from a meaning, a view's column or the name itself.

    None where the table has no such column: a list of unsubscribed has no word for consent.
    """
    if any(column.name == said for column in table.columns):
        return said
    meaning = MADE_FROM.get(said)
    if meaning is None and said in set(Meaning):
        meaning = Meaning(said)
    if meaning is None:
        return said
    column = table.column(meaning)
    if column is None and said == "consent_state":
        column = table.column(Meaning.OPTED_OUT) or table.column(Meaning.EMAIL)
    return column.name if column else None


def _examples(
    connection: DuckDBPyConnection, group: Mapping[str, object], columns: list[str]
) -> Iterator[Example]:
    shown = [c for c in columns if c not in OWN and not c.startswith("fact_")]
    key = "key" if "key" in columns else "null"
    row = "row" if "row" in columns else "null"
    first = '"count" desc' if "count" in columns else row if row != "null" else "1"
    cut = ", ".join(f"substr(cast({name(c)} as varchar), 1, {EXAMPLE_LENGTH})" for c in shown)
    where = " and ".join(f"{name(c)} is not distinct from ?" for c in group)
    rows = connection.execute(
        f"select {key}, {row}{', ' + cut if cut else ''} from _found where {where} "
        f"order by {first} limit {EXAMPLES}",
        list(group.values()),
    ).fetchall()
    for own, number, *values in rows:
        kept = {c: str(v) for c, v in zip(shown, values, strict=True) if v is not None}
        yield Example(str(own or (f"row {number}" if number is not None else "")), kept)
