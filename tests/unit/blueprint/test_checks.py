"""Checks of a project: each finds what it should in the changed example, and nothing in it."""

from __future__ import annotations

from datetime import date

from leadline.blueprint.check import Subject
from leadline.blueprint.judge import judge
from leadline.project.problems import Problem
from tests.unit.project.changed import parsed

TODAY = date(2026, 11, 28)


def found(*changes: tuple[str, str, str]) -> tuple[Problem, ...]:
    return judge(Subject(parsed(*changes), TODAY))


def test_a_system_without_an_owner_is_named() -> None:
    change = ("systems/hubspot.yaml", "owner: marketing-ops@acme.example\n", "")
    problem = next(p for p in found(change) if p.code == "system-without-owner")
    assert problem.where.file == "systems/hubspot.yaml"
    assert problem.message == 'the system "hubspot" names nobody who answers for it.'


def test_nothing_is_wrong_in_the_example() -> None:
    assert found() == ()
