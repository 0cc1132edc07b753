from __future__ import annotations

import pytest

from leadline.store.pool import URL_VARIABLE


@pytest.fixture(autouse=True)
def address_of_the_store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that asks for a database has its environment opened there."""
    if "database_url" in request.fixturenames:
        monkeypatch.setenv(URL_VARIABLE, request.getfixturevalue("database_url"))
