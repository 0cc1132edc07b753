"""``leadline inspect … --facts``: what was counted goes into a project, and checks rest on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline.cli.main import app

HEADER = "Record ID,First Name,Email,Lifecycle Stage,Country/Region"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [f"{n},Ann,p{n}@people.example,lead,{'DE' if n % 2 else ''}" for n in range(40)]
    Path("exports").mkdir()
    Path("exports/hubspot-crm-exports-all-contacts-2026-11-20.csv").write_text(
        "\n".join([HEADER, *rows]) + "\n", encoding="utf-8"
    )
    assert run("init", "acme").exit_code == 0
    return tmp_path


def test_facts_are_written_into_the_project_and_pass_its_check(stack: Path) -> None:
    result = run("inspect", "exports", "--facts", "acme", "--fail-on", "never")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(
        "acme/facts.yaml: 4 fields of 40 contacts and 0 events counted, as of 2026-11-20. "
        'Not in the exports: "last_name", "company", "company_size" and "last_webinar".'
    )
    text = Path("acme/facts.yaml").read_text(encoding="utf-8")
    assert text.startswith('# Counted by "leadline inspect')
    assert "  country:\n    empty: 20\n    of: 40\n    values:\n" in text
    assert "people.example" not in text
    assert "Ann" not in text
    assert run("check", "--project", "acme").exit_code == 0
    assert run("fmt", "--check", "--project", "acme").exit_code == 0


def test_old_facts_that_cannot_be_read_are_written_anew(stack: Path) -> None:
    Path("acme/facts.yaml").write_text("as_of: [", encoding="utf-8")
    assert run("inspect", "exports", "--facts", "acme", "--fail-on", "never").exit_code == 0
    assert run("check", "--project", "acme").exit_code == 0


def test_a_project_that_is_not_there_or_broken_is_said_before_anything_is_read(
    stack: Path,
) -> None:
    gone = run("inspect", "exports", "--facts", "gone")
    assert 'there is no directory "gone"' in str(gone.exception)
    assert getattr(gone.exception, "exit_code", None) == 2
    Path("acme/events.yaml").write_text("webinar.registered: { title: txt }\n", encoding="utf-8")
    broken = run("inspect", "exports", "--facts", "acme")
    assert "events.yaml:1:30" in str(broken.exception)
    assert not Path("acme/facts.yaml").exists()
