"""Documentation: everything is in it, every link leads somewhere, and no name can break it."""

from __future__ import annotations

import re
import shlex
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import sha256
from html import unescape

import pytest
import typer.main

from leadline.blueprint.documents import as_html, as_markdown
from leadline.blueprint.documents.blocks import Drawing, Page, Table, visible
from leadline.blueprint.documents.map_drawing import map_drawing
from leadline.blueprint.documents.material import Material
from leadline.blueprint.documents.ownership import Tie, hanging_on, people
from leadline.blueprint.documents.pages import documentation
from leadline.blueprint.maturity.measured import Coverage
from leadline.blueprint.sentences.meaning import meaning_of
from leadline.blueprint.signing import signature_of
from leadline.project.problems import Problem, Severity, Where
from leadline.project.project import Project
from leadline.project.signatures import Signature
from leadline.project.triggers import all_steps
from leadline.project.workflow import (
    Override,
    PostStep,
    SaveStep,
    SendStep,
    Silenced,
    StopStep,
)
from tests.house.test_docs import trouble
from tests.unit.blueprint.documents_reading import ALLOWED, read, read_markdown
from tests.unit.blueprint.maturity_cases import known
from tests.unit.project.changed import parsed

HOSTILE = (
    "<script>alert(1)</script>",
    "a | b | c",
    "*bold* _low_ `code` ~~gone~~ **",
    "[link](javascript:alert(1)) ![p](https://evil.example/x.png)",
    "# heading",
    "- item",
    "1. one",
    "> said",
    "</td></tr></table><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "&lt;b&gt; &amp; &#60;",
    "https://evil.example www.evil.example me@evil.example",
    "Grüße 日本語 \U0001f600 \u05e9\u05dc\u05d5\u05dd",
    "{{ 7 * 7 }} {% raw %} $x$ \\ back",
    "---",
    "```",
    "two | lines\n\n# and more\n- than that",
    "\u202egnol\x07 \x1b[31mred",
)


def material(project: Project | None = None, **more: object) -> Material:
    found = project or parsed()
    return Material(found, system_map=map_drawing(found), **more)  # type: ignore[arg-type]


def html_of(pages: Sequence[Page]) -> Mapping[str, str]:
    return {as_html.file_name(p.name): as_html.html(p, pages) for p in pages}


def markdown_of(pages: Sequence[Page]) -> Mapping[str, str]:
    return {as_markdown.file_name(p.name): as_markdown.markdown(p, pages) for p in pages}


def check_links(files: Mapping[str, str], *, markdown: bool = False) -> None:
    pages = {n: (read_markdown if markdown else read)(text) for n, text in files.items()}
    for name, page in pages.items():
        for link in page.links:
            file, _, anchor = link.partition("#")
            assert (file or name) in pages, (name, link)
            assert not anchor or anchor in pages[file or name].anchors, (name, link)
        assert len(set(page.anchors)) == len(page.anchors), name


def test_the_pages_of_the_example() -> None:
    names = [page.name for page in documentation(material())]
    assert names == [
        *("index", "map", "data", "events", "owners", "runbook", "open"),
        *("workflow-webinar-follow-up", "workflow-webinar"),
    ]


def test_every_link_leads_somewhere() -> None:
    pages = documentation(material())
    check_links(html_of(pages))
    check_links(markdown_of(pages), markdown=True)


def test_html_and_markdown_say_the_same() -> None:
    pages = documentation(material(coverage=Coverage(1, 2, ("crm fails",))))
    for page in pages:
        html = read(as_html.html(page, pages)).text
        markdown = read_markdown(as_markdown.markdown(page, pages)).text
        for block in page.blocks:
            for text in texts(block):
                assert " ".join(text.split()) in html, (page.name, text)
                assert " ".join(text.split()) in markdown, (page.name, text)


def texts(block: object) -> list[str]:
    """Every text of a block, as its author wrote it."""
    if isinstance(block, str):
        return [block]
    if isinstance(block, tuple):
        return [text for part in block for text in texts(part)]
    if isinstance(block, Drawing) or not hasattr(block, "__dataclass_fields__"):
        return []
    if isinstance(block, Table) and not block.rows:
        return [block.empty]
    skipped = {"anchor", "page", "empty"}
    names = [n for n in block.__dataclass_fields__ if n not in skipped]  # type: ignore[attr-defined]
    return [text for name in names for text in texts(getattr(block, name))]


def test_the_same_project_gives_the_same_bytes() -> None:
    assert html_of(documentation(material())) == html_of(documentation(material()))
    assert markdown_of(documentation(material())) == markdown_of(documentation(material()))


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    for text in html_of(documentation(material())).values():
        page = read(text)
        assert page.tags <= ALLOWED
        assert not {a for a in page.attributes if a.startswith("on")} | {"style"} & page.attributes
        assert "default-src &#39;none&#39;" in text
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in text


