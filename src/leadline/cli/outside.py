"""What a command needs that talks to outside systems itself: the project, its links, a door."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from leadline.connectors.door import Door, open_outlet
from leadline.environment import environment_name, make_link, open_door, project_directory
from leadline.errors import UsageError
from leadline.journey.compiled import CompiledProject
from leadline.project.project import Environment
from leadline.release.deploy import check_project, compile_checked
from leadline.runtime.hooks import Unmetered
from leadline.runtime.link import Clock, Link


@dataclass(frozen=True, slots=True)
class Outside:
    """A project as its files are now, in one environment; nothing of it need be deployed."""

    directory: Path
    environment: Environment
    compiled: CompiledProject

    def link(self, name: str) -> Link:
        """Return a connection; raises CredentialsMissing where a secret is not set."""
        return make_link(
            self.compiled.systems[name],
            self.environment.name,
            self.directory,
            sandbox=self.environment.sandbox,
        )


def read_outside(project: Path | None, env: str | None) -> Outside:
    """Read the project's files; raises ProjectInvalid or UsageError."""
    directory = project_directory(project)
    compiled = compile_checked(check_project(directory))
    name = environment_name(env)
    environment = compiled.environments.get(name)
    if environment is None:
        known = ", ".join(sorted(compiled.environments))
        raise UsageError(
            f'The project has no environment "{name}".',
            where="leadline.yaml",
            fix=f"Use one of: {known}.",
        )
    return Outside(directory, environment, compiled)


@asynccontextmanager
async def door_of(link: Link) -> AsyncGenerator[Door]:
    """Open the way out for a few calls of a person, which no budget counts."""
    outlet = open_outlet()
    try:
        yield open_door(outlet, link, Unmetered(Clock(datetime.now(UTC))))
    finally:
        await outlet.close()
