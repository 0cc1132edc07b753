"""What holds for all commands: help, doors, exit codes, the page of reference."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import orjson
import psycopg
import pytest
from typer.testing import CliRunner

from leadline.cli.door import DOORS
from leadline.cli.main import app
from leadline.cli.reference import commands, reference
from leadline.errors import ProjectInvalid, StoreUnavailable, UsageError
from tests.cli.project import FILES
from tests.cli.stage import Stage, write_files

ROOT = Path(__file__).parents[2]
NAMES = [name for name, _ in commands(app)]
EXPECTED = ["init", "check", "fmt", "deploy", "serve", "worker", "sandbox", "demo", "status", "why"]
EXPECTED += ["actions", "events", "dead-letters", "replay", "settle", "approve", "suppress"]
EXPECTED += ["unsuppress", "stop", "pause", "resume", "inspect", "map", "impact", "explain", "sign"]
EXPECTED += ["maturity", "docs", "handover", "forecast", "test"]
LISTS = (("actions",), ("events",), ("events", "--rejected"), ("dead-letters",))


def leadline(
    *arguments: str, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "leadline", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_all_commands_are_there() -> None:
    groups = ["systems check", "message preview", "message send-test", "fix plan"]
    groups += [f"db {verb}" for verb in ("status", "start", "stop", "migrate", "url")]
    assert sorted(NAMES) == sorted([*EXPECTED, *groups])


@pytest.mark.parametrize("name", NAMES)
def test_each_command_explains_itself(name: str) -> None:
    shown = CliRunner().invoke(app, [*name.split(), "--help"])
    assert shown.exit_code == 0
    callback = dict(commands(app))[name]
    assert callback.__doc__
    assert callback.__doc__.split("\n")[0].endswith((".", "it."))


def test_the_reference_page_is_current() -> None:
    kept = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    assert kept == reference(app), "python -m leadline.cli.reference > docs/reference/commands.md"


def test_without_a_command_the_doors_are_shown() -> None:
    shown = CliRunner().invoke(app, [])
    assert (shown.exit_code, shown.output) == (0, f"{DOORS}\n")
    assert CliRunner().invoke(app, ["--version"]).output.startswith("leadline ")


@pytest.mark.parametrize("wrong", [("nothing",), ("why",), ("status", "--nothing"), ("db",)])
def test_a_wrong_command_exits_with_2(wrong: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, [*wrong]).exit_code == 2


def test_outside_of_a_project_it_says_what_to_do(tmp_path: Path) -> None:
    wrong = leadline("status", cwd=tmp_path)
    assert wrong.returncode == 1
    assert wrong.stderr == (
        "There is no Leadline project here. Go to its directory, name it with --project, or make "
        'one: "leadline init DIR".\n'
    )


def test_a_database_that_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, FILES)
    url = "postgresql://leadline:secret@127.0.0.1:1/leadline"
    monkeypatch.setenv("LEADLINE_DATABASE_URL", url)
    trouble = CliRunner().invoke(app, ["status", "--project", str(tmp_path)]).exception
    assert isinstance(trouble, StoreUnavailable)
    assert "The database does not answer" in str(trouble)
    assert "LEADLINE_DATABASE_URL" in str(trouble)
    assert "secret" not in str(trouble)


@pytest.mark.anyio
async def test_a_database_of_a_newer_program_is_told(stage: Stage) -> None:
    await stage.sql("insert into schema_migration values (9999, 'later', 'x', '9.0.0')")
    try:
        wrong = await stage.run("status")
    finally:
        await stage.sql("delete from schema_migration where number = 9999")
    assert wrong.exit_code == 1
    assert "Upgrade Leadline" in wrong.trouble


@pytest.mark.anyio
async def test_the_database_of_another_environment_is_not_touched(stage: Stage) -> None:
    wrong = await stage.run("status", "--env", "prod")
    assert wrong.exit_code == 1
    assert 'This database belongs to the environment "dev", not to "prod".' in wrong.trouble


@pytest.mark.anyio
async def test_lists_are_json_lines(stage: Stage) -> None:
    await stage.comes("signed.up", "ann@people.example", {"plan": "pro"})
    await stage.comes("signd.up", "ann@people.example", {"plan": "pro"})
    await stage.move()
    for command in LISTS:
        listed = await stage.run(*command, "--json")
        assert all(isinstance(orjson.loads(line), dict) for line in listed.output.splitlines())


def test_nothing_deployed_is_no_trouble(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_DATABASE_URL", database_url)
    write_files(tmp_path, FILES)
    for command, said in (
        (("status",), "nothing deployed"),
        (("why", "ann@people.example"), 'Nobody with the address "ann@people.example" is known'),
    ):
        shown = CliRunner().invoke(app, [*command, "--project", str(tmp_path)])
        assert (shown.exit_code, said in shown.output) == (0, True)


def test_a_port_in_use_is_told(tmp_path: Path, database_url: str) -> None:
    write_files(tmp_path, FILES)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        wrong = leadline(
            "serve", "--project", str(tmp_path), "--port", port, LEADLINE_DATABASE_URL=database_url
        )
    assert wrong.returncode == 1
    told = [line for line in wrong.stderr.splitlines() if port in line]
    assert len(told) == 1
    assert told[0].endswith("Stop it, or choose another port.")
    assert "Traceback" not in wrong.stderr


# ---------------------------------------------------------------- projects


def test_a_new_project_is_whole_and_in_form(tmp_path: Path) -> None:
    directory = tmp_path / "mine"
    run = CliRunner()
    made = run.invoke(app, ["init", str(directory)])
    assert "leadline check" in made.output
    checked = run.invoke(app, ["check", "--project", str(directory)])
    assert (checked.exit_code, "nothing is wrong" in checked.output) == (0, True)
    formed = run.invoke(app, ["fmt", "--project", str(directory), "--check"])
    assert (formed.exit_code, formed.output) == (0, "Everything is in form.\n")


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("here already")
    wrong = CliRunner().invoke(app, ["init", str(tmp_path)]).exception
    assert isinstance(wrong, UsageError)
    assert "is not empty" in str(wrong)
    assert (tmp_path / "mine").read_text() == "here already"


def test_check_names_every_problem_with_its_place(tmp_path: Path) -> None:
    broken = dict(FILES)
    broken["workflows/welcome.yaml"] = broken["workflows/welcome.yaml"].replace("hello\n", "helo\n")
    broken["workflows/promo.yaml"] = broken["workflows/promo.yaml"].replace("is DE", "is not DE")
    write_files(tmp_path, broken)
    shown = CliRunner().invoke(app, ["check", "--project", str(tmp_path)])
    assert shown.exit_code == 1
    assert "workflows/welcome.yaml:" in shown.output
    assert "workflows/promo.yaml:" in shown.output
    listed = CliRunner().invoke(app, ["check", "--project", str(tmp_path), "--json"])
    for line in listed.output.splitlines():
        problem = orjson.loads(line)
        assert problem["line"] >= 1
        assert problem["fix"]


def test_deploy_refuses_a_broken_project_and_stores_a_whole_one_once(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_DATABASE_URL", database_url)
    write_files(tmp_path, FILES | {"workflows/welcome.yaml": "name: [\n"})
    refused = CliRunner().invoke(app, ["deploy", "--project", str(tmp_path)]).exception
    assert isinstance(refused, ProjectInvalid)
    assert "workflows/welcome.yaml:" in str(refused)
    write_files(tmp_path, FILES)
    first = CliRunner().invoke(app, ["deploy", "--project", str(tmp_path), "--json"])
    assert orjson.loads(first.output)["changed"] is True
    again = CliRunner().invoke(app, ["deploy", "--project", str(tmp_path)])
    assert "Nothing changed" in again.output
    with psycopg.connect(database_url) as conn:
        row = conn.execute("select count(*) from activation").fetchone()
    assert row == (1,)
