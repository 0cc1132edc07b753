"""Documentation on disk: written once, checked for drift, cleaned up, and nothing else touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline.cli.main import app
from leadline.errors import LeadlineError
from leadline.project.read import example_files
from tests.cli.stage import write_files


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "acme"
    write_files(directory, example_files())
    return directory


def docs(project: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(app, ["docs", *arguments, "--project", str(project)])
    if isinstance(result.exception, LeadlineError):
        result.exit_code = result.exception.exit_code
    return result


def test_pages_are_written_in_both_forms_and_stay_the_same(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    said = docs(project, str(out))
    assert said.exit_code == 0, said.output
    assert said.output == f"{out}: 18 pages, 18 new or changed. Begin with {out / 'index.html'}\n"
    again = docs(project, str(out))
    assert "18 pages, 0 new or changed" in again.output
    assert docs(project, str(out), "--check").exit_code == 0


@pytest.mark.parametrize(("form", "first"), [("html", "index.html"), ("md", "README.md")])
def test_one_form_alone(project: Path, tmp_path: Path, form: str, first: str) -> None:
    out = tmp_path / "pages"
    docs(project, str(out), "--format", form)
    written = {p.name for p in out.iterdir()}
    assert first in written
    assert {Path(name).suffix for name in written} == {f".{form}", ""}


def test_drift_is_found_and_what_is_gone_is_taken_away(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    docs(project, str(out))
    follow_up = project / "workflows/webinar-follow-up.yaml"
    webinar = project / "workflows/webinar.yaml"
    text = webinar.read_text(encoding="utf-8")
    webinar.write_text(text[: text.index("  - step: follow-up")], encoding="utf-8")
    follow_up.unlink()
    for test in (project / "tests").glob("*.yaml"):  # they speak of what is gone
        test.unlink()
    main = project / "leadline.yaml"
    owners = main.read_text(encoding="utf-8").replace("webinar, webinar-follow-up", "webinar")
    main.write_text(owners, encoding="utf-8")
    drift = docs(project, str(out), "--check")
    assert drift.exit_code == 1
    assert f"out of date: {out / 'workflow-webinar-follow-up.html'}" in drift.output
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    docs(project, str(out))
    assert not (out / "workflow-webinar-follow-up.html").exists()
    assert not (out / "workflow-webinar-follow-up.md").exists()
    assert (out / "mine.txt").exists()
    assert docs(project, str(out), "--check").exit_code == 0


def test_what_somebody_else_wrote_is_not_touched(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    out.mkdir()
    (out / "index.html").write_text("mine", encoding="utf-8")
    refused = docs(project, str(out))
    assert refused.exit_code == 2
    assert (out / "index.html").read_text(encoding="utf-8") == "mine"
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    assert docs(project, str(file)).exit_code == 2


def test_a_forged_list_takes_nothing_outside_away(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    docs(project, str(out))
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    (out / ".leadline-docs").write_text(f"../victim\n{victim}\n..\n", encoding="utf-8")
    assert docs(project, str(out)).exit_code == 0
    assert victim.exists()


def test_a_broken_project_has_no_documentation(project: Path, tmp_path: Path) -> None:
    (project / "events.yaml").write_text("webinar.registered: [", encoding="utf-8")
    refused = docs(project, str(tmp_path / "pages"))
    assert refused.exit_code == 1
    assert not (tmp_path / "pages").exists()
