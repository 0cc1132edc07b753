"""``leadline fix plan``: the safe fixes of an inspection as files to review and import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leadline.cli.inspect import PairedShapes, PathsArgument, ShapesOption, prepared
from leadline.cli.output import console
from leadline.errors import LeadlineError, UsageError
from leadline.inspection.fix_plan import FixPlan, fix_plan

PLAN = Path("leadline-fixes")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Mend what an inspection found, after a person has looked.")
    group.command(
        "plan", cls=PairedShapes, short_help="Write the safe fixes as files to review and import."
    )(plan)
    app.add_typer(group, name="fix")


def plan(
    paths: PathsArgument = None,
    out: Annotated[Path, typer.Option("--out", help="A directory that is not there yet.")] = PLAN,
    shapes: ShapesOption = None,
) -> None:
    """Write the safe fixes as CSV files in each vendor's own import format, and as JSON.

    Nothing is changed anywhere: you review the files and import them. Old values stand beside
    the new ones, so that it can be undone. Duplicates are proposed for review only.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f'"{out}" exists and is not empty.', fix="Name another one with --out.")
    found = prepared(paths, shapes)
    made = fix_plan(found.reading.stack)
    _write(out, made)
    for line in _told(out, made):
        console.print(line, soft_wrap=True)


def _write(out: Path, made: FixPlan) -> None:
    try:
        # Values of people stand in these files: they are for the one who asked for them.
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in made.files.items():
            (out / name).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise LeadlineError(
            f'the plan cannot be written to "{out}": {reason}.', fix="Name another place: --out."
        ) from error


def _told(out: Path, made: FixPlan) -> list[str]:
    if not made.changes and not made.held_back and not made.review and not made.duplicates:
        return [f"Nothing to mend was found; {out} says so."]
    lines = [f"{made.changes:,} safe change{'' if made.changes == 1 else 's'}, ready to import."]
    if made.held_back:
        lines.append(f"{made.held_back:,} held back, to be made by hand: held-back.csv.")
    if made.review:
        lines.append(f"{made.review:,} to be looked at before they are made: to-review.csv.")
    if made.duplicates:
        lines.append(f"{made.duplicates:,} possible duplicates to review; nothing merges them.")
    lines.append(f"The files are in {out}; README.txt says how to import each, and how to undo.")
    return lines
