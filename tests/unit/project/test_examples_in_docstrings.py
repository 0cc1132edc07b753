"""The examples in the docstrings of ``project`` and ``message`` hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import leadline.message
import leadline.project

MODULES = [
    module.name
    for package in (leadline.project, leadline.message)
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
