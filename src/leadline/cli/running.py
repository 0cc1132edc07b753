"""Commands that run: serve, worker, sandbox, demo."""

from __future__ import annotations

import getpass
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer
from anyio.abc import TaskStatus
from rich.console import Console
from starlette.applications import Starlette

from leadline.cli.options import PORT, PORT_VARIABLE, EnvironmentOption, JsonOption, ProjectOption
from leadline.cli.output import json_line
from leadline.cli.sandboxes import sandbox
from leadline.demo.run import Options, Show, run_demo
from leadline.demo.run import project_directory as demo_directory
from leadline.demo.show import Screen, print_next, print_result
from leadline.environment import (
    PATIENCE_S,
    Opened,
    accepting,
    environment_name,
    hook_receiver,
    open_environment,
    open_worker,
    patiently,
    project_directory,
    renewing,
)
from leadline.errors import LeadlineError, UsageError
from leadline.journey.compiled import CompiledProject
from leadline.release.deploy import check_project, compile_checked, deploy
from leadline.runtime.releases import Releases
from leadline.telemetry import logs
from leadline.web.app import create_app
from leadline.web.serve import LOOPBACK, serve_ingest


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    app.command("worker")(worker)
    app.command("sandbox", short_help="Run stand-ins for HubSpot, Slack and a mail server.")(
        sandbox
    )
    app.command("demo", short_help="500 registrations at once, every one accounted for.")(demo)


def serve(
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    port: Annotated[
        int, typer.Option(envvar=PORT_VARIABLE, help="Where events come in; 0 takes a free port.")
    ] = PORT,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = LOOPBACK,
) -> None:
    """Take events in and work, in one process. Ctrl-C or SIGTERM ends it in good order."""
    logs.configure(json=not sys.stderr.isatty())
    directory = project_directory(project)

    async def main() -> None:
        name = environment_name(env)
        async with open_environment(
            directory, name, role="serve", max_connections=24, patience_s=PATIENCE_S
        ) as opened:
            compiled = await patiently(partial(_release, opened, directory), PATIENCE_S)
            async with open_worker(opened, compiled) as supervisor:
                stop = anyio.Event()
                app = create_app(
                    opened.store,
                    accepting(opened, supervisor.worker.releases, compiled),
                    await patiently(partial(hook_receiver, supervisor.worker), PATIENCE_S),
                    renewing(opened, supervisor.worker.releases),
                )
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_on_signal, stop)
                    taken = await tasks.start(_serve, app, port, host, stop)
                    typer.echo(f"Taking events on http://{host}:{taken}/v1/batch")
                    sys.stdout.flush()
                    await supervisor.run(stop)
                    tasks.cancel_scope.cancel()

    anyio.run(main, backend_options={"use_uvloop": True})


def worker(project: ProjectOption = None, env: EnvironmentOption = None) -> None:
    """Work beside other workers on the same database. SIGTERM ends it in good order."""
    logs.configure(json=not sys.stderr.isatty())
    directory = project_directory(project)

    async def main() -> None:
        name = environment_name(env)
        async with open_environment(
            directory, name, role="worker", max_connections=16, patience_s=PATIENCE_S
        ) as opened:
            compiled = await patiently(partial(_release, opened, directory), PATIENCE_S)
            async with open_worker(opened, compiled) as supervisor:
                stop = anyio.Event()
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_on_signal, stop)
                    typer.echo(f"Working as {supervisor.worker.name}")
                    sys.stdout.flush()
                    await supervisor.run(stop)
                    tasks.cancel_scope.cancel()

    anyio.run(main, backend_options={"use_uvloop": True})


async def _serve(
    app: Starlette,
    port: int,
    host: str,
    stop: anyio.Event,
    *,
    task_status: TaskStatus[int],
) -> None:
    await serve_ingest(app, port=port, host=host, stop=stop, task_status=task_status)


async def _on_signal(stop: anyio.Event) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            stop.set()
            return


async def _release(opened: Opened, directory: Path) -> CompiledProject:
    """The release to run: in a sandbox environment the files as they are, else the active one."""
    checked = check_project(directory, opened.name)
    environment = checked.project.environments.get(opened.name) if checked.project else None
    if checked.project is None or (environment is not None and environment.sandbox):
        compiled = compile_checked(checked)
        await deploy(opened.store, compiled, checked.files.texts, getpass.getuser())
    releases = Releases()
    async with opened.store.connection() as conn:
        await releases.refresh(conn)
    if releases.current is None:
        raise LeadlineError(
            f"Nothing is deployed in {opened.name}.",
            fix=f"Deploy first: leadline deploy --env {opened.name}.",
        )
    return releases.current


def demo(
    registrations: Annotated[int, typer.Option(help="How many register at once.")] = 500,
    seed: Annotated[int, typer.Option(help="What the mess and the faults are drawn from.")] = 1,
    no_faults: Annotated[bool, typer.Option("--no-faults", help="Nothing goes wrong.")] = False,
    evidence: Annotated[str, typer.Option(help="How delivery is learned: feed, or none.")] = "feed",
    json: JsonOption = False,
) -> None:
    """The main job, end to end: 500 registrations at once, every one accounted for."""
    if registrations < 10:
        raise UsageError("A burst has at least 10 registrations.", fix="Write 10 or more.")
    if evidence not in {"feed", "none"}:
        raise UsageError(f'"{evidence}" is no evidence.', fix="Write feed or none.")
    directory = demo_directory(Path.cwd())
    console = Console(stderr=json)
    options = Options(directory, registrations, seed, not no_faults, evidence)
    with Screen(console) as screen:
        result = anyio.run(run_demo, options, Show(screen.counts, screen.say))
    if json:
        json_line(result.as_json())
    else:
        print_result(console, result)
        print_next(console, result)
    if not result.agrees:
        raise typer.Exit(1)
