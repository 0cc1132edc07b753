"""Commands on a project's files: init, check, fmt, deploy."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from leadline.blueprint.maturity.ladder import climb
from leadline.blueprint.maturity.measured import Measured
from leadline.cli.checking import as_json, check
from leadline.cli.maturity import tests_of
from leadline.cli.options import EnvironmentOption, JsonOption, ProjectOption, in_environment
from leadline.cli.output import json_line
from leadline.cli.released import current_release
from leadline.environment import Opened, environment_name, project_directory
from leadline.errors import UsageError
from leadline.explain.maturity import read_lived
from leadline.project.fmt import format_file
from leadline.project.problems import Severity
from leadline.project.read import example_files
from leadline.release.deploy import Checked, Deployed, check_project, compile_checked, deploy
from leadline.store.pool import Connection


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init", short_help="Make a project: the webinar example, with comments.")(init)
    app.command("check", short_help="Say what is wrong in the project, before it is deployed.")(
        check
    )
    app.command("fmt", short_help="Bring the files into one form; comments and order stay.")(fmt)
    app.command("deploy", short_help="Check the project and make it the release that runs.")(
        deploy_command
    )


def init(
    directory: Annotated[Path, typer.Argument(help="Where the project shall be.")],
    sources: Annotated[
        list[Path] | None,
        typer.Option("--from", help="Exports and flows to draft it from; may be given often."),
    ] = None,
) -> None:
    """Make a project: the webinar example, with comments for a marketer.

    With --from it is drafted from what you have: systems, fields, events, and each flow that was
    understood; what could not be carried over stands as a comment, and in OPEN.md.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise UsageError(
            f'"{directory}" exists and is not empty.', fix="Name a directory that is not there yet."
        )
    if sources:
        # Only then: an inspection brings its database and the libraries of its rules.
        from leadline.cli.drafting import init_from  # noqa: PLC0415  # told above

        init_from(directory, sources)
        return
    for name, text in example_files().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (directory / ".gitignore").write_text(".leadline/\n", encoding="utf-8")
    typer.echo(
        f"{directory} is a project now. Read it from workflows/webinar.yaml, then:\n"
        f"  cd {directory}\n  leadline check\n  leadline test\n"
        "  leadline sandbox   (in a terminal of its own)\n  leadline serve"
    )


def fmt(
    project: ProjectOption = None,
    only_check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 if something would change.")
    ] = False,
) -> None:
    """Bring the files into one form; comments and order stay, unnamed steps get a name."""
    directory = project_directory(project)
    checked = check_project(directory)
    changed: list[str] = []
    for name, text in checked.files.texts.items():
        formatted, problems = format_file(name, text)
        for problem in problems:
            typer.echo(str(problem), err=True)
        if formatted != text:
            changed.append(name)
            if not only_check:
                (directory / name).write_text(formatted, encoding="utf-8")
    for name in changed:
        typer.echo(f"{'would change' if only_check else 'changed'} {name}")
    if not changed:
        typer.echo("Everything is in form.")
    if only_check and changed:
        raise typer.Exit(1)


def deploy_command(
    project: ProjectOption = None, env: EnvironmentOption = None, json: JsonOption = False
) -> None:
    """Check the project, store it as a release, and make it the active one."""
    directory = project_directory(project)
    # Errors are said before a database is started for nothing.
    compile_checked(check_project(directory, environment_name(env)))

    async def work(opened: Opened) -> tuple[str, Checked, Deployed]:
        async with opened.store.connection() as conn:
            before = await current_release(conn)
            reached = await _reached(conn, directory, opened.name)
        checked = check_project(directory, opened.name, before, reached)
        compiled = compile_checked(checked)
        done = await deploy(opened.store, compiled, checked.files.texts, getpass.getuser())
        return opened.name, checked, done

    name, checked, done = in_environment(project, env, work)
    warnings = [p for p in checked.problems if p.severity is Severity.WARNING]
    if json:
        columns = [c.field for c in done.columns]
        json_line(
            {
                "release": done.release,
                "changed": done.changed,
                "new_fields": columns,
                "warnings": [as_json(p) for p in warnings],
            }
        )
        return
    for problem in warnings:
        sys.stderr.write(f"warning: {problem} ({problem.code})\n")
    for column in done.columns:
        typer.echo(f'The contact field "{column.field}" is new.')
    if done.changed:
        typer.echo(f"Release {done.release[:12]} is active in {name}.")
    else:
        typer.echo(f"Nothing changed: release {done.release[:12]} is active in {name} already.")


async def _reached(conn: Connection, directory: Path, environment: str) -> int | None:
    """The maturity that is shown in the environment; None where the files are no project."""
    checked = check_project(directory)
    if checked.project is None:
        return None
    lived = await read_lived(conn, checked.project, environment)
    today = datetime.now(UTC).date()
    tested = tests_of(checked.project)
    return climb(Measured(checked.project, today, checked.problems, lived, tested)).reached
