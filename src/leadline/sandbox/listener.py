"""A small HTTP/1.1 server that can do what no well-behaved server does.

It cuts a connection at a chosen moment, never answers, or refuses connections while it keeps its
port. Ordinary servers hide the socket from the application; here the application decides.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

import h11

from leadline.errors import PortInUse

LOOPBACK = "127.0.0.1"
MAX_BODY_BYTES = 20_000_000
READ_BYTES = 65_536
BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request, body and all. Header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is written back."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Cut(Exception):
    """Raised by a handler: reset the connection instead of answering."""


class Link:
    """The caller's end, as far as one can see it from here."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    def is_gone(self) -> bool:
        """Whether the caller has closed or reset the connection."""
        return self._reader.at_eof() or self._reader.exception() is not None

    async def wait_until_gone(self, at_most_s: float) -> None:
        """Return when the caller closes the connection, or after ``at_most_s`` seconds."""
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(at_most_s):
                while await self._reader.read(READ_BYTES):
                    pass


Handler = Callable[[Request, Link], Awaitable[Answer]]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listener:
    """A port on loopback that can be closed and opened again without being lost."""

    def __init__(self, serve: Serve, port: int, what: str) -> None:
        self._serve = serve
        self._socket = _bind(port, what)
        self.port: int = self._socket.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._wanted = False
        self._opening: set[asyncio.Task[None]] = set()
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def open(self) -> None:
        """Accept connections."""
        self._wanted = True
        await self._listen()

    def open_soon(self) -> None:
        """Accept connections again, unless ``close`` is called before that happened."""
        self._wanted = True
        task = asyncio.get_running_loop().create_task(self._listen())
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    def close(self) -> None:
        """Refuse connections and reset those that are open; the port stays ours."""
        self._wanted = False
        if self._server is not None:
            self._server.close()
            self._server = None
            self._stop_listening()
        for writer in self._open.values():
            writer.transport.abort()

    async def shut_down(self) -> None:
        """Close for good, and wait until nothing runs any more."""
        self.close()
        tasks = [*self._open, *self._opening]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._socket.close()

    async def _listen(self) -> None:
        if self._server is not None or not self._wanted:
            return
        self._socket.listen(BACKLOG)
        server = await asyncio.start_server(self._accept, sock=self._socket.dup(), limit=2**20)
        if self._wanted and self._server is None:
            self._server = server
            return
        server.close()
        if self._server is None:  # closed while it opened
            self._stop_listening()

    def _stop_listening(self) -> None:
        if sys.platform == "linux":  # a listening socket that is shut down keeps its address
            self._socket.shutdown(socket.SHUT_RDWR)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            await self._serve(reader, writer)
        except (ConnectionError, TimeoutError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._open.pop(task, None)
            writer.close()


def _bind(port: int, what: str) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.settimeout(0)
    try:
        # Only a port that was asked for by number survives a shutdown, so choose it first.
        bound.bind((LOOPBACK, port or _free_port()))
        bound.listen(BACKLOG)
    except OSError as trouble:
        bound.close()
        if trouble.errno != errno.EADDRINUSE:
            raise
        raise PortInUse(
            f"Port {port} is taken by another program.",
            where=what,
            fix="End that program, or choose another port (0 takes a free one).",
        ) from None
    return bound


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def http_server(handle: Handler) -> Serve:
    """Serve HTTP/1.1 with kept-alive connections, one request at a time on each."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        link = Link(reader)
        while True:
            try:
                request = await _next_request(connection, reader, writer)
            except h11.RemoteProtocolError as trouble:
                await _write(connection, writer, Answer(400, str(trouble).encode()))
                return
            if request is None:
                return
            try:
                answer = await handle(request, link)
            except Cut:
                writer.transport.abort()
                return
            await _write(connection, writer, answer)
            if connection.our_state is h11.MUST_CLOSE:
                return
            connection.start_next_cycle()

    return serve


async def _next_request(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                writer.write(connection.send(go_on) or b"")
            connection.receive_data(await reader.read(READ_BYTES))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MAX_BODY_BYTES:
                raise h11.RemoteProtocolError("The body is too long.", 413)
        elif isinstance(event, h11.EndOfMessage):
            assert head is not None
            return _request(head, bytes(body))
        else:  # closed, or paused by an upgrade nobody offered
            return None


def _request(head: h11.Request, body: bytes) -> Request:
    try:
        target = urlsplit(head.target.decode("ascii"))
    except ValueError as trouble:
        raise h11.RemoteProtocolError(f"The address cannot be read: {trouble}.") from None
    return Request(
        method=head.method.decode("ascii"),
        path=unquote(target.path),
        query=dict(parse_qsl(target.query, keep_blank_values=True)),
        headers={k.decode("ascii"): v.decode("latin-1") for k, v in head.headers},
        body=body,
    )


async def _write(connection: h11.Connection, writer: asyncio.StreamWriter, answer: Answer) -> None:
    headers = [*answer.headers.items(), ("content-length", str(len(answer.body)))]
    response = h11.Response(status_code=answer.status, headers=headers)
    parts = [
        connection.send(response) or b"",
        connection.send(h11.Data(data=answer.body)) or b"" if answer.body else b"",
        connection.send(h11.EndOfMessage()) or b"",
    ]
    writer.write(b"".join(parts))
    await writer.drain()
