"""``leadline map`` and ``leadline impact``."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import orjson
import pytest
from typer.testing import CliRunner, Result

from leadline.cli.main import app
from leadline.errors import ProjectInvalid, UsageError
from leadline.project.read import example_files
from tests.cli.stage import write_files
from tests.examples.pages import ROOT, blocks


def ran(directory: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--project", str(directory)])


@pytest.fixture
def example(tmp_path: Path) -> Path:
    write_files(tmp_path, example_files())
    return tmp_path


def changed(directory: Path, changes: Mapping[str, tuple[str, str]]) -> Path:
    texts = dict(example_files())
    for name, (old, new) in changes.items():
        assert old in texts[name]
        texts[name] = texts[name].replace(old, new)
    write_files(directory, texts)
    return directory


def test_the_map_is_text_first(example: Path) -> None:
    told = ran(example, "map")
    assert told.exit_code == 0
    assert (
        '  workflow "Webinar", owner marketing-ops@acme.example (at most 500 a minute)\n'
        in told.stdout
    )
    assert "    starts on webinar.registered (at most 500 a minute)\n" in told.stdout
    assert "mail, owner marketing-ops@acme.example (limit 14 a second)\n" in told.stdout


def test_each_format_is_written(example: Path) -> None:
    assert ran(example, "map", "--format", "mermaid").stdout.startswith("flowchart LR\n")
    ElementTree.fromstring(ran(example, "map", "--format", "svg").stdout)
    assert ran(example, "map", "--format", "html").stdout.lstrip().startswith("<!doctype html>")
    asked = ran(example, "map", "--format", "json").stdout
    assert set(orjson.loads(asked)) == {"nodes", "links"}
    assert ran(example, "map", "--json").stdout == asked


def test_the_map_goes_to_a_file(example: Path) -> None:
    told = ran(example, "map", "--out", str(example / "map.svg"))
    assert told.exit_code == 0
    assert (example / "map.svg").read_text(encoding="utf-8").startswith("<svg")
    there = ran(example, "map", "--out", str(example / "no" / "map.txt"))
    assert there.exit_code == 1
    assert "Name another place with --out." in str(there.exception)


def test_impact_answers_alike_for_our_name_and_the_systems(example: Path) -> None:
    ours = ran(example, "impact", "contact.lifecycle_stage")
    theirs = ran(example, "impact", "hubspot.contact.lifecyclestage")
    assert ours.exit_code == 0
    assert ours.stdout == theirs.stdout
    assert '  workflow "Webinar follow-up": reads it (step hot-or-not)\n' in ours.stdout
    assert '  workflow "Webinar" as lead (only forward) (step crm)\n' in ours.stdout


def test_impact_of_a_system_says_what_each_step_does_while_it_is_down(example: Path) -> None:
    told = ran(example, "impact", "mail").stdout
    tells = "and tells marketing-ops@acme.example"
    assert (
        f'  workflow "Webinar", step confirmation: retries 6 hours, then carries on, {tells}.\n'
    ) in told
    assert (
        f'  workflow "Webinar follow-up", step recording: retries 1 day, then dead letter, {tells}.'
    ) in told


def test_impact_as_json_is_one_line_a_thing(example: Path) -> None:
    told = ran(example, "impact", "contact.lifecycle_stage", "--json")
    (line,) = told.stdout.splitlines()
    found = orjson.loads(line)
    assert found["asked"] == "contact.lifecycle_stage"
    assert [use["steps"] for use in found["writes"]] == [["crm"]]
    assert found["comes_from"][0]["values"] == ["lead (only forward)"]


def test_an_unknown_name_is_wrong_use_and_the_nearest_is_offered(example: Path) -> None:
    told = ran(example, "impact", "contact.lifecyle_stage")
    assert isinstance(told.exception, UsageError)
    assert told.exception.exit_code == 2
    assert 'Did you mean "contact.lifecycle_stage"?' in str(told.exception)


def test_single_points_are_lines(example: Path) -> None:
    told = ran(example, "map", "--single-points").stdout
    assert "system mail: 2 workflows hang on it (2 steps need it)\n" in told
    lines = ran(example, "map", "--single-points", "--json").stdout.splitlines()
    assert {"system", "owner"} <= {orjson.loads(line)["kind"] for line in lines}


def test_limits_follow_the_environment(example: Path) -> None:
    wrong = ran(example, "map", "--env", "test")
    assert isinstance(wrong.exception, UsageError)
    assert "Use one of: dev, prod." in str(wrong.exception)
    assert ran(example, "map", "--env", "dev").exit_code == 0


@pytest.mark.parametrize("command", [("map",), ("map", "--single-points"), ("impact", "x")])
def test_a_project_with_errors_says_them_as_check_does(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    follow_up = "workflows/webinar-follow-up.yaml"
    circle = "    stop: nothing more to do"
    broken = changed(tmp_path, {follow_up: (circle, "    enroll_in: webinar")})
    said = ran(broken, "check").stdout.strip()
    assert "these workflows enroll in a circle" in said
    told = ran(broken, *command)
    assert isinstance(told.exception, ProjectInvalid)
    assert told.exception.exit_code == 1
    assert said.splitlines()[0] in str(told.exception)


def test_a_directory_without_a_project_says_so(tmp_path: Path) -> None:
    told = ran(tmp_path, "map")
    assert isinstance(told.exception, ProjectInvalid)
    assert "there is no project in this directory." in str(told.exception)


def test_the_page_on_the_map_shows_what_the_commands_say(example: Path) -> None:
    found = blocks(ROOT / "docs" / "howto" / "read-the-map.md")
    shown = [(a, b) for a, b in pairwise(found) if (a.kind, b.kind) == ("sh", "text")]
    assert len(shown) == 3
    for command, output in shown:
        words = command.text.split()
        assert ran(example, *words[1:]).stdout == output.text
