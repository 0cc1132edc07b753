"""``leadline docs`` and ``leadline handover``: a project written down for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from leadline.blueprint.documents import as_html, as_markdown
from leadline.blueprint.documents.blocks import Page
from leadline.blueprint.documents.map_drawing import map_drawing
from leadline.blueprint.documents.material import Material
from leadline.blueprint.documents.ownership import Hanging, Tie, hanging_on, people
from leadline.blueprint.documents.pages import documentation
from leadline.cli.maturity import tests_of
from leadline.cli.options import EnvironmentOption, JsonOption, ProjectOption, in_environment
from leadline.cli.output import json_line, moment
from leadline.environment import Opened, environment_name, has_database, project_directory
from leadline.errors import EnvironmentMismatch, UsageError
from leadline.project.problems import Problem, nearest
from leadline.project.project import Project
from leadline.release.deploy import check_project, readable
from leadline.store import control
from leadline.store.control import Notice

LIST = ".leadline-docs"
"""The files of a documentation, so that what is no longer part of it can be taken away."""
NOTICES = 1_000


class Format(StrEnum):
    """As what documentation is written."""

    HTML = "html"
    MD = "md"
    BOTH = "both"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("docs", short_help="Write the project down: pages for people, HTML and Markdown.")(
        docs
    )
    app.command("handover", short_help="List all that hangs on one person.")(handover)


def docs(
    out: Annotated[Path, typer.Argument(help="The directory for the pages.")],
    project: ProjectOption = None,
    format_: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.BOTH,
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the pages are out of date.")
    ] = False,
) -> None:
    """Write the documentation of a project: map, data, events, workflows, owners, runbook.

    Static pages: HTML that loads nothing and needs no script, and Markdown. The same project
    gives the same bytes. Exit 1 with --check where the pages differ from the project.
    """
    material = read_material(project)
    written = _written(documentation(material), format_)
    before = _before(out)
    changed = sorted(name for name, text in written.items() if _text(out / name) != text)
    gone = sorted(name for name in before - written.keys() if (out / name).is_file())
    if only_check:
        for name in (*changed, *gone):
            typer.echo(f"out of date: {out / name}")
        if changed or gone:
            raise typer.Exit(1)
        typer.echo(f"{out}: {len(written) - 1} pages are up to date.")
        return
    out.mkdir(parents=True, exist_ok=True)
    for name in changed:
        (out / name).write_text(written[name], encoding="utf-8", newline="\n")
    for name in gone:
        (out / name).unlink(missing_ok=True)
    first = "index.html" if format_ is not Format.MD else "README.md"
    pages = len(written) - 1
    fresh = sum(name != LIST for name in changed)
    typer.echo(f"{out}: {pages} pages, {fresh} new or changed. Begin with {out / first}")


def read_material(project: Path | None) -> Material:
    """Read a project and everything that its documentation is made of."""
    found, problems = _project(project)
    return Material(found, problems, map_drawing(found), tests_of(found))


def _project(project: Path | None) -> tuple[Project, tuple[Problem, ...]]:
    checked = check_project(project_directory(project))
    return readable(checked), checked.problems


def _written(pages: Sequence[Page], format_: Format) -> Mapping[str, str]:
    """The text of each file by its name; the list of them is one of them."""
    found: dict[str, str] = {}
    for page in pages:
        if format_ is not Format.MD:
            found[as_html.file_name(page.name)] = as_html.html(page, pages)
        if format_ is not Format.HTML:
            found[as_markdown.file_name(page.name)] = as_markdown.markdown(page, pages)
    found[LIST] = "\n".join(sorted(found)) + "\n"
    return found


def _before(out: Path) -> frozenset[str]:
    """The files that were written here before; UsageError where others stand in their place."""
    if not out.exists():
        return frozenset()
    listed = _text(out / LIST) if out.is_dir() else None
    if listed is None and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            f'"{out}" holds something that "leadline docs" did not write.',
            fix="Name a directory that is empty or not there yet.",
        )
    # A name with a way in it was not written by us, and nothing outside may be taken away.
    return frozenset(
        name
        for name in (listed or "").splitlines()
        if Path(name).name == name and Path(name).suffix in {".html", ".md"}
    )


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


# ---------------------------------------------------------------- handover


def handover(
    owner: Annotated[str, typer.Argument(help="The address of the person who hands over.")],
    project: ProjectOption = None,
    env: EnvironmentOption = None,
    json: JsonOption = False,
) -> None:
    """List all that hangs on one person, and what nobody would answer for if they left.

    Workflows, systems, failures of which they are told, overrides, silenced findings; and
    notices, where the environment has a database.
    """
    found, _ = _project(project)
    known = people(found)
    person = _found(owner, known)
    hanging = [*hanging_on(found, person), *_notices(found, project, env, person)]
    if json:
        for each in hanging:
            json_line(_object(person, each))
        return
    typer.echo("\n".join(_lines(person, hanging)))


def _found(owner: str, known: Sequence[str]) -> str:
    by_lower = {address.lower(): address for address in known}
    person = by_lower.get(owner.strip().lower())
    if person is not None:
        return person
    near = nearest(owner, known)
    meant = f' Did you mean "{near}"?' if near else ""
    raise UsageError(
        f'Nothing in this project hangs on "{owner}".{meant}',
        fix=f"Name one of: {', '.join(known) or 'nobody is named yet'}.",
    )


def _notices(
    found: Project, project: Path | None, env: str | None, person: str
) -> Iterator[Hanging]:
    """What the person was told lately; none where there is no database of the environment."""
    name = environment_name(env)
    if name not in found.environments or not has_database(project_directory(project)):
        return

    async def work(opened: Opened) -> list[Notice]:
        async with opened.store.connection() as conn:
            return await control.notices(conn, NOTICES)

    try:
        notices = in_environment(project, name, work)
    except EnvironmentMismatch:
        return
    for notice in notices:
        if notice.recipient.lower() == person.lower():
            yield Hanging(Tie.NOTICE, moment(notice.hour), None, more=notice.sentence)


def _lines(person: str, hanging: Sequence[Hanging]) -> Iterator[str]:
    yield f"{person}: {len(hanging):,} thing{'' if len(hanging) == 1 else 's'}"
    for tie in Tie:
        mine = [each for each in hanging if each.tie is tie]
        if mine:
            yield f"\n{tie[:1].upper()}{tie[1:]}"
        for each in mine:
            yield f"  {each.what}{_place(each)}{f': {each.more}' if each.more else ''}"
    alone = [each for each in hanging if each.alone]
    if alone:
        yield "\nIf they left, nobody would be left for"
        yield from (f"  {each.what} ({each.tie}){_place(each)}" for each in alone)
        yield "Write another address there, and run leadline check."
    else:
        yield "\nSomebody else stands beside them everywhere."


def _place(each: Hanging) -> str:
    return f"  {each.where}" if each.where is not None else ""


def _object(person: str, each: Hanging) -> dict[str, object]:
    where = each.where
    return {
        "owner": person,
        "tie": each.tie.name.lower(),
        "words": each.tie.value,
        "what": each.what,
        "more": each.more or None,
        "file": where and where.file,
        "line": where and where.line,
        "alone": each.alone,
    }
