"""``leadline db``: the project's database; the embedded one can be started and stopped here."""

from __future__ import annotations

import os
from pathlib import Path

import anyio
import anyio.to_thread
import typer

from leadline.cli.options import EnvironmentOption, JsonOption, ProjectOption
from leadline.cli.output import json_line
from leadline.environment import environment_name, project_directory
from leadline.errors import LeadlineError, UsageError
from leadline.store import embedded
from leadline.store.migrate import known_migrations, migrate, pending, stamp_environment
from leadline.store.pool import URL_VARIABLE, database_url, describe, open_store


def register(app: typer.Typer) -> None:
    """Add the commands."""
    db = typer.Typer(help="The project's database.", no_args_is_help=True)
    db.command("status")(status)
    db.command("start")(start)
    db.command("stop")(stop)
    db.command("migrate")(migrate_command)
    db.command("url")(url)
    app.add_typer(db, name="db")


def status(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Say whose database it is, whether it runs, and whether it is up to date. Starts nothing."""
    directory = project_directory(project)
    address = os.environ.get(URL_VARIABLE)
    found: dict[str, str | None] = {
        "kind": "external",
        "state": "running",
        "where": "",
        "log": None,
    }
    if address is None:
        own = embedded.status(directory)
        found = {
            "kind": "embedded",
            "state": own.state.value,
            "where": str(own.data),
            "log": str(own.log),
        }
        address = own.url
    waiting: list[str] | None = None
    if address is not None:
        found["where"] = describe(address)
        waiting = [str(step) for step in anyio.run(_pending, address)]
    if json:
        json_line({**found, "migrations": len(known_migrations()), "waiting_migrations": waiting})
        return
    typer.echo(f"{found['kind']}, {found['state']}: {found['where']}")
    if found["log"] is not None:
        typer.echo(f"Its log: {found['log']}")
    if waiting is None:
        typer.echo("It is started by whatever needs it, or by: leadline db start")
    elif waiting:
        typer.echo(f"Not up to date, {', '.join(waiting)} to come: leadline db migrate")
    else:
        typer.echo("Its tables are up to date.")


async def _pending(address: str) -> tuple[object, ...]:
    async with (
        await open_store(address, role="cli", max_connections=1) as store,
        store.connection() as conn,
    ):
        return await pending(conn)


def start(project: ProjectOption = None) -> None:
    """Start the embedded database and leave it running, until `leadline db stop`."""
    directory = _own(project)
    embedded.ensure(directory)
    embedded.keep(directory)
    typer.echo("The database runs. It is stopped by: leadline db stop")


def stop(project: ProjectOption = None) -> None:
    """Stop the embedded database, also under programs that use it; they start it again."""
    if embedded.stop(_own(project)):
        typer.echo("The database is stopped.")
    else:
        typer.echo("The database does not run.")


def migrate_command(
    project: ProjectOption = None, env: EnvironmentOption = None, json: JsonOption = False
) -> None:
    """Bring the tables up to date; every program that opens the database does so as well."""
    directory = project_directory(project)

    async def work() -> list[str]:
        address = await anyio.to_thread.run_sync(database_url, directory)
        async with (
            await open_store(address, role="cli", max_connections=1) as store,
            store.connection() as conn,
        ):
            done = await migrate(conn)
            await stamp_environment(conn, environment_name(env))
            return [str(step) for step in done]

    done = anyio.run(work)
    if json:
        json_line({"applied": done})
    elif done:
        typer.echo(f"Applied {', '.join(done)}.")
    else:
        typer.echo("Its tables are up to date.")


def url(project: ProjectOption = None) -> None:
    """Print the address of the running database, for psql and other programs."""
    directory = project_directory(project)
    address = os.environ.get(URL_VARIABLE) or embedded.status(directory).url
    if address is None:
        raise LeadlineError(
            "The database does not run, so it has no address.", fix="Start it: leadline db start."
        )
    typer.echo(address)


def _own(project: Path | None) -> Path:
    """The directory of a project with a database of its own; raises UsageError for another."""
    if URL_VARIABLE in os.environ:
        raise UsageError(
            f"The database is the one that {URL_VARIABLE} names; it is not ours to start or stop.",
            fix=f"Use its own tools, or unset {URL_VARIABLE}.",
        )
    return project_directory(project)
