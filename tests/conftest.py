"""What all tests share: one embedded server a session, one fresh database a test.

The server is started by the first test that asks, shared by the workers of pytest-xdist,
and removed by the last of them. A database is a copy of a migrated template.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import psycopg
import pytest
from hypothesis import settings

from leadline.store import embedded
from leadline.store.file_lock import exclusive, try_exclusive
from leadline.store.migrate import migrate
from leadline.store.pool import Store, open_store

# No test fails for being slow: on a busy machine it is.
settings.register_profile("leadline", deadline=None)
settings.load_profile("leadline")

TEMPLATE = "leadline_template"
SESSIONS_LOCK = Path(tempfile.gettempdir()) / f"leadline-tests-{os.geteuid()}.lock"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The address of the session's server (its database "leadline" is empty)."""
    directory = session_directory()
    with exclusive(SESSIONS_LOCK, timeout_s=60):
        remove_servers_of_killed_sessions()
        directory.mkdir(exist_ok=True)
        url = embedded.ensure(directory)
    yield url
    with exclusive(SESSIONS_LOCK, timeout_s=60):
        if embedded.leave(directory):
            shutil.rmtree(directory)


@pytest.fixture(scope="session")
def template(server_url: str) -> str:
    """The name of a database with all migrations applied, to be copied and never opened."""
    with (
        exclusive(SESSIONS_LOCK, timeout_s=60),
        psycopg.connect(server_url, autocommit=True) as conn,
    ):
        found = conn.execute("select from pg_database where datname = %s", [TEMPLATE])
        if found.fetchone() is None:
            conn.execute(f"create database {TEMPLATE}_draft")
            anyio.run(_migrate, other_database(server_url, f"{TEMPLATE}_draft"))
            conn.execute(f"alter database {TEMPLATE}_draft rename to {TEMPLATE}")
    return TEMPLATE


@pytest.fixture
def database_url(server_url: str, template: str) -> Iterator[str]:
    """The address of a migrated database of this test alone."""
    yield from fresh_database(server_url, template)


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """The address of a database of this test alone that no migration has seen."""
    yield from fresh_database(server_url, "template1")


@pytest.fixture(scope="module")
def template_copy_url(server_url: str, template: str) -> Iterator[str]:
    """The address of a migrated database that the tests of one module only read."""
    yield from fresh_database(server_url, template)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A migrated store of this test alone."""
    async with await open_store(database_url, role="test") as store:
        yield store


def session_directory() -> Path:
    # Not below pytest's own folder: another session closes that one to the server's user.
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    return SESSIONS_LOCK.with_name(f"{SESSIONS_LOCK.stem}-{session}")


def remove_servers_of_killed_sessions() -> None:
    for directory in SESSIONS_LOCK.parent.glob(f"{SESSIONS_LOCK.stem}-*"):
        users = directory / ".leadline/postgres.users"
        if users.exists() and (alone := try_exclusive(users)) is not None:
            embedded.stop(directory)
            os.close(alone)
            shutil.rmtree(directory)


def fresh_database(server_url: str, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as conn:
        conn.execute(f"create database {name} template {template}")
    yield other_database(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as conn:
        conn.execute(f"drop database {name} with (force)")


def other_database(url: str, name: str) -> str:
    """The same server, another database."""
    return url.replace(f"/{embedded.DATABASE}?", f"/{name}?")


async def _migrate(url: str) -> None:
    async with await open_store(url, role="test") as store, store.connection() as connection:
        await migrate(connection)
