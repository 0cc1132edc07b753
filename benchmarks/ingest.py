"""How many events a second ingest stores durably, and how long a single one waits under load.

Client, server and PostgreSQL share this machine; fsync and synchronous_commit are on, and
an event counts when its 200 has come. The client sends over keep-alive connections, as
Segment's does, batches of 100 with the key in the header. Each event is new (no repeats),
names a user id, an address and a device, and one in four is about a person never seen.

  throughput  as fast as CONNECTIONS connections get their answers
  single      SINGLES events a second, each a request of its own, at fixed moments (a late
              answer does not delay the next), while batches of 100 come at LOAD events a second

    python benchmarks/ingest.py [--quick] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import orjson
import psycopg
import uvloop

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from leadline.expression.types import FieldType, Kind
from leadline.project.events import EventType
from leadline.project.problems import Where
from leadline.runtime.ingest.body import Accepting
from leadline.runtime.ingest.hook import Hook, HookAnswer
from leadline.store import embedded
from leadline.store.migrate import migrate
from leadline.store.pool import open_store
from leadline.web.app import create_app
from leadline.web.serve import serve_ingest

KEY = "benchmark-key"
BATCH = 100
CONNECTIONS = 8
SINGLES = 50
LOAD = 2_500
EVENTS_A_PERSON = 4
PLAN = {
    "webinar.registered": EventType(
        "webinar.registered",
        {
            "webinar": FieldType(Kind.TEXT),
            "title": FieldType(Kind.TEXT),
            "starts_at": FieldType(Kind.TIME),
            "seats": FieldType(Kind.NUMBER),
        },
        Where("events.yaml"),
    )
}


async def take_no_hook(hook: Hook) -> HookAnswer:
    del hook
    return HookAnswer.UNKNOWN_CONNECTION


async def serve(url: str) -> None:
    """The server's process: it prints its port, and serves until its input ends."""
    async with await open_store(url, role="ingest") as store, anyio.create_task_group() as tasks:
        async with store.connection() as conn:
            await migrate(conn)
        app = create_app(store, lambda: Accepting(PLAN, (KEY,)), take_no_hook)
        port = await tasks.start(_serve, app)
        print(port, flush=True)
        await anyio.to_thread.run_sync(sys.stdin.read)
        tasks.cancel_scope.cancel()


async def _serve(app, *, task_status) -> None:
    await serve_ingest(app, port=0, task_status=task_status)


numbers = itertools.count()


def event() -> dict[str, object]:
    n = next(numbers)
    person = n // EVENTS_A_PERSON
    return {
        "type": "track",
        "event": "webinar.registered",
        "messageId": f"benchmark-{os.getpid()}-{n:012}",
        "userId": f"user-{os.getpid()}-{person}",
        "anonymousId": f"device-{os.getpid()}-{person}",
        "timestamp": "2026-05-04T10:00:00.123+00:00",
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "integrations": {},
        "properties": {
            "webinar": "data-quality",
            "title": "Data quality before automation",
            "starts_at": "2026-06-01T09:00:00+02:00",
            "seats": 2,
            "email": f"person-{os.getpid()}-{person}@example.com",
        },
    }


class Connection:
    """One keep-alive connection that posts a body and waits for the answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.key = base64.b64encode(f"{KEY}:".encode()).decode()

    @classmethod
    async def open(cls, port: int) -> Connection:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, path: str, body: bytes) -> None:
        self.writer.write(
            f"POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Basic {self.key}\r\n"
            f"content-length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        answer = await self.reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"the server refused: {answer!r}")

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


def batch() -> bytes:
    return orjson.dumps(
        {"batch": [event() for _ in range(BATCH)], "sentAt": "2026-05-04T10:00:01Z"}
    )


async def throughput(port: int, seconds: float) -> float:
    """Return the events answered in a second, all connections together."""
    ends = time.monotonic() + seconds
    answered = 0

    async def send() -> None:
        nonlocal answered
        connection = await Connection.open(port)
        while time.monotonic() < ends:
            await connection.post("/v1/batch", batch())
            answered += BATCH
        await connection.close()

    began = time.monotonic()
    await asyncio.gather(*(send() for _ in range(CONNECTIONS)))
    return answered / (time.monotonic() - began)


async def single_latencies(port: int, seconds: float) -> list[float]:
    """Return the milliseconds that single events waited, from the moment they were due."""
    free: list[Connection] = []
    waited: list[float] = []

    async def post(path: str, body: bytes, due: float | None) -> None:
        connection = free.pop() if free else await Connection.open(port)
        await connection.post(path, body)
        free.append(connection)
        if due is not None:
            waited.append((time.monotonic() - due) * 1000)

    async def at_rate(path: str, rate: float, *, measured: bool) -> None:
        began = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for n in range(int(seconds * rate)):
                due = began + n / rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                body = batch() if path == "/v1/batch" else orjson.dumps(event())
                tasks.create_task(post(path, body, due if measured else None))

    await asyncio.gather(
        at_rate("/v1/batch", LOAD / BATCH, measured=False),
        at_rate("/v1/track", SINGLES, measured=True),
    )
    for connection in free:
        await connection.close()
    return waited


@contextmanager
def server() -> Iterator[tuple[int, str]]:
    """A server over a database of its own; gives its port and the database's address."""
    directory = Path(tempfile.mkdtemp(prefix="leadline-benchmark-"))
    try:
        url = embedded.ensure(directory)
        process = subprocess.Popen(
            [sys.executable, __file__, "--serve", url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), url
        finally:
            process.communicate()
    finally:
        embedded.stop(directory)
        shutil.rmtree(directory, ignore_errors=True)


def stored(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute("select count(*) from event where rejected is null").fetchone()
    assert row is not None
    return row[0]


def measure(*, quick: bool) -> dict[str, float]:
    seconds, rounds = (6.0, 3) if quick else (20.0, 5)
    with server() as (port, url):
        uvloop.run(throughput(port, 2.0))  # warm: connections, statements, files
        rates = [uvloop.run(throughput(port, seconds)) for _ in range(rounds)]
        waits = [sorted(uvloop.run(single_latencies(port, seconds))) for _ in range(rounds)]
        sent, found = next(numbers), stored(url)
    if sent != found:
        raise RuntimeError(f"{sent:,} events were answered with 200, {found:,} are stored")
    return {
        "events_per_s": round(statistics.median(rates)),
        "single_p99_ms": round(statistics.median(w[int(len(w) * 0.99)] for w in waits), 1),
        "single_median_ms": round(statistics.median(statistics.median(w) for w in waits), 1),
        "events_stored": found,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="about a minute")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        anyio.run(serve, options.serve, backend_options={"use_uvloop": True})
        return
    figures = measure(quick=options.quick)
    if options.json:
        print(json.dumps({"benchmark": "ingest", "figures": figures, "ratios": {}}))
        return
    print(f"events stored a second, in batches of {BATCH}:  {figures['events_per_s']:>8,}")
    print(f"a single event at {LOAD:,} events/s, p99:     {figures['single_p99_ms']:>8} ms")
    print(f"                                   median: {figures['single_median_ms']:>8} ms")
    print(f"each of {figures['events_stored']:,} answered events is stored exactly once")


if __name__ == "__main__":
    main()
