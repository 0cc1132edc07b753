from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from functools import cache

import pytest
import typer.testing
from typer.main import get_command

from leadline.environment import open_environment
from leadline.release.deploy import check_project, compile_checked, deploy
from tests.cli.project import FILES
from tests.cli.stage import Place, Stage, empty, write_files
from tests.conftest import fresh_database


@pytest.fixture(scope="session", autouse=True)
def one_command_tree() -> Iterator[None]:
    """Typer reads all signatures again at each invocation, which is half of a test's time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing, "_get_command", cache(get_command))
        yield


@pytest.fixture(scope="session")
def cli_database_url(server_url: str, template: str) -> Iterator[str]:
    yield from fresh_database(server_url, template)


@pytest.fixture(scope="session")
async def place(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory, cli_database_url: str
) -> AsyncIterator[Place]:
    """The project of these tests, deployed once; making a database takes the most of a test."""
    directory = tmp_path_factory.mktemp("project")
    write_files(directory, FILES)
    async with AsyncExitStack() as stack:
        # Only while it is opened: left set, it would send the processes of every later suite
        # of this session to this database.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LEADLINE_DATABASE_URL", cli_database_url)
            opened = await stack.enter_async_context(
                open_environment(directory, "dev", role="test", max_connections=6)
            )
        checked = check_project(directory)
        assert not checked.errors, [str(p) for p in checked.errors]
        compiled = compile_checked(checked)
        await deploy(opened.store, compiled, checked.files.texts, "test")
        yield Place(directory, cli_database_url, opened, compiled)


@pytest.fixture
async def stage(place: Place, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """That project, with nobody in it."""
    monkeypatch.setenv("LEADLINE_DATABASE_URL", place.url)
    monkeypatch.delenv("LEADLINE_ENV", raising=False)
    await empty(place.opened.store)
    return Stage(place.directory, place.url, place.opened, place.compiled)
