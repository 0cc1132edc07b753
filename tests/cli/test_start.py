"""Each command loads what it needs, and nothing that only others need."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import typer

from leadline.cli.main import MODULES, WORDS, app, modules_for, program


def test_each_word_lies_in_the_module_that_is_loaded_for_it() -> None:
    for word, module in WORDS.items():
        made = program([module])
        named = {command.name for command in made.registered_commands}
        named |= {group.name for group in made.registered_groups}
        assert word in named, (word, module)


def test_what_is_not_known_by_its_word_loads_every_command() -> None:
    assert modules_for(["--help"]) == MODULES
    assert modules_for(["a-new-command"]) == MODULES
    assert modules_for([]) == modules_for(["--version"]) == ()


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["--version"], {"duckdb", "jinja2", "phonenumbers", "psycopg", "liquid"}),
        (["check", "--help"], {"duckdb", "jinja2", "phonenumbers", "splink"}),
        (["inspect", "--how"], {"psycopg", "leadline.environment"}),
    ],
)
def test_a_command_leaves_alone_what_it_does_not_need(words: list[str], heavy: set[str]) -> None:
    code = (
        f"import sys\nsys.argv = {['leadline', *words]}\nfrom leadline.cli.main import run\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        f"print(sorted(set(sys.modules) & {heavy}), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ran.stderr.strip().splitlines()[-1] == "[]"


def test_the_whole_program_is_there_for_who_asks_for_it() -> None:

    assert isinstance(app, typer.Typer)
    assert {"inspect", "demo"} <= {command.name for command in app.registered_commands}
