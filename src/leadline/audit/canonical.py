"""The same words for every system: views over all tables, laid by the meaning of each column.

Text is trimmed, without invisible characters, and NULL where blank; ``*_raw`` is as it was
read; times are TIMESTAMP (UTC) or NULL; a column that a table does not have is NULL. They are
stored once (an inspection asks dozens of questions of them). Numbers, lists and dates that a
view promises hold for every system, so that a rule never asks which vendor it looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leadline.audit.consent_words import consent_state
from leadline.audit.flow_views import lay_flow_views
from leadline.audit.sql_text import clean, name, text, truth
from leadline.audit.stack import Stack
from leadline.audit.tables import Kind, Meaning, Table
from leadline.audit.times import Shapes, moment, shapes

TIMES = {
    Meaning.CREATED_AT, Meaning.UPDATED_AT, Meaning.LAST_ACTIVITY_AT, Meaning.CONSENT_AT,
    Meaning.OPTED_OUT_AT, Meaning.HANDED_OVER_AT, Meaning.ANSWERED_AT, Meaning.CLOSE_DATE,
    Meaning.RENEWAL_DATE, Meaning.AT,
}  # fmt: skip
# A database in memory of its own, because only as a whole it can be compressed: a million people
# take a tenth of the room there, and the same time to read.
STORED = "canonical"
PEOPLE = (Kind.CONTACT, Kind.LEAD, Kind.REGISTRATION)
WON = r"won|gewonnen|gagn"
LOST = r"lost|verloren|perdu"

Expression = Callable[[Table, Mapping[str, Shapes]], str]


def lay_views(stack: Stack) -> None:
    """Make the views of the audit in the stack's connection (again: replaced)."""
    stack.connection.execute("set TimeZone = 'UTC'")
    stack.connection.execute(f"attach if not exists ':memory:' as {STORED} (compress)")
    found = {table.name: _shapes(stack, table) for table in stack.tables}
    for view, kinds, columns in VIEWS:
        tables = [table for table in stack.tables if table.kind in kinds]
        parts = [_select(table, columns, found[table.name]) for table in tables]
        parts.append(f"select {_empty(columns)} where false")
        stack.connection.execute(
            f"create or replace table {STORED}.{view} as {' union all '.join(parts)}"
        )
        stack.connection.execute(f"create or replace view {view} as select * from {STORED}.{view}")
    _name_writers(stack)
    stack.connection.execute(f"checkpoint {STORED}")
    _lay_columns(stack)
    lay_flow_views(stack)


def _name_writers(stack: Stack) -> None:
    """Put names for ids of flows, forms and integrations; ``writer_id`` keeps the id.

    The name in the flow's own definition wins over the label that the history keeps.
    """
    known = [(flow.system, flow.id, flow.name) for flow in stack.flows if flow.name]
    stack.connection.execute(
        f"update {STORED}.change set writer = writer_name where writer_name is not null "
        "and lower(coalesce(writer_kind, '')) not in ('crm_ui', 'user')"
    )
    if known:
        systems, ids, names = map(list, zip(*known, strict=True))
        stack.connection.execute(
            f"update {STORED}.change as c set writer = f.name from "
            "(select unnest($1) as system, unnest($2) as id, unnest($3) as name) as f "
            "where f.system = c.system and f.id = c.writer_id",
            [systems, ids, names],
        )


def _lay_columns(stack: Stack) -> None:
    """``columns``: which field of which table holds which meaning."""
    stack.connection.execute(
        "create or replace table columns "
        "(system varchar, tbl varchar, object varchar, field varchar, meaning varchar)"
    )
    rows = [
        (table.system, table.name, table.object, column.name, column.meaning.value)
        for table in stack.tables
        for column in table.columns
    ]
    if rows:
        stack.connection.executemany("insert into columns values (?, ?, ?, ?, ?)", rows)


def _shapes(stack: Stack, table: Table) -> Mapping[str, Shapes]:
    columns = [column.name for column in table.columns if column.meaning in TIMES]
    return shapes(stack.connection, table.name, columns)


def _select(table: Table, columns: Mapping[str, Expression], found: Mapping[str, Shapes]) -> str:
    listed = [
        f"cast({make(table, found)} as {_type(column)}) as {name(column)}"
        for column, make in columns.items()
    ]
    return f"select {', '.join(listed)} from {name(table.name)}"


