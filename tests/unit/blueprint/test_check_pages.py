"""Every code has a page, whose failing example gives it and whose mended one gives nothing."""

from __future__ import annotations

import ast
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import leadline
from leadline.blueprint.check import Subject
from leadline.blueprint.codes import EXPLANATIONS
from leadline.blueprint.verdict import verdict
from leadline.journey.compiled import CompiledProject, compile_project
from leadline.project.codes import PROJECT_CODES
from leadline.project.files import Files
from leadline.project.project import Project
from tests.unit.blueprint.check_examples import EXAMPLES, NOT_SHOWN
from tests.unit.blueprint.check_pages import PAGES, written
from tests.unit.project.changed import parsed, texts

BLOCK = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GONE = re.compile(r"^`(\S+)` is deleted\.$", re.MULTILINE)
TODAY = date(2026, 11, 28)
WRITTEN = written()

# Words in the sources that look like codes and are none of ``leadline check``.
NO_CODES = {
    "follow-up": "an example of a step's name",
    "tell-sales": "an example of a step's name",
    "webinar-follow-up": "an example of a workflow's name",
    "two-writers": "an example of a check's name",
    "missing-value": "said when a mail is rendered",
    "template-fault": "said when a mail is rendered",
    "not-formatted": "said by leadline fmt",
    "utf-8": "an encoding",
    "utf-8-sig": "an encoding",
}


@cache
def deployed() -> CompiledProject:
    return compile_project(parsed(), {})


def codes(part: str, *, before: bool) -> set[str]:
    files = {**texts(), **dict(BLOCK.findall(part))}
    for path in GONE.findall(part):
        files.pop(path, None)

    def look(project: Project) -> Subject:
        return Subject(project, TODAY, before=deployed() if before else None)

    return {problem.code for problem in verdict(Files(files), look).problems}


# What is measured of a team cannot stand in a file: test_maturity.py judges that page.
ELSEWHERE = {"above-maturity"}


@pytest.mark.parametrize("code", sorted(set(EXPLANATIONS) - set(NOT_SHOWN) - ELSEWHERE))
def test_the_failing_example_gives_its_code_and_the_mended_one_nothing(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    fails, _, mended = text.partition("\n## Fails\n")[2].partition("\n## Mended\n")
    before = code in EXAMPLES and EXAMPLES[code].before
    assert code in codes(fails, before=before)
    assert codes(mended, before=before) == set()


@pytest.mark.parametrize("name", WRITTEN)
def test_a_page_that_is_made_is_current(name: str) -> None:
    assert (PAGES / name).read_text(encoding="utf-8") == WRITTEN[name]


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_a_page_says_what_the_explanation_says(code: str) -> None:
    said = EXPLANATIONS[code]
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8").replace("`", "")
    for words in (said.title, code, said.severity.value, said.marketer, said.engineer, said.mend):
        assert words.replace("`", "") in text
    for words in (said.marketer, said.engineer, said.mend):
        assert words.rstrip(")").endswith((".", "?"))
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", code)


def test_no_page_is_left_over() -> None:
    assert {p.stem for p in PAGES.glob("*.md")} == set(EXPLANATIONS) | {"README"}


def words_like_codes() -> set[str]:
    """Every text of the sources that has the form of a code."""
    (root,) = leadline.__path__
    found: set[str] = set()
    for room in ("project", "message", "expression"):
        for path in Path(root, room).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", text):
                    found.add(text)
    return found


def test_every_code_that_reading_can_give_is_explained_and_no_other() -> None:
    silencing = {c for c in PROJECT_CODES if c.startswith("silence-") or c == "unknown-check"}
    # One code is a single word, which no rule of form could tell from other words.
    assert words_like_codes() - set(NO_CODES) == set(PROJECT_CODES) - silencing - {"comma"}


def test_every_code_has_an_example_or_a_reason_why_not() -> None:
    by_hand = {p.stem for p in PAGES.glob("*.md")} - {n.removesuffix(".md") for n in WRITTEN}
    assert set(EXPLANATIONS) == set(EXAMPLES) | set(NOT_SHOWN) | by_hand
