"""``leadline map`` and ``leadline impact``: what a project ties together, what hangs on what."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer

from leadline.blueprint.graph import as_json, as_mermaid, as_text
from leadline.blueprint.graph.build import Graph, NodeKind
from leadline.blueprint.graph.project_map import project_map
from leadline.blueprint.graph.questions import impact, origin
from leadline.blueprint.graph.resolve import resolve
from leadline.blueprint.graph.single_points import single_points
from leadline.blueprint.picture.page import page
from leadline.blueprint.picture.svg import overview_svg
from leadline.cli.options import JsonOption, ProjectOption
from leadline.cli.output import json_line
from leadline.environment import project_directory
from leadline.errors import LeadlineError, UsageError
from leadline.project.project import Project
from leadline.project.windows import real_environment
from leadline.release.deploy import check_project, sound


class Format(StrEnum):
    """How the map is written."""

    TEXT = "text"
    MERMAID = "mermaid"
    SVG = "svg"
    HTML = "html"
    JSON = "json"


LimitsOption = Annotated[
    str | None,
    typer.Option("--env", help="Whose limits: default is the first that is no sandbox."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("map", short_help="Draw what the project ties together.")(map_command)
    app.command("impact", short_help="What reads, writes and breaks with a thing of the project.")(
        impact_command
    )


def map_command(
    form: Annotated[
        Format | None,
        typer.Option("--format", help="How it is written; default: by the name of --out, or text."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write it to; default: the terminal.")
    ] = None,
    points: Annotated[
        bool,
        typer.Option("--single-points", help="Only what several workflows hang on alone."),
    ] = False,
    project: ProjectOption = None,
    env: LimitsOption = None,
    json: JsonOption = False,
) -> None:
    """Draw systems, fields, events, messages and workflows, and what runs between them.

    Each tie says its way, interval or lag, limit, volume and owner where they are known. Exit 1
    where the project has errors; they are said as "leadline check" says them.
    """
    known, graph = _mapped(project, env)
    if points:
        _say_points(graph, json=json)
        return
    text = _written(known, graph, Format.JSON if json else form or _meant(out))
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise LeadlineError(
            f'the map cannot be written to "{out}": {reason}.', fix="Name another place with --out."
        ) from error
    typer.echo(f"The map: {out}", err=True)


def impact_command(
    what: Annotated[
        str,
        typer.Argument(
            help="A field by our name or a system's, a system, event, message, workflow."
        ),
    ],
    project: ProjectOption = None,
    env: LimitsOption = None,
    json: JsonOption = False,
) -> None:
    """Say what reads a thing, writes it, breaks without it, and where its values come from.

    For a system also what its steps do while it is down. A field is one thing by all of its
    names: "hubspot.contact.lifecyclestage" and "contact.lifecycle_stage" answer alike.
    """
    _, graph = _mapped(project, env)
    found = resolve(graph, what)
    if not found.nodes:
        raise UsageError(found.message, fix='"leadline map" lists what there is.')
    for number, name in enumerate(found.nodes):
        answer = impact(graph, name)
        is_field = answer.node.kind is NodeKind.FIELD
        origins = origin(graph, name) if is_field else ()
        if json:
            json_line({"asked": what, **as_json.of_impact(answer, origins)})
            continue
        typer.echo(("\n" if number else "") + as_text.of_node(answer), nl=False)
        if is_field:
            typer.echo(as_text.of_origin(graph, name, origins), nl=False)


def _mapped(directory: Path | None, environment: str | None) -> tuple[Project, Graph]:
    """The map of a project; raises ProjectInvalid where it has errors."""
    project = sound(check_project(project_directory(directory)))
    name = environment or real_environment(project)
    if name not in project.environments:
        raise UsageError(
            f'The project has no environment "{name}".',
            where="leadline.yaml",
            fix=f"Use one of: {', '.join(sorted(project.environments))}.",
        )
    return project, project_map(project, name)


_ENDINGS = {".html": Format.HTML, ".svg": Format.SVG, ".json": Format.JSON, ".mmd": Format.MERMAID}


def _meant(out: Path | None) -> Format:
    """The format that the name of a file says; text where it says none."""
    return Format.TEXT if out is None else _ENDINGS.get(out.suffix.lower(), Format.TEXT)


def _written(project: Project, graph: Graph, form: Format) -> str:
    match form:
        case Format.TEXT:
            return as_text.whole(graph)
        case Format.MERMAID:
            return as_mermaid.whole(graph)
        case Format.SVG:
            return overview_svg(graph, project.name)
        case Format.HTML:
            return page(graph, project.name)
        case Format.JSON:
            return orjson.dumps(as_json.of_graph(graph)).decode() + "\n"


def _say_points(graph: Graph, *, json: bool) -> None:
    found = single_points(graph)
    if json:
        for point in found:
            json_line(as_json.of_single_point(point))
    else:
        none = "No two workflows hang on one thing alone.\n"
        typer.echo(as_text.of_single_points(found) or none, nl=False)
