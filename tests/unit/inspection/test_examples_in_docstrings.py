"""The examples in the docstrings of an inspection's modules are true."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = [
    "leadline.cli.inspect",
    "leadline.inspection.masks",
    "leadline.inspection.findings",
    "leadline.inspection.fix_plan",
    "leadline.inspection.fixes.picklist",
    "leadline.inspection.fixes.whitespace",
    "leadline.inspection.draft.conditions",
    "leadline.inspection.draft.words",
    "leadline.inspection.draft.workflow",
    "leadline.inspection.summary",
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.attempted
    assert result.failed == 0
