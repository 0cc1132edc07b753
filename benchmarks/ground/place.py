"""A project in a directory of its own, with the embedded server, deployed and with a worker."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from leadline.environment import Opened, open_environment
from leadline.release.deploy import check_project, compile_checked, deploy
from leadline.runtime.buckets import Buckets
from leadline.runtime.link import Link
from leadline.runtime.steps import LiveSteps
from leadline.runtime.worker import Worker
from leadline.store import embedded


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
    """An open environment with the project deployed."""

    opened: Opened
    release: str

    async def sql(self, statement: str, **params: object) -> list[tuple[object, ...]]:
        """Run a statement of the benchmark itself; return its rows."""
        async with self.opened.store.connection() as conn:
            cursor = await conn.execute(statement, params or None)  # type: ignore[arg-type]  # ours
            return await cursor.fetchall() if cursor.description else []


@asynccontextmanager
async def deployed(directory: Path, *, max_connections: int = 16) -> AsyncIterator[Ground]:
    """Open the project's environment and deploy it; no statement of the set-up is timed out."""
    async with open_environment(
        directory, "dev", role="benchmark", max_connections=max_connections
    ) as opened:
        checked = check_project(directory)
        compiled = compile_checked(checked)
        found = await deploy(opened.store, compiled, checked.files.texts, "benchmark")
        yield Ground(opened, found.release)


async def make_worker(opened: Opened, name: str, links: Mapping[str, Link]) -> Worker:
    """A worker that knows the active release and holds its share of the buckets."""

    def no_door(link: Link, allowance: object) -> None:
        raise RuntimeError(f"{link.name} is not called here")

    worker = Worker(
        name=name,
        environment="dev",
        steps=LiveSteps(opened.store),
        secret=opened.secret,
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
