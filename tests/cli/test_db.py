"""The project's own database: started and kept, looked at, stopped; another's is left alone."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from leadline.cli.main import app
from leadline.store import embedded
from tests.cli.project import FILES
from tests.cli.stage import write_files


def run(directory: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--project", str(directory)])


def state(directory: Path) -> str:
    return orjson.loads(run(directory, "db", "status", "--json").output)["state"]


@pytest.fixture
def directory() -> Iterator[Path]:
    """Not below pytest's own folder, which another session closes to the server's user."""
    made = Path(tempfile.mkdtemp(prefix="leadline-db-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def test_the_own_database_runs_until_it_is_stopped(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEADLINE_DATABASE_URL", raising=False)
    write_files(directory, FILES)
    assert state(directory) == "absent"
    no_address = run(directory, "db", "url")
    assert "Start it: leadline db start." in str(no_address.exception)
    try:
        started = run(directory, "db", "start")
        assert "The database runs." in started.output
        assert not embedded.leave(directory), "it is kept, though its last user leaves"
        assert state(directory) == "running"
        shown = run(directory, "db", "status")
        assert "Not up to date, 0001_store" in shown.output
        assert "Applied 0001_store" in run(directory, "db", "migrate").output
        assert "Its tables are up to date." in run(directory, "db", "migrate").output
        assert run(directory, "db", "url").output.startswith("postgresql://")
    finally:
        stopped = run(directory, "db", "stop")
    assert stopped.output == "The database is stopped.\n"
    assert state(directory) == "stopped"
    assert run(directory, "db", "stop").output == "The database does not run.\n"


def test_another_database_is_not_ours_to_start_or_stop(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_DATABASE_URL", database_url)
    write_files(tmp_path, FILES)
    for verb in ("start", "stop"):
        refused = run(tmp_path, "db", verb)
        assert "it is not ours to start or stop" in str(refused.exception)
    shown = run(tmp_path, "db", "status")
    assert shown.output.startswith("external, running: database ")
    assert "Its tables are up to date." in shown.output
    assert run(tmp_path, "db", "url").output == f"{database_url}\n"
