"""Connections are lent, given back and lost as the pool says."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import psycopg
import pytest
from psycopg.types.json import Jsonb

from leadline.errors import DiskFull, StoreUnavailable, UsageError
from leadline.store import embedded, pool
from leadline.store.pool import Store, database_url, describe, now, open_store

pytestmark = pytest.mark.anyio


async def value(store: Store, question: str, *parameters: object) -> object:
    async with store.connection() as connection:
        row = await (await connection.execute(question.encode(), parameters)).fetchone()
    assert row is not None
    return row[0]


async def test_the_clock_is_the_databases_and_speaks_utc(store: Store) -> None:
    async with store.transaction() as connection:
        at = await now(connection)
        assert await now(connection) > at
    assert at.tzinfo is UTC
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_times_come_back_in_utc_whatever_zone_they_went_in(store: Store) -> None:
    at = await value(store, "select '2026-03-29 03:30+02'::timestamptz")
    assert at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert isinstance(at, datetime)
    assert at.tzinfo is UTC


async def test_json_goes_in_and_out(store: Store) -> None:
    thing = {"name": "Zoë", "n": [1, 2.5, None, True], "deep": {"a": {}}}
    assert await value(store, "select %s::jsonb", Jsonb(thing)) == thing


async def test_a_connection_says_who_it_is_and_how_long_it_may_take(database_url: str) -> None:
    async with await open_store(database_url, role="demo", statement_timeout_s=0.05) as store:
        assert await value(store, "show application_name") == "leadline/demo"
        assert await value(store, "show idle_in_transaction_session_timeout") == "15s"
        with pytest.raises(psycopg.errors.QueryCanceled):
            await value(store, "select pg_sleep(10)")
        assert await value(store, "select 1") == 1


async def test_a_transaction_is_committed_at_the_end_and_undone_by_an_exception(
    store: Store,
) -> None:
    async with store.transaction() as connection:
        await connection.execute("create table t (n integer)")
    with pytest.raises(RuntimeError):
        async with store.transaction() as connection:
            await connection.execute("insert into t values (1)")
            raise RuntimeError
    assert await value(store, "select count(*) from t") == 0


async def test_a_statements_own_error_is_left_as_it_is(store: Store) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        await value(store, "select 1 / 0")
    assert await value(store, "select 1") == 1


async def test_no_more_connections_are_open_than_allowed_and_idle_ones_are_used_again(
    database_url: str,
) -> None:
    async with await open_store(database_url, role="few", max_connections=3) as store:
        backends: set[object] = set()

        async def one() -> None:
            async with store.connection() as connection:
                backends.add(connection.info.backend_pid)
                await connection.execute("select pg_sleep(0.01)")

        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(one)
        assert 1 <= len(backends) <= 3


async def test_a_task_that_waits_too_long_for_a_connection_is_told_why(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "LENT_TIMEOUT_S", 0.05)
    async with await open_store(database_url, role="one", max_connections=1) as store:
        async with store.connection():
            with pytest.raises(StoreUnavailable, match="All 1 connections have been in use"):
                await value(store, "select 1")
        assert await value(store, "select 1") == 1


async def test_a_connection_that_comes_back_after_the_store_was_closed_is_closed(
    database_url: str,
) -> None:
    store = await open_store(database_url, role="late")
    async with store.connection() as connection:
        await store.close()
        await connection.execute("select 1")
    assert connection.closed


async def test_a_cancelled_task_costs_no_connection(database_url: str) -> None:
    async with await open_store(database_url, role="few", max_connections=2) as store:
        for _ in range(6):
            with anyio.move_on_after(0.02) as scope:
                async with store.transaction() as connection:
                    await connection.execute("select pg_sleep(5)")
            assert scope.cancelled_caught
        with anyio.fail_after(5):
            assert await value(store, "select 1") == 1
            question = "select count(*) from pg_stat_activity where application_name = %s"
            # The server drops a cut-off backend in its own time, and sends no event.
            while await value(store, question, "leadline/few") != 1:  # noqa: ASYNC110
                await anyio.sleep(0.01)


async def test_a_lost_connection_is_said_and_the_next_one_works(
    store: Store, database_url: str
) -> None:
    async with store.connection(), store.connection():
        pass  # two idle ones
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'leadline/test' and datname = current_database()"
        )
    with pytest.raises(StoreUnavailable, match=r"does not answer .*then try again"):
        await value(store, "select 1")
    assert await value(store, "select 1") == 1


async def test_a_disk_that_is_full_is_named(store: Store) -> None:
    with pytest.raises(DiskFull, match="no room left"):
        await value(store, "do $$ begin raise disk_full; end $$")
    async with store.connection() as connection:
        assert not connection.closed


async def test_a_store_that_was_closed_leaves_no_connection(database_url: str) -> None:
    async with await open_store(database_url, role="gone") as store:
        assert await value(store, "select 1") == 1
    with psycopg.connect(database_url, autocommit=True) as other:
        row = other.execute(
            "select count(*) from pg_stat_activity where application_name = 'leadline/gone'"
        ).fetchone()
    assert row == (0,)


async def test_an_unreachable_database_is_named_without_its_password() -> None:
    url = "postgresql://ada:hunter2@127.0.0.1:1/acme"
    with pytest.raises(StoreUnavailable, match=r'database "acme" at 127\.0\.0\.1:1: ') as caught:
        await open_store(url)
    assert "hunter2" not in str(caught.value)
    assert "LEADLINE_DATABASE_URL" in str(caught.value)


@pytest.mark.parametrize(
    "url", ["ada:hunter2@host", "mysql://ada:hunter2@host/db", "postgresql://a:hunter2@h:port x/"]
)
async def test_an_address_that_is_none_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(UsageError, match="Write it as postgresql://") as caught:
        await open_store(url)
    assert "hunter2" not in str(caught.value)


async def test_a_database_that_cannot_hold_all_text_is_refused(server_url: str) -> None:
    name = f"latin_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as conn:
        conn.execute(
            f"create database {name} template template0 encoding 'LATIN1'"
            " locale_provider libc locale 'C'"
        )
        try:
            url = server_url.replace("/leadline?", f"/{name}?")
            with pytest.raises(StoreUnavailable, match="text as LATIN1; Leadline needs UTF8"):
                await open_store(url)
        finally:
            conn.execute(f"drop database {name} with (force)")


async def test_the_environment_names_the_database_before_the_embedded_one(tmp_path: Path) -> None:
    given = {"LEADLINE_DATABASE_URL": "postgresql://db.example/acme"}
    assert database_url(tmp_path, given) == "postgresql://db.example/acme"
    assert not (tmp_path / ".leadline").exists()


async def test_a_database_is_described_by_place_and_name() -> None:
    assert describe("postgresql://a:b@db.example/acme") == 'database "acme" at db.example:5432'
    assert describe("host=/run/pg dbname=x password=b") == 'database "x" at /run/pg'


@pytest.fixture
def project() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="leadline-test-"))
    yield directory
    embedded.stop(directory)
    embedded.leave(directory)
    shutil.rmtree(directory)


async def test_a_store_works_on_after_its_server_died_and_was_started_again(
    project: Path,
) -> None:
    async with await open_store(embedded.ensure(project), role="test") as store:
        async with store.transaction() as connection, store.connection() as second:
            await second.execute("select 1")
            await connection.execute("create table t (n integer)")
        pid = embedded.status(project).pid
        assert pid is not None
        with pytest.raises(StoreUnavailable):
            async with store.transaction() as connection:
                await connection.execute("insert into t values (1)")
                os.kill(pid, signal.SIGKILL)
                while True:
                    await connection.execute("select pg_sleep(0.01)")
        with anyio.fail_after(30):
            await anyio.to_thread.run_sync(embedded.ensure, project)
        assert await value(store, "select count(*) from t") == 0
