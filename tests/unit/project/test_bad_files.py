"""Every bad file gets the message that helps: exact, with its place, and nothing beside it."""

from __future__ import annotations

import pytest

from leadline.project.problems import Problem
from tests.unit.project.broken import CHANGES
from tests.unit.project.changed import problems
from tests.unit.project.expected import EXPECTED


@pytest.mark.parametrize("name", CHANGES)
def test_a_bad_file_gets_its_message(name: str) -> None:
    found = [f"{p.severity} {p.code} {p}" for p in problems(CHANGES[name])]
    assert found == EXPECTED[name]


def test_no_expected_message_is_left_over() -> None:
    assert EXPECTED.keys() == CHANGES.keys()


def every_problem() -> list[Problem]:
    return [p for change in CHANGES.values() for p in problems(change)]


def test_messages_are_short_sentences_with_a_fix() -> None:
    for problem in every_problem():
        for text in (problem.message, problem.fix):
            assert text.endswith("."), text
            assert len(text) < 200, text
            assert "\n" not in text
        assert problem.message[0].islower() or problem.message[0] in '"', problem.message


def test_a_secret_is_never_repeated() -> None:
    for name in ("secret in the file", "write key in the file"):
        old, new = CHANGES[name][1:]
        assert old != new
        assert all(new not in f"{p}{p.evidence}" for p in problems(CHANGES[name]))


def test_all_problems_of_all_files_are_told_at_once() -> None:
    changes = [
        CHANGES[name]
        for name in ("unknown field", "unknown kind", "value twice", "bad duration", "empty value")
    ]
    files = {p.where.file for p in problems(*changes)}
    assert files == {"workflows/webinar.yaml", "systems/hubspot.yaml", "data/contact.yaml"}
    assert len(problems(*changes)) == len(changes)
