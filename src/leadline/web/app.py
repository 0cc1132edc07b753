"""The application that answers HTTP: tracking API, webhooks, health."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from leadline.errors import LeadlineError
from leadline.runtime.ingest.body import Accepting
from leadline.runtime.ingest.hook import ReceiveHook
from leadline.runtime.ingest.intake import Intake, running
from leadline.runtime.ingest.upkeep import keep_up, keep_up_once
from leadline.store.pool import Store
from leadline.web import answers, health, hooks, tracking


async def _nothing_newer() -> bool:
    return False


def create_app(
    store: Store,
    accepting: Callable[[], Accepting],
    receive_hook: ReceiveHook,
    renew: tracking.Renew = _nothing_newer,
) -> Starlette:
    """Make the application over an open store.

    ``accepting`` is asked at each request for the tracking plan and the write keys of the
    moment, ``renew`` before an event is rejected by it; ``receive_hook`` gets every webhook.
    The store stays the caller's to close.
    """
    intake = Intake(store)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        del app
        await keep_up_once(store)  # here, so that its trouble is raised as it is
        async with running(intake), anyio.create_task_group() as tasks:
            tasks.start_soon(keep_up, store)
            yield
            tasks.cancel_scope.cancel()

    return Starlette(
        routes=[
            *tracking.routes(intake, accepting, renew),
            *hooks.routes(receive_hook),
            *health.routes(store, intake),
        ],
        exception_handlers={HTTPException: _http_fault, Exception: _our_fault},
        lifespan=lifespan,
    )


async def _http_fault(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = error.headers
    match error.status_code:
        case 404:
            message = f"There is nothing at {request.url.path[:80]}. Events go to /v1/batch."
            return answers.error(404, "not-found", message)
        case 405:
            message = f"{request.method} is not taken at {request.url.path[:80]}. See Allow."
            return answers.error(405, "wrong-method", message, headers)
        case status:
            return answers.error(status, "refused", f"{error.detail.rstrip('.')}.", headers)


async def _our_fault(request: Request, error: Exception) -> Response:
    del request
    told = f" ({error})" if isinstance(error, LeadlineError) else ""
    message = f"The server failed{told}. Nothing was taken; send it again."
    return answers.error(500, "server-fault", message, {"retry-after": "5"})
