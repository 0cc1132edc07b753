"""The command line: one program, its commands in the order of the work."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import typer

from leadline import __version__
from leadline.cli import door
from leadline.cli.output import complain
from leadline.errors import LeadlineError

if TYPE_CHECKING:
    app: typer.Typer

MODULES = (
    "inspect",
    "fix",
    "project",
    "map",
    "forecast",
    "rehearse",
    "explain",
    "maturity",
    "documents",
    "systems",
    "message",
    "running",
    "ask",
    "act",
    "db",
)
"""The modules of commands, in the order in which help shows them."""

WORDS = {
    "inspect": "inspect",
    "fix": "fix",
    "init": "project",
    "check": "project",
    "fmt": "project",
    "map": "map",
    "impact": "map",
    "forecast": "forecast",
    "test": "rehearse",
    "explain": "explain",
    "sign": "explain",
    "maturity": "maturity",
    "docs": "documents",
    "handover": "documents",
    "message": "message",
    "status": "ask",
    "why": "ask",
    "actions": "ask",
    "events": "ask",
    "db": "db",
}
"""Where a command lies, so that only its module is loaded; of others all are."""


def program(modules: Sequence[str] = MODULES) -> typer.Typer:
    """The program with the commands of these modules."""
    made = typer.Typer(
        name="leadline",
        help="Marketing automation that is engineered before it is automated.",
        no_args_is_help=False,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    made.callback(invoke_without_command=True)(start)
    for module in modules:
        import_module(f"leadline.cli.{module}").register(made)
    return made


def __getattr__(name: str) -> typer.Typer:
    """``app`` is the whole program; it is made when it is asked for, because it loads it all."""
    if name == "app":
        return program()
    raise AttributeError(name)


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


def modules_for(arguments: Sequence[str]) -> Sequence[str]:
    """The modules that a command line needs.

    >>> modules_for(["check", "--json"]), modules_for(["--version"])
    (('project',), ())
    """
    if not arguments or arguments[0] == "--version":
        return ()
    module = WORDS.get(arguments[0])
    return MODULES if module is None else (module,)


def run() -> None:
    """Run the command line; trouble is said in plain words, with its exit code."""
    try:
        program(modules_for(sys.argv[1:]))(prog_name="leadline")
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
