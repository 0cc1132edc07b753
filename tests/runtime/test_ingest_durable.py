"""200 means stored: kill -9 in the middle of a stream, and two servers on one database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import httpx
import psycopg
import pytest
from segment.analytics.client import Client

from leadline.store.pool import Store, open_store
from tests.runtime.ingest_server import KEY, rows, served, track

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]
START_S = 60


@contextmanager
def server_process(url: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.runtime.ingest_process", url, str(port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )
    try:
        wait_until(lambda: process.poll() is not None or ready(port))
        assert process.poll() is None, "the server ended"
        yield process
    finally:
        process.kill()
        process.wait()


def ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    except httpx.HTTPError:
        return False


def wait_until(reached: Callable[[], bool]) -> None:
    ends = time.monotonic() + START_S
    while not reached():
        assert time.monotonic() < ends, "waited too long"
        time.sleep(0.005)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def stored(url: str) -> Counter[str]:
    with psycopg.connect(url) as conn:
        return Counter(row[0] for row in conn.execute("select message_id from event"))


def test_segments_client_loses_and_doubles_nothing_when_the_server_is_killed(
    database_url: str,
) -> None:
    port, count = free_port(), 3_000
    errors: list[object] = []
    with server_process(database_url, port) as server:
        client = Client(
            KEY,
            host=f"http://127.0.0.1:{port}",
            on_error=lambda error, items: errors.append(error),
            upload_size=20,
        )
        for n in range(count):
            client.track(f"u{n % 50}", "webinar.registered", {}, message_id=f"m{n}")
        wait_until(lambda: len(stored(database_url)) > 200)
        server.send_signal(signal.SIGKILL)
        server.wait()
    before = stored(database_url)
    assert 200 < len(before) < count, "the kill was not in the middle"
    with server_process(database_url, port):
        client.shutdown()
    assert errors == []
    assert stored(database_url) == Counter({f"m{n}": 1 for n in range(count)})


async def test_every_answer_of_200_survives_kills_and_every_repeat_is_one(
    database_url: str,
) -> None:
    """Eight clients, three kills; whoever got no answer asks again."""
    port, acknowledged = free_port(), set[str]()
    url = f"http://127.0.0.1:{port}/v1/batch"
    waiting = [[f"b{n}-{i}" for i in range(10)] for n in range(600)]

    async def client() -> None:
        async with httpx.AsyncClient(auth=(KEY, "")) as http:
            while waiting:
                batch = waiting.pop()
                try:
                    answer = await http.post(url, json={"batch": [message(m) for m in batch]})
                except httpx.HTTPError:
                    waiting.append(batch)
                    await anyio.sleep(0.01)  # the server is down: let it come up
                    continue
                if answer.content == b'{"success": true}':
                    acknowledged.update(batch)
                else:
                    waiting.append(batch)

    def message(id_: str) -> dict[str, object]:
        # The same few people in all of them, so that the servers' transactions collide.
        person = hash(id_) % 20
        return track(messageId=id_, userId=f"u{person}", properties={"email": f"p{person}@x.org"})

    async with anyio.create_task_group() as clients:
        for _ in range(8):
            clients.start_soon(client)
        for kill in (1, 2, 3):
            goal = 1_200 * kill
            await anyio.to_thread.run_sync(serve_and_kill, database_url, port, acknowledged, goal)
            # Before anything is repeated: what was acknowledged is there.
            assert acknowledged <= set(stored(database_url))
        assert waiting, "the kills were not in the middle"
        await anyio.to_thread.run_sync(serve_and_kill, database_url, port, acknowledged, 6_000)
    counts = stored(database_url)
    assert set(counts.values()) == {1}
    assert set(counts) == acknowledged == {f"b{n}-{i}" for n in range(600) for i in range(10)}


def serve_and_kill(database: str, port: int, acknowledged: set[str], goal: int) -> None:
    with server_process(database, port) as server:
        wait_until(lambda: len(acknowledged) >= goal)
        server.send_signal(signal.SIGKILL)
        server.wait()


@pytest.fixture
async def two(store: Store, second_store: Store) -> AsyncIterator[tuple[str, str]]:
    async with served(store) as one, served(second_store) as other:
        yield one.url, other.url


@pytest.fixture
async def second_store(database_url: str) -> AsyncIterator[Store]:
    async with await open_store(database_url, role="test") as store:
        yield store


async def test_two_servers_give_each_person_one_identity(
    store: Store, two: tuple[str, str]
) -> None:
    """The same people at the same time at both, their names in every order."""

    def message(n: int, person: int, server: int) -> dict[str, object]:
        names = {"userId": f"u{person}", "anonymousId": f"a{person}"}
        shown = [("userId",), ("anonymousId",), ("userId", "anonymousId")][n % 3]
        return track(
            messageId=f"{server}-{n}-{person}",
            properties={"email": f"p{person}@example.com"},
            **{key: names[key] if key in shown else ... for key in ("userId", "anonymousId")},
        )

    async def send(server: int, n: int) -> None:
        people = range(40) if server == 0 else range(39, -1, -1)
        batch = [message(n, person, server) for person in people]
        async with httpx.AsyncClient(base_url=two[server], auth=(KEY, ""), timeout=60) as client:
            answer = await client.post("/v1/batch", json={"batch": batch})
        assert answer.content == b'{"success": true}'

    async with anyio.create_task_group() as tasks:
        for n in range(12):
            tasks.start_soon(send, n % 2, n)
    events = await rows(store, "select properties->>'email' as email, contact_id from event")
    assert len(events) == 12 * 40
    identities = await rows(store, "select kind, value, contact_id, bucket from identity")
    assert len(identities) == 3 * 40
    people = {row["contact_id"] for row in identities}
    assert len(people) == 40
    assert len({(e["email"], e["contact_id"]) for e in events}) == 40
    assert await rows(store, "select * from alias") == []
    contacts = await rows(store, "select bucket, id from contact")
    assert {(c["bucket"], c["id"]) for c in contacts} == {
        (row["bucket"], row["contact_id"]) for row in identities
    }
    errors = "select deadlocks from pg_stat_database where datname = current_database()"
    assert (await rows(store, errors))[0]["deadlocks"] == 0


async def test_joins_from_both_sides_make_one_person_and_no_circle(
    store: Store, two: tuple[str, str]
) -> None:
    """Two people, known apart; each server is told at once that they are one, the other way."""
    pairs = range(30)
    async with httpx.AsyncClient(auth=(KEY, ""), timeout=60) as client:
        for kind in ("a", "b"):
            batch = [
                track(userId=f"{kind}{n}", properties={"email": f"{kind}{n}@x.org"}) for n in pairs
            ]
            await client.post(f"{two[0]}/v1/batch", json={"batch": batch})

        async def join(server: int, user: str, email: str) -> None:
            for n in pairs:
                said = track(userId=f"{user}{n}", properties={"email": f"{email}{n}@x.org"})
                answer = await client.post(f"{two[server]}/v1/track", json=said)
                assert answer.status_code == 200

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(join, 0, "a", "b")
            tasks.start_soon(join, 1, "b", "a")
        last = [
            track(userId=f"{kind}{n}", messageId=f"last-{kind}{n}") for n in pairs for kind in "ab"
        ]
        await client.post(f"{two[0]}/v1/batch", json={"batch": last})
    aliases = await rows(store, "select loser, survivor from alias")
    assert len(aliases) == len(pairs)
    assert {a["loser"] for a in aliases}.isdisjoint({a["survivor"] for a in aliases})
    found = await rows(
        store, "select message_id, contact_id from event where message_id like 'last-%%'"
    )
    by_id = {row["message_id"]: row["contact_id"] for row in found}
    assert all(by_id[f"last-a{n}"] == by_id[f"last-b{n}"] for n in pairs)
