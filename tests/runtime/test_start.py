"""A process that begins while its database is away waits for it, where it is to run on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from leadline.environment import open_environment
from leadline.errors import StoreUnavailable
from leadline.store.pool import URL_VARIABLE


@asynccontextmanager
async def behind_a_door(url: str, shut: int) -> AsyncIterator[str]:
    """The address of a door to the database at ``url`` that is shut for so many callers."""
    parts = {k: str(v) for k, v in conninfo_to_dict(url).items() if v is not None}
    host, port = parts.get("host", "localhost"), parts.get("port", "5432")
    callers = 0

    async def come_in(caller: SocketStream) -> None:
        nonlocal callers
        callers += 1
        if callers <= shut:
            await caller.aclose()
            return
        if host.startswith("/"):
            server: ByteStream = await anyio.connect_unix(f"{host}/.s.PGSQL.{port}")
        else:
            server = await anyio.connect_tcp(host, int(port))
        async with caller, server, anyio.create_task_group() as both:
            both.start_soon(carry, caller, server)
            both.start_soon(carry, server, caller)

    async def carry(source: ByteStream, target: ByteStream) -> None:
        try:
            async for data in source:
                await target.send(data)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass
        await target.aclose()

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    door = listener.extra(SocketAttribute.local_port)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, come_in)
        yield make_conninfo(url, host="127.0.0.1", port=str(door))
        tasks.cancel_scope.cancel()


@pytest.mark.anyio
async def test_a_process_that_runs_on_waits_for_its_database(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with behind_a_door(database_url, shut=2) as door:
        monkeypatch.setenv(URL_VARIABLE, door)
        async with (
            open_environment(tmp_path, "dev", role="worker", patience_s=60.0) as opened,
            opened.store.connection() as conn,
        ):
            row = await (await conn.execute("select name from environment")).fetchone()
    assert row == ("dev",)


@pytest.mark.anyio
async def test_a_command_says_at_once_that_it_is_away(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with behind_a_door(database_url, shut=1) as door:
        monkeypatch.setenv(URL_VARIABLE, door)
        with pytest.raises(StoreUnavailable):
            async with open_environment(tmp_path, "dev", role="cli"):
                pytest.fail("it was opened through a shut door")
