"""Files that pages show are files that Leadline takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadline.cli.main import app
from leadline.project.read import example_files
from leadline.release.deploy import check_project
from tests.examples.pages import ROOT, Block, blocks, pages


def snippets(begins: str) -> list[tuple[Path, Block]]:
    """The blocks of YAML in all pages that begin so; checks show what is wrong on purpose."""
    return [
        (page, block)
        for page in pages()
        if page.parent.name != "checks"
        for block in blocks(page)
        if block.kind == "yaml" and block.text.startswith(begins)
    ]


def problems(directory: Path, changed: dict[str, str]) -> list[str]:
    """What ``leadline check`` says of the example project with these files instead."""
    for name, text in {**example_files(), **changed}.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [str(problem) for problem in check_project(directory).problems]


@pytest.mark.parametrize(
    ("page", "block"), snippets("kind: "), ids=lambda each: getattr(each, "name", "")
)
def test_the_file_of_a_system_that_a_page_shows_is_right(
    page: Path, block: Block, tmp_path: Path
) -> None:
    kind = block.text.splitlines()[0].removeprefix("kind: ")
    name = {"smtp": "mail"}.get(kind, kind)
    assert problems(tmp_path, {f"systems/{name}.yaml": block.text}) == []


def test_the_steps_that_a_page_shows_are_right(tmp_path: Path) -> None:
    found = snippets("- step: ")
    assert found
    for page, block in found:
        steps = "".join(f"  {line}\n" for line in block.text.splitlines())
        start = "starts: { when: webinar.registered, once_per: event.webinar }"
        head = f"name: Shown\nowner: ann@acme.example\n{start}\n"
        workflow = f"{head}steps:\n{steps}"
        assert problems(tmp_path / page.stem, {"workflows/shown.yaml": workflow}) == []


def test_the_fields_that_a_page_shows_are_right(tmp_path: Path) -> None:
    (page, block), *more = snippets("company_size: ")
    assert not more, page.relative_to(ROOT)
    name = "data/contact.yaml"
    old = [x for x in example_files()[name].splitlines() if not x.startswith("company_size")]
    assert problems(tmp_path, {name: "\n".join([*old, block.text])}) == []


def test_the_tests_that_a_page_shows_pass(tmp_path: Path) -> None:
    found = snippets("workflow: webinar")
    assert found
    for page, block in found:
        directory = tmp_path / page.stem
        assert problems(directory, {"tests/webinar.yaml": block.text}) == []
        shown = CliRunner().invoke(app, ["test", "webinar", "--project", str(directory)])
        assert shown.exit_code == 0, shown.output
