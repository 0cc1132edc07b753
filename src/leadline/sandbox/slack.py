"""A Slack workspace: posting, reading back, and its habit of saying 200 for everything.

Contract: vendors.md section 3. One message a second and channel, several hundred a minute and
workspace; reading methods count by the minute. A throttled call is a 429 with ``Retry-After`` in
whole seconds; every other failure is a 200 with ``ok: false``. Posting has no idempotency.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from pydantic import JsonValue

from leadline.sandbox.config import SandboxConfig
from leadline.sandbox.control import Door, json_answer, read_json
from leadline.sandbox.faults import BATCH, FEED, Fault, FaultKind, Faults
from leadline.sandbox.front import Operation
from leadline.sandbox.limits import Limits, Refusal, Window
from leadline.sandbox.listener import Answer, Request
from leadline.sandbox.timing import Clock
from leadline.sandbox.truth import OURS, Call, Truth

MAX_TEXT = 40_000
SPLIT_AT = 4_000
MAX_BLOCKS = 50
MAX_ATTACHMENTS = 100
SCOPES = ("chat:write", "chat:write.public", "channels:read", "channels:history")
PER_MINUTE = {"auth.test": 300, "conversations.list": 20, "conversations.history": 50}
NEEDS = {
    "chat.postMessage": "chat:write",
    "conversations.list": "channels:read",
    "conversations.history": "channels:history",
    "auth.test": "",
}

Fields = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Channel:
    """One public channel; ``joined`` says whether our app is a member."""

    id: str
    name: str
    joined: bool = True
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the workspace keeps it."""

    channel: str
    ts: str
    text: str
    by: str
    thread_ts: str | None
    metadata: JsonValue

    def as_json(self, *, metadata: bool) -> dict[str, JsonValue]:
        """As ``conversations.history`` shows it; metadata only where it is asked for."""
        shown: dict[str, JsonValue] = {
            "type": "message",
            "user": f"U{self.by.upper()}",
            "bot_id": f"B{self.by.upper()}",
            "text": self.text,
            "ts": self.ts,
        }
        if self.thread_ts is not None:
            shown["thread_ts"] = self.thread_ts
        if metadata and self.metadata is not None:
            shown["metadata"] = self.metadata
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackConfig(SandboxConfig):
    """Settings of the workspace. ``tokens`` says who calls: ``ours`` or a stranger's name."""

    tokens: Mapping[str, str] = field(
        default_factory=lambda: {"xoxb-sandbox": OURS, "xoxb-stranger": "stranger"}
    )
    scopes: tuple[str, ...] = SCOPES
    channels: tuple[Channel, ...] = (
        Channel("C0SALES01", "sales"),
        Channel("C0GENERAL", "general"),
        Channel("C0PUBLIC1", "public", joined=False),
        Channel("C0OLD0001", "old", archived=True),
    )
    per_channel_per_s: int = 1
    per_workspace_per_min: int = 300
    history_per_min: int = PER_MINUTE["conversations.history"]


class Failure(Exception):
    """Raised inside the sandbox: answer 200 with ``ok: false`` and this error."""

    def __init__(self, error: str, **details: JsonValue) -> None:
        super().__init__(error)
        self.error = error
        self.details = details


