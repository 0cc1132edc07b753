"""What the pages say is there: commands with their options, files, links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup
from typer.testing import CliRunner

from leadline.cli.main import app
from tests.examples.pages import ROOT, blocks, pages

PAGES = pages()
COMMAND = re.compile(r"(?:^|[ `(/])(leadline [a-z][^\n`#|]*)")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
INLINE = re.compile(r"`([^`\n]+)`")
MAKE = re.compile(r"\bmake ([a-z]+)\b")


RULES = {("rules", page.stem) for page in PAGES if page.stem != "README"}


def said(page: Path) -> Iterator[str]:
    """The commands that a page names: in blocks of commands, and in its text in backquotes."""
    for block in blocks(page):
        if block.kind == "sh":
            for line in block.text.replace("\\\n", " ").splitlines():
                yield from COMMAND.findall(line)
    for code in INLINE.findall(outside_of_blocks(page)):
        yield from COMMAND.findall(code)


def outside_of_blocks(page: Path) -> str:
    """The text of a page without its blocks of code."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def trouble(words: list[str]) -> str | None:
    """What is wrong with a command line after "leadline", if anything."""
    command = typer.main.get_command(app)
    for number, word in enumerate(words):
        if not isinstance(command, TyperGroup):
            return _wrong_option(command, words[number:])
        found = command.commands.get(word)
        if found is None:
            return None if word.startswith("-") else f'there is no command "{word}"'
        command = found
    return None


def _wrong_option(command: TyperCommand, words: list[str]) -> str | None:
    known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)} | {"--help"}
    for word in words:
        if word.startswith("--") and word.partition("=")[0] not in known:
            return f'"{command.name}" has no option "{word}"'
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_names_is_there(page: Path) -> None:
    wrong = {}
    for line in said(page):
        words = shlex.split(re.sub(r"\s[;&|>].*", "", line).rstrip(".,:"))[1:]
        found = trouble(words)
        if found is not None:
            wrong[line] = found
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = LINK.findall(outside_of_blocks(page))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_of_a_page_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    code = "\n".join([*INLINE.findall(text), *(b.text for b in blocks(page) if b.kind == "sh")])
    assert set(MAKE.findall(code)) <= targets


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / link).resolve() for link in LINK.findall(index)}
    # Decisions, checks and rules have an index of their own, which the page above links to.
    written = [
        page
        for page in (ROOT / "docs").rglob("*.md")
        if page.parts[-2] not in {"adr", "docs", "checks"}
        and (page.parts[-2], page.stem) not in RULES
    ]
    assert [str(p.relative_to(ROOT)) for p in written if p.resolve() not in linked] == []


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["why", "ann@example.com"], None),
        (["systems", "check", "--json"], None),
        (["--version"], None),
        (["wy"], 'there is no command "wy"'),
        (["systems", "chek"], 'there is no command "chek"'),
        (["why", "--jsn"], '"why" has no option "--jsn"'),
    ],
)
def test_a_wrong_command_is_noticed(words: list[str], what: str | None) -> None:
    assert trouble(words) == what


def test_the_list_of_commands_can_be_read_on_80_columns() -> None:
    shown = CliRunner().invoke(app, ["--help"], terminal_width=80).output
    listed = shown.partition("Commands:")[2].splitlines()
    assert len(listed) > 20
    assert [line for line in listed if line.endswith("...")] == []
