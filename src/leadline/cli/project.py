"""Commands on a project's files: init, check, fmt, deploy."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from leadline.cli.options import EnvironmentOption, JsonOption, ProjectOption, in_environment
from leadline.cli.output import json_line
from leadline.environment import Opened, project_directory
from leadline.errors import UsageError
from leadline.project.fmt import format_file
from leadline.project.problems import Severity
from leadline.project.read import example_files
from leadline.release.deploy import Checked, Deployed, check_project, compile_checked, deploy


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init", short_help="Make a project: the webinar example, with comments.")(init)
    app.command("check", short_help="Say everything that is wrong in the project's files.")(check)
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
        from leadline.cli.drafting import init_from  # noqa: PLC0415

        init_from(directory, sources)
        return
    for name, text in example_files().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (directory / ".gitignore").write_text(".leadline/\n", encoding="utf-8")
    typer.echo(
        f"{directory} is a project now. Read it from workflows/webinar.yaml, then:\n"
        f"  cd {directory}\n  leadline check\n  leadline sandbox   (in a terminal of its own)\n"
        "  leadline serve"
    )


def check(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Say everything that is wrong in the project's files; exit 1 if something is."""
    checked = check_project(project_directory(project))
    for problem in checked.problems:
        if json:
            json_line(
                {
                    "code": problem.code,
                    "severity": problem.severity.value,
                    "message": problem.message,
                    "file": problem.where.file,
                    "line": problem.where.line,
                    "column": problem.where.column,
                    "fix": problem.fix,
                }
            )
        else:
            mark = "" if problem.severity is Severity.ERROR else f"{problem.severity.value}: "
            typer.echo(f"{mark}{problem}")
    if checked.errors:
        raise typer.Exit(1)
    if not json:
        typer.echo(_all_well(checked))


def _all_well(checked: Checked) -> str:
    assert checked.project is not None
    parts = checked.project
    return (
        f"{parts.name}: nothing is wrong. {len(parts.workflows)} workflows, "
        f"{len(parts.messages)} messages, {len(parts.systems)} systems, "
        f"{len(parts.fields)} fields, {len(parts.events)} events."
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
    checked = check_project(project_directory(project))
    compiled = compile_checked(checked)

    async def work(opened: Opened) -> tuple[str, Deployed]:
        done = await deploy(opened.store, compiled, checked.files.texts, getpass.getuser())
        return opened.name, done

    name, done = in_environment(project, env, work)
    if json:
        columns = [c.field for c in done.columns]
        json_line({"release": done.release, "changed": done.changed, "new_fields": columns})
        return
    for column in done.columns:
        typer.echo(f'The contact field "{column.field}" is new.')
    if done.changed:
        typer.echo(f"Release {done.release[:12]} is active in {name}.")
    else:
        typer.echo(f"Nothing changed: release {done.release[:12]} is active in {name} already.")
