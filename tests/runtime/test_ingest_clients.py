"""The real clients work unchanged: Segment's, and one that speaks as RudderStack's does."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import anyio
import pytest
from segment.analytics.client import Client

from leadline.store.pool import Store
from tests.runtime.ingest_server import KEY, OLD_KEY, Served, rows, served, track

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server(store: Store) -> AsyncIterator[Served]:
    async with served(store) as server:
        yield server


async def use_segment(server: Served, calls: Any, **options: Any) -> list[Exception]:
    """Run calls with Segment's client in a thread of its own; return its errors."""
    errors: list[Exception] = []

    def on_error(error: Exception, items: object) -> None:
        errors.append(error)

    def work() -> None:
        client = Client(
            options.pop("key", KEY), host=server.url, on_error=on_error, max_retries=2, **options
        )
        calls(client)
        client.shutdown()

    await anyio.to_thread.run_sync(work)
    return errors


@pytest.mark.parametrize("gzip_on", [False, True])
async def test_segments_client_tracks_and_identifies(server: Served, gzip_on: bool) -> None:
    def calls(client: Client) -> None:
        client.identify("u1", {"email": "Ann@Example.com", "first_name": "Ann"})
        for n in range(250):
            client.track("u1", "webinar.registered", {"webinar": f"w{n}"}, message_id=f"m{n}")

    assert await use_segment(server, calls, gzip=gzip_on) == []
    events = await server.events()
    assert [e["rejected"] for e in events if e["rejected"]] == []
    assert sorted(e["message_id"] for e in events if e["kind"] == "track") == sorted(
        f"m{n}" for n in range(250)
    )
    assert len({e["contact_id"] for e in events}) == 1
    (identify,) = (e for e in events if e["kind"] == "identify")
    assert identify["properties"] == {"email": "Ann@Example.com", "first_name": "Ann"}


async def test_segments_client_with_a_wrong_key_is_told_so(server: Served) -> None:
    errors = await use_segment(
        server, lambda c: c.track("u1", "webinar.registered", {}), key="wrong"
    )
    assert "wrong-write-key" in str(errors[0])
    assert "leadline.yaml" in str(errors[0])
    assert await server.events() == []


async def test_a_key_that_is_being_replaced_still_works(server: Served) -> None:
    errors = await use_segment(
        server, lambda c: c.track("u1", "webinar.registered", {}), key=OLD_KEY
    )
    assert errors == []
    assert len(await server.events()) == 1


async def test_the_key_in_the_body_alone_is_enough(server: Served) -> None:
    body = {"batch": [track()], "writeKey": KEY}
    async with server.client() as client:
        client.auth = None  # type: ignore[assignment]  # httpx takes None for nothing
        answer = await client.post("/v1/batch", json=body)
    assert (answer.status_code, answer.content) == (200, b'{"success": true}')
    (event,) = await server.events()
    assert KEY not in json.dumps(event["properties"])


async def test_rudderstacks_way_basic_auth_and_gzip(server: Served) -> None:
    batch = {
        "batch": [
            track(
                channel="server",
                messageId="r1",
                originalTimestamp="2026-05-04T10:00:00.000Z",
                sentAt="2026-05-04T10:00:05.000Z",
                context={"traits": {"email": "bo@example.com"}, "library": {"name": "x"}},
            )
        ],
        "sentAt": "2026-05-04T10:00:05.000Z",
    }
    body = gzip.compress(json.dumps(batch).encode())
    async with server.client() as client:
        answer = await client.post("/v1/batch", content=body, headers={"content-encoding": "gzip"})
    assert answer.content == b'{"success": true}'
    (event,) = await server.events()
    assert event["properties"] == {"webinar": "w1", "$traits": {"email": "bo@example.com"}}
    # Five seconds before it was sent, whatever the client's clock says.
    assert 5.0 <= (event["received_at"] - event["occurred_at"]).total_seconds() < 6.0


async def test_a_repeat_is_answered_as_the_first_and_stored_once(server: Served) -> None:
    body = {"batch": [track(messageId="m1"), track(messageId="m1"), track(messageId="m2")]}
    async with server.client() as client:
        for _ in range(3):
            answer = await client.post("/v1/batch", json=body)
            assert answer.content == b'{"success": true}'
    assert sorted(e["message_id"] for e in await server.events()) == ["m1", "m2"]


async def test_each_single_call_has_its_address(server: Served) -> None:
    async with server.client() as client:
        for call, body in {
            "track": track(type=...),
            "identify": {"userId": "u1", "traits": {"email": "a@example.com"}},
            "page": {"userId": "u1", "name": "Pricing", "properties": {"url": "/p"}},
            "screen": {"anonymousId": "a1", "name": "Home"},
            "group": {"userId": "u1", "groupId": "g1", "traits": {"plan": "pro"}},
        }.items():
            answer = await client.post(f"/v1/{call}", json=body)
            assert answer.content == b'{"success": true}', call
    events = await server.events()
    assert [(e["kind"], e["name"], e["properties"], e["rejected"]) for e in events] == [
        ("track", "webinar.registered", {"webinar": "w1"}, None),
        ("identify", "identify", {"email": "a@example.com"}, None),
        ("track", "page", {"name": "Pricing", "url": "/p"}, None),
        ("track", "screen", {"name": "Home"}, None),
        ("track", "group", {"groupId": "g1", "plan": "pro"}, None),
    ]


async def test_numbers_keep_every_digit(server: Served) -> None:
    long, tiny = "12345678901234567890.123456789", "0.1000000000000000055511151231257827"
    body = b'{"event":"webinar.registered","userId":"u1","properties":{"seats":%s,"x":[%s]}}'
    async with server.client() as client:
        answer = await client.post("/v1/track", content=body % (long.encode(), tiny.encode()))
    assert answer.status_code == 200
    (event,) = await rows(
        server.store,
        "select (properties->'seats')::numeric a, (properties->'x'->0)::numeric b from event",
    )
    assert event == {"a": Decimal(long), "b": Decimal(tiny)}
