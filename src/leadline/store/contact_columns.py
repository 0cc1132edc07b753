"""Contact fields as typed columns, made from data/contact.yaml by deploy.

Each field is a nullable column ``f_<name>`` of ``contact``. A new column takes over what
the unknown properties (``extra``) already hold under its name, bucket by bucket. A field
that is taken out of the file keeps its column: what was stored is not thrown away by an
edit, and the field may come back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString, assert_never

from psycopg import sql

from leadline.errors import ProjectInvalid
from leadline.expression.types import Kind
from leadline.project.fields import Field
from leadline.project.problems import Problem
from leadline.store.pool import Connection, Store

PREFIX = "f_"
LONGEST_NAME_BYTES = 63  # PostgreSQL's NAMEDATALEN - 1; it cuts longer names in silence
BUCKETS = 1024
BUCKETS_AT_ONCE = 64

# What PostgreSQL would take for a value but does not mean one: 'now', 'infinity', 'NaN'.
PLAIN_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
PLAIN_TIME = r"^\d{4}-\d\d-\d\d"


@dataclass(frozen=True, slots=True)
class Change:
    """A column that deploy adds: the field, the column, its type in PostgreSQL."""

    field: str
    column: str
    type: LiteralString


@dataclass(frozen=True, slots=True)
class Plan:
    """What the fields of a project ask of the table, and what speaks against it."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


def column_of(field: Field | str) -> str:
    """Return the column of a field.

    A name that is too long for a column, or has other characters than letters, digits and
    ``_``, is cut to what is left and marked by its hash.
    """
    name = field if isinstance(field, str) else field.name
    column = PREFIX + name
    if re.fullmatch(r"\w+", name) and len(column.encode()) <= LONGEST_NAME_BYTES:
        return column
    mark = hashlib.sha256(name.encode()).hexdigest()[:10]
    room = LONGEST_NAME_BYTES - len(mark) - 1
    plain = re.sub(r"\W", "_", column).encode()[:room].decode(errors="ignore")
    return f"{plain}_{mark}"


def type_of(kind: Kind) -> LiteralString:
    """Return the PostgreSQL type that holds a field of this kind (see expression/types.py)."""
    match kind:
        case Kind.TEXT | Kind.EMAIL | Kind.CHOICE:
            return "text"
        case Kind.NUMBER:
            return "numeric"
        case Kind.FLAG:
            return "boolean"
        case Kind.TIME:
            return "timestamp with time zone"
        case Kind.DATE:
            return "date"
        case _:
            assert_never(kind)


def plan_columns(existing: Mapping[str, str], fields: Mapping[str, Field]) -> Plan:
    """Compare the columns there are (name to type) with those that the fields need."""
    changes: list[Change] = []
    problems: list[Problem] = []
    for field in fields.values():
        column, wanted = column_of(field), type_of(field.type.kind)
        found = existing.get(column)
        if found is None:
            changes.append(Change(field.name, column, wanted))
        elif found != wanted:
            problems.append(_changed_type(field, found, wanted))
    return Plan(tuple(changes), tuple(problems))


async def sync_columns(connection: Connection, fields: Mapping[str, Field]) -> tuple[Change, ...]:
    """Add the columns that the fields need, all or none; return what was added.

    Raises ProjectInvalid where a field changed its type. ``backfill`` comes after.
    """
    async with connection.transaction():
        # Two deploys at once: the second sees the columns of the first.
        await connection.execute("lock table contact in share update exclusive mode")
        plan = plan_columns(await existing_columns(connection), fields)
        if plan.problems:
            raise ProjectInvalid("\n".join(map(str, plan.problems)))
        for change in plan.changes:
            await connection.execute(_add_column(change))
    return plan.changes


async def existing_columns(connection: Connection) -> dict[str, str]:
    """Return the field columns of the table: name to type."""
    cursor = await connection.execute(
        "select attname, format_type(atttypid, null) from pg_attribute"
        " where attrelid = 'contact'::regclass and attnum > 0 and not attisdropped"
        " and starts_with(attname, %s)",
        [PREFIX],
    )
    return {str(name): str(kind) for name, kind in await cursor.fetchall()}


async def backfill(store: Store, fields: Iterable[Field]) -> int:
    """Move values out of ``extra`` into the columns of their fields; return how many contacts.

    Works bucket by bucket in transactions of their own, and may be broken off and begun
    again. A value that the type does not take stays where it is; a column that already
    has a value, which is the newer one, keeps it.
    """
    wanted = tuple(fields)
    if not wanted:
        return 0
    moved = 0
    statement = _move_from_extra(wanted)
    keys: dict[str, object] = {f"key_{number}": field.name for number, field in enumerate(wanted)}
    for first in range(0, BUCKETS, BUCKETS_AT_ONCE):
        buckets = list(range(first, first + BUCKETS_AT_ONCE))
        async with store.transaction() as connection:
            cursor = await connection.execute(statement, keys | {"buckets": buckets})
            moved += cursor.rowcount
    return moved


