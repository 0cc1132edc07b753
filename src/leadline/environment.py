"""The wiring: opens one environment of one project, and makes the worker that runs it."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import anyio
import anyio.to_thread

from leadline.connectors.contract import Allowance, Settings
from leadline.connectors.door import Door, Outlet, Reply, Request, open_outlet
from leadline.connectors.registry import connector_for
from leadline.errors import CredentialsMissing, LeadlineError, StoreUnavailable, UsageError
from leadline.journey.compiled import CompiledProject
from leadline.project.systems import SecretRef, System
from leadline.project.windows import windows_of
from leadline.runtime.buckets import Buckets
from leadline.runtime.hooks import HookReceiver, Unmetered, steady_clock
from leadline.runtime.ingest.body import Accepting
from leadline.runtime.link import Link
from leadline.runtime.releases import Releases
from leadline.runtime.steps import LiveSteps
from leadline.runtime.supervise import AGAIN_S, Supervisor
from leadline.runtime.worker import Worker
from leadline.store import control, embedded
from leadline.store.migrate import migrate, stamp_environment
from leadline.store.pool import URL_VARIABLE, Store, database_url, open_store
from leadline.store.secret_key import SecretKey, secret_key
from leadline.telemetry.events import StoreLost
from leadline.telemetry.logs import emit

T = TypeVar("T")

DEFAULT_ENVIRONMENT = "dev"
ENVIRONMENT_VARIABLE = "LEADLINE_ENV"
PATIENCE_S = 60.0
"""So long a process that is to run on waits at its start for a database that is away."""
SANDBOX_SECRETS = {
    ("hubspot", "token"): "pat-na1-sandbox",
    ("slack", "token"): "xoxb-sandbox",
    ("smtp", "user"): "sandbox",
    ("smtp", "password"): "sandbox-password",
}
"""What the sandboxes know us by; no real system takes these."""
SANDBOX_WRITE_KEY = "sandbox"


@dataclass(frozen=True, slots=True)
class Opened:
    """One environment, open: its database brought up to date and stamped with its name."""

    directory: Path
    name: str
    store: Store
    secret: SecretKey


def environment_name(asked: str | None, environ: Mapping[str, str] = os.environ) -> str:
    """Return the environment asked for, else LEADLINE_ENV, else "dev"."""
    return asked or environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_ENVIRONMENT


@asynccontextmanager
async def open_environment(
    directory: Path, name: str, *, role: str, max_connections: int = 8, patience_s: float = 0.0
) -> AsyncGenerator[Opened]:
    """Open the database of an environment, start it where it is ours, and migrate it.

    Where it does not answer it is tried again for ``patience_s`` seconds: a process that is to
    run on and begins during an outage waits for its end.
    """

    async def opened() -> Store:
        url = await anyio.to_thread.run_sync(database_url, directory)
        store = await open_store(url, role=role, max_connections=max_connections)
        try:
            async with store.connection() as conn:
                await migrate(conn)
                await stamp_environment(conn, name)
        except BaseException:
            await store.close()
            raise
        return store

    async with await patiently(opened, patience_s) as store:
        yield Opened(directory, name, store, secret_key(directory))


async def patiently(do: Callable[[], Awaitable[T]], patience_s: float) -> T:
    """Do what may be done twice; again while the database is away, for so many seconds."""
    end = anyio.current_time() + patience_s
    while True:
        try:
            return await do()
        except StoreUnavailable as away:
            if anyio.current_time() >= end:
                raise
            emit(StoreLost(str(away)))
            await anyio.sleep(AGAIN_S)


def has_database(directory: Path, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a project has a database on this machine, or is told of one; starts nothing."""
    if environ.get(URL_VARIABLE):
        return True
    return embedded.status(directory).state is not embedded.ServerState.ABSENT


