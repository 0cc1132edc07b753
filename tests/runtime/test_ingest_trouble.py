"""Trouble of the server's own: a full queue, a database that is away, a port that is taken."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import anyio
import httpx
import psycopg
import pytest
from anyio.abc import TaskStatus

from leadline.errors import LeadlineError, PortInUse, StoreUnavailable
from leadline.runtime.ingest.intake import Intake, IntakeClosed, running
from leadline.runtime.ingest.message import Said
from leadline.store.pool import Store
from leadline.web.app import create_app
from leadline.web.serve import serve_ingest
from tests.runtime.ingest_server import ACCEPTING, Served, refuse_hooks, rows, served, track

pytestmark = pytest.mark.anyio
SUCCESS = b'{"success": true}'


@pytest.fixture
async def server(store: Store) -> AsyncIterator[Served]:
    async with served(store) as server:
        yield server


async def test_a_full_queue_says_when_to_come_again_and_loses_nothing(server: Served) -> None:
    batch = {"batch": [track(properties={})] * 2_000}
    statuses: list[int] = []

    async def send(client: httpx.AsyncClient, free: anyio.Event) -> None:
        while True:
            answer = await client.post("/v1/batch", json=batch)
            statuses.append(answer.status_code)
            if answer.status_code == 200:
                return
            free.set()
            assert answer.json()["code"] == "queue-full"
            assert answer.json()["message"].endswith(".")
            await anyio.sleep(float(answer.headers["retry-after"]))

    async with server.client() as client, anyio.create_task_group() as tasks:
        free = await tasks.start(lock_events, server.store)
        for _ in range(7):
            tasks.start_soon(send, client, free)
    assert 429 in statuses
    assert statuses.count(200) == 7
    assert len(await server.events()) == 14_000


async def test_a_database_that_is_away_is_told_and_ready_says_so(
    server: Served, server_url: str
) -> None:
    (row,) = await rows(server.store, "select current_database() as name")
    async with server.client() as client:
        assert (await client.get("/readyz")).json() == {"ready": True}
        with psycopg.connect(server_url, autocommit=True) as conn:
            shut_out(conn, row["name"])
            answer = await client.post("/v1/track", json=track(messageId="m1"))
            assert answer.status_code == 503
            assert answer.json()["code"] == "not-stored"
            assert "database does not answer" in answer.json()["message"]
            assert int(answer.headers["retry-after"]) > 0
            answer = await client.get("/readyz")
            assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
            assert (await client.get("/healthz")).json() == {"alive": True}
            conn.execute(f"alter database {row['name']} allow_connections true")
        assert (await client.post("/v1/track", json=track(messageId="m1"))).content == SUCCESS
        assert (await client.get("/readyz")).status_code == 200
    assert len(await server.events()) == 1


async def test_ready_means_that_the_migrations_are_there(server: Served) -> None:
    async with server.store.connection() as conn:
        await conn.execute("delete from schema_migration")
    async with server.client() as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert "leadline db migrate" in answer.json()["message"]


async def test_a_port_in_use_is_told(store: Store) -> None:
    app = create_app(store, lambda: ACCEPTING, refuse_hooks)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"port {port} already. Stop it, or choose another"):
            await serve_ingest(app, port=port)


async def test_an_address_of_another_machine_is_told(store: Store) -> None:
    app = create_app(store, lambda: ACCEPTING, refuse_hooks)
    with pytest.raises(LeadlineError, match=r"192\.0\.2\.1:0: The address cannot be listened on"):
        await serve_ingest(app, host="192.0.2.1", port=0)


async def test_a_server_whose_database_is_away_does_not_start(
    store: Store, server_url: str
) -> None:
    (row,) = await rows(store, "select current_database() as name")
    app = create_app(store, lambda: ACCEPTING, refuse_hooks)
    with psycopg.connect(server_url, autocommit=True) as conn:
        shut_out(conn, row["name"])
        with pytest.raises(StoreUnavailable):
            await serve_ingest(app, port=0)


def shut_out(conn: psycopg.Connection, database: str) -> None:
    conn.execute(f"alter database {database} allow_connections false")
    conn.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [database]
    )


async def test_only_this_machine_is_served_unless_said_otherwise(server: Served) -> None:
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


async def test_what_is_under_way_when_the_server_stops_is_answered(store: Store) -> None:
    answers: list[httpx.Response] = []

    async def send(url: str) -> None:
        async with httpx.AsyncClient(auth=(ACCEPTING.write_keys[0], ""), timeout=30) as client:
            answers.append(await client.post(f"{url}/v1/track", json=track()))

    async def free_when_stopping(url: str, free: anyio.Event) -> None:
        await until(lambda: refuses_connections(url))
        free.set()

    async with anyio.create_task_group() as tasks:
        async with served(store) as server:
            free = await tasks.start(lock_events, store)
            tasks.start_soon(send, server.url)
            await until(lambda: waiting_writers(store))
            tasks.start_soon(free_when_stopping, server.url, free)
        assert free.is_set()
    assert [answer.content for answer in answers] == [SUCCESS]
    assert len(await rows(store, "select * from event")) == 1


async def refuses_connections(url: str) -> bool:
    try:
        async with await anyio.connect_tcp("127.0.0.1", int(url.rpartition(":")[2])):
            return False
    except OSError:
        return True


async def lock_events(store: Store, *, task_status: TaskStatus[anyio.Event]) -> None:
    """Hold up what writes events; started with the event that ends it."""
    free = anyio.Event()
    async with store.transaction() as conn:
        await conn.execute("lock table event in exclusive mode")
        task_status.started(free)
        await free.wait()


async def waiting_writers(store: Store) -> bool:
    query = "select from pg_locks where relation = 'event'::regclass and not granted"
    return bool(await rows(store, query))


async def until(reached: Callable[[], Awaitable[bool]]) -> None:
    with anyio.fail_after(60):
        while not await reached():  # noqa: ASYNC110  # nobody tells what another process does
            await anyio.sleep(0.01)


def said(message_id: str, name: str = "x") -> Said:
    return Said("track", name, "{}", message_id, (), None, None, None)


async def test_what_the_store_refuses_costs_its_sender_only(store: Store) -> None:
    """A name that cannot be encoded stands for whatever nobody foresaw."""
    outcomes: dict[str, str] = {}

    async def take(intake: Intake, message: Said) -> None:
        try:
            await intake.take([message], 10)
            outcomes[message.message_id] = "stored"
        except UnicodeEncodeError:
            outcomes[message.message_id] = "refused"

    intake = Intake(store)
    async with anyio.create_task_group() as tasks:
        for n in range(10):
            tasks.start_soon(take, intake, said(f"m{n}", "\ud800" if n == 5 else "x"))
        await anyio.wait_all_tasks_blocked()  # all in one group
        async with running(intake):
            pass  # at its end, it stores what waits
    assert outcomes == {f"m{n}": "refused" if n == 5 else "stored" for n in range(10)}
    assert len(await rows(store, "select * from event")) == 9


async def test_an_intake_that_is_closed_takes_nothing(store: Store) -> None:
    intake = Intake(store)
    async with running(intake):
        await anyio.wait_all_tasks_blocked()
        assert intake.is_open()
    assert not intake.is_open()
    with pytest.raises(IntakeClosed):
        await intake.take([said("m1")], 10)


async def test_a_writer_that_is_cancelled_never_looks_like_success(store: Store) -> None:
    results: list[BaseException | None] = []

    async def take(intake: Intake) -> None:
        try:
            await intake.take([said("m1")], 10)
            results.append(None)
        except IntakeClosed as error:
            results.append(error)

    intake = Intake(store)
    async with anyio.create_task_group() as tasks:
        free = await tasks.start(lock_events, store)
        tasks.start_soon(take, intake)
        with anyio.CancelScope() as scope:
            async with running(intake):
                await until(lambda: waiting_writers(store))
                scope.cancel()
                await anyio.sleep_forever()
        free.set()
    assert [type(result) for result in results] == [IntakeClosed]
    assert await rows(store, "select * from event") == []
