"""A worker outlives what passes: a full disk, a statement that took too long, a lost store."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import psycopg.errors
import pytest

from leadline.environment import open_worker
from leadline.errors import DiskFull, StoreUnavailable
from leadline.release.deploy import check_project, compile_checked, deploy
from leadline.runtime.buckets import RENEW_S
from leadline.runtime.steps import LiveSteps
from leadline.runtime.supervise import Supervisor
from leadline.store.pool import Connection, Store
from tests.cli.stage import Stage, write_files
from tests.runtime.floor import FILES, Flaky, open_floor, until, until_true

pytestmark = pytest.mark.anyio


async def test_a_deadlock_or_a_statement_that_takes_too_long_is_trouble_that_passes(
    store: Store,
) -> None:
    async def slow(conn: Connection) -> None:
        await conn.execute("set local statement_timeout = '20ms'")
        await conn.execute("select pg_sleep(5)")

    with pytest.raises(StoreUnavailable, match="too busy") as trouble:
        await LiveSteps(store).transaction("slow", slow)
    assert isinstance(trouble.value.__cause__, psycopg.errors.QueryCanceled)


async def test_a_full_disk_does_not_end_a_worker(tmp_path: Path, database_url: str) -> None:
    async with open_floor(tmp_path, database_url) as stage:
        flaky = Flaky(LiveSteps(stage.store), frozenset({"*"}), DiskFull("No room."))
        stage.worker.steps = flaky
        stop = anyio.Event()

        async def revive() -> None:
            raise DiskFull("No room.")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Supervisor(stage.worker, revive).run, stop)
            await until(lambda: flaky.failures >= 10)
            flaky.away = frozenset()
            await until(lambda: len(stage.worker.buckets.held) == 64)
            stop.set()


async def test_a_system_that_a_deploy_adds_or_changes_is_taken_up(
    tmp_path: Path, database_url: str
) -> None:
    slack = {
        "systems/chat.yaml": "kind: slack\nbase_url: { dev: http://127.0.0.1:8702 }\n"
        "allow_private: { dev: true }\nsecrets: { token: env:SLACK_TOKEN }\n",
        "systems/mail.yaml": FILES["systems/mail.yaml"].replace("8703", "8704"),
    }
    async with open_floor(tmp_path, database_url) as stage, AsyncExitStack() as stack:
        supervisor = await stack.enter_async_context(open_worker(stage.opened, stage.compiled))
        worker, stop = supervisor.worker, anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(supervisor.run, stop)
            await until_true(lambda: _owned(stage, {"hubspot", "mail"}))
            before = worker.links
            write_files(tmp_path, slack)
            checked = check_project(tmp_path)
            await deploy(stage.store, compile_checked(checked), checked.files.texts, "test")
            await until_true(lambda: _owned(stage, {"chat", "hubspot", "mail"}))
            assert worker.links["mail"].settings.values["port"] == "8704"
            assert worker.links["hubspot"] == before["hubspot"]
            ((kept, anew),) = await stage.sql(
                "select (select epoch from connection_lease where connection = 'hubspot'),"
                " (select epoch from connection_lease where connection = 'mail')"
            )
            assert (kept, anew) == (1, 2)
            stop.set()


async def _owned(stage: Stage, names: set[str]) -> bool:
    rows = await stage.sql(
        "select connection, epoch from connection_lease where expires_at > now()"
    )
    owned = {str(name): epoch for name, epoch in rows}
    return owned.keys() == names and ("chat" not in names or owned["mail"] == 2)


async def test_a_second_worker_is_given_its_share_of_the_connections(
    tmp_path: Path, database_url: str
) -> None:
    async def owners() -> dict[str, str]:
        rows = await stage.sql(
            "select connection, owner from connection_lease where expires_at > now()"
        )
        return {str(connection): str(owner) for connection, owner in rows}

    async def owned_by(names: set[str]) -> bool:
        found = await owners()
        return found.keys() == {"hubspot", "mail"} and set(found.values()) == names

    async with open_floor(tmp_path, database_url) as stage, AsyncExitStack() as stack:
        one, two = [
            await stack.enter_async_context(open_worker(stage.opened, stage.compiled, name))
            for name in ("one", "two")
        ]
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one.run, stop)
            await until_true(lambda: owned_by({"one"}))
            tasks.start_soon(two.run, stop)
            await until_true(lambda: owned_by({"one", "two"}))
            stop.set()


async def test_a_connection_that_no_other_worker_takes_comes_back_and_stays(
    tmp_path: Path, database_url: str
) -> None:
    async def epochs() -> list[int]:
        rows = await stage.sql(
            "select epoch from connection_lease where expires_at > now() order by connection"
        )
        return [int(str(epoch)) for (epoch,) in rows]

    async def come_back() -> bool:
        return await epochs() == [1, 2]

    async with open_floor(tmp_path, database_url) as stage, AsyncExitStack() as stack:
        able, unable = [
            await stack.enter_async_context(open_worker(stage.opened, stage.compiled, name))
            for name in ("able", "unable")
        ]
        unable = Supervisor(unable.worker, unable.revive)  # it makes no connections of its own
        unable.worker.links = {}
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(able.run, stop)
            tasks.start_soon(unable.run, stop)
            await until_true(come_back)
            await anyio.sleep(2 * RENEW_S)  # it is offered to nobody again
            assert await epochs() == [1, 2]
            stop.set()
