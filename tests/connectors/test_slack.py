"""What is particular to Slack, against its sandbox; requests against Slack's own description."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from leadline.connectors.contract import Need, PastCall, Post
from leadline.connectors.door import Reply
from leadline.connectors.slack.answers import failure
from leadline.connectors.slack.history import verify
from leadline.connectors.slack.post import LONGEST_TEXT, escaped
from leadline.ledger.outcome import (
    Absent,
    Accepted,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
)
from leadline.sandbox import Channel, Fault
from leadline.sandbox.faults import FaultKind
from tests.connectors.benches import Bench, bench, posts
from tests.connectors.memory_allowance import allowance_for, now

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SPEC = Path(__file__).parents[3] / "shared" / "specs" / "slack" / "web-api.json"
FAST = {"per_channel_per_s": 1_000}


def called(at: datetime | None = None) -> tuple[PastCall, ...]:
    began = at or now()
    return (PastCall(uuid4(), began, began + timedelta(seconds=8)),)


def texts(b: Bench) -> list[str]:
    return [m.text for m in b.sandbox.workspace.messages]


async def test_many_posts_are_one_message_that_carries_all_their_names() -> None:
    async with bench("slack") as b:
        effects = posts(40)
        outcomes = await b.perform(*effects)
        assert len({o.vendor_id for o in outcomes if isinstance(o, Accepted)}) == 1
        (text,) = texts(b)
        assert text.split("\n")[3] == "&lt;b&gt;Person 3&lt;/b&gt; &amp; co registered"
        assert len(text.split("\n")) == 40
        payload = json.loads(b.effect_keys()[0])
        assert payload["posts"] == [p.post_id[:20] for p in effects]


def long(i: int, length: int) -> Post:
    (post,) = posts(1, start=i)
    return replace(post, text="&" * (length // 5))  # each becomes five characters


async def test_no_message_is_so_long_that_slack_would_cut_it() -> None:
    async with bench("slack", **FAST) as b:
        effects = (long(0, 3_000), long(1, 1_500), long(2, 4_000), long(3, 4_005), long(4, 10))
        allowance = allowance_for(b.connector, b.settings)
        allowance.windows = {k: replace(w, limit=99) for k, w in allowance.windows.items()}
        outcomes = await b.connector.perform(b.door(allowance), effects)
        assert [type(o) for o in outcomes] == [Accepted, Accepted, Accepted, Rejected, Accepted]
        assert isinstance(outcomes[3], Rejected)
        assert "4,005" in outcomes[3].reason
        assert [len(t) for t in texts(b)] == [3_000, 1_500, 4_000, 10]
        assert all(e.values["parts"] == 1 for e in b.running.truth.effects())
        members = [c.intent.members for c in allowance.effectful()]
        assert members == [effects[i].members for i in (0, 1, 2, 4)]


async def test_a_message_is_measured_as_slack_counts_at_most() -> None:
    async with bench("slack") as b:
        (post,) = posts(1)
        emoji = replace(post, text="\N{SMILING FACE WITH SUNGLASSES}" * (LONGEST_TEXT // 2 + 1))
        (outcome,) = await b.perform(emoji)
        assert isinstance(outcome, Rejected)


async def test_nobody_is_called_and_no_link_hides() -> None:
    assert escaped("<!channel> <@U1> <https://evil.example|click>").count("<") == 0
    async with bench("slack") as b:
        (post,) = posts(1)
        blank, nul = replace(post, text=" \n "), replace(post, text="a\0b")
        first, second = await b.perform(blank, nul)
        assert isinstance(first, Rejected)
        assert isinstance(second, Accepted)
        assert texts(b) == ["ab"]


async def test_a_digest_whose_answer_was_lost_is_found_in_the_history() -> None:
    async with bench("slack") as b:
        effects = posts(30)
        b.running.faults.add(Fault(FaultKind.COMMIT_THEN_CUT))
        outcomes = await b.perform(*effects)
        assert all(isinstance(o, Unknown) for o in outcomes)
        others = posts(2, start=500)
        verdicts = await verify(b.door(), (*effects, *others), called())
        assert [type(v) for v in verdicts] == [Accepted] * 30 + [Absent] * 2
        assert len(texts(b)) == 1


async def test_the_history_is_read_page_by_page_and_by_the_channels_id() -> None:
    async with bench("slack", **FAST) as b:
        (post,) = posts(1)
        b.running.faults.add(Fault(FaultKind.COMMIT_THEN_CUT))
        (outcome,) = await b.perform(post)
        assert isinstance(outcome, Unknown)
        workspace = b.sandbox.workspace
        first = workspace.messages[0]
        for i in range(500):
            seconds = float(first.ts) + i + 1
            workspace.messages.append(replace(first, ts=f"{seconds:.6f}", metadata=None))
        allowance = allowance_for(b.connector, b.settings)
        (found,) = await verify(b.door(allowance), (post,), called())
        assert isinstance(found, Accepted)
        assert found.vendor_id == f"C0SALES01/{first.ts}"
        labels = [c.intent.label for c in allowance.calls.values()]
        assert labels == ["GET /api/conversations.list"] + 3 * ["GET /api/conversations.history"]
        assert all(not c.intent.members for c in allowance.calls.values())


async def test_what_is_older_than_the_call_is_not_read() -> None:
    async with bench("slack", **FAST) as b:
        await b.perform(*posts(1))
        workspace = b.sandbox.workspace
        old = float(workspace.messages[0].ts) - 3_600
        workspace.messages[:0] = [
            replace(workspace.messages[0], ts=f"{old + i:.6f}", metadata=None) for i in range(900)
        ]
        allowance = allowance_for(b.connector, b.settings)
        (found,) = await verify(b.door(allowance), posts(1, start=9), called())
        assert isinstance(found, Absent)
        assert len(allowance.calls) == 2


async def test_a_history_that_cannot_be_read_proves_nothing() -> None:
    outside = (Channel("C0SALES01", "sales", joined=False),)
    async with bench("slack", channels=outside) as b:
        (verdict,) = await verify(b.door(), posts(1), called())
        assert isinstance(verdict, Unknown)
        assert "not_in_channel" in verdict.reason
    async with bench("slack", scopes=("chat:write", "channels:read")) as b:
        (verdict,) = await verify(b.door(), posts(1), called())
        assert isinstance(verdict, Unauthorised)
        assert "channels:history" in verdict.reason
    async with bench("slack") as b:
        (verdict,) = await verify(b.door(), posts(1, channel="nowhere"), called())
        assert isinstance(verdict, Unknown)
        b.running.faults.add(Fault(FaultKind.HALF_OPEN, on="reads"))
        (verdict,) = await verify(b.door(timeout_s=0.3), posts(1), called())
        assert isinstance(verdict, Unavailable)


@pytest.mark.parametrize("error", ["fatal_error", "internal_error"])
@pytest.mark.parametrize("kind", [FaultKind.ERROR, FaultKind.COMMIT_THEN_ERROR])
async def test_slacks_own_doubt_is_ours(error: str, kind: FaultKind) -> None:
    async with bench("slack") as b:
        b.running.faults.add(Fault(kind, error=error))
        (outcome,) = await b.perform(*posts(1))
        assert isinstance(outcome, Unknown)
        (verdict,) = await verify(b.door(), posts(1), called())
        assert isinstance(verdict, Accepted if kind is FaultKind.COMMIT_THEN_ERROR else Absent)


@pytest.mark.parametrize(
    ("channel", "reason"), [("old", "is_archived"), ("nowhere", "channel_not_found")]
)
async def test_a_channel_that_takes_no_posts_is_to_blame(channel: str, reason: str) -> None:
    async with bench("slack") as b:
        first, second = await b.perform(*posts(1, channel=channel), *posts(1, start=5))
        assert first == Rejected(f"Slack says {reason}", "channel")
        assert isinstance(second, Accepted), "the other channel's post is not its concern"


def reply(status: int, body: dict[str, Any] | None = None, **headers: str) -> Reply:
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return Reply(status, named, orjson.dumps(body) if body is not None else b"<html>", NOON)


def test_the_wait_is_in_seconds() -> None:
    found = failure(reply(429, {"ok": False, "error": "ratelimited"}, retry_after="30"))
    assert found == Throttled(NOON + timedelta(seconds=30))
    assert failure(reply(429)) == Throttled(NOON + timedelta(seconds=1))
    old = failure(reply(200, {"ok": False, "error": "rate_limited"}))
    assert isinstance(old, Throttled)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("invalid_auth", Unauthorised),
        ("token_revoked", Unauthorised),
        ("account_inactive", Unauthorised),
        ("service_unavailable", Unavailable),
        ("msg_too_long", Rejected),
        ("invalid_blocks", Rejected),
        ("restricted_action", Rejected),
        ("something_new", Rejected),
    ],
)
def test_each_error_has_its_class_though_the_status_is_200(
    error: str, expected: type[object]
) -> None:
    assert isinstance(failure(reply(200, {"ok": False, "error": error})), expected)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, Unknown), (403, Unauthorised), (500, Unknown), (503, Unknown), (521, Unavailable)],
)
def test_an_answer_that_is_not_slacks_has_a_class_too(status: int, expected: type[object]) -> None:
    assert isinstance(failure(reply(status)), expected)


async def test_check_names_scopes_and_channels() -> None:
    needs = tuple(Need("channel", name) for name in ("sales", "public", "old", "nowhere"))
    async with bench("slack") as b:
        found = {c.name: c for c in await b.connector.check(b.door(), needs)}
        assert [n for n, c in found.items() if not c.ok] == [
            "channel public",
            "channel old",
            "channel nowhere",
        ]
        assert all(c.fix and c.fix.endswith(".") for c in found.values() if not c.ok)
        assert not b.running.truth.effects()
    async with bench("slack", scopes=("chat:write", "channels:read")) as b:
        found = {c.name: c for c in await b.connector.check(b.door(), needs[:1])}
        assert not found["scope channels:history"].ok


ADDED_SINCE = {
    "chat.postMessage": {"metadata"},
    "conversations.history": {"include_all_metadata"},
}
"""What the description of 2021 does not have yet (docs.slack.dev, message metadata)."""


async def test_requests_are_what_slack_describes() -> None:
    if not SPEC.is_file():
        pytest.skip("the vendors' descriptions are not beside this repository")
    spec = json.loads(SPEC.read_text(encoding="utf-8"))
    seen: dict[str, dict[str, Any]] = {}
    async with bench("slack") as b:
        original = b.sandbox.operation

        def operation(request: Any) -> Any:
            fields = dict(request.query)
            if "json" in request.headers.get("content-type", ""):
                assert request.headers["content-type"] == "application/json; charset=utf-8"
                fields |= orjson.loads(request.body)
            seen[request.path.removeprefix("/api/")] = {"method": request.method, **fields}
            return original(request)

        b.sandbox.operation = operation
        await b.perform(*posts(2))
        await verify(b.door(), posts(2), called())
        await b.connector.check(b.door(), (Need("channel", "sales"),))
    assert set(seen) == {
        "chat.postMessage",
        "conversations.history",
        "conversations.list",
        "auth.test",
    }
    for name, fields in seen.items():
        path = spec["paths"][f"/{name}"]
        method = fields.pop("method").lower()
        # auth.test takes both; the description knows one.
        described = path.get(method) or next(iter(path.values()))
        known = {p["name"]: p for p in described["parameters"]}
        assert set(fields) - set(known) <= ADDED_SINCE.get(name, set()), name
        required = {n for n, p in known.items() if p.get("required") and p["in"] != "header"}
        assert required <= set(fields)
        for key in set(fields) & set(known):
            assert _fits(fields[key], known[key]["type"]), (name, key)


def _fits(value: object, kind: str) -> bool:
    match kind:
        case "boolean":
            return isinstance(value, bool) or value in {"true", "false"}
        case "integer" | "number":
            return isinstance(value, int | float) or str(value).replace(".", "", 1).isdigit()
        case _:
            return isinstance(value, str)
