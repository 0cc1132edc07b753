"""Contact fields become typed columns, keep their values, and never change type in silence."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal

import anyio
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from leadline.errors import ProjectInvalid
from leadline.expression.types import FieldType, Kind
from leadline.project.fields import Field
from leadline.project.problems import Where
from leadline.store.contact_columns import (
    Change,
    backfill,
    column_of,
    existing_columns,
    plan_columns,
    select_list,
    sync_columns,
    upsert,
)
from leadline.store.pool import Store, open_store

pytestmark = pytest.mark.anyio

CONTACT = """
create table contact (
  bucket smallint not null, id uuid not null,
  extra jsonb not null default '{}', meta jsonb not null default '{}',
  created_at timestamptz not null, updated_at timestamptz not null,
  primary key (bucket, id))
"""
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def field(name: str, kind: Kind) -> Field:
    return Field(name, FieldType(kind), Where("data/contact.yaml", 3, 1))


def fields(**kinds: Kind) -> dict[str, Field]:
    return {name: field(name, kind) for name, kind in kinds.items()}


ALL = fields(
    email=Kind.EMAIL,
    stage=Kind.CHOICE,
    note=Kind.TEXT,
    size=Kind.NUMBER,
    vip=Kind.FLAG,
    seen=Kind.TIME,
    born=Kind.DATE,
)


@pytest.fixture
async def store(empty_database_url: str) -> AsyncIterator[Store]:
    async with await open_store(empty_database_url, role="test") as store:
        async with store.connection() as connection:
            await connection.execute(CONTACT)
        yield store


async def sync(store: Store, wanted: dict[str, Field]) -> tuple[Change, ...]:
    async with store.connection() as connection:
        return await sync_columns(connection, wanted)


async def add(store: Store, bucket: int, extra: object) -> uuid.UUID:
    one = uuid.uuid4()
    async with store.connection() as connection:
        await connection.execute(
            "insert into contact (bucket, id, extra, created_at, updated_at)"
            " values (%s, %s, %s, %s, %s)",
            [bucket, one, Jsonb(extra), AT, AT],
        )
    return one


async def rows(store: Store, columns: str) -> list[tuple[object, ...]]:
    async with store.connection() as connection:
        query = f"select {columns} from contact order by bucket, id".encode()
        return await (await connection.execute(query)).fetchall()


async def test_each_kind_has_its_column_and_a_second_deploy_changes_nothing(store: Store) -> None:
    changes = await sync(store, ALL)
    assert [change.field for change in changes] == list(ALL)
    assert await sync(store, ALL) == ()
    async with store.connection() as connection:
        assert await existing_columns(connection) == {
            "f_email": "text",
            "f_stage": "text",
            "f_note": "text",
            "f_size": "numeric",
            "f_vip": "boolean",
            "f_seen": "timestamp with time zone",
            "f_born": "date",
        }
        cursor = await connection.execute(
            "select collation_name from information_schema.columns where column_name = 'f_note'"
        )
        assert await cursor.fetchone() == ("C",)


async def test_deploys_at_the_same_moment_add_each_column_once(store: Store) -> None:
    added: list[Change] = []

    async def one() -> None:
        added.extend(await sync(store, ALL))

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(one)
    assert sorted(change.field for change in added) == sorted(ALL)


async def test_a_changed_type_is_refused_with_what_to_do_and_nothing_is_added(
    store: Store,
) -> None:
    await sync(store, fields(size=Kind.NUMBER))
    with pytest.raises(ProjectInvalid) as caught:
        await sync(store, fields(new=Kind.TEXT, size=Kind.TEXT))
    assert str(caught.value) == (
        'data/contact.yaml:3:1 "size" is now text (text), but what is stored is numeric. '
        "Put the old type back, or give the new meaning a field with another name."
    )
    async with store.connection() as connection:
        assert set(await existing_columns(connection)) == {"f_size"}


async def test_a_text_may_become_a_choice() -> None:
    assert plan_columns({"f_stage": "text"}, fields(stage=Kind.CHOICE)).problems == ()


async def test_a_field_that_is_taken_out_keeps_its_column_and_values(store: Store) -> None:
    await sync(store, ALL)
    await add(store, 1, {"note": "kept"})
    await backfill(store, ALL.values())
    assert await sync(store, fields(email=Kind.EMAIL)) == ()
    assert await rows(store, "f_note") == [("kept",)]


@pytest.mark.parametrize(
    "name", ["select", "Straße", 'a"b; drop table contact; --', "x" * 62, "ö" * 40, "100 %", "a.b"]
)
async def test_any_name_makes_a_column_of_its_own(store: Store, name: str) -> None:
    one, other = field(name, Kind.TEXT), field(name + "x", Kind.TEXT)
    assert len(column_of(one).encode()) <= 63
    assert column_of(one) != column_of(other)
    await sync(store, {name: one, other.name: other})
    await add(store, 7, {name: "here"})
    await backfill(store, [one, other])
    async with store.connection() as connection:
        query = sql.SQL("select {} from contact").format(select_list([one, other]))
        assert await (await connection.execute(query)).fetchone() == ("here", None)


async def test_values_move_from_the_unknown_properties_into_their_columns(store: Store) -> None:
    await add(store, 0, {"size": 12.5, "vip": True, "note": 7, "other": 1, "born": "1990-02-28"})
    await add(store, 1023, {"size": "1e3", "seen": "2026-03-01T12:00:00Z", "email": "a@b.example"})
    await sync(store, ALL)
    assert await backfill(store, ALL.values()) == 2
    assert await backfill(store, ALL.values()) == 0
    columns = "f_size, f_vip, f_note, f_born, f_seen, f_email, extra"
    assert await rows(store, columns) == [
        (Decimal("12.5"), True, "7", date(1990, 2, 28), None, None, {"other": 1}),
        (Decimal(1000), None, None, None, AT, "a@b.example", {}),
    ]


async def test_what_the_type_does_not_take_stays_where_it_is(store: Store) -> None:
    bad = {
        "size": "NaN",
        "vip": "maybe",
        "seen": "now",
        "born": "2026-02-30",
        "note": {"a": 1},
        "email": ["a@b.example"],
    }
    await add(store, 5, bad)
    await sync(store, ALL)
    assert await backfill(store, ALL.values()) == 0
    assert await rows(store, "extra, num_nonnulls(f_size, f_vip, f_seen, f_born, f_note)") == [
        (bad, 0)
    ]


async def test_a_null_is_taken_out_and_a_newer_value_is_kept(store: Store) -> None:
    await sync(store, ALL)
    await add(store, 5, {"note": None, "size": 1})
    async with store.connection() as connection:
        await connection.execute("update contact set f_size = 2")
    assert await backfill(store, ALL.values()) == 1
    assert await rows(store, "f_note, f_size, extra") == [(None, Decimal(2), {})]


async def test_many_contacts_are_written_at_once_and_again(store: Store) -> None:
    await sync(store, ALL)
    written = [ALL["email"], ALL["size"], ALL["seen"]]
    ids = [uuid.UUID(int=number) for number in range(3)]
    batch = {
        "buckets": [1, 2, 3],
        "ids": ids,
        "now": AT,
        "f_email": ["a@x.example", "b@x.example", None],
        "f_size": [Decimal(1), None, Decimal("0.1")],
        "f_seen": [None, AT, None],
    }
    later = datetime(2026, 3, 2, tzinfo=UTC)
    async with store.transaction() as connection:
        await connection.execute(upsert(written), batch)
        again = batch | {"now": later, "f_email": ["c@x.example", None, None]}
        await connection.execute(upsert(written), again)
    assert await rows(store, "f_email, f_size, f_seen, created_at, updated_at") == [
        ("c@x.example", Decimal(1), None, AT, later),
        (None, None, AT, AT, later),
        (None, Decimal("0.1"), None, AT, later),
    ]
