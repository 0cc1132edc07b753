"""A project in a directory of its own, with the embedded server, deployed and with a worker."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from leadline.release.deploy import check_project, compile_checked, deploy
from leadline.runtime.buckets import Buckets
from leadline.runtime.link import Link
from leadline.runtime.steps import LiveSteps
from leadline.runtime.worker import Worker
from leadline.store import embedded
from leadline.store.migrate import migrate, stamp_environment
from leadline.store.pool import Store, database_url, open_store
from leadline.store.secret_key import SecretKey, secret_key


@contextmanager
def project(files: Mapping[str, str]) -> Iterator[Path]:
    """A directory with these files and a server of its own; both are gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="leadline-benchmark-"))
    try:
        for name, text in files.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        yield directory
    finally:
        embedded.stop(directory)
        shutil.rmtree(directory, ignore_errors=True)


@dataclass(frozen=True)
class Ground:
    """An open store with the project deployed."""

    store: Store
    secret: SecretKey
    release: str

    async def sql(self, statement: str, **params: object) -> list[tuple[object, ...]]:
        """Run a statement of the benchmark itself; return its rows."""
        async with self.store.connection() as conn:
            cursor = await conn.execute(statement, params or None)  # type: ignore[arg-type]  # ours
            return await cursor.fetchall() if cursor.description else []


@asynccontextmanager
async def deployed(directory: Path, *, max_connections: int = 16) -> AsyncIterator[Ground]:
    """Open the project's store, bring it up to date, and deploy the project."""
    url = database_url(directory)
    async with await open_store(url, role="benchmark", max_connections=max_connections) as store:
        async with store.connection() as conn:
            await migrate(conn)
            await stamp_environment(conn, "dev")
        checked = check_project(directory)
        compiled = compile_checked(checked)
        found = await deploy(store, compiled, checked.files.texts, "benchmark")
        yield Ground(store, secret_key(directory), found.release)


async def make_worker(ground: Ground, name: str, links: Mapping[str, Link]) -> Worker:
    """A worker that knows the active release and holds its share of the buckets."""

    def no_door(link: Link, allowance: object) -> None:
        raise RuntimeError(f"{link.name} is not called here")

    worker = Worker(
        name=name,
        environment="dev",
        steps=LiveSteps(ground.store),
        secret=ground.secret,
        links=links,
        open_door=no_door,  # type: ignore[arg-type]  # never called
        draw=lambda: 0.5,
        buckets=Buckets(name),
    )
    await worker.steps.transaction("read releases", worker.releases.refresh)
    return worker


def memory_mb() -> float:
    """The resident memory of this process."""
    return psutil.Process().memory_info().rss / 2**20
