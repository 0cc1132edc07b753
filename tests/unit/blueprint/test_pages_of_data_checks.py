"""The pages of checks: what should fail fails with that code alone, what is mended is clean."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from leadline.blueprint.check import Subject
from leadline.blueprint.judge import CHECKS, judge
from leadline.message.inspect import inspect
from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.read import example_files

PAGES = Path(__file__).parents[3] / "docs" / "reference" / "checks"
BLOCK = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TODAY = date(2026, 11, 28)


def codes(part: str) -> set[str]:
    files = {**example_files(), **dict(BLOCK.findall(part))}
    project, problems = parse(Files(files))
    assert project is not None, [str(p) for p in problems]
    found = (*problems, *inspect(project), *judge(Subject(project, TODAY)))
    return {problem.code for problem in found}


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_a_page_shows_what_fails_and_how_it_is_mended(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    fails, _, mended = text.partition("\n## Fails\n")[2].partition("\n## Mended\n")
    assert f"`{code}`, " in text
    assert codes(fails) == {code}
    assert codes(mended) == set()