class Workspace:
    """What is in the channels, and the methods that write and read it."""

    def __init__(self, config: SlackConfig, clock: Clock, truth: Truth) -> None:
        self._config = config
        self._clock = clock
        self._truth = truth
        self.messages: list[Message] = []
        self._last_ts = 0

    def channel(self, name: str) -> Channel | None:
        """By id or name."""
        plain = name.removeprefix("#")
        return next((c for c in self._config.channels if plain in (c.id, c.name)), None)

    def perform(self, call: Call, fields: Fields) -> dict[str, JsonValue]:
        """Do what the method says. Raises Failure."""
        match call.operation:
            case "chat.postMessage":
                return self._post(call, fields)
            case "conversations.history":
                return self._history(fields)
            case "conversations.list":
                return self._list(fields)
            case _:
                return {
                    "url": "https://sandbox.slack.com/",
                    "team": "Sandbox",
                    "user": call.by,
                    "team_id": "T0SANDBOX",
                    "user_id": f"U{call.by.upper()}",
                    "bot_id": f"B{call.by.upper()}",
                    "is_enterprise_install": False,
                }

    def _post(self, call: Call, fields: Fields) -> dict[str, JsonValue]:
        channel = self.channel(str(fields.get("channel", "")))
        if channel is None:
            raise Failure("channel_not_found")
        if channel.archived:
            raise Failure("is_archived")
        if not channel.joined and "chat:write.public" not in self._config.scopes:
            raise Failure("not_in_channel")
        text = str(fields.get("text") or "")
        _check_content(text, fields)
        metadata = _metadata(fields.get("metadata"))
        thread = fields.get("thread_ts")
        parts = [text[i : i + SPLIT_AT] for i in range(0, len(text), SPLIT_AT)] or [""]
        first: Message | None = None
        for number, part in enumerate(parts):
            message = Message(
                channel.id,
                self._next_ts(),
                part,
                call.by,
                str(thread) if thread else None,
                metadata if number == 0 else None,
            )
            first = first or message
            self._keep(message, call, number, len(parts))
        assert first is not None
        shown: JsonValue = first.as_json(metadata=True)
        return {"channel": channel.id, "ts": first.ts, "message": shown}

    def _keep(self, message: Message, call: Call, part: int, parts: int) -> None:
        self.messages.append(message)
        payload = (
            message.metadata.get("event_payload") if isinstance(message.metadata, dict) else None
        )
        values: dict[str, JsonValue] = {
            "channel": message.channel,
            "text": message.text,
            "metadata": message.metadata,
            "part": part + 1,
            "parts": parts,
        }
        key = None if payload is None else json.dumps(payload, sort_keys=True)
        record = f"{message.channel}/{message.ts}"
        self._truth.effect(call, "message.posted", record, key, values)

    def _next_ts(self) -> str:
        self._last_ts = max(self._last_ts + 1, int(self._clock.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def _history(self, fields: Fields) -> dict[str, JsonValue]:
        channel = self.channel(str(fields.get("channel", "")))
        if channel is None:
            raise Failure("channel_not_found")
        if not channel.joined:
            raise Failure("not_in_channel")
        limit = _number(fields, "limit", 100, 999)
        found = _between([m for m in self.messages if m.channel == channel.id], fields)
        found.reverse()
        start = _cursor(fields)
        page = found[start : start + limit]
        more = start + limit < len(found)
        with_metadata = _truthy(fields.get("include_all_metadata"))
        return {
            "messages": [m.as_json(metadata=with_metadata) for m in page],
            "has_more": more,
            "pin_count": 0,
            "response_metadata": {"next_cursor": f"next:{start + limit}" if more else ""},
        }

    def _list(self, fields: Fields) -> dict[str, JsonValue]:
        channels = [
            c
            for c in self._config.channels
            if not (c.archived and _truthy(fields.get("exclude_archived")))
        ]
        limit, start = _number(fields, "limit", 100, 1000), _cursor(fields)
        more = start + limit < len(channels)
        return {
            "channels": [
                {
                    "id": c.id,
                    "name": c.name,
                    "is_channel": True,
                    "is_private": False,
                    "is_archived": c.archived,
                    "is_member": c.joined,
                }
                for c in channels[start : start + limit]
            ],
            "response_metadata": {"next_cursor": f"next:{start + limit}" if more else ""},
        }


class SlackSandbox:
    """One workspace, served over HTTP under ``/api/``."""

    kind = "slack"

    def __init__(self, config: SlackConfig | None = None) -> None:
        self.config = config or SlackConfig()
        self.clock = Clock(self.config.clock_skew_s)
        self.truth = Truth(self.clock.now, self.config.truth_file)
        self.faults = Faults(self.config.seed, frozenset(FaultKind) - FEED - BATCH)
        self.limits = Limits(self.config.seed)
        self.workspace = Workspace(self.config, self.clock, self.truth)

    def operation(self, request: Request) -> Operation | None:
        """The method after ``/api/``."""
        name = request.path.removeprefix("/api/")
        if name not in NEEDS:
            return None
        return Operation(name, name == "chat.postMessage")

    def caller(self, request: Request) -> str | None:
        """Who calls, by the token in the header or the form."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = str(_fields(request).get("token", ""))
        return self.config.tokens.get(token.strip())

    def windows(self, request: Request, operation: Operation, by: str) -> list[Window]:
        """A post counts for its channel and the workspace, a read for its method and app."""
        if operation.name == "chat.postMessage":
            per_minute = self.config.per_workspace_per_min
            workspace = self.limits.window("workspace", per_minute, 60.0)
            channel = self.workspace.channel(str(_fields(request).get("channel", "")))
            if channel is None:
                return [workspace]
            per_s = self.config.per_channel_per_s
            return [self.limits.window(f"channel:{channel.id}", per_s, 1.0), workspace]
        limit = PER_MINUTE[operation.name]
        if operation.name == "conversations.history":
            limit = self.config.history_per_min
        name = operation.name if by == OURS else f"{operation.name} of {by}"
        return [self.limits.window(name, limit, 60.0)]

    def perform(self, request: Request, call: Call, fault: Fault | None) -> Answer:
        """Do it; what cannot be done is a 200 that says so."""
        del fault
        fields = _fields(request)
        try:
            needed = NEEDS[call.operation]
            if needed and needed not in self.config.scopes:
                provided = ",".join(self.config.scopes)
                raise Failure("missing_scope", needed=needed, provided=provided)
            body = self.workspace.perform(call, fields)
        except Failure as failure:
            call.error = failure.error
            return self._answer({"ok": False, "error": failure.error, **failure.details})
        if request.headers.get("content-type", "").strip() == "application/json":
            body["warning"] = "missing_charset"
            body["response_metadata"] = {"warnings": ["missing_charset"]}
        return self._answer({"ok": True, **body})

    def unknown_door(self, request: Request) -> Answer:
        """200 for a method that does not exist, 404 outside ``/api/``."""
        if not request.path.startswith("/api/"):
            return Answer(404, b"not found", {"content-type": "text/plain"})
        method = request.path.removeprefix("/api/")
        return self._answer({"ok": False, "error": "unknown_method", "req_method": method})

    def unauthorised(self, request: Request) -> Answer:
        """200 with ``invalid_auth``, or ``not_authed`` where no token came."""
        given = request.headers.get("authorization") or _fields(request).get("token")
        return json_answer(200, {"ok": False, "error": "invalid_auth" if given else "not_authed"})

    def throttled(self, request: Request, operation: Operation, refusal: Refusal) -> Answer:
        """429 with whole seconds to wait."""
        del request, operation
        wait = str(max(1, math.ceil(refusal.retry_after_s)))
        return json_answer(429, {"ok": False, "error": "ratelimited"}, {"retry-after": wait})

    def failing(self, fault: Fault) -> Answer:
        """A 5xx where the fault has a status, otherwise 200 with its error."""
        if fault.status is not None and fault.error is None:
            return Answer(fault.status, b"upstream trouble", {"content-type": "text/plain"})
        error = fault.error or "internal_error"
        return json_answer(fault.status or 200, {"ok": False, "error": error})

    def control_doors(self) -> Mapping[tuple[str, str], Door]:
        """``GET messages``: everything that is in the channels."""
        return {("GET", "messages"): self._all_messages}

    def _all_messages(self, _: Request) -> JsonValue:
        shown = [
            {**m.as_json(metadata=True), "channel": m.channel} for m in self.workspace.messages
        ]
        return {"messages": list[JsonValue](shown)}

    def _answer(self, body: dict[str, JsonValue]) -> Answer:
        return json_answer(200, body, {"x-oauth-scopes": ",".join(self.config.scopes)})


def _fields(request: Request) -> Fields:
    """The arguments of a call: query, form or JSON."""
    fields: dict[str, JsonValue] = dict(request.query)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            body = read_json(request.body)
        except ValueError:
            return fields
        return fields | body if isinstance(body, dict) else fields
    return fields | dict(parse_qsl(request.body.decode("utf-8", "replace")))


def _check_content(text: str, fields: Fields) -> None:
    blocks, attachments = _listed(fields.get("blocks")), _listed(fields.get("attachments"))
    if not text and not blocks and not attachments:
        raise Failure("no_text")
    if len(text) > MAX_TEXT:
        raise Failure("msg_too_long")
    if blocks is None or len(blocks) > MAX_BLOCKS:
        raise Failure("invalid_blocks")
    if attachments is None or len(attachments) > MAX_ATTACHMENTS:
        raise Failure("too_many_attachments")


def _listed(value: JsonValue) -> list[JsonValue] | None:
    """A list, given as such or as JSON text; None for anything else."""
    if isinstance(value, str) and value:
        try:
            value = read_json(value)
        except ValueError:
            return None
    if not value:
        return []
    return value if isinstance(value, list) else None


def _metadata(value: JsonValue) -> JsonValue:
    if isinstance(value, str) and value:
        try:
            value = read_json(value)
        except ValueError:
            raise Failure("invalid_metadata_format") from None
    if not value:
        return None
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("event_type"), str)
        or not isinstance(value.get("event_payload"), dict)
    ):
        raise Failure("invalid_metadata_format")
    return value


def _between(messages: list[Message], fields: Fields) -> list[Message]:
    oldest, latest = str(fields.get("oldest") or "0"), str(fields.get("latest") or "")
    low, high = _ts(oldest), _ts(latest) if latest else math.inf
    if _truthy(fields.get("inclusive")):
        return [m for m in messages if low <= _ts(m.ts) <= high]
    return [m for m in messages if low < _ts(m.ts) < high]


def _ts(text: str) -> int:
    """A Slack moment in microseconds, exactly."""
    seconds, _, fraction = text.partition(".")
    try:
        return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0")[:6] or 0)
    except ValueError:
        raise Failure("invalid_ts_latest") from None


def _cursor(fields: Fields) -> int:
    cursor = str(fields.get("cursor") or "")
    if not cursor:
        return 0
    number = cursor.removeprefix("next:")
    if not cursor.startswith("next:") or not number.isdigit():
        raise Failure("invalid_cursor")
    return int(number)


def _number(fields: Fields, name: str, usual: int, most: int) -> int:
    text = str(fields.get(name) or usual)
    if not text.isdigit() or int(text) < 1:
        raise Failure("invalid_limit")
    return min(int(text), most)


def _truthy(value: JsonValue) -> bool:
    return value is True or value in ("1", "true", "True", 1)
