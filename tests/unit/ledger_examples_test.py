from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from leadline import ledger

MODULES = sorted(module.name for module in pkgutil.iter_modules(ledger.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_are_true(name: str) -> None:
    module = importlib.import_module(f"leadline.ledger.{name}")
    assert doctest.testmod(module).failed == 0
