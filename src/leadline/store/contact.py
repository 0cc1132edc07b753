"""Contacts: typed columns, what nobody declared, and since when a value holds.

The statements are made here and not in ``queries/``, for their columns are those of the
project's fields. Scope: person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from psycopg import sql

from leadline.expression.types import Value
from leadline.project.fields import Field
from leadline.store.arrays import Documents
from leadline.store.contact_columns import (
    array_list,
    column_list,
    column_of,
    existing_columns,
    select_list,
    set_list,
)
from leadline.store.pool import Connection
from leadline.store.statement import as_sent

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
    wanted = sql.SQL(", ").join([sql.SQL("bucket, id, extra, meta"), select_list(fields)])
    if not fields:
        wanted = sql.SQL("bucket, id, extra, meta")
    statement = sql.SQL(
        "select {} from contact where bucket = any(%(buckets)s) and id = any(%(ids)s)"
    ).format(wanted)
    params = {"buckets": sorted({b for b, _ in people}), "ids": [i for _, i in people]}
    cursor = await conn.execute(statement, as_sent(params), binary=True)
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
    await conn.execute(_upsert(tuple(fields)), as_sent(arrays))


def _upsert(fields: Sequence[Field]) -> sql.Composed:
    if not fields:
        return sql.SQL(
            "insert into contact (bucket, id, created_at, updated_at, extra, meta)"
            " select g.bucket, g.id, %(now)s::timestamptz, %(now)s::timestamptz, g.extra, g.meta"
            " from unnest(%(bucket)s::smallint[], %(id)s::uuid[], %(extra)s::jsonb[],"
            " %(meta)s::jsonb[]) as g (bucket, id, extra, meta)"
            " on conflict (bucket, id) do update set updated_at = excluded.updated_at,"
            " extra = excluded.extra, meta = excluded.meta"
        ).format()
    return sql.SQL(
        "insert into contact (bucket, id, created_at, updated_at, extra, meta, {columns})"
        " select given.bucket, given.id, %(now)s::timestamptz, %(now)s::timestamptz,"
        " given.extra, given.meta, {values}"
        " from unnest(%(bucket)s::smallint[], %(id)s::uuid[], %(extra)s::jsonb[],"
        " %(meta)s::jsonb[], {arrays}) as given (bucket, id, extra, meta, {columns})"
        " on conflict (bucket, id) do update set updated_at = excluded.updated_at,"
        " extra = excluded.extra, meta = excluded.meta, {assignments}"
    ).format(
        columns=column_list(fields),
        values=select_list(fields, "given"),
        arrays=array_list(fields),
        assignments=set_list(fields),
    )


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
