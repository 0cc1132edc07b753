"""Every bad input over HTTP: a fault of the body is refused, a fault of one event is stored."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import AsyncIterator, Mapping
from typing import Any

import anyio
import httpx
import pytest

from leadline.store.pool import Store
from tests.runtime.ingest_server import Served, served, track

pytestmark = pytest.mark.anyio
SUCCESS = b'{"success": true}'


@pytest.fixture
async def server(store: Store) -> AsyncIterator[Served]:
    async with served(store) as server:
        yield server


async def post(
    server: Served, body: bytes, path: str = "/v1/batch", headers: Mapping[str, str] | None = None
) -> httpx.Response:
    async with server.client() as client:
        return await client.post(path, content=body, headers=headers)


async def refused(
    server: Served, answer: httpx.Response, status: int, code: str, told: str
) -> None:
    found = answer.json()
    assert (answer.status_code, found["code"]) == (status, code)
    assert set(found) == {"code", "message"}
    assert told in found["message"]
    assert found["message"].endswith(".")
    assert await server.events() == []


@pytest.mark.parametrize(
    ("body", "code", "told"),
    [
        (b'{"batch": [', "invalid-json", "line 1, column 12"),
        (b"", "invalid-json", "line 1, column 1"),
        (b"[1]", "invalid-body", "a list"),
        (b"{}", "no-batch", '"batch" is null'),
        (b'{"batch": {}}', "no-batch", '"batch" is an object'),
        (b"[" * 50_000, "invalid-json", "nested too deeply"),
    ],
)
async def test_a_body_that_is_no_batch(server: Served, body: bytes, code: str, told: str) -> None:
    await refused(server, await post(server, body), 400, code, told)


@pytest.mark.parametrize("auth", [("wrong", ""), ("", ""), None])
async def test_a_wrong_or_missing_write_key(server: Served, auth: Any) -> None:
    async with httpx.AsyncClient(base_url=server.url, auth=auth) as client:
        answer = await client.post("/v1/batch", json={"batch": [track()]})
    assert answer.headers["www-authenticate"].startswith("Basic")
    code = "wrong-write-key" if auth and auth[0] else "no-write-key"
    await refused(server, answer, 401, code, "write key")


async def test_a_batch_of_too_many_events(server: Served) -> None:
    body = json.dumps({"batch": [{}] * 2_501}).encode()
    await refused(server, await post(server, body), 413, "batch-too-long", "2,501 events")


async def test_a_batch_of_too_many_bytes(server: Served) -> None:
    body = json.dumps({"batch": [track(x="y" * 5_000)] * 110}).encode()
    await refused(server, await post(server, body), 413, "batch-too-large", "512,000 bytes")
    packed = gzip.compress(body)
    answer = await post(server, packed, headers={"content-encoding": "gzip"})
    await refused(server, answer, 413, "batch-too-large", "512,000 bytes")


async def test_an_event_of_ten_megabytes(server: Served) -> None:
    body = json.dumps(track(properties={"webinar": "x" * 10_000_000})).encode()
    answer = await post(server, body, "/v1/track")
    await refused(server, answer, 413, "event-too-large", "10,000,000 bytes")
    assert answer.headers["connection"] == "close"


async def test_a_body_of_unknown_length_is_read_no_further_than_the_limit(server: Served) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 20_000_000:
            sent += 65_536
            yield b"x" * 65_536

    async with server.client() as client:
        answer = await client.post("/v1/batch", content=endless())
    await refused(server, answer, 413, "batch-too-large", "512,000 bytes")


async def test_a_large_body_is_refused_before_it_is_sent(server: Served) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    stream = await anyio.connect_tcp(host, int(port))
    async with stream:
        await stream.send(b"POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-length: 10000000\r\n\r\n")
        with anyio.fail_after(5):
            answer = await stream.receive()
    assert answer.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    ("encoding", "code"), [("gzip", "invalid-gzip"), ("br", "unknown-encoding")]
)
async def test_a_body_packed_otherwise_than_it_says(
    server: Served, encoding: str, code: str
) -> None:
    answer = await post(server, b"{}", headers={"content-encoding": encoding})
    await refused(server, answer, 400, code, "gzip")


async def test_addresses_and_methods_that_are_not_there(server: Served) -> None:
    async with server.client() as client:
        await refused(server, await client.post("/v2/batch"), 404, "not-found", "/v1/batch")
        await refused(server, await client.get("/v1/batch"), 405, "wrong-method", "GET")


async def test_the_valid_part_of_a_batch_is_kept_and_the_rest_shown(server: Served) -> None:
    batch = {
        "batch": [
            track(messageId="good-1"),
            track(messageId="unknown", event="webinar.registred"),
            track(messageId="type", properties={"webinar": 1}),
            track(messageId="nul", properties={"webinar": "a\0b"}),
            track(messageId="half", userId="\ud800"),
            track(messageId="large", properties={"webinar": "x" * 33_000}),
            track(messageId="x" * 101),
            track(messageId="nobody", userId=...),
            "not an event",
            track(messageId="impossible", properties={"email": "x\r\nBcc: y@z.org"}),
            track(messageId="good-2"),
        ]
    }
    answer = await post(server, json.dumps(batch).encode())
    assert (answer.status_code, answer.content) == (200, SUCCESS)
    events = await server.events()
    assert len(events) == 11
    reasons = {e["message_id"]: e["rejected"] for e in events}
    assert {i for i, reason in reasons.items() if reason is None} == {
        "good-1",
        "good-2",
        "impossible",
    }
    assert 'Did you mean "webinar.registered"?' in reasons["unknown"]
    assert "the plan says text" in reasons["type"]
    assert "NUL" in reasons["nul"]
    assert "Unicode" in reasons["half"]
    assert "at most 32,768" in reasons["large"]
    assert "names nobody" in reasons["nobody"]
    # A rejected event is not waiting for anything.
    assert all((e["routed_at"] is None) == (e["rejected"] is None) for e in events)


async def test_bytes_that_are_not_utf8_cost_their_event_only(server: Served) -> None:
    good, bad = json.dumps(track()).encode(), json.dumps(track()).encode().replace(b"w1", b"\xff")
    nan = json.dumps(track(properties={"seats": float("nan")})).encode()
    answer = await post(server, b'{"batch": [%s, %s, %s]}' % (good, bad, nan))
    assert answer.content == SUCCESS
    reasons = [e["rejected"] for e in await server.events()]
    assert reasons[0] is None
    assert "Unicode" in reasons[1]
    assert "NaN" in reasons[2]


async def test_a_client_that_stops_in_the_middle_leaves_nothing(server: Served) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    for _ in range(3):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(
                b"POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"
            )
    answer = await post(server, json.dumps({"batch": [track()]}).encode())
    assert answer.content == SUCCESS
    assert len(await server.events()) == 1


async def test_an_empty_batch_is_fine(server: Served) -> None:
    assert (await post(server, b'{"batch": []}')).content == SUCCESS
    assert await server.events() == []


async def test_strangers_can_make_the_server_hold_so_much_and_no_more(server: Served) -> None:
    """Half-sent bodies without a key fill the buffers; whoever comes then is told to wait."""
    host, port = server.url.removeprefix("http://").split(":")
    head = b"POST /v1/track HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000\r\n\r\n"
    answers: list[bytes] = []

    async def half_send(refused: anyio.Event) -> None:
        async with await anyio.connect_tcp(host, int(port)) as stream:
            await stream.send(head + b"x" * 8_990_000)
            answers.append(await stream.receive())
            refused.set()

    refused = anyio.Event()
    with anyio.fail_after(20):
        async with anyio.create_task_group() as strangers:
            for _ in range(15):  # 134.9 MB, of 134.2
                strangers.start_soon(half_send, refused)
            await refused.wait()
            strangers.cancel_scope.cancel()
    assert answers[0].startswith(b"HTTP/1.1 429")
    assert b"retry-after" in answers[0]
    await until_taken(server)


async def until_taken(server: Served) -> None:
    """When the strangers are gone, there is room again."""
    with anyio.fail_after(10):
        while True:
            answer = await post(server, json.dumps({"batch": [track()]}).encode())
            if answer.status_code == 200:
                return
            await anyio.sleep(0.05)