def _empty(columns: Mapping[str, Expression]) -> str:
    return ", ".join(f"cast(null as {_type(column)}) as {name(column)}" for column in columns)


def _type(column: str) -> str:
    if column == "row":
        return "bigint"
    if column in {"closed", "active"}:
        return "boolean"
    if column in {"score", "members"}:
        return "double"
    return "timestamp" if column in {meaning.value for meaning in TIMES} else "varchar"


def _said(value: Callable[[Table], str]) -> Expression:
    return lambda table, found: text(value(table))


def _of(meaning: Meaning, form: Callable[[str], str] = clean) -> Expression:
    """The cleaned value of the column of that meaning, or NULL."""

    def make(table: Table, found: Mapping[str, Shapes]) -> str:
        column = table.column(meaning)
        if column is None:
            return "null"
        if meaning in TIMES:
            return moment(column.name, found[column.name])
        return form(name(column.name))

    return make


def _raw(value: str) -> str:
    return value


def _lower(value: str) -> str:
    return f"lower({clean(value)})"


def _local_part(value: str) -> str:
    """What stands before the first "@"; NULL where there is none. (Own split: Spark's fails.)"""
    email = _lower(value)
    at = f"strpos({email}, '@')"
    return f"(case when {at} > 1 then substr({email}, 1, {at} - 1) end)"


def _domain_part(value: str) -> str:
    """What stands behind the first "@"; NULL where there is none."""
    email = _lower(value)
    at = f"strpos({email}, '@')"
    return f"(case when {at} > 0 then nullif(substr({email}, {at} + 1), '') end)"


def _web_domain(value: str) -> str:
    """A company's domain without scheme, www and path."""
    return (
        f"nullif(regexp_replace(regexp_replace({_lower(value)}, '^(https?://)?(www[.])?', ''), "
        "'[/?#:].*$', ''), '')"
    )


def _number(value: str) -> str:
    return f"try_cast({clean(value)} as double)"


def _row(table: Table, found: Mapping[str, Shapes]) -> str:
    del table, found
    return "_row"


def _consent(table: Table, found: Mapping[str, Shapes]) -> str:
    del found
    return consent_state(table)


def _closed(table: Table, found: Mapping[str, Shapes]) -> str:
    """Whether a deal is closed: its flag, else its stage's words (won, lost)."""
    del found
    flag, stage = table.column(Meaning.CLOSED), table.column(Meaning.STAGE)
    said = truth(name(flag.name)) if flag else "null"
    if stage is None:
        return said
    return f"coalesce({said}, regexp_matches({_lower(name(stage.name))}, '{WON}|{LOST}'))"


def _active(table: Table, found: Mapping[str, Shapes]) -> str:
    """Whether a user still works there; "(Deactivated User)" behind a name says no."""
    del found
    flag, named = table.column(Meaning.OWNER_ACTIVE), table.column(Meaning.NAME)
    said = truth(name(flag.name)) if flag else "null"
    gone = f"contains({_lower(name(named.name))}, '(deactivated')" if named else "false"
    return f"case when {gone} then false else {said} end"


def _field_name(table: Table, found: Mapping[str, Shapes]) -> str:
    """A field's internal name; where no column is only that, "name" is it."""
    meaning = Meaning.FIELD if table.column(Meaning.FIELD) else Meaning.NAME
    return _of(meaning)(table, found)


_PLACE: dict[str, Expression] = {
    "system": _said(lambda table: table.system),
    "tbl": _said(lambda table: table.name),
    "row": _row,
}
_PERSON_TEXT = (
    Meaning.FIRST_NAME, Meaning.LAST_NAME, Meaning.FULL_NAME, Meaning.COMPANY_NAME,
    Meaning.COMPANY_KEY, Meaning.STREET, Meaning.CITY, Meaning.STATE, Meaning.POSTCODE,
    Meaning.COUNTRY, Meaning.LANGUAGE, Meaning.TIME_ZONE, Meaning.OWNER, Meaning.LIFECYCLE,
    Meaning.LEAD_STATUS, Meaning.SOURCE, Meaning.CREATED_AT, Meaning.UPDATED_AT,
    Meaning.LAST_ACTIVITY_AT, Meaning.CONSENT_AT, Meaning.CONSENT_SOURCE,
    Meaning.CONSENT_WORDING, Meaning.OPTED_OUT_AT, Meaning.MARKETING_STATUS,
    Meaning.CONVERTED_KEY, Meaning.HANDED_OVER_AT, Meaning.ANSWERED_AT, Meaning.TOPIC,
    Meaning.ATTENDED,
)  # fmt: skip