def resolve_secret(ref: SecretRef, directory: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Read a secret from the environment or a file; raises CredentialsMissing."""
    if ref.source == "env":
        value = environ.get(ref.name)
        if value:
            return value
        raise CredentialsMissing(
            f"The environment variable {ref.name} is not set.",
            fix=f"Set it: export {ref.name}=…",
        )
    path = directory / ref.name
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CredentialsMissing(
            f'The file "{ref.name}" with a secret cannot be read ({error.strerror}).',
            fix="Put the secret there, readable for this user only.",
        ) from error


def make_link(system: System, environment: str, directory: Path, *, sandbox: bool) -> Link:
    """Return a connection of this environment: its connector, settings and windows.

    In a sandbox environment a secret that is not set is that of the sandbox. Elsewhere that
    raises CredentialsMissing.
    """
    connector = connector_for(system.kind)
    secrets: dict[str, str] = {}
    for key, ref in system.secrets.items():
        try:
            secrets[key] = resolve_secret(ref, directory)
        except CredentialsMissing as missing:
            if not sandbox:
                raise CredentialsMissing(
                    missing.what, where=f"systems/{system.name}.yaml", fix=missing.fix
                ) from missing
            secrets[key] = SANDBOX_SECRETS.get((system.kind, key), "sandbox")
    values = dict(system.settings.get(environment, {}))
    published = windows_of(system, environment)
    return Link(
        system.name,
        connector,
        Settings(system.name, values, secrets, system.allow_private.get(environment, False)),
        {p.window.name: p.window for p in published},
        {p.window.name: p.calls for p in published},
    )


def links(compiled: CompiledProject, opened: Opened) -> dict[str, Link]:
    """Return the connections of an environment; raises UsageError for one it does not have."""
    environment = compiled.environments.get(opened.name)
    if environment is None:
        known = ", ".join(sorted(compiled.environments))
        raise UsageError(
            f'The project has no environment "{opened.name}".',
            where="leadline.yaml",
            fix=f"Use one of: {known}.",
        )
    return {
        name: make_link(system, opened.name, opened.directory, sandbox=environment.sandbox)
        for name, system in compiled.systems.items()
    }


def open_door(outlet: Outlet, link: Link, allowance: Allowance) -> Door:
    """Return the way out of a connection for one claim."""
    return Door(link.settings, outlet, allowance, link.timing.time_out.total_seconds())


@asynccontextmanager
async def open_worker(
    opened: Opened, compiled: CompiledProject, name: str | None = None
) -> AsyncGenerator[Supervisor]:
    """Make the worker of an environment; its connections are closed at the end."""
    outlet = open_outlet()
    worker_name = name or f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
    worker = Worker(
        name=worker_name,
        environment=opened.name,
        steps=LiveSteps(opened.store),
        secret=opened.secret,
        links=links(compiled, opened),
        open_door=partial(open_door, outlet),
        draw=random.SystemRandom().random,
        buckets=Buckets(worker_name),
    )
    try:
        relink = partial(links, opened=opened)
        yield Supervisor(worker, partial(_revive, opened.directory), relink)
    finally:
        await outlet.close()


def accepting(
    opened: Opened, releases: Releases, compiled: CompiledProject
) -> Callable[[], Accepting]:
    """Return what tells, at each request, the tracking plan and the write keys of the moment."""
    environment = compiled.environments[opened.name]
    keys: list[str] = []
    for ref in compiled.write_keys:
        try:
            keys.append(resolve_secret(ref, opened.directory))
        except CredentialsMissing:
            if not environment.sandbox:
                raise
            keys.append(SANDBOX_WRITE_KEY)

    def now() -> Accepting:
        return Accepting((releases.current or compiled).events, tuple(keys))

    return now


def renewing(opened: Opened, releases: Releases) -> Callable[[], Awaitable[bool]]:
    """Return what looks whether another release is active by now, and reads it if so."""

    async def renew() -> bool:
        try:
            async with opened.store.transaction() as conn:
                if await control.active_release(conn) == releases.active:
                    return False
                await releases.refresh(conn)
        except StoreUnavailable:
            return False  # told where the events are to be stored
        return True

    return renew


async def hook_receiver(worker: Worker) -> HookReceiver:
    """Return what receives webhooks for the connections of a worker."""
    clock = await steady_clock(worker)

    async def fetch(link: Link, url: str) -> bytes | None:
        parts = urlsplit(url)
        # The connector vouches for the address: Amazon's, or the host of the system itself.
        own = parts.hostname == link.settings.values.get("host")
        settings = replace(link.settings, allow_private=link.settings.allow_private or own)
        door = worker.open_door(replace(link, settings=settings), Unmetered(clock))
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        answer = await door.call(
            Request("GET", path, label="GET a certificate or confirmation"),
            f"{parts.scheme}://{parts.netloc}",
        )
        return answer.body if isinstance(answer, Reply) and answer.status == 200 else None

    return HookReceiver(worker, fetch)


async def _revive(directory: Path) -> None:
    """Bring an embedded server back; one that is not ours comes back by itself."""
    if URL_VARIABLE not in os.environ:
        await anyio.to_thread.run_sync(embedded.ensure, directory)


def project_directory(asked: Path | None) -> Path:
    """Return the project's directory: the one asked for, else the nearest above this one."""
    if asked is not None:
        return asked.resolve()
    here = Path.cwd()
    for place in (here, *here.parents):
        if (place / "leadline.yaml").is_file():
            return place
    raise LeadlineError(
        "There is no Leadline project here.",
        fix='Go to its directory, name it with --project, or make one: "leadline init DIR".',
    )
