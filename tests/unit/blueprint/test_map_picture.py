"""The picture and the page of a project's map."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import orjson
import pytest

from benchmarks.ground.projects import project_files
from leadline.blueprint.graph.build import Graph, build
from leadline.blueprint.graph.project_map import project_map
from leadline.blueprint.picture.overview import Overview, overview
from leadline.blueprint.picture.page import page
from leadline.blueprint.picture.svg import drawn, overview_svg
from leadline.project.files import Files
from leadline.project.parse import parse
from tests.unit.blueprint.project_files import FILES, project

HOSTILE = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def graph() -> Graph:
    found, problems = parse(Files(project_files(40, 6, 60, 3)))
    assert found is not None, problems
    return project_map(found, "prod")


@pytest.fixture(scope="module")
def picture(graph: Graph) -> Overview:
    return overview(graph)


@pytest.fixture(scope="module")
def html(graph: Graph) -> str:
    return page(graph, "acme")


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_every_workflow_and_every_system_stands_in_the_picture(picture: Overview) -> None:
    assert len({row.node.id for group in picture.groups for row in group.rows}) == 40
    assert len(picture.systems) == 6


def test_workflows_that_work_through_the_same_systems_share_their_lines(
    picture: Overview,
) -> None:
    to_systems = [tie for tie in picture.ties if tie.way not in {"starts", "enrols"}]
    assert len(to_systems) == sum(len(group.systems) for group in picture.groups)
    assert sum(tie.weight for tie in to_systems) == 120  # 40 workflows through three systems each
    assert len(to_systems) < 40


def test_nothing_lies_upon_anything_else(picture: Overview) -> None:
    columns = [
        [(row.y - 12, row.y + 12) for row in picture.events],
        [(group.top, group.top + group.height) for group in picture.groups],
        [(row.y - 12, row.y + 12) for group in picture.groups for row in group.rows],
        [(box.top, box.top + box.height) for box in picture.systems],
    ]
    for spans in columns:
        ordered = sorted(spans)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(ordered))
        assert ordered[-1][1] <= picture.height


def test_each_event_stands_beside_the_workflow_that_it_starts(picture: Overview) -> None:
    starts = [tie for tie in picture.ties if tie.way == "starts"]
    assert starts
    level = [abs(tie.start[1] - tie.end[1]) < 60 for tie in starts]
    assert sum(level) > 0.9 * len(level)


def test_the_picture_is_one_file_without_script_or_outside_request(graph: Graph) -> None:
    text = overview_svg(graph, "acme")
    root = ElementTree.fromstring(text)
    names = {element.tag.partition("}")[2] for element in root.iter()}
    assert "script" not in names
    assert {"svg", "style", "rect", "path", "text"} <= names
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert "href" not in name
            assert "http" not in value
    assert "url(" not in text
    assert "prefers-color-scheme:dark" in text


def test_a_project_without_workflows_has_a_picture_and_a_page() -> None:
    empty = build(())
    ElementTree.fromstring(drawn(overview(empty), "Map of nothing"))
    assert "0 workflows" in page(empty, "nothing")


def test_no_name_can_break_out_of_picture_or_page() -> None:
    quoted = orjson.dumps(HOSTILE).decode()
    named = FILES["workflows/launch.yaml"].replace("name: Launch", f"name: {quoted}")
    graph = project_map(project({**FILES, "workflows/launch.yaml": named}), "prod")
    ElementTree.fromstring(overview_svg(graph, HOSTILE))
    elements = Elements(page(graph, HOSTILE)).found
    assert [tag for tag, _ in elements].count("script") == 2
    assert "img" not in {tag for tag, _ in elements}
    assert not [a for _, a in elements if any(name.startswith("on") for name in a)]


def test_the_page_asks_the_network_for_nothing_and_allows_its_own_code_only(html: str) -> None:
    elements = Elements(html).found
    (policy,) = [a["content"] for _, a in elements if a.get("http-equiv")]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not [a for _, a in elements if {"src", "style"} & set(a)]
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in html


def test_every_drawn_node_is_one_that_the_page_can_show(html: str, picture: Overview) -> None:
    (data,) = re.findall(r'id="map-data">(.*?)</script>', html, re.DOTALL)
    found = orjson.loads(data)
    numbers = {int(n) for n in re.findall(r'data-(?:node|show)="(\d+)"', html)}
    assert numbers <= set(range(len(found["nodes"])))
    drawn_nodes = len(picture.events) + 40 + len(picture.systems)
    assert html.count('data-node="') == drawn_nodes
    lengths = {len(found[part]) for part in ("nodes", "gone", "about", "ids")}
    assert len(lengths) == 1


def test_a_field_stands_once_in_the_page_and_is_found_by_every_name(html: str) -> None:
    (data,) = re.findall(r'id="map-data">(.*?)</script>', html, re.DOTALL)
    nodes = orjson.loads(data)["nodes"]
    (stage,) = [node for node in nodes if "hubspot.contact.lifecyclestage" in node[0]]
    assert stage[1] == "contact.lifecycle_stage"
    assert "Leadline.contact.lifecycle_stage" in stage[0]


def test_the_page_says_on_what_most_hangs(html: str) -> None:
    assert "system slack" in html
    assert "40 workflows: 40 steps need it" in html
    assert "owner marketing-ops@acme.example" in html


def test_inputs_regions_and_headings_are_told_to_those_who_do_not_see(html: str) -> None:
    elements = Elements(html).found
    labelled = {a.get("for") for tag, a in elements if tag == "label"}
    assert all(a["id"] in labelled for tag, a in elements if tag == "input")
    assert [tag for tag, _ in elements].count("h1") == 1
    scrolled = [a for _, a in elements if a.get("class") == "whole"]
    assert [(a["role"], a["tabindex"]) for a in scrolled] == [("region", "0")]
    ids = [a["id"] for _, a in elements if "id" in a]
    assert len(set(ids)) == len(ids)
