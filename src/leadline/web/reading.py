"""Reading the body of a request: no more than allowed, no longer than it should take."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from leadline.errors import LeadlineError

# A client that sends 500 KB at less than 17 KB/s holds a connection and memory for nothing.
READ_TIMEOUT_S = 30
# Whoever still sends when it is refused would see a reset connection, and never the answer:
# so the rest is thrown away for a moment.
LINGER_S = 2.0
LINGER_BYTES = 64 * 1024 * 1024


# All bodies together that are being read or worked on: whoever knows no write key may send
# one too, so this bounds what strangers can make us hold.
BUFFERED_BYTES = 128 * 1024 * 1024


class Overloaded(LeadlineError):
    """More is being sent at this moment than can be held in memory."""


class Buffers:
    """Counts the bytes of all bodies that are held at this moment."""

    def __init__(self, most: int = BUFFERED_BYTES) -> None:
        self.left = most

    @contextmanager
    def hold(self) -> Generator[Callable[[int], None]]:
        """Give a function that takes bytes and raises Overloaded; all are given back at the end."""
        taken = 0

        def take(count: int) -> None:
            nonlocal taken
            if count > self.left:
                raise Overloaded("Too much is being sent at this moment.", fix="Send it again.")
            self.left -= count
            taken += count

        try:
            yield take
        finally:
            self.left += taken


async def read_capped(request: Request, most: int, take: Callable[[int], None]) -> bytes | None:
    """Return the body, or None where it has more than ``most`` bytes; then no more is read.

    ``take`` is told of each piece (see Buffers). Raises ClientDisconnect, Overloaded, and
    TimeoutError after READ_TIMEOUT_S.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > most:
        return None
    body = bytearray()
    with anyio.fail_after(READ_TIMEOUT_S):
        async for chunk in request.stream():
            take(len(chunk))
            body += chunk
            if len(body) > most:
                return None
    return bytes(body)


class Refusal:
    """An answer to a request whose body was not read: it ends the connection after it."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer
        answer.headers["connection"] = "close"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once, then throw away what the client still sends, within limits."""
        del scope
        start = {"status": self.answer.status_code, "headers": self.answer.raw_headers}
        await send({"type": "http.response.start", **start})
        body = bytes(self.answer.body)
        await send({"type": "http.response.body", "body": body, "more_body": True})
        left = LINGER_BYTES
        with anyio.move_on_after(LINGER_S):
            while left > 0:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body", False):
                    break
                left -= len(message.get("body", b""))
        await send({"type": "http.response.body", "body": b"", "more_body": False})
