"""The Slack sandbox, driven by slack-sdk, its requests checked against Slack's own description."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from anyio import to_thread
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from leadline.sandbox import Channel, Running, SlackConfig, SlackSandbox, serve

pytestmark = pytest.mark.anyio
T = TypeVar("T")
SPEC = Path(__file__).parents[3] / "shared" / "specs" / "slack" / "web-api.json"
FAST = {"per_channel_per_s": 1000}


@asynccontextmanager
async def workspace(**settings: Any) -> AsyncIterator[tuple[Running, WebClient]]:
    async with serve(SlackSandbox(SlackConfig(**settings))) as running:
        yield running, WebClient("xoxb-sandbox", base_url=f"{running.url}/api/", retry_handlers=[])


async def ask(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    return await to_thread.run_sync(lambda: call(*args, **kwargs))


def metadata(key: str) -> dict[str, Any]:
    return {"event_type": "leadline", "event_payload": {"action_key": key}}


async def test_a_post_is_found_again_by_its_metadata() -> None:
    async with workspace(**FAST) as (running, client):
        posted = await ask(
            client.chat_postMessage, channel="#sales", text="Hello", metadata=metadata("a/b/1")
        )
        assert (posted["ok"], posted["channel"]) == (True, "C0SALES01")
        plain = await ask(client.conversations_history, channel="C0SALES01")
        assert "metadata" not in plain["messages"][0]
        found = await ask(
            client.conversations_history, channel="C0SALES01", include_all_metadata=True
        )
        message = found["messages"][0]
        assert message["ts"] == posted["ts"]
        assert message["metadata"]["event_payload"] == {"action_key": "a/b/1"}
        (effect,) = running.truth.effects()
        assert effect.key == '{"action_key": "a/b/1"}'
        assert effect.values["text"] == "Hello"


async def test_form_posts_do_the_same() -> None:
    async with workspace() as (running, _), httpx.AsyncClient(trust_env=False) as http:
        form = {
            "token": "xoxb-sandbox",
            "channel": "C0GENERAL",
            "text": "Hi & bye",
            "metadata": json.dumps(metadata("k")),
        }
        answer = await http.post(f"{running.url}/api/chat.postMessage", data=form)
        assert answer.json()["ok"]
        assert running.truth.effects()[0].values["text"] == "Hi & bye"


async def test_each_post_is_a_new_message_there_is_no_idempotency() -> None:
    async with workspace(**FAST) as (running, client):
        for _ in range(2):
            await ask(client.chat_postMessage, channel="sales", text="x", metadata=metadata("k"))
        assert len(running.truth.effects(key='{"action_key": "k"}')) == 2


async def test_history_pages_and_cuts_by_time() -> None:
    async with workspace(**FAST) as (_, client):
        stamps = [
            (await ask(client.chat_postMessage, channel="sales", text=str(i)))["ts"]
            for i in range(5)
        ]
        first = await ask(client.conversations_history, channel="C0SALES01", limit=2)
        assert [m["text"] for m in first["messages"]] == ["4", "3"]
        assert first["has_more"]
        cursor = first["response_metadata"]["next_cursor"]
        second = await ask(
            client.conversations_history, channel="C0SALES01", limit=2, cursor=cursor
        )
        assert [m["text"] for m in second["messages"]] == ["2", "1"]
        between = await ask(
            client.conversations_history, channel="C0SALES01", oldest=stamps[1], latest=stamps[3]
        )
        assert [m["text"] for m in between["messages"]] == ["2"]
        whole = await ask(
            client.conversations_history,
            channel="C0SALES01",
            oldest=stamps[1],
            latest=stamps[3],
            inclusive=True,
        )
        assert [m["text"] for m in whole["messages"]] == ["3", "2", "1"]


async def test_the_granted_scopes_are_in_a_header() -> None:
    async with workspace() as (_, client):
        answer = await ask(client.auth_test)
        assert answer["bot_id"] == "BOURS"
        assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_channels_are_listed_in_pages() -> None:
    async with workspace() as (_, client):
        first = await ask(client.conversations_list, limit=3, exclude_archived=True)
        assert [c["name"] for c in first["channels"]] == ["sales", "general", "public"]
        assert first["response_metadata"]["next_cursor"] == ""


@pytest.mark.parametrize(
    ("settings", "post", "error"),
    [
        ({}, {"channel": "#nowhere", "text": "x"}, "channel_not_found"),
        ({}, {"channel": "old", "text": "x"}, "is_archived"),
        ({"scopes": ("chat:write",)}, {"channel": "public", "text": "x"}, "not_in_channel"),
        ({"scopes": ("channels:read",)}, {"channel": "sales", "text": "x"}, "missing_scope"),
        ({}, {"channel": "sales", "text": "x" * 40_001}, "msg_too_long"),
        ({}, {"channel": "sales", "text": "", "metadata": {}}, "no_text"),
        (
            {},
            {"channel": "sales", "text": "x", "blocks": [{"type": "divider"}] * 51},
            "invalid_blocks",
        ),
        ({}, {"channel": "sales", "text": "x", "metadata": {"a": 1}}, "invalid_metadata_format"),
    ],
)
@pytest.mark.filterwarnings("ignore:The top-level `text` argument:UserWarning")
async def test_a_200_that_says_no(
    settings: dict[str, Any], post: dict[str, Any], error: str
) -> None:
    async with workspace(**settings) as (running, client):
        with pytest.raises(SlackApiError) as refused:
            await ask(client.chat_postMessage, **post)
        assert refused.value.response.status_code == 200
        assert refused.value.response["error"] == error
        assert running.truth.effects() == []
        assert running.truth.ambiguity().calls == 0


async def test_wrong_or_no_token_is_a_200_too() -> None:
    async with workspace() as (running, _), httpx.AsyncClient(trust_env=False) as http:
        url = f"{running.url}/api/auth.test"
        wrong = await http.post(url, headers={"authorization": "Bearer x"})
        assert (wrong.status_code, wrong.json()["error"]) == (200, "invalid_auth")
        assert (await http.post(url)).json()["error"] == "not_authed"
        unknown = await http.post(f"{running.url}/api/chat.shout")
        assert unknown.json()["error"] == "unknown_method"


async def test_one_message_a_second_and_channel() -> None:
    async with workspace() as (running, client):
        await ask(client.chat_postMessage, channel="sales", text="1")
        await ask(client.chat_postMessage, channel="general", text="1")
        with pytest.raises(SlackApiError) as throttled:
            await ask(client.chat_postMessage, channel="sales", text="2")
        answer = throttled.value.response
        assert (answer.status_code, answer["error"]) == (429, "ratelimited")
        assert answer.headers["retry-after"] == "1"
        figures = running.truth.figures()
        assert (figures["throttled_calls"], figures["throttled_calls_caused"]) == (1, 1)
        assert [e.values["text"] for e in running.truth.effects()] == ["1", "1"]


async def test_the_workspace_has_a_limit_over_all_channels() -> None:
    channels = tuple(Channel(f"C{i}", f"c{i}") for i in range(4))
    async with workspace(channels=channels, per_workspace_per_min=3) as (_, client):
        for i in range(3):
            await ask(client.chat_postMessage, channel=f"c{i}", text="x")
        with pytest.raises(SlackApiError) as throttled:
            await ask(client.chat_postMessage, channel="c3", text="x")
        assert int(throttled.value.response.headers["retry-after"]) > 50


async def test_reading_back_has_a_limit_by_the_minute() -> None:
    async with workspace(history_per_min=2) as (_, client):
        for _ in range(2):
            await ask(client.conversations_history, channel="C0SALES01")
        with pytest.raises(SlackApiError) as throttled:
            await ask(client.conversations_history, channel="C0SALES01")
        assert throttled.value.response.status_code == 429


async def test_a_long_text_becomes_several_messages() -> None:
    async with workspace(**FAST) as (running, client):
        posted = await ask(
            client.chat_postMessage, channel="sales", text="y" * 9_000, metadata=metadata("k")
        )
        effects = running.truth.effects()
        assert [e.values["part"] for e in effects] == [1, 2, 3]
        assert [e.key for e in effects] == ['{"action_key": "k"}', None, None]
        assert effects[0].record == f"C0SALES01/{posted['ts']}"


@pytest.mark.skipif(not SPEC.exists(), reason="Slack's API description (../shared) is not here")
@pytest.mark.parametrize(
    "method", ["chat.postMessage", "conversations.history", "conversations.list", "auth.test"]
)
async def test_the_methods_and_errors_are_those_of_slacks_own_description(method: str) -> None:
    spec = json.loads(SPEC.read_text(encoding="utf-8"))
    described = spec["paths"][f"/{method}"]
    (operation,) = described.values()
    names = {p["name"] for p in operation["parameters"]}
    used = {
        "chat.postMessage": {"channel", "text", "blocks", "attachments", "thread_ts", "token"},
        "conversations.history": {"channel", "cursor", "limit", "oldest", "latest", "inclusive"},
        "conversations.list": {"cursor", "limit", "exclude_archived"},
        "auth.test": {"token"},
    }[method]
    assert used <= names
    async with workspace() as (running, _), httpx.AsyncClient(trust_env=False) as http:
        required = {p["name"] for p in operation["parameters"] if p.get("required")}
        values = {"token": "xoxb-sandbox", "channel": "C0SALES01", "text": "Hi"}
        form = {name: values[name] for name in required | ({"text", "channel"} & names)}
        sent = await http.request(
            next(iter(described)).upper(),
            f"{running.url}/api/{method}",
            params=form,
            headers={"authorization": "Bearer xoxb-sandbox"},
        )
        assert sent.json()["ok"], sent.text
        answer = set(sent.json())
        success = operation["responses"]["200"]["schema"]
        wanted = set(success.get("required", []))
        assert wanted <= answer | {"channel_actions_ts", "channel_actions_count"}
        errors = operation["responses"]["default"]["schema"]["properties"]["error"]["enum"]
        wrong = await http.request(
            next(iter(described)).upper(),
            f"{running.url}/api/{method}",
            params={"channel": "nowhere"},
            headers={"authorization": "Bearer wrong"},
        )
        assert wrong.json()["error"] in errors
