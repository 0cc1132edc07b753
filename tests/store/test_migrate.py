"""A database comes to the shape that the program knows, once, whole, and never backwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import psycopg
import pytest

from leadline import __version__
from leadline.errors import EnvironmentMismatch, LeadlineError, StoreTooNew
from leadline.store.migrate import (
    Migration,
    known_migrations,
    migrate,
    pending,
    stamp_environment,
)
from leadline.store.pool import Connection, Store, open_store

pytestmark = pytest.mark.anyio

ONE = Migration(1, "first", "create table t (n integer); insert into t values (1);")
TWO = Migration(2, "second", "alter table t add column m integer")
BROKEN = Migration(2, "broken", "insert into t values (2); select nonsense")


@pytest.fixture
async def empty(empty_database_url: str) -> AsyncIterator[Store]:
    async with await open_store(empty_database_url, role="test") as store:
        yield store


async def count(connection: Connection, question: str) -> object:
    row = await (await connection.execute(question.encode())).fetchone()
    assert row is not None
    return row[0]


async def test_what_is_missing_is_applied_in_order_and_once(empty: Store) -> None:
    async with empty.connection() as connection:
        assert await pending(connection, [ONE, TWO]) == (ONE, TWO)
        assert await migrate(connection, [ONE]) == (ONE,)
        assert await pending(connection, [ONE, TWO]) == (TWO,)
        assert await migrate(connection, [ONE, TWO]) == (TWO,)
        assert await migrate(connection, [ONE, TWO]) == ()
        assert await count(connection, "select count(m) from t where n = 1") == 0
        cursor = await connection.execute(
            "select number, name, program_version, applied_at is not null from schema_migration"
            " order by number"
        )
        rows = await cursor.fetchall()
    assert rows == [(1, "first", __version__, True), (2, "second", __version__, True)]


async def test_a_migration_that_fails_leaves_nothing_of_itself(empty: Store) -> None:
    async with empty.connection() as connection:
        with pytest.raises(psycopg.errors.UndefinedColumn):
            await migrate(connection, [ONE, BROKEN])
        assert await count(connection, "select count(*) from t") == 1
        assert await migrate(connection, [ONE, TWO]) == (TWO,)


async def test_several_processes_may_migrate_at_once(empty: Store) -> None:
    applied: list[Migration] = []

    async def one() -> None:
        async with empty.connection() as connection:
            applied.extend(await migrate(connection, [ONE, TWO]))

    async with anyio.create_task_group() as tasks:
        for _ in range(6):
            tasks.start_soon(one)
    assert sorted(applied, key=lambda step: step.number) == [ONE, TWO]


async def test_a_database_of_a_newer_program_is_refused(empty: Store) -> None:
    async with empty.connection() as connection:
        await migrate(connection, [ONE, TWO])
        for refused in (migrate, pending):
            with pytest.raises(StoreTooNew, match=r"0002_second.*Upgrade Leadline"):
                await refused(connection, [ONE])


async def test_an_applied_file_that_was_changed_is_refused(empty: Store) -> None:
    changed = Migration(1, "first", ONE.sql + " -- harmless?")
    async with empty.connection() as connection:
        await migrate(connection, [ONE])
        with pytest.raises(LeadlineError, match="0001_first was changed after it was applied"):
            await migrate(connection, [changed, TWO])


async def test_the_programs_own_migrations_lead_from_nothing_to_the_end(empty: Store) -> None:
    async with empty.connection() as connection:
        assert await migrate(connection) == known_migrations()
        assert await pending(connection) == ()


async def test_a_database_keeps_to_its_environment(empty: Store) -> None:
    table = "create table if not exists environment (name text primary key, created_at timestamptz)"
    async with empty.connection() as connection:
        await connection.execute(table)
        await stamp_environment(connection, "prod")
        await stamp_environment(connection, "prod")
        with pytest.raises(EnvironmentMismatch, match=r'"prod", not to "dev".*--env prod'):
            await stamp_environment(connection, "dev")
        assert await count(connection, "select count(*) from environment") == 1


@pytest.mark.parametrize(
    "names",
    [["0002_b.sql"], ["0001_a.sql", "0003_c.sql"], ["1_a.sql"], ["0001_a.sql", "0001_b.sql"]],
)
async def test_gaps_and_bad_names_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("select 1", encoding="utf-8")
    with pytest.raises(ValueError, match="expected the number"):
        known_migrations(tmp_path)


async def test_the_programs_own_migrations_have_no_gaps() -> None:
    numbers = [step.number for step in known_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
