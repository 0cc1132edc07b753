"""The command line: one program, its commands in the order of the work."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import typer

from leadline import __version__
from leadline.cli import (
    act,
    ask,
    db,
    door,
    fix,
    inspect,
    message,
    project,
    rehearse,
    running,
    systems,
)
from leadline.cli.output import complain
from leadline.errors import LeadlineError

app = typer.Typer(
    name="leadline",
    help="Marketing automation that is engineered before it is automated.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (inspect, fix, project, rehearse, systems, message, running, ask, act, db):
    group.register(app)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Show the version and stop."),
) -> None:
    """Without a command: what you can do, what each needs, and how long it takes."""
    if version:
        typer.echo(f"leadline {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(door.DOORS)


def run() -> None:
    """Run the command line; trouble is said in plain words, with its exit code."""
    try:
        app(prog_name="leadline")
    except LeadlineError as trouble:
        complain(trouble)
        sys.exit(trouble.exit_code)
    except ExceptionGroup as group:
        # Trouble of one task ends the others: what began it is said.
        troubles = list(_troubles(group))
        if not troubles:
            raise
        complain(troubles[0])
        sys.exit(troubles[0].exit_code)


def _troubles(group: ExceptionGroup[Exception]) -> Iterator[LeadlineError]:
    """The troubles inside a group; none where there is anything else in it."""
    known, others = group.split(LeadlineError)
    if known is None or others is not None:
        return
    for trouble in known.exceptions:
        if isinstance(trouble, LeadlineError):
            yield trouble
        else:
            yield from _troubles(trouble)
