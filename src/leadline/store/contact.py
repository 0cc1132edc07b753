"""Contacts: typed columns, what nobody declared, and since when a value holds.

The statements are made here and not in ``queries/``, for their columns are those of the
project's fields. Scope: person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import LiteralString, cast
from uuid import UUID

from psycopg import sql

from leadline.expression.types import Value
from leadline.project.fields import Field
from leadline.store.arrays import Documents
from leadline.store.contact_columns import column_of, existing_columns, type_of
from leadline.store.pool import Connection
from leadline.store.statement import as_sent, columns

Person = tuple[int, UUID]
"""Bucket and id."""


@dataclass(slots=True)
class Contact:
    """One contact; ``meta`` maps a field to when its value was told, and by whom."""

    bucket: int
    id: UUID
    values: dict[str, Value] = field(default_factory=dict[str, Value])
    extra: dict[str, object] = field(default_factory=dict[str, object])
    meta: dict[str, object] = field(default_factory=dict[str, object])


async def read_contacts(
    conn: Connection, people: Sequence[Person], fields: Sequence[Field]
) -> dict[UUID, Contact]:
    """Read these people's contacts; a person without one is not in the answer."""
    if not people:
        return {}
    params = as_sent(columns(("bucket", "id"), people))
    cursor = await conn.execute(_select(_typed(fields)), params, binary=True)
    found: dict[UUID, Contact] = {}
    for row in await cursor.fetchall():
        bucket, contact_id, extra, meta = row[:4]
        values = {
            f.name: cast(Value, v) for f, v in zip(fields, row[4:], strict=True) if v is not None
        }
        assert isinstance(bucket, int)
        assert isinstance(contact_id, UUID)
        found[contact_id] = Contact(
            bucket,
            contact_id,
            values,
            cast(dict[str, object], extra),
            cast(dict[str, object], meta),
        )
    return found


async def write_contacts(
    conn: Connection, contacts: Sequence[Contact], fields: Sequence[Field], now: datetime
) -> None:
    """Store these contacts whole: all their fields, what nobody declared, and the meta data."""
    if not contacts:
        return
    arrays: dict[str, object] = {
        "bucket": [c.bucket for c in contacts],
        "id": [c.id for c in contacts],
        "extra": Documents(c.extra for c in contacts),
        "meta": Documents(c.meta for c in contacts),
        "now": now,
    }
    for f in fields:
        arrays[column_of(f)] = [c.values.get(f.name) for c in contacts]
    await conn.execute(_upsert(_typed(fields)), as_sent(arrays))


_Columns = tuple[tuple[str, LiteralString], ...]
"""Columns and their types; the statements of a set of fields are made once."""


def _typed(fields: Sequence[Field]) -> _Columns:
    return tuple((column_of(f), type_of(f.type.kind)) for f in fields)


@lru_cache(maxsize=16)
def _select(fields: _Columns) -> LiteralString:
    # Pair by pair: two lists would be looked up in all their combinations.
    wanted = [sql.SQL("c.bucket"), sql.SQL("c.id"), sql.SQL("c.extra"), sql.SQL("c.meta")]
    statement = sql.SQL(
        "select {} from unnest(%(bucket)s::smallint[], %(id)s::uuid[]) as u (bucket, id)"
        " join contact c on c.bucket = u.bucket and c.id = u.id"
    ).format(sql.SQL(", ").join([*wanted, *(sql.Identifier("c", name) for name, _ in fields)]))
    return cast(LiteralString, statement.as_string())


@lru_cache(maxsize=16)
def _upsert(fields: _Columns) -> LiteralString:
    kept: _Columns = (("extra", "jsonb"), ("meta", "jsonb"), *fields)
    names = [sql.Identifier(name) for name, _ in kept]
    arrays = [
        sql.SQL("{}::{}[]").format(sql.Placeholder(name), sql.SQL(kind)) for name, kind in kept
    ]
    changes = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Identifier("excluded", name))
        for name, _ in kept
    ]
    statement = sql.SQL(
        "insert into contact (bucket, id, created_at, updated_at, {names})"
        " select bucket, id, %(now)s::timestamptz, %(now)s::timestamptz, {names}"
        " from unnest(%(bucket)s::smallint[], %(id)s::uuid[], {arrays})"
        " as given (bucket, id, {names})"
        " on conflict (bucket, id) do update set updated_at = excluded.updated_at, {changes}"
    ).format(
        names=sql.SQL(", ").join(names),
        arrays=sql.SQL(", ").join(arrays),
        changes=sql.SQL(", ").join(changes),
    )
    return cast(LiteralString, statement.as_string())


async def people_with(conn: Connection, name: str, text: str, most: int) -> list[Person]:
    """Find people by the text of a field, whatever its case; it reads every contact.

    For what no identifier tells: an impossible address names nobody in the directory.
    """
    column = column_of(name)
    if column not in await existing_columns(conn):
        return []
    statement = sql.SQL(
        "select bucket, id from contact where bucket = any(%(buckets)s)"
        " and lower({}) = lower(%(text)s) limit %(most)s"
    ).format(sql.Identifier(column))
    params = {"buckets": list(range(1024)), "text": text, "most": most}
    rows = await (await conn.execute(statement, params)).fetchall()
    return [(cast(int, bucket), cast(UUID, contact_id)) for bucket, contact_id in rows]
