"""The sizes that keep a module readable, and the names that tell nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SRC = Path(__file__).parents[2] / "src" / "leadline"
MAX_MODULE_LINES = 500
MAX_FUNCTION_LINES = 60
MAX_PARAMETERS = 7
MAX_METHODS = 15

# path or path::name -> why it may be larger
EXCEPTIONS: dict[str, str] = {}

EMPTY_NAMES = re.compile(r"(Manager|Service|Helper|Base|Impl|Util|Utils)$")
EMPTY_MODULES = {"utils", "util", "helpers", "common", "manager", "base", "misc"}


def modules() -> Iterator[tuple[str, ast.Module, int]]:
    for path in sorted(SRC.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield str(path.relative_to(SRC)), ast.parse(text), text.count("\n")


def test_modules_are_short() -> None:
    long = [
        f"{name}: {lines} lines"
        for name, _, lines in modules()
        if lines > MAX_MODULE_LINES and name not in EXCEPTIONS
    ]
    assert not long


def test_functions_are_short_and_take_few_parameters() -> None:
    problems: list[str] = []
    for name, tree, _ in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                count = len([a for a in arguments if a.arg not in {"self", "cls"}])
                if f"{name}::{node.name}" in EXCEPTIONS:
                    continue
                if lines > MAX_FUNCTION_LINES:
                    problems.append(f"{name}::{node.name} has {lines} lines")
                # A command's parameters are its options: the CLI may have more.
                if count > MAX_PARAMETERS and not name.startswith("cli/"):
                    problems.append(f"{name}::{node.name} takes {count} parameters")
    assert not problems


def test_classes_are_small_and_flat() -> None:
    problems: list[str] = []
    for name, tree, _ in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                methods = [
                    n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
                ]
                if len(methods) > MAX_METHODS:
                    problems.append(f"{name}::{node.name} has {len(methods)} methods")
                if EMPTY_NAMES.search(node.name):
                    problems.append(f"{name}::{node.name}: the name says nothing")
    assert not problems


def test_no_module_is_a_drawer_for_everything() -> None:
    assert not [name for name, _, _ in modules() if Path(name).stem in EMPTY_MODULES]


def test_every_exception_still_exists() -> None:
    names = {name for name, _, _ in modules()}
    assert not [e for e in EXCEPTIONS if e.split("::")[0] not in names]
