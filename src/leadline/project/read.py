"""Reading a project's files from disk: the only file access of this package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from leadline.errors import UsageError
from leadline.project.files import Files
from leadline.project.problems import Problem, Where

# A workflow of 200 steps is about 30 kB: a megabyte is a wrong file, not a long one.
MAX_FILE_BYTES = 1_000_000

# What a project is made of: the folders that are read, and the endings that count there.
FOLDERS = {
    "": (".yaml", ".yml"),
    "systems": (".yaml", ".yml"),
    "data": (".yaml", ".yml"),
    "workflows": (".yaml", ".yml"),
    "messages": (".md", ".mjml"),
    "tests": (".yaml", ".yml"),
    "tests/snapshots": (".txt",),
}


def read_files(directory: Path) -> Files:
    """Read every project file below ``directory``; what cannot be read is a problem.

    Raises UsageError when the directory is not there or is no directory.
    """
    if not directory.is_dir():
        raise UsageError(
            f'there is no directory "{directory}".',
            fix='Name the directory of a project, or make one with "leadline init DIR".',
        )
    root = directory.resolve()
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in _candidates(root):
        name = path.relative_to(root).as_posix()
        found = _read_one(root, path, name)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            texts[name] = found
    return Files(MappingProxyType(texts), tuple(problems))


def _candidates(root: Path) -> Iterator[Path]:
    for folder, endings in FOLDERS.items():
        place = root / folder
        if place.is_symlink() and not place.resolve().is_relative_to(root):
            yield place
        elif place.is_dir():
            yield from (
                p
                for p in sorted(place.iterdir())
                if p.suffix in endings and not p.name.startswith(".") and not p.is_dir()
            )


def _read_one(root: Path, path: Path, name: str) -> str | Problem:
    where = Where(name)
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        return Problem(
            "link-out-of-project",
            "this is a link to a place outside the project.",
            where,
            "Put a copy of the file into the project instead.",
        )
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return Problem(
            "unreadable-file",
            f"the file cannot be read: {(error.strerror or 'unknown reason').lower()}.",
            where,
            "Check that it exists and that you may read it.",
        )
    if len(data) > MAX_FILE_BYTES:
        return Problem(
            "file-too-large",
            "the file is larger than 1 MB.",
            where,
            "Remove what does not belong here, or split it.",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        return Problem(
            "not-utf-8",
            "a character here is not UTF-8, so the text would come out wrong.",
            Where(name, line, column),
            'Save the file as UTF-8 (in an editor: "Save with encoding").',
        )


def example_files() -> Mapping[str, str]:
    """The example project: relative path to text, for "leadline init" to write."""
    texts: dict[str, str] = {}
    pending: list[tuple[str, Traversable]] = [("", files("leadline.project") / "example")]
    while pending:
        prefix, place = pending.pop()
        for item in place.iterdir():
            name = f"{prefix}{item.name}"
            if item.is_dir():
                pending.append((f"{name}/", item))
            else:
                texts[name] = item.read_text(encoding="utf-8")
    return MappingProxyType(dict(sorted(texts.items())))