def _texts(*meanings: Meaning) -> dict[str, Expression]:
    return {meaning.value: _of(meaning) for meaning in meanings}


PERSON: dict[str, Expression] = {
    **_PLACE,
    "kind": _said(lambda table: table.kind.value),
    "key": _of(Meaning.KEY),
    "email_raw": _of(Meaning.EMAIL, _raw),
    "email": _of(Meaning.EMAIL, _lower),
    "local_part": _of(Meaning.EMAIL, _local_part),
    "domain": _of(Meaning.EMAIL, _domain_part),
    "phone_raw": _of(Meaning.PHONE, _raw),
    "mobile_raw": _of(Meaning.MOBILE, _raw),
    **_texts(*_PERSON_TEXT),
    "score": _of(Meaning.SCORE, _number),
    "consent_state": _consent,
}
VIEWS: tuple[tuple[str, tuple[Kind, ...], dict[str, Expression]], ...] = (
    ("person", PEOPLE, PERSON),
    ("company", (Kind.COMPANY,), {
        **_PLACE,
        **_texts(Meaning.KEY, Meaning.NAME),
        "domain": _of(Meaning.DOMAIN, _web_domain),
        **_texts(Meaning.OWNER, Meaning.COUNTRY, Meaning.LIFECYCLE, Meaning.CREATED_AT),
    }),
    ("deal", (Kind.DEAL,), {
        **_PLACE,
        **_texts(Meaning.KEY, Meaning.NAME, Meaning.STAGE, Meaning.AMOUNT, Meaning.CLOSE_DATE,
                 Meaning.RENEWAL_DATE),
        "closed": _closed,
        **_texts(Meaning.OWNER, Meaning.CONTACT_KEY, Meaning.COMPANY_KEY, Meaning.CREATED_AT,
                 Meaning.UPDATED_AT),
    }),
    ("suppression", (Kind.SUPPRESSION,), {
        **_PLACE,
        "email": _of(Meaning.EMAIL, _lower),
        **_texts(Meaning.REASON, Meaning.AT),
        "status": _said(lambda table: table.status or ""),
    }),
    ("activity", (Kind.ACTIVITY,), {
        **_PLACE,
        "email": _of(Meaning.EMAIL, _lower),
        **_texts(Meaning.EVENT, Meaning.AT),
    }),
    ("owner", (Kind.USER,), {
        "system": _PLACE["system"],
        **_texts(Meaning.KEY, Meaning.NAME),
        "email": _of(Meaning.EMAIL, _lower),
        "active": _active,
    }),
    ("field", (Kind.PROPERTY,), {
        "system": _PLACE["system"],
        **_texts(Meaning.OBJECT),
        "name": _field_name,
        **_texts(Meaning.LABEL, Meaning.TYPE, Meaning.CALCULATED),
    }),
    ("option", (Kind.OPTION,), {
        "system": _PLACE["system"],
        **_texts(Meaning.OBJECT, Meaning.FIELD, Meaning.VALUE, Meaning.LABEL),
    }),
    ("change", (Kind.HISTORY,), {
        "system": _PLACE["system"],
        "tbl": _PLACE["tbl"],
        "row": _row,
        **_texts(Meaning.OBJECT, Meaning.KEY, Meaning.FIELD, Meaning.VALUE, Meaning.AT,
                 Meaning.WRITER_KIND, Meaning.WRITER, Meaning.WRITER_NAME),
        "writer_id": _of(Meaning.WRITER),
    }),
    ("lists", (Kind.LIST,), {
        **_PLACE,
        **_texts(Meaning.KEY, Meaning.NAME),
        "members": _of(Meaning.MEMBERS, _number),
    }),
)  # fmt: skip
