"""The tracking API: what Segment's and RudderStack's clients speak, answered once durable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from leadline.errors import DiskFull, LeadlineError, StoreUnavailable
from leadline.runtime.ingest.body import (
    Accepting,
    BodyFault,
    key_of_header,
    limit_of,
    read_body,
    refuse_key,
    too_large,
    unpack,
)
from leadline.runtime.ingest.intake import Intake, IntakeClosed, QueueFull
from leadline.runtime.ingest.message import Call, Said
from leadline.web import answers
from leadline.web.reading import READ_TIMEOUT_S, Buffers, Overloaded, Refusal, read_capped

# Reading a larger body would keep all other requests waiting for some milliseconds.
_READ_BESIDE_BYTES = 64 * 1024
_RETRY_AFTER_S = 5  # what is broken now seldom is whole in a second

Renew = Callable[[], Awaitable[bool]]
"""Looks whether something newer is deployed; True where what is taken in has changed."""

# None: a batch. "import" is what Segment calls a batch of history.
PATHS: dict[str, Call | None] = {
    "/v1/batch": None,
    "/v1/import": None,
    **{f"/v1/{call.value}": call for call in Call},
}


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """One address of the API, as an ASGI application."""

    call: Call | None
    intake: Intake
    accepting: Callable[[], Accepting]
    renew: Renew
    buffers: Buffers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with self.buffers.hold() as take:
                answer = await self.answer(Request(scope, receive), take)
        except ClientDisconnect:
            return  # nobody is there to be answered, and nothing was taken
        await answer(scope, receive, send)

    async def answer(self, request: Request, take: Callable[[int], None]) -> ASGIApp:
        accepting = self.accepting()
        header = request.headers.get("authorization")
        key = key_of_header(header) if header is not None else None
        refused = refuse_key(key, accepting.write_keys) if key is not None else None
        if refused is not None:
            return Refusal(_fault(refused))
        if self.intake.is_full():
            return Refusal(_busy(self.intake.full()))
        try:
            data = await read_capped(request, limit_of(self.call), take)
        except Overloaded as error:
            return Refusal(_busy(error))
        except TimeoutError:
            slow = f"The body did not arrive within {READ_TIMEOUT_S} s. Send it again."
            return Refusal(answers.error(408, "slow-body", slow))
        if data is None:
            return Refusal(_fault(too_large(self.call)))
        return await self._read(request.headers.get("content-encoding", ""), data, key, accepting)

    async def _read(
        self, encoding: str, data: bytes, key: str | None, accepting: Accepting
    ) -> Response:
        body = _decode(encoding, data, self.call)
        if isinstance(body, BodyFault):
            return _fault(body)
        said = await self._said(body, accepting, key)
        rejects = not isinstance(said, BodyFault) and any(one.rejected for one in said)
        # Whoever deploys an event and sends it at once must not lose the first ones.
        if rejects and await self.renew():
            said = await self._said(body, self.accepting(), key)
        if isinstance(said, BodyFault):
            return _fault(said)
        return await self._store(said, len(body))

    async def _said(
        self, body: bytes, accepting: Accepting, key: str | None
    ) -> tuple[Said, ...] | BodyFault:
        if len(body) > _READ_BESIDE_BYTES:
            return await anyio.to_thread.run_sync(read_body, body, self.call, accepting, key)
        return read_body(body, self.call, accepting, key)

    async def _store(self, said: tuple[Said, ...], size: int) -> Response:
        try:
            await self.intake.take(said, size)
        except QueueFull as error:
            return _busy(error)
        except (IntakeClosed, StoreUnavailable, DiskFull) as error:
            retry = {"retry-after": str(_RETRY_AFTER_S)}
            return answers.error(503, "not-stored", str(error), retry)
        return answers.success()


def routes(intake: Intake, accepting: Callable[[], Accepting], renew: Renew) -> list[Route]:
    """Return the addresses of the tracking API."""
    buffers = Buffers()
    return [
        Route(path, _Endpoint(call, intake, accepting, renew, buffers), methods=["POST"])
        for path, call in PATHS.items()
    ]


def _decode(encoding: str, data: bytes, call: Call | None) -> bytes | BodyFault:
    match encoding.strip().lower():
        case "" | "identity":
            return data
        case "gzip" | "x-gzip":
            return unpack(data, call)
        case _:
            return BodyFault(
                400,
                "unknown-encoding",
                f'Content-Encoding is "{encoding[:40]}". Send gzip, or no encoding.',
            )


def _fault(fault: BodyFault) -> Response:
    headers = {"www-authenticate": 'Basic realm="leadline"'} if fault.status == 401 else None
    return answers.error(fault.status, fault.code, fault.message, headers)


def _busy(error: LeadlineError) -> Response:
    return answers.error(
        429, "queue-full", str(error), {"retry-after": str(QueueFull.retry_after_s)}
    )
