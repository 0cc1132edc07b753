"""The picture of a workflow: what leads where, drawn apart; names stay names, however hostile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from xml.etree import ElementTree

import pytest

from leadline.blueprint.diagram.as_mermaid import as_mermaid
from leadline.blueprint.diagram.as_svg import as_svg
from leadline.blueprint.diagram.chart import DEAD, END, START, Arrow, Chart, Shape, chart
from leadline.blueprint.sentences.meaning import Meaning, meaning_of
from leadline.blueprint.sentences.walk import LANGUAGES, sentences
from leadline.blueprint.signing import signature_of, standings
from leadline.journey.program import NOWHERE
from leadline.project.triggers import all_steps
from leadline.project.workflow import WaitStep
from tests.property.meanings import Author, Words, made_meaning
from tests.unit.project.changed import parsed

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert(1)</script>"]; click n0 "javascript:x" --> %% &amp; \u202e{{}}'


def example(name: str = "webinar-follow-up") -> Chart:
    return chart(meaning_of(parsed(), name))


def hostile() -> Meaning:
    change = ("nothing more to do", "'" + HOSTILE.replace("\u202e", "") + "'")
    return meaning_of(parsed(("workflows/webinar-follow-up.yaml", *change)), "webinar-follow-up")


def test_what_follows_is_an_arrow_and_what_follows_a_failure_one_of_its_own() -> None:
    assert example().arrows == (
        Arrow(START, "step after-the-webinar"),
        Arrow("step after-the-webinar", "step recording"),
        Arrow("step recording", DEAD, failed=True),
        Arrow("step recording", "step hot-or-not"),
        Arrow("step hot-or-not", "way 0 hot-or-not"),
        Arrow("way 0 hot-or-not", "step tell-account-team"),
        Arrow("step tell-account-team", DEAD, failed=True),
        Arrow("step hot-or-not", "way 1 hot-or-not"),
        Arrow("way 1 hot-or-not", "step done"),
        Arrow("step tell-account-team", END),
    )


def test_a_box_says_what_follows_a_failure_in_short_and_all_of_it_when_asked() -> None:
    box = example().boxes["step recording"]
    assert box.failure == (
        "refused, or not within 1 day: dead letters; told: marketing-ops@acme.example"
    )
    assert "It is transactional" in box.whole


def test_a_jump_back_is_an_arrow_to_its_step() -> None:
    jump = ("workflows/webinar-follow-up.yaml", "    wait_until: 2 hours after event.starts_at\n",
            "    wait_until: 2 hours after event.starts_at\n    at_most: 9 days\n"
            "    if_not: { go to: done }\n")  # fmt: skip
    drawn = chart(meaning_of(parsed(jump), "webinar-follow-up"))
    assert Arrow("step after-the-webinar", "step done", failed=True) in drawn.arrows


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_and_every_way_has_a_box(language: str) -> None:
    for seed in range(40):
        meaning = made_meaning(Author(Words(Random(seed))))
        drawn = chart(meaning, language)
        steps = {f"step {step.name}" for step in all_steps(meaning.workflow.steps)}
        assert steps <= set(drawn.boxes)
        ends = {end for arrow in drawn.arrows for end in (arrow.source, arrow.target)}
        assert ends <= set(drawn.boxes)
        ways = [each for each in sentences(meaning, language) if each.part == "branch"]
        assert len(ways) == len([b for b in drawn.boxes.values() if b.shape is Shape.WAY])


# ---------------------------------------------------------------- SVG


def rectangles(svg: str) -> Iterator[tuple[float, float, float, float]]:
    for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect"):
        if rect.get("x") is not None:
            x, y, w, h = (float(rect.get(key) or 0) for key in ("x", "y", "width", "height"))
            yield x, y, x + w, y + h


def test_no_box_covers_another_and_all_stand_inside_the_picture() -> None:
    for seed in range(40):
        svg = as_svg(chart(made_meaning(Author(Words(Random(seed))))))
        _, _, wide, high = map(float, ElementTree.fromstring(svg).get("viewBox", "").split())
        boxes = list(rectangles(svg))
        for n, (left, top, right, bottom) in enumerate(boxes):
            assert 0 <= left < right <= wide
            assert 0 <= top < bottom <= high
            for x, y, to_x, to_y in boxes[n + 1 :]:
                assert right <= x or to_x <= left or bottom <= y or to_y <= top


def test_a_picture_says_what_it_shows_to_those_who_do_not_see_it() -> None:
    root = ElementTree.fromstring(as_svg(example()))
    named = {node.get("id"): node.text or "" for node in root if node.get("id")}
    title, text = (root.get("aria-labelledby") or "").split()
    assert root.get("role") == "img"
    assert named[title] == 'The workflow "Webinar follow-up" (webinar-follow-up)'
    assert "the contact goes to the dead letters" in named[text]


def test_a_picture_needs_nothing_else_and_runs_nothing() -> None:
    svg = as_svg(chart(hostile()))
    root = ElementTree.fromstring(svg)
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {
        "svg", "title", "desc", "defs", "marker", "path", "rect", "g", "text",
    }  # fmt: skip
    for node in root.iter():
        for name, value in node.attrib.items():
            assert not name.startswith("on")
            assert "href" not in name
            assert "url(" not in value or re.fullmatch(r"url\(#[\w-]+\)", value)
    shown = "".join(node.text or "" for node in root.iter(f"{SVG}title"))
    assert "<script>alert(1)</script>" in shown


def test_two_pictures_in_one_page_share_no_ids() -> None:
    ids = [
        re.findall(r' id="([^"]+)"', as_svg(example(n))) for n in ("webinar", "webinar-follow-up")
    ]
    assert not set(ids[0]) & set(ids[1])


# ---------------------------------------------------------------- Mermaid


def test_mermaid_has_boxes_and_arrows_and_nothing_of_the_files_but_quoted_text() -> None:
    lines = as_mermaid(chart(hostile())).splitlines()
    assert lines[0] == "flowchart TD"
    box = re.compile(r'  n\d+(\(\[|\[\[|\[/|\[|\(|\{\{)"[^"<>{}`|\\]*(<br>[^"<>{}`|\\]*)*"[\])}/]+')
    arrow = re.compile(r"  n\d+ (-->|-\.->) n\d+")
    assert [
        line for line in lines[2:] if not box.fullmatch(line) and not arrow.fullmatch(line)
    ] == []
    assert "-.->" in "\n".join(lines)
    assert "#lt;script#gt;" in "\n".join(lines)


# ---------------------------------------------------------------- very long


def test_a_workflow_of_ten_thousand_steps_is_said_drawn_and_signed() -> None:
    steps = tuple(
        WaitStep(name=f"s{n}", where=NOWHERE, span=timedelta(days=n % 9 + 1)) for n in range(10_000)
    )
    project = parsed()
    webinar = replace(project.workflows["webinar"], steps=steps, promise=None)
    meaning = meaning_of(replace(project, workflows={"webinar": webinar}), "webinar")
    assert sum(each.part == "step" for each in sentences(meaning)) == 10_000
    drawn = chart(meaning)
    assert as_svg(drawn).count("<rect") == 10_003
    assert as_mermaid(drawn).count("-->") == 10_001
    signature = signature_of(meaning, "Ann", date(2026, 11, 28))
    other = replace(webinar, steps=(*steps[:7], *steps[8:]))
    changed = replace(project, workflows={"webinar": other}, signatures=(signature,))
    assert [each.holds for each in standings(changed, "webinar")] == [False]
