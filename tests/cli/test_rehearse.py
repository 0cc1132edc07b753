"""``leadline test``: what it says, what it writes, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from leadline.cli.main import app
from leadline.errors import ProjectInvalid, UsageError
from leadline.project.read import example_files

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in example_files().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def run(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["test", "--project", str(project), *arguments])


def change(project: Path, name: str, old: str, new: str) -> None:
    path = project / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_example_passes_and_nothing_is_untested(project: Path) -> None:
    shown = run(project)
    assert shown.exit_code == 0, shown.output
    assert "  ok     Whoever registers twice is written to once\n" in shown.output
    assert "tests: all passed.\n" in shown.output
    assert "never:" not in shown.output


def test_a_failing_test_tells_its_story_and_exits_with_1(project: Path) -> None:
    change(project, "messages/webinar-confirmation.md", "Hello {{ contact.first_name }}", "Hello")
    shown = run(project, "webinar")
    assert shown.exit_code == 1
    assert (
        "  FAILED Whoever registers gets the link at once, and sales hears of it\n" in shown.output
    )
    assert '2026-12-01 09:00 The event "webinar.registered" came in.' in shown.output
    assert 'expected a mail of the step "confirmation" that says "Hello Ada"; it says' in (
        shown.output
    )


def test_what_no_test_comes_by_is_named(project: Path) -> None:
    (project / "tests" / "webinar.yaml").unlink()
    shown = run(project)
    assert shown.exit_code == 0
    assert (
        'never: workflows/webinar.yaml:33:5 no test lets the step "crm" of "webinar" fail '
        "(then: dead letter)."
    ) in shown.output


def test_names_are_files_workflows_or_words_of_a_test(project: Path) -> None:
    def names(*arguments: str) -> set[str]:
        lines = run(project, "--json", *arguments).output.splitlines()
        return {json.loads(line)["file"] for line in lines}

    assert names("webinar") == names("webinar.yaml") == {"tests/webinar.yaml"}
    assert names("recording", "webinar-follow-up") == {"tests/webinar-follow-up.yaml"}
    (line,) = run(project, "--json", "written to once").output.splitlines()
    assert json.loads(line)["test"] == "Whoever registers twice is written to once"


def test_a_name_that_is_no_test_is_wrong_use(project: Path) -> None:
    shown = run(project, "webinr")
    assert isinstance(shown.exception, UsageError)
    assert shown.exception.exit_code == 2
    assert str(shown.exception) == 'There is no test "webinr". Did you mean "webinar"?'


def test_a_project_with_problems_is_not_tested(project: Path) -> None:
    change(project, "tests/webinar.yaml", "mail: confirmation", "mail: confirmatio")
    shown = run(project)
    assert isinstance(shown.exception, ProjectInvalid)
    assert 'Did you mean "confirmation"?' in str(shown.exception)
    checked = CliRunner().invoke(app, ["check", "--project", str(project)])
    assert checked.exit_code == 1
    assert "tests/webinar.yaml:" in checked.output


def test_json_is_one_object_a_test_and_one_for_each_thing_untested(project: Path) -> None:
    (project / "tests" / "webinar-follow-up.yaml").unlink()
    rows = [json.loads(line) for line in run(project, "--json").output.splitlines()]
    tests = [row for row in rows if "test" in row]
    assert all(row["passed"] and row["misses"] == [] and row["story"] == [] for row in tests)
    untested = [row for row in rows if "untested" in row]
    assert {"untested": "recording", "branch": "fails"}.items() <= untested[1].items()


def test_junit_xml_is_written(project: Path) -> None:
    file = project / "junit.xml"
    shown = run(project, "--junit", str(file))
    assert shown.exit_code == 0
    root = ElementTree.parse(file).getroot()
    assert root.get("failures") == "0"
    nowhere = run(project, "--junit", str(project / "no" / "junit.xml"))
    assert isinstance(nowhere.exception, UsageError)


def test_suggested_tests_are_written_beside_those_that_are_there(project: Path) -> None:
    (project / "tests" / "webinar.yaml").unlink()
    other = run(project, "webinar-follow-up", "--suggest")
    assert other.output == "Nothing is missing: tests come by everything.\n"
    shown = run(project, "webinar", "--suggest")
    assert shown.exit_code == 0, shown.output
    assert "wrote tests/webinar-suggested.yaml: " in shown.output
    text = (project / "tests" / "webinar-suggested.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Suggested by")
    again = run(project)
    assert again.exit_code == 0, again.output
    assert "(suggested; nobody has read it yet)" in again.output
    assert "never:" not in again.output
    assert isinstance(run(project, "webinr", "--suggest").exception, UsageError)
    nothing = run(project, "--suggest")
    assert nothing.output == "Nothing is missing: tests come by everything.\n"
    checked = CliRunner().invoke(app, ["fmt", "--check", "--project", str(project)])
    assert checked.exit_code == 0, checked.output


def test_snapshots_are_written_and_a_change_is_told(project: Path) -> None:
    written = run(project, "--update")
    assert written.exit_code == 0
    kept = project / "tests" / "snapshots" / "webinar.txt"
    assert "  Subject: You are in: Clean data\n" in kept.read_text(encoding="utf-8")
    assert run(project).exit_code == 0
    change(project, "messages/webinar-confirmation.md", "just reply", "please reply")
    changed = run(project)
    assert changed.exit_code == 1
    assert 'the mail confirmation says "If something comes up, please reply to this mail."' in (
        changed.output
    )
    assert run(project, "webinar", "--update").exit_code == 0
    assert run(project, "webinar").exit_code == 0


def test_without_tests_it_says_what_to_do(project: Path) -> None:
    for file in (project / "tests").iterdir():
        file.unlink()
    shown = run(project)
    assert shown.exit_code == 0
    assert shown.output.startswith("There are no tests in tests/ yet: ")


def test_watching_tests_again_when_a_file_changes(project: Path) -> None:
    assert isinstance(run(project, "--watch", "--update").exception, UsageError)
    output = project / "out.txt"
    with output.open("w") as out:
        watching = subprocess.Popen(
            [sys.executable, "-m", "leadline", "test", "webinar", "--watch"],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(output, "all passed.")
        change(project, "tests/webinar.yaml", "says: Hello there", "says: Dear there")
        _wait_for(output, "1 failed")
        change(project, "tests/webinar.yaml", "says: Dear there", "saz: x")
        _wait_for(output, 'unknown name "saz"')
    finally:
        watching.terminate()
        watching.wait(timeout=20)
    assert "Traceback" not in output.read_text(encoding="utf-8")


def _wait_for(output: Path, words: str) -> None:
    for _ in range(600):
        if words in output.read_text(encoding="utf-8"):
            return
        time.sleep(0.1)
    raise AssertionError(output.read_text(encoding="utf-8"))
