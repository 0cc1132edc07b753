from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.cli.project import FILES
from tests.cli.stage import Stage, open_stage, write_files


@pytest.fixture
async def stage(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """The project of tests/cli, deployed to a store of this test alone."""
    monkeypatch.setenv("LEADLINE_DATABASE_URL", database_url)
    monkeypatch.delenv("LEADLINE_ENV", raising=False)
    write_files(tmp_path, FILES)
    async with AsyncExitStack() as stack:
        yield await open_stage(tmp_path, database_url, stack)
