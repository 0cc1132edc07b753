"""leadline explain and leadline sign, in a project of their own."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import orjson
import pytest
from typer.testing import CliRunner, Result

from leadline.cli.main import app
from leadline.errors import LeadlineError, ProjectInvalid, UsageError
from leadline.project.parse import parse
from leadline.project.read import example_files, read_files
from tests.cli.stage import write_files


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_files(tmp_path, dict(example_files()))
    return tmp_path


def run(project: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--project", str(project)])


def change(project: Path, path: str, old: str, new: str) -> None:
    text = (project / path).read_text(encoding="utf-8")
    assert old in text
    (project / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_workflow_is_said_with_who_signed_it(project: Path) -> None:
    shown = run(project, "explain", "webinar")
    assert shown.exit_code == 0
    assert shown.output.startswith('The workflow "Webinar" (webinar)\n')
    assert shown.output.endswith("\nNobody has signed this workflow.\n")


def test_every_format_can_be_had_in_both_languages(project: Path) -> None:
    for language, word in (("en", "workflow"), ("de", "Ablauf")):
        made = {
            form: run(
                project, "explain", "webinar", "--language", language, "--format", form
            ).output
            for form in ("text", "md", "mermaid", "svg", "json")
        }
        assert all(word in text for text in made.values())
        assert made["md"].startswith("# ")
        assert made["mermaid"].startswith("flowchart TD\n")
        assert ElementTree.fromstring(made["svg"]).tag.endswith("svg")
        told = orjson.loads(made["json"])
        assert told["sentences"][0]["text"] == made["text"].splitlines()[0]
        assert told["signatures"] == []


def test_a_signature_is_kept_and_holds_until_the_meaning_changes(project: Path) -> None:
    done = run(project, "sign", "webinar", "--as", "Ann Example", "--note", "fine")
    assert done.exit_code == 0
    assert done.output.startswith('"Ann Example" has signed "webinar" on ')
    assert 'Signed by "Ann Example" on ' in run(project, "explain", "webinar").output
    again = run(project, "sign", "webinar", "--as", "Ann Example")
    assert again.output == '"Ann Example" has signed this already, and the signature holds.\n'
    change(project, "workflows/webinar.yaml", "steps:", "# a comment\nsteps:")
    assert "is void" not in run(project, "explain", "webinar").output
    change(project, "workflows/webinar.yaml", "bundle: 5 seconds", "bundle: 9 seconds")
    void = run(project, "explain", "webinar").output
    assert "so that signature is void" in void
    assert "\n  +     Posts that come within 9 seconds become one.\n" in void
    assert run(project, "sign", "webinar", "--as", "Ann Example").exit_code == 0
    assert 'Signed by "Ann Example"' in run(project, "explain", "webinar").output
    assert len(parse(read_files(project))[0].signatures) == 2


def test_what_stands_in_the_file_stays(project: Path) -> None:
    run(project, "sign", "webinar", "--as", "Ann")
    path = project / "signatures.yaml"
    old = path.read_text(encoding="utf-8").replace("signatures:", "signatures:   # of us all")
    path.write_text(old, encoding="utf-8")
    run(project, "sign", "webinar-follow-up", "--as", "Bób", "--language", "de")
    new = path.read_text(encoding="utf-8")
    assert new.startswith(old)
    assert "„Webinar follow-up“" in new


def test_a_file_to_which_nothing_can_be_added_is_left_alone(project: Path) -> None:
    run(project, "sign", "webinar", "--as", "Ann")
    path = project / "signatures.yaml"
    flow = (
        "signatures: [ { workflow: webinar, by: B, on: 2026-01-01, language: en, meaning: 0 } ]\n"
    )
    path.write_text(flow, encoding="utf-8")
    refused = run(project, "sign", "webinar", "--as", "Ann")
    assert isinstance(refused.exception, LeadlineError)
    assert "cannot be added" in str(refused.exception)
    assert path.read_text(encoding="utf-8") == flow


def test_the_nearest_workflow_is_offered(project: Path) -> None:
    for words in (("explain", "webinr"), ("sign", "webinr", "--as", "Ann")):
        refused = run(project, *words).exception
        assert isinstance(refused, UsageError)
        assert 'Did you mean "webinar"?' in str(refused)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x1b[31m", "\u202eAnn"])
def test_a_signer_needs_a_name_that_can_be_read(project: Path, name: str) -> None:
    assert isinstance(run(project, "sign", "webinar", "--as", name).exception, UsageError)
    assert not (project / "signatures.yaml").exists()


def test_a_project_that_cannot_be_read_is_not_explained(project: Path) -> None:
    change(project, "workflows/webinar.yaml", "send: messages/", "send: mesages/")
    refused = run(project, "explain", "webinar").exception
    assert isinstance(refused, ProjectInvalid)
    assert "workflows/webinar.yaml:" in str(refused)


def test_ways_inside_ways_are_said_as_deep_as_a_file_may_go(project: Path) -> None:
    steps = "- { step: end, stop: deep }\n"
    for depth in range(4):
        inner = "".join(f"      {line}\n" for line in steps.splitlines())
        steps = (
            f"- step: c{depth}\n  choose:\n  - if: event.title is A\n    then:\n{inner}"
            f"  - else: [ {{ step: e{depth}, stop: no }} ]\n"
        )
    head = "name: Deep\nowner: ann@acme.example\nstarts: { when: webinar.registered }\nsteps:\n"
    text = head + "".join(f"  {line}\n" for line in steps.splitlines())
    write_files(project, {**example_files(), "workflows/deep.yaml": text})
    shown = run(project, "explain", "deep")
    assert shown.exit_code == 0, shown.exception
    assert f'{"  " * 9}Step "end": the run ends here' in shown.output
    assert run(project, "explain", "deep", "--format", "svg").exit_code == 0
