"""A served tracking API for tests: started in the test's own loop, or as a process to kill."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx
from psycopg.rows import dict_row

from leadline.expression.types import FieldType, Kind
from leadline.project.events import EventType
from leadline.project.problems import Where
from leadline.runtime.ingest.body import Accepting
from leadline.runtime.ingest.hook import Hook, HookAnswer, ReceiveHook
from leadline.store.pool import Store
from leadline.web.app import create_app
from leadline.web.serve import serve_ingest
from leadline.web.tracking import Renew

KEY = "the-write-key"
OLD_KEY = "the-key-before"


def event_type(name: str, **properties: FieldType) -> EventType:
    return EventType(name, properties, Where("events.yaml"))


PLAN: Mapping[str, EventType] = {
    "webinar.registered": event_type(
        "webinar.registered",
        webinar=FieldType(Kind.TEXT),
        title=FieldType(Kind.TEXT),
        starts_at=FieldType(Kind.TIME),
        seats=FieldType(Kind.NUMBER),
        paid=FieldType(Kind.FLAG),
        born=FieldType(Kind.DATE),
        level=FieldType(Kind.CHOICE, ("new", "pro")),
    ),
    "webinar.cancelled": event_type("webinar.cancelled", webinar=FieldType(Kind.TEXT)),
}
ACCEPTING = Accepting(PLAN, (OLD_KEY, KEY))


async def refuse_hooks(hook: Hook) -> HookAnswer:
    del hook
    return HookAnswer.UNKNOWN_CONNECTION


async def nothing_newer() -> bool:
    return False


@dataclass(frozen=True)
class Served:
    """A running server over a store."""

    url: str
    store: Store

    def client(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, auth=(KEY, ""), timeout=30, **options)

    async def events(self) -> list[dict[str, Any]]:
        return await rows(self.store, "select * from event order by received_at, id")


@asynccontextmanager
async def served(
    store: Store,
    receive_hook: ReceiveHook = refuse_hooks,
    accepting: Callable[[], Accepting] = lambda: ACCEPTING,
    renew: Renew = nothing_newer,
) -> AsyncIterator[Served]:
    app = create_app(store, accepting, receive_hook, renew)
    stop = anyio.Event()

    async def serve(*, task_status: anyio.abc.TaskStatus[int]) -> None:
        await serve_ingest(app, port=0, stop=stop, task_status=task_status)

    async with anyio.create_task_group() as tasks:
        port = await tasks.start(serve)
        yield Served(f"http://127.0.0.1:{port}", store)
        stop.set()


async def rows(store: Store, query: str, *params: object) -> list[dict[str, Any]]:
    async with store.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, params)  # type: ignore[arg-type]  # literals of tests
        return await cursor.fetchall()


def track(**members: Any) -> dict[str, Any]:
    """A sound message, but for what the test says otherwise."""
    message = {
        "type": "track",
        "event": "webinar.registered",
        "userId": "u1",
        "properties": {"webinar": "w1"},
        **members,
    }
    return {key: value for key, value in message.items() if value is not ...}
