"""The processes of a chaos run: a worker whose connections are the toy vendor, and the intake.

``python -m tests.chaos.worker work|serve DIRECTORY VENDOR_URL PORT|PACE NAME`` in a project that
is deployed; killed, frozen and started again by the harness. ``PACE`` is the vendor's.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from leadline.connectors.contract import Settings
from leadline.connectors.door import open_outlet
from leadline.environment import (
    PATIENCE_S,
    Opened,
    accepting,
    open_door,
    open_environment,
    patiently,
)
from leadline.journey.compiled import CompiledProject
from leadline.runtime.buckets import Buckets
from leadline.runtime.ingest.hook import Hook, HookAnswer
from leadline.runtime.link import Link
from leadline.runtime.releases import Releases
from leadline.runtime.steps import LiveSteps
from leadline.runtime.supervise import Supervisor
from leadline.runtime.worker import Worker
from leadline.store import embedded
from leadline.store.pool import URL_VARIABLE
from leadline.telemetry import logs
from leadline.web.app import create_app
from leadline.web.serve import serve_ingest
from tests.chaos.toy import WINDOWS, connector_of

ENVIRONMENT = "dev"
MAX_CONNECTIONS = 16


def toy_links(compiled: CompiledProject, base_url: str, pace: int) -> Mapping[str, Link]:
    """Every system of the project, played by the toy vendor's account of that name."""
    found: dict[str, Link] = {}
    for name in compiled.systems:
        values = {"account": name, "base_url": base_url, "from": "Toy <toy@toy.example>"}
        windows = WINDOWS[name]
        found[name] = Link(
            name,
            connector_of(name),
            Settings(name, values, {}, allow_private=True),
            {n: replace(window, limit=window.limit * pace) for n, (window, _) in windows.items()},
            {n: calls for n, (_, calls) in windows.items()},
        )
    return found


async def active_release(opened: Opened) -> tuple[Releases, CompiledProject]:
    releases = Releases()
    async with opened.store.connection() as conn:
        await releases.refresh(conn)
    assert releases.current is not None, "the harness deploys before it starts workers"
    return releases, releases.current


async def work(directory: Path, base_url: str, pace: int, name: str) -> None:
    """Work until SIGTERM."""
    async with open_environment(
        directory,
        ENVIRONMENT,
        role="worker",
        max_connections=MAX_CONNECTIONS,
        patience_s=PATIENCE_S,
    ) as opened:
        _, compiled = await patiently(partial(active_release, opened), PATIENCE_S)
        outlet = open_outlet()
        worker = Worker(
            name=name,
            environment=opened.name,
            steps=LiveSteps(opened.store),
            secret=opened.secret,
            links=toy_links(compiled, base_url, pace),
            open_door=partial(open_door, outlet),
            draw=random.SystemRandom().random,
            buckets=Buckets(name),
        )
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_stop_on_signal, stop)
            await Supervisor(worker, partial(revive, directory)).run(stop)
            tasks.cancel_scope.cancel()
        await outlet.close()


async def revive(directory: Path) -> None:
    """Bring the server back; who was given an address (a shifted clock) leaves that to others."""
    if URL_VARIABLE not in os.environ:
        await anyio.to_thread.run_sync(embedded.ensure, directory)


async def serve(directory: Path, port: int) -> None:
    """Take events in until SIGTERM."""
    async with open_environment(
        directory, ENVIRONMENT, role="serve", patience_s=PATIENCE_S
    ) as opened:
        releases, compiled = await patiently(partial(active_release, opened), PATIENCE_S)
        app = create_app(opened.store, accepting(opened, releases, compiled), _no_hook)
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_stop_on_signal, stop)
            await serve_ingest(app, port=port, stop=stop)
            tasks.cancel_scope.cancel()


async def _no_hook(hook: Hook) -> HookAnswer:
    del hook
    return HookAnswer.UNKNOWN_CONNECTION


async def _stop_on_signal(stop: anyio.Event) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM) as signals:
        async for _ in signals:
            stop.set()
            return


def main() -> None:
    what, directory, base_url, number, name = sys.argv[1:]
    logs.configure(json=True)
    if what == "serve":
        anyio.run(serve, Path(directory), int(number))
    else:
        anyio.run(work, Path(directory), base_url, int(number), name)


if __name__ == "__main__":
    main()
