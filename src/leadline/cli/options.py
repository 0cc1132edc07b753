"""Options that many commands share, and how a command opens its environment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import anyio
import typer

from leadline.environment import (
    Opened,
    environment_name,
    open_environment,
    project_directory,
)

T = TypeVar("T")
PORT = 8700
"""Where `leadline serve` takes events, unless said otherwise."""
PORT_VARIABLE = "LEADLINE_PORT"

ProjectOption = Annotated[
    Path | None, typer.Option("--project", help="The project's directory; default: this one.")
]
EnvironmentOption = Annotated[
    str | None, typer.Option("--env", help="The environment; default: LEADLINE_ENV, or dev.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does this; it stands in the audit log.")]
WhyOption = Annotated[str, typer.Option("--why", help="The reason; it stands in the audit log.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask before acting.")]


def in_environment(
    project: Path | None, env: str | None, work: Callable[[Opened], Awaitable[T]]
) -> T:
    """Open the environment, do some work in it, and close it."""

    async def main() -> T:
        directory = project_directory(project)
        async with open_environment(
            directory, environment_name(env), role="cli", max_connections=2
        ) as opened:
            return await work(opened)

    return anyio.run(main)
