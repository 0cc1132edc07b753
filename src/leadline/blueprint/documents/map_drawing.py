"""The map of a project as its pages show it: the picture of ``leadline map``, and as text."""

from __future__ import annotations

from leadline.blueprint.documents.blocks import Drawing
from leadline.blueprint.graph import as_mermaid
from leadline.blueprint.graph.project_map import project_map
from leadline.blueprint.picture.overview import overview
from leadline.blueprint.picture.svg import STYLE, drawn
from leadline.project.project import Project
from leadline.project.windows import real_environment


def map_drawing(project: Project) -> Drawing:
    """Draw what a project ties together, with the limits of its first real environment."""
    graph = project_map(project, real_environment(project))
    picture = drawn(overview(graph), f"Map of {project.name}")
    return Drawing(picture, as_mermaid.whole(graph), STYLE.read_text(encoding="utf-8"))
