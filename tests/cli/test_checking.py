"""leadline check: what people and programs are told, and the page that shows it."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from leadline.cli.main import app
from leadline.errors import UsageError
from leadline.project.read import example_files
from tests.cli.stage import write_files
from tests.examples.pages import ROOT, blocks

W = "workflows/webinar.yaml"
DEADLINE = "    not_after: event.starts_at\n"
SILENCE = "silence: [ { check: late-message, because: few people, until: 2999-12-31 } ]\n"


def checked(directory: Path, *words: str, **changed: str) -> Result:
    write_files(directory, {**example_files(), W: changed.get("webinar", example_files()[W])})
    return CliRunner().invoke(app, ["check", "--project", str(directory), *words])


def without_deadline(silence: str = "") -> str:
    return example_files()[W].replace(DEADLINE, "", 1).replace("stops:\n", f"{silence}stops:\n")


def test_a_warning_is_said_with_its_code_and_refuses_nothing(tmp_path: Path) -> None:
    found = checked(tmp_path, webinar=without_deadline())
    assert found.exit_code == 0
    assert re.search(rf"^warning: {W}:\d+:\d+ the mail of .*\(late-message\)$", found.output, re.M)
    assert "acme: 1 warning." in found.output


def test_errors_come_first_and_refuse(tmp_path: Path) -> None:
    late = without_deadline().replace("then: carry on }", "then: { go to: tell-sales } }")
    found = checked(tmp_path, webinar=late)
    assert found.exit_code == 1
    at = [found.output.index(code) for code in ("(jump-back-without-wait)", "(late-message)")]
    assert at == sorted(at)


def test_what_is_silenced_is_listed_at_the_end_with_reason_and_end(tmp_path: Path) -> None:
    found = checked(tmp_path, webinar=without_deadline(SILENCE))
    assert found.exit_code == 0
    assert "Silenced for a while:" in found.output
    assert "until 2999-12-31" in found.output
    assert "few people" in found.output
    (line,) = checked(tmp_path, "--json", webinar=without_deadline(SILENCE)).output.splitlines()
    told = orjson.loads(line)
    assert (told["code"], told["silenced"]["because"]) == ("late-message", "few people")


def test_json_says_all_of_a_finding(tmp_path: Path) -> None:
    (line,) = checked(tmp_path, "--json", webinar=without_deadline()).output.splitlines()
    told = orjson.loads(line)
    keys = {"code", "severity", "message", "file", "line", "column", "fix", "evidence"}
    assert set(told) == keys
    assert (told["file"], told["severity"]) == (W, "warning")


def test_an_environment_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    found = checked(tmp_path, "--env", "production")
    assert isinstance(found.exception, UsageError)
    assert '"production"' in str(found.exception)
    assert checked(tmp_path, "--env", "dev").exit_code == 0


def test_production_is_refused_while_nothing_is_shown_and_the_sandbox_is_advised(
    tmp_path: Path,
) -> None:
    refused, advised = checked(tmp_path, "--env", "prod"), checked(tmp_path, "--env", "dev")
    assert (refused.exit_code, advised.exit_code) == (1, 0)
    assert "above-maturity" in refused.output
    assert "above-maturity" in advised.output


def test_a_code_is_explained_to_both_readers() -> None:
    found = CliRunner().invoke(app, ["check", "--explain", "late-message"])
    assert found.exit_code == 0
    for words in ("For marketing:", "For engineers:", "What to do:", "May be silenced"):
        assert words in found.output
    wrong = CliRunner().invoke(app, ["check", "--explain", "late-mesage"]).exception
    assert 'Did you mean "late-message"?' in str(wrong)
    told = orjson.loads(
        CliRunner().invoke(app, ["check", "--explain", "late-message", "--json"]).output
    )
    assert told["may_be_silenced"] is True


def test_an_old_name_with_a_new_meaning_is_seen_against_what_runs(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_DATABASE_URL", database_url)
    old = "  - step: follow-up\n    enroll_in: webinar-follow-up\n"
    new = "  - step: more\n    enroll_in: webinar-follow-up\n  - step: follow-up\n    wait: 1 day\n"
    changed = example_files()[W].replace(old, new)
    before = checked(tmp_path, "--env", "dev", webinar=changed)
    assert "name-reused" not in before.output
    write_files(tmp_path, example_files())
    deployed = CliRunner().invoke(app, ["deploy", "--project", str(tmp_path), "--env", "dev"])
    assert deployed.exit_code == 0, deployed.output
    after = checked(tmp_path, "--env", "dev", webinar=changed)
    assert '"follow-up" does wait now, and enroll_in webinar-follow-up in what is' in after.output
    assert "name-reused" not in checked(tmp_path, webinar=changed).output
    write_files(tmp_path, {**example_files(), W: changed})
    told = CliRunner().invoke(app, ["deploy", "--project", str(tmp_path), "--env", "dev", "--json"])
    warnings = orjson.loads(told.output.splitlines()[-1])["warnings"]
    assert [w["code"] for w in warnings] == ["name-reused"]


PAGE = blocks(ROOT / "docs" / "howto" / "check-before-you-deploy.md")
BREAKS = [
    pytest.param(block, PAGE[n + 1].text, id=str(block.line))
    for n, block in enumerate(PAGE)
    if block.kind == "diff"
]


@pytest.mark.parametrize(("block", "said"), BREAKS)
def test_each_way_to_break_it_says_what_the_page_shows(
    block: object, said: str, tmp_path: Path
) -> None:
    assert len(BREAKS) == 5
    path = block.words[0]  # type: ignore[attr-defined]
    lines = block.text.splitlines()  # type: ignore[attr-defined]
    old = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
    new = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
    files = dict(example_files())
    assert files[path].count(old) >= 1
    write_files(tmp_path, {**files, path: files[path].replace(old, new, 1)})
    shown = CliRunner().invoke(app, ["check", "--project", str(tmp_path)]).output
    assert shown.startswith(said)
