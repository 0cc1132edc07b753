"""Webhooks are handed on byte for byte, and answered by what became of them."""

from __future__ import annotations

import httpx
import pytest

from leadline.errors import StoreUnavailable
from leadline.runtime.ingest.hook import Hook, HookAnswer
from leadline.store.pool import Store
from tests.runtime.ingest_server import served

pytestmark = pytest.mark.anyio
BODY = b'{"Type" : "Notification",\r\n "x": "\xff\x00"}'


async def test_a_hook_reaches_its_receiver_as_it_came(store: Store) -> None:
    got: list[Hook] = []

    async def receive(hook: Hook) -> HookAnswer:
        got.append(hook)
        return HookAnswer.TAKEN

    async with served(store, receive) as server, httpx.AsyncClient() as client:
        answer = await client.post(
            f"{server.url}/v1/hooks/mail?token=t%201",
            content=BODY,
            headers={"X-Amz-Sns-Message-Type": "Notification"},
        )
    assert (answer.status_code, answer.content) == (200, b'{"success": true}')
    (hook,) = got
    assert (hook.connection, hook.body, hook.query) == ("mail", BODY, {"token": "t 1"})
    assert hook.headers["x-amz-sns-message-type"] == "Notification"


@pytest.mark.parametrize(
    ("became", "status", "code"),
    [
        (HookAnswer.UNKNOWN_CONNECTION, 404, "unknown-connection"),
        (HookAnswer.NOT_GENUINE, 401, "not-genuine"),
        (HookAnswer.UNREADABLE, 400, "unreadable-hook"),
        (StoreUnavailable("The database does not answer.", fix="Try again."), 503, "not-stored"),
        (ZeroDivisionError("a fault of ours"), 500, "server-fault"),
    ],
)
async def test_what_became_of_a_hook_is_its_answer(
    store: Store, became: HookAnswer | Exception, status: int, code: str
) -> None:
    async def receive(hook: Hook) -> HookAnswer:
        if isinstance(became, HookAnswer):
            return became
        raise became

    async with served(store, receive) as server, httpx.AsyncClient() as client:
        answer = await client.post(f"{server.url}/v1/hooks/mail", content=BODY)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"].endswith(".")
    assert "fault of ours" not in answer.text


async def test_a_hook_that_is_too_large_reaches_nobody(store: Store) -> None:
    got: list[Hook] = []

    async def receive(hook: Hook) -> HookAnswer:
        got.append(hook)
        return HookAnswer.TAKEN

    async with served(store, receive) as server, httpx.AsyncClient() as client:
        answer = await client.post(f"{server.url}/v1/hooks/mail", content=b"x" * 1_100_000)
    assert (answer.status_code, answer.json()["code"], got) == (413, "hook-too-large", [])
