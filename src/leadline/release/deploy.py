"""Deploy: a project's files become a release, are stored, and become the active one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from leadline.blueprint.check import Subject
from leadline.blueprint.silence import Quieted
from leadline.blueprint.verdict import verdict
from leadline.errors import ProjectInvalid
from leadline.journey.compiled import (
    FORMAT,
    CompiledProject,
    compile_project,
    content_hash,
    to_json,
)
from leadline.message.inspect import variables
from leadline.project.files import Files
from leadline.project.problems import Problem, Severity
from leadline.project.project import Project
from leadline.project.read import read_files
from leadline.store import control
from leadline.store.contact_columns import Change, backfill, sync_columns
from leadline.store.pool import Store


@dataclass(frozen=True, slots=True)
class Checked:
    """A project as it was read: typed where nothing is wrong, with all that was found.

    ``silenced`` are findings that a person has accepted for a while; they count for nothing.
    """

    files: Files
    project: Project | None
    problems: tuple[Problem, ...]
    silenced: tuple[Quieted, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What must be mended before it can run."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deploy did: the release, whether it is another than before, the new columns."""

    release: str
    changed: bool
    columns: tuple[Change, ...]


def check_project(
    directory: Path,
    environment: str | None = None,
    before: CompiledProject | None = None,
    reached: int | None = None,
) -> Checked:
    """Read the files of a project and judge them as of today.

    ``environment`` None: for none of them, so that what refuses only in a real one advises.
    ``before`` is what runs there now, and ``reached`` the maturity that is shown there, where
    these are known.
    """
    files = read_files(directory)
    today = datetime.now(UTC).date()  # a silencing ends by the calendar

    def look(project: Project) -> Subject:
        return Subject(project, today, environment, reached, before)

    found = verdict(files, look)
    return Checked(files, found.project, found.problems, found.silenced)


def refusal(problems: Iterable[Problem]) -> ProjectInvalid:
    """What is raised for a project with these errors: every one of them, with its code."""
    lines = "\n".join(f"{problem} ({problem.code})" for problem in problems)
    return ProjectInvalid(f"The project has problems:\n{lines}")


def readable(checked: Checked) -> Project:
    """A project whose files can be read; raises ProjectInvalid where they cannot."""
    if checked.project is None:
        raise refusal(checked.errors)
    return checked.project


def sound(checked: Checked) -> Project:
    """A project without errors; raises ProjectInvalid with every error where it has some."""
    if checked.project is None or checked.errors:
        raise refusal(checked.errors)
    return checked.project


def compile_checked(checked: Checked) -> CompiledProject:
    """Compile a project; raises ProjectInvalid with every error where it has some."""
    project = sound(checked)
    read = {name: variables(message) for name, message in project.messages.items()}
    return compile_project(project, read)


async def deploy(
    store: Store, compiled: CompiledProject, files: Mapping[str, str], by: str
) -> Deployed:
    """Store a compiled project and make it the active release.

    What is stored by the release before puts values of a new field beside the fields: they are
    taken over before it ends, so that none is missing, and once more after, so that none is left.
    """
    release = content_hash(compiled)
    async with store.connection() as conn:
        columns = await sync_columns(conn, compiled.fields)
    added = [compiled.fields[c.field] for c in columns]
    await backfill(store, added)
    async with store.transaction() as conn:
        before = await control.active_release(conn)
        await control.store_release(conn, (release, FORMAT, to_json(compiled), files), by)
        if before != release:
            await control.activate_release(conn, release, by)
    await backfill(store, added)
    return Deployed(release, before != release, columns)