def select_list(fields: Sequence[Field], table: str = "contact") -> sql.Composed:
    """Return ``"contact"."f_email", …`` in the order of the fields."""
    return sql.SQL(", ").join(sql.Identifier(table, column_of(field)) for field in fields)


def column_list(fields: Sequence[Field]) -> sql.Composed:
    """Return ``"f_email", …`` in the order of the fields, as an insert wants it."""
    return sql.SQL(", ").join(sql.Identifier(column_of(field)) for field in fields)


def array_list(fields: Sequence[Field]) -> sql.Composed:
    """Return ``%(f_email)s::text[], …``: one array a field, as unnest wants them."""
    return sql.SQL(", ").join(
        sql.SQL("{}::{}[]").format(
            sql.Placeholder(column_of(field)), sql.SQL(type_of(field.type.kind))
        )
        for field in fields
    )


def set_list(fields: Sequence[Field], source: str = "excluded") -> sql.Composed:
    """Return ``"f_email" = "excluded"."f_email", …`` as an update wants it; null clears."""
    return sql.SQL(", ").join(
        sql.SQL("{} = {}").format(
            sql.Identifier(column_of(field)), sql.Identifier(source, column_of(field))
        )
        for field in fields
    )


def upsert(fields: Sequence[Field]) -> sql.Composed:
    """Return the statement that writes these fields of many contacts at once.

    Parameters: arrays ``buckets``, ``ids`` and one a field, named as its column, all of one
    length; ``now``. A contact must not stand twice in a batch. Scope: person.
    """
    assert fields, "an upsert writes at least one field"
    return sql.SQL(
        "insert into contact (bucket, id, created_at, updated_at, {columns})"
        " select given.bucket, given.id, %(now)s::timestamptz, %(now)s::timestamptz, {values}"
        " from unnest(%(buckets)s::smallint[], %(ids)s::uuid[], {arrays})"
        " as given (bucket, id, {columns})"
        " on conflict (bucket, id) do update set updated_at = excluded.updated_at, {assignments}"
    ).format(
        columns=column_list(fields),
        values=select_list(fields, "given"),
        arrays=array_list(fields),
        assignments=set_list(fields),
    )


def _changed_type(field: Field, found: str, wanted: str) -> Problem:
    return Problem(
        code="field-type-changed",
        message=f'"{field.name}" is now {field.type.kind.value} ({wanted}), but what is stored '
        f"is {found}.",
        where=field.where,
        fix="Put the old type back, or give the new meaning a field with another name.",
    )


def _add_column(change: Change) -> sql.Composed:
    kind = sql.SQL('text collate "C"' if change.type == "text" else change.type)
    return sql.SQL("alter table contact add column {} {}").format(
        sql.Identifier(change.column), kind
    )


def _move_from_extra(fields: Sequence[Field]) -> sql.Composed:
    assignments: list[sql.Composable] = []
    taken: list[sql.Composable] = []
    for number, field in enumerate(fields):
        key = sql.SQL("{}::text").format(sql.Placeholder(f"key_{number}"))
        fits = _fits(field.type.kind, key)
        assignments.append(
            sql.SQL(
                "{column} = case when {column} is null and {fits}"
                " then (extra ->> {key})::{type} else {column} end"
            ).format(
                column=sql.Identifier(column_of(field)),
                fits=fits,
                key=key,
                type=sql.SQL(type_of(field.type.kind)),
            )
        )
        taken.append(sql.SQL("case when {} then {} end").format(fits, key))
    return sql.SQL(
        "update contact set {assignments},"
        " extra = extra - array_remove(array[{taken}]::text[], null)"
        " where bucket = any(%(buckets)s::smallint[])"
        " and array_remove(array[{taken}]::text[], null) <> '{{}}'"
    ).format(assignments=sql.SQL(", ").join(assignments), taken=sql.SQL(", ").join(taken))


def _fits(kind: Kind, key: sql.Composed) -> sql.Composed:
    """Return the condition that ``extra`` holds a value of this kind, or a null, under the key."""
    scalar = sql.SQL("jsonb_typeof(extra -> {key}) in ('string', 'number', 'boolean', 'null')")
    match kind:
        case Kind.TEXT | Kind.EMAIL | Kind.CHOICE:
            shape = scalar
        case Kind.NUMBER:
            shape = sql.SQL("extra ->> {key} ~ {plain}")
        case Kind.FLAG:
            shape = sql.SQL("extra ->> {key} in ('true', 'false')")
        case Kind.TIME | Kind.DATE:
            shape = sql.SQL(
                "extra ->> {key} ~ {plain} and pg_input_is_valid(extra ->> {key}, {type})"
            )
        case _:
            assert_never(kind)
    plain = sql.Literal(PLAIN_NUMBER if kind is Kind.NUMBER else PLAIN_TIME)
    known = shape.format(key=key, plain=plain, type=sql.Literal(type_of(kind)))
    return sql.SQL("coalesce({} or jsonb_typeof(extra -> {}) = 'null', false)").format(known, key)
