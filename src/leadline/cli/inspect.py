"""``leadline inspect``: what a team already has, judged offline."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text
from typer.core import TyperCommand

from leadline.blueprint.finding import Severity
from leadline.cli.known import readable, write_facts
from leadline.cli.output import console, json_line
from leadline.errors import LeadlineError, UsageError
from leadline.inspection.as_json import as_json
from leadline.inspection.how import how_text
from leadline.inspection.inspect import inspect
from leadline.inspection.masks import Shown
from leadline.inspection.outcome import Inspection, Options
from leadline.inspection.report.page import page
from leadline.inspection.seams import impact
from leadline.inspection.summary import summary

REPORT = Path("leadline-inspection.html")

PathsArgument = Annotated[
    list[Path] | None,
    typer.Argument(help="Exports and automation definitions: files or folders, in any mix."),
]
ShapesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--as", help='What a file is: "--as hubspot-contacts FILE"; may be given several times.'
    ),
]


class PairedShapes(TyperCommand):
    """A command whose ``--as SHAPE FILE`` takes two words, which Typer's lists do not."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join the two words before Typer reads the line."""
        return super().parse_args(ctx, paired(args))


def paired(args: list[str]) -> list[str]:
    """``--as SHAPE FILE`` as ``--as SHAPE=FILE``; the rest as it is.

    >>> paired(["a", "--as", "csv", "b", "--json"])
    ['a', '--as=csv=b', '--json']
    """
    found: list[str] = []
    pending = list(args)
    while pending:
        word = pending.pop(0)
        if word == "--as" and len(pending) > 1 and "=" not in pending[0]:
            word, pending = f"--as={pending[0]}={pending[1]}", pending[2:]
        found.append(word)
    return found


class FailOn(StrEnum):
    """From which weight on a finding makes the command end with 1."""

    BLOCKING = "blocking"
    WARNING = "warning"
    NOTE = "note"
    NEVER = "never"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "inspect",
        cls=PairedShapes,
        short_help="Say what is wrong in the exports and flows you have.",
    )(inspect_command)


def inspect_command(
    paths: PathsArgument = None,
    how: Annotated[
        bool, typer.Option("--how", help="How to get the exports, vendor by vendor; then stop.")
    ] = False,
    shapes: ShapesOption = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--impact", help="What reads and writes this field, and what stops if it goes."
        ),
    ] = None,
    report: Annotated[
        Path, typer.Option("--report", help="Where the HTML report is written.")
    ] = REPORT,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object with everything; no report file.")
    ] = False,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit 1 from this weight on.")
    ] = FailOn.BLOCKING,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show values of people unmasked.")
    ] = False,
    facts: Annotated[
        Path | None,
        typer.Option("--facts", help="Write what was counted into this project's facts.yaml."),
    ] = None,
    dns: Annotated[
        bool, typer.Option("--dns", help="Ask DNS about domains; otherwise nothing leaves.")
    ] = False,
) -> None:
    """Say which live flows stand on data that cannot carry them, and what to mend first.

    Needs no database, no project, no key and no network: it reads the files given and nothing
    else. Exit 0: nothing at or above --fail-on; 1: something; 2: wrong use.
    """
    if how:
        typer.echo(how_text())
        return
    project = None if facts is None else readable(facts)
    found = prepared(paths, shapes, dns=dns)
    if facts is not None and project is not None:
        told = write_facts(found, facts, project)
        typer.echo(told, err=json)
    if name is not None:
        typer.echo(impact(found, name))
        return
    if json:
        json_line(as_json(found, Shown(show_values)))
    else:
        _say(found, Shown(show_values))
        _write(report, page(found, Shown(show_values)))
        console.print(f"The whole report: {report}", soft_wrap=True)
    if _fails(found, fail_on):
        raise typer.Exit(1)


def prepared(
    paths: list[Path] | None, shapes: list[str] | None, *, dns: bool = False
) -> Inspection:
    """Inspect what the command line names; raises UsageError where it names nothing."""
    return watched(_existing(paths), Options(shapes_of(shapes), dns))


def _existing(paths: list[Path] | None) -> list[Path]:
    if not paths:
        raise UsageError(
            "no file or folder was named.",
            fix='Name your exports: "leadline inspect FOLDER"; "--how" says how to get them.',
        )
    for path in paths:
        if not path.exists():
            raise UsageError(f'"{path}" is not there.', fix="Name a file or a folder that is.")
    return paths


def shapes_of(given: list[str] | None) -> dict[Path, str]:
    """``hubspot-contacts=FILE`` as a file and its shape; raises UsageError for anything else."""
    found: dict[Path, str] = {}
    for each in given or ():
        shape, sign, file = each.partition("=")
        if not (shape and sign and file):
            raise UsageError(
                f'"--as {each}" does not say shape and file.',
                fix='Write "--as hubspot-contacts=FILE".',
            )
        if not Path(file).is_file():
            raise UsageError(f'"{file}" is not there.', fix="Name the file behind --as.")
        found[Path(file)] = shape
    return found


def watched(paths: list[Path], options: Options) -> Inspection:
    """Inspect, and say on the error output what is being done; a bar where somebody looks."""
    errors = Console(file=sys.stderr, highlight=False, markup=False)
    if not errors.is_terminal:
        return inspect(paths, options, lambda words, done, total: None)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        console=errors,
        transient=True,
    ) as shown:
        task = shown.add_task("", total=None)

        def tell(words: str, done: int, total: int) -> None:
            shown.update(task, description=words, completed=done, total=total or None)

        return inspect(paths, options, tell)


def _say(found: Inspection, values: Shown) -> None:
    """The first screen; wrapped and coloured for a terminal, one line each when piped."""
    for line in summary(found, values):
        text = Text(f"{' ' * line.indent}{line.text}", style=line.style)
        if console.is_terminal:
            console.print(Padding(Text(line.text, style=line.style), (0, 0, 0, line.indent)))
        else:
            console.print(text, soft_wrap=True)


def _write(report: Path, text: str) -> None:
    try:
        report.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise LeadlineError(
            f'the report cannot be written to "{report}": {reason}.',
            fix="Name another place with --report.",
        ) from error


_ORDER = (Severity.NOTE, Severity.WARNING, Severity.BLOCKING)


def _fails(found: Inspection, fail_on: FailOn) -> bool:
    if fail_on is FailOn.NEVER:
        return False
    least = _ORDER.index(Severity(fail_on.value))
    return any(_ORDER.index(finding.weight) >= least for finding in found.findings)
