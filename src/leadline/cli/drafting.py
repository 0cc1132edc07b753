"""``leadline init --from``: an inspection becomes a project, and what is open is said."""

from __future__ import annotations

from pathlib import Path

import typer

from leadline.cli.inspect import prepared
from leadline.cli.output import console
from leadline.errors import LeadlineError
from leadline.inspection.to_project import DraftProject, to_project
from leadline.release.deploy import check_project


def init_from(directory: Path, paths: list[Path]) -> None:
    """Draft a project from exports and flows; exit 1 where the check finds an error in it."""
    found = prepared(paths, None)
    drafted = to_project(found.reading.stack, directory.resolve().name)
    _write(directory, drafted)
    checked = check_project(directory)
    for line in _told(directory, drafted):
        console.print(line, soft_wrap=True)
    if checked.errors:
        for problem in checked.errors:
            typer.echo(str(problem))
        raise typer.Exit(1)
    console.print('"leadline check" finds nothing wrong in it.', soft_wrap=True)


def _write(directory: Path, drafted: DraftProject) -> None:
    try:
        for name, text in {**drafted.files, ".gitignore": ".leadline/\n"}.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise LeadlineError(
            f'the project cannot be written to "{directory}": {reason}.',
            fix="Name another directory.",
        ) from error


def _told(directory: Path, drafted: DraftProject) -> list[str]:
    workflows = "workflow" if drafted.drafted == 1 else "workflows"
    lines = [f"{directory} is a project now: {drafted.drafted} {workflows} drafted."]
    if drafted.put_aside:
        lines.append(
            f"{len(drafted.put_aside)} put aside in {directory}/open: the check would refuse them."
        )
    points = sum(len(told) for told in drafted.open.values())
    if points:
        lines.append(f"{points:,} things are open: {directory}/OPEN.md lists them.")
    return lines
