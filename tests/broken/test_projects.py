"""Every small broken project gets exactly its findings, and every correct one none."""

from __future__ import annotations

import pytest

from tests.broken.projects import Case, cases, found, judged

CASES = cases()
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@EACH
def test_a_project_gives_its_findings_and_no_other(case: Case) -> None:
    assert found(case) == sorted(case.finds)


@EACH
def test_findings_are_short_sentences_with_a_fix(case: Case) -> None:
    for problem in judged(case).problems:
        for text in (problem.message, problem.fix):
            assert text.endswith("."), text
            assert len(text) < 200, text


def test_correct_projects_are_named_so() -> None:
    assert [c.name for c in CASES if (c.finds == ()) != c.name.startswith("ok-")] == []