SHOWN = ("open", "owners", "workflow-webinar")
"""Pages on which everything that somebody wrote is to be seen."""


def test_the_style_of_a_drawing_counts_on_its_page_alone() -> None:
    drawn = replace(map_drawing(parsed()), style=".odd{fill:red}")
    pages = documentation(Material(parsed(), system_map=drawn))
    files = html_of(pages)
    assert [name for name, text in files.items() if ".odd{fill:red}" in text] == ["map.html"]
    for text in files.values():
        (css,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        digest = b64encode(sha256(css.encode()).digest()).decode()
        assert digest in unescape(text.partition("Content-Security-Policy")[2])


def hostile(text: str) -> Material:
    """The example in which everything that a person may write freely is hostile."""
    example = parsed()
    where = Where("workflows/webinar.yaml", 3)
    until = date(2027, 1, 31)
    workflow = example.workflows["webinar"]
    steps = (*workflow.steps, StopStep(name="end", where=where, reason=text))
    workflow = replace(
        workflow,
        title=text,
        why=text,
        owner=text,
        steps=steps,
        silenced=(Silenced("two-writers", text, until, where, where.file),),
        override=Override(text, text, until, where),
    )
    systems = dict(example.systems)
    systems["hubspot"] = replace(systems["hubspot"], owner=text, tell=(text, "b@acme.example"))
    messages = dict(example.messages)
    mail = messages["messages/webinar-confirmation"]
    messages[mail.name] = replace(mail, subject=text, body=f"{text}\n\n{text} ```\n")
    signature = Signature("webinar", text, until, "en", "0" * 64, where, text)
    project = replace(
        example,
        systems=systems,
        messages=messages,
        workflows={**example.workflows, "webinar": workflow},
        signatures=(signature,),
    )
    problem = Problem("x", text, where, text, Severity.WARNING, text)
    return material(
        project,
        problems=(problem,),
        coverage=Coverage(0, 1, (text,)),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_what_somebody_wrote_stays_text(text: str) -> None:
    pages = documentation(hostile(text))
    shown = " ".join(visible(text).split())
    for files, reads in ((html_of(pages), read), (markdown_of(pages), read_markdown)):
        check_links(files, markdown=reads is read_markdown)
        for name, file in files.items():
            page = reads(file)
            assert page.tags <= ALLOWED, (name, page.tags - ALLOWED)
            assert not {a for a in page.attributes if a.startswith("on")}, name
        for name in files:
            if name.rpartition(".")[0] in SHOWN:
                assert shown in reads(files[name]).text, name


def large(workflows: int = 80) -> Project:
    """Many workflows of ten steps, each as the example's, and many systems."""
    example = parsed()
    model = example.workflows["webinar"]
    systems = {f"crm-{n}": replace(example.systems["hubspot"], name=f"crm-{n}") for n in range(27)}
    made = {}
    for number in range(workflows):
        name = f"workflow-{number:03}"
        steps = tuple(
            replace(step, name=f"{step.name}-{n}", connection=f"crm-{number % 27}")
            if isinstance(step, SaveStep)
            else replace(step, name=f"{step.name}-{n}")
            for n in range(3)
            for step in model.steps[:3]
        )
        made[name] = replace(model, name=name, title=f"Workflow {number}", steps=steps)
    fields = {
        name: replace(one, names={**dict.fromkeys(systems, name), **one.names})
        for name, one in example.fields.items()
    }
    return replace(
        example,
        fields=fields,
        workflows={**example.workflows, **made},
        systems={**example.systems, **systems},
    )


def test_a_large_project_can_be_walked_through() -> None:
    pages = documentation(material(large()))
    assert len(pages) == 7 + 82
    check_links(html_of(pages))
    assert len([p for p in pages if p.in_menu]) == 7


def test_the_runbook_has_every_step_that_can_fail_and_every_system() -> None:
    project = parsed()
    pages = documentation(material(project))
    (text,) = [t for name, t in html_of(pages).items() if name == "runbook.html"]
    said = read(text).text
    for workflow in project.workflows.values():
        for step in all_steps(workflow.steps):
            if isinstance(step, SendStep | SaveStep | PostStep):
                assert f"leadline dead-letters --workflow {workflow.name}" in said
                assert step.name in said
    for name in project.systems:
        assert f"leadline resume connection {name}" in said
        assert f"leadline systems check {name}" in said
    assert "Renew env:HUBSPOT_TOKEN" in said
    assert "messages: 14 per 1 second" in said


def test_every_command_of_the_runbook_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    # Typer reads all signatures again each time, which is all of a test's time.
    monkeypatch.setattr(typer.main, "get_command", cache(typer.main.get_command))
    pages = documentation(material())
    wrong = {}
    for page in pages:
        for text in (t for b in page.blocks for t in texts(b) if t.startswith("leadline ")):
            found = trouble(shlex.split(text)[1:])
            if found is not None:
                wrong[text] = found
    assert not wrong


def test_the_dictionary_says_who_reads_and_writes_and_how_much_is_empty() -> None:
    project = replace(parsed(), known=known())
    (page,) = [p for p in documentation(material(project)) if p.name == "data"]
    said = read_markdown(as_markdown.markdown(page, [page])).text
    assert "lifecycle_stage choice: subscriber, lead, customer no not said" in said
    assert "hubspot: lifecyclestage webinar-follow-up: hot-or-not webinar: crm (in hubspot)" in said
    assert "Emptiness was counted in 1,000 contacts on 2026-11-27." in said
    assert "hubspot: firstname" in said
    assert "10 %" in said


def test_a_workflow_is_told_in_sentences_and_drawn() -> None:
    pages = documentation(material())
    (page,) = [p for p in pages if p.name == "workflow-webinar"]
    html = read(as_html.html(page, pages))
    assert "What happens, one after the other" in html.text
    assert 'It starts when the event "webinar.registered" happens.' in html.text
    assert "svg" in html.tags
    markdown = as_markdown.markdown(page, pages)
    assert "\n  - It is transactional: it is about something that the contact did.\n" in markdown
    assert "```mermaid\nflowchart TD\n" in markdown
    assert "your place in **{{ event.title }}** is booked." in read_markdown(markdown).text


def test_a_signature_is_shown_until_the_meaning_changes() -> None:
    signed, project = with_signature(parsed())
    assert "Signed by Ann on 2026-11-20." in said_of(project)
    later = replace(project.workflows["webinar"], why="Something else.")
    void = replace(project, workflows={**project.workflows, "webinar": later})
    assert "Signed by Ann on 2026-11-20, and void: what it means has changed since." in said_of(
        void
    )
    assert [h.alone for h in hanging_on(project, "Ann")] == [True]
    assert hanging_on(void, "Ann") == ()
    assert signed.by in people(project)


def with_signature(project: Project) -> tuple[Signature, Project]:
    signature = signature_of(meaning_of(project, "webinar"), "Ann", date(2026, 11, 20))
    return signature, replace(project, signatures=(signature,))


def said_of(project: Project) -> str:
    pages = documentation(material(project))
    (page,) = [p for p in pages if p.name == "workflow-webinar"]
    return read(as_html.html(page, pages)).text


def test_an_empty_project_has_pages_too() -> None:
    empty = replace(
        parsed(), fields={}, events={}, systems={}, workflows={}, messages={}, owners={}
    )
    pages = documentation(material(empty))
    check_links(html_of(pages))
    said = read(html_of(pages)["index.html"]).text
    assert "No workflow is written yet." in said


# ---------------------------------------------------------------- who answers for what


def test_what_hangs_on_a_person_and_what_would_be_alone() -> None:
    told = "tell: marketing-ops@acme.example"
    more = "tell: [ b@acme.example, marketing-ops@acme.example ]"
    project = parsed(("systems/slack.yaml", told, more))
    found = hanging_on(project, "marketing-ops@acme.example")
    ties = {(h.tie, h.what): h.alone for h in found}
    assert ties[Tie.WORKFLOW, "webinar"]
    assert ties[Tie.SYSTEM, "slack"]
    assert not ties[Tie.TOLD_OF_SYSTEM, "slack"]
    assert ties[Tie.TOLD_OF_SYSTEM, "mail"]
    assert ties[Tie.TOLD_OF_STEP, "webinar: crm"]
    assert (Tie.TOLD_OF_STEP, "webinar: tell-sales") not in ties  # it tells nobody
    assert [h.what for h in hanging_on(project, "b@acme.example")] == ["slack"]
    assert people(project) == ("b@acme.example", "marketing-ops@acme.example")


def test_words_of_a_person_hang_on_her_too() -> None:
    text = "ann@acme.example"
    found = hanging_on(hostile(text).project, text)
    ties = {h.tie: (h.what, h.alone, h.more) for h in found}
    assert ties[Tie.OVERRIDE] == ("webinar", True, f"until 2027-01-31: {text}")
    assert ties[Tie.SILENCE] == ("webinar: two-writers", True, f"until 2027-01-31: {text}")
    assert ties[Tie.SYSTEM][:2] == ("hubspot", True)
    assert ties[Tie.TOLD_OF_SYSTEM][:2] == ("hubspot", False)
