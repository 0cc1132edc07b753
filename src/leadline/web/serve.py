"""Serving the application on one port of this machine."""

from __future__ import annotations

import errno
import socket
from collections.abc import Generator
from contextlib import closing, contextmanager

import anyio
import uvicorn
from anyio.abc import TaskStatus
from starlette.applications import Starlette

from leadline.errors import LeadlineError, PortInUse

LOOPBACK = "127.0.0.1"
BACKLOG = 2048
# Requests under way when the server stops are answered; a client that hangs is not waited for.
GRACE_S = 10

# Longer than the 60 s of common load balancers: who reuses a connection in the moment in
# which the server closes it gets a reset instead of an answer.
KEEP_ALIVE_S = 75


class _Server(uvicorn.Server):
    """A server that leaves the signals to the process that it is a part of."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


async def serve_ingest(
    app: Starlette,
    *,
    port: int,
    host: str = LOOPBACK,
    stop: anyio.Event | None = None,
    task_status: TaskStatus[int] = anyio.TASK_STATUS_IGNORED,
) -> None:
    """Serve until ``stop`` is set or the task is cancelled; started with the port it has.

    Port 0 takes any free one. On ``stop``, requests under way are answered first. Raises
    PortInUse, LeadlineError where the address cannot be had, and what the store raises.
    """
    listener = listen(host, port)
    with closing(listener):
        # Not by uvicorn, which turns what goes wrong here into a log line and an exit.
        async with app.router.lifespan_context(app):
            # It listens already: who connects now waits for the next line, and is served.
            task_status.started(listener.getsockname()[1])
            await _serve(_Server(_config(app)), listener, stop)


def listen(host: str, port: int) -> socket.socket:
    """Take the address, so that nobody else can; raises PortInUse or LeadlineError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    where = f"{host}:{port}"
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"Another program listens on port {port} already.",
                where=where,
                fix="Stop it, or choose another port.",
            ) from error
        raise LeadlineError(
            f"The address cannot be listened on ({error.strerror or error}).",
            where=where,
            fix="Choose a port above 1023, and 127.0.0.1 or an address of this machine.",
        ) from error


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="none",  # the caller's
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )


async def _serve(server: _Server, listener: socket.socket, stop: anyio.Event | None) -> None:
    async with anyio.create_task_group() as tasks:
        if stop is not None:
            tasks.start_soon(_stop_when, stop, server)
        try:
            await server.serve(sockets=[listener])
        except anyio.get_cancelled_exc_class():
            # Cancelled in the middle: give up what is under way, but leave nothing open.
            with anyio.move_on_after(GRACE_S, shield=True):
                server.config.timeout_graceful_shutdown = 1
                await server.shutdown(sockets=[listener])
            raise
        tasks.cancel_scope.cancel()


async def _stop_when(stop: anyio.Event, server: _Server) -> None:
    await stop.wait()
    server.should_exit = True
