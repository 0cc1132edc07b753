"""What an inspection says: in the terminal, as JSON, and on the page."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import orjson
import pytest

from leadline.blueprint.finding import Example, Finding
from leadline.blueprint.graph.flow import Edge, Flow, Live, Step, StepKind
from leadline.inspection.as_json import as_json
from leadline.inspection.inspect import judge
from leadline.inspection.masks import Shown
from leadline.inspection.outcome import Inspection
from leadline.inspection.report.dictionary import dictionary
from leadline.inspection.report.outline import Pointer, outline
from leadline.inspection.report.outline import Shown as ShownStep
from leadline.inspection.report.page import page
from leadline.inspection.summary import summary
from tests.unit.inspection import sample
from tests.unit.inspection.sample import COUNTRY, rule

MASKED, BARE = Shown(), Shown(values=True)
ADDRESS = re.compile(r"(eve|cem|maria\.huber)@")


@pytest.fixture(scope="module")
def inspection() -> Inspection:
    return judge(sample.reading(), sample.findings())


@pytest.fixture(scope="module")
def html(inspection: Inspection) -> str:
    return page(inspection, MASKED)


def terminal(inspection: Inspection, shown: Shown = MASKED) -> str:
    return "\n".join(f"{' ' * line.indent}{line.text}" for line in summary(inspection, shown))


def test_the_first_screen_has_the_headline_the_worst_and_the_verdicts(
    inspection: Inspection,
) -> None:
    lines = terminal(inspection).splitlines()
    assert lines[0] == "2 of 4 live flows stand on data that cannot carry them."
    assert "Mend these four first" in lines
    assert any("2 of 6 contacts in HubSpot have no country." in line for line in lines)
    assert any(line.split()[:4] == ["2", "cannot", "be", "carried"] for line in lines)
    assert "Findings: 1 blocking, 3 warnings, 1 note." in lines


def test_values_of_people_are_masked_everywhere_unless_asked_for(inspection: Inspection) -> None:
    told = [
        terminal(inspection),
        orjson.dumps(as_json(inspection, MASKED)).decode(),
        page(inspection, MASKED),
    ]
    assert [ADDRESS.findall(text) for text in told] == [[], [], []]
    bare = orjson.dumps(as_json(inspection, BARE)).decode()
    assert {"eve", "cem"} <= set(ADDRESS.findall(bare))
    assert "maria.huber@" in page(inspection, BARE)


def test_the_json_has_the_keys_that_are_documented(inspection: Inspection) -> None:
    from pathlib import Path  # noqa: PLC0415

    told = as_json(inspection, MASKED)
    text = Path("docs/reference/inspect-json.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_]+)`", text, re.MULTILINE))
    written = set(told) | set(told["figures"])
    for name in ("verdicts", "findings", "causes", "not_judged", "files"):
        written |= {key for each in told[name] for key in each}
    written |= {key for each in told["verdicts"] for reason in each["reasons"] for key in reason}
    assert written <= documented
    assert orjson.loads(orjson.dumps(told)) == told


def test_the_json_refers_to_findings_by_ids_that_stay(inspection: Inspection) -> None:
    told = as_json(inspection, MASKED)
    ids = [finding["id"] for finding in told["findings"]]
    assert len(set(ids)) == len(ids)
    assert set(told["worst"]) <= set(ids)
    assert ids[0] == "negative-and-unknown/hubspot/11/hubspot.contact.lifecyclestage"


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_everything_read_is_escaped(html: str) -> None:
    assert "<b>new</b>" not in html
    assert "Welcome &lt;b&gt;new&lt;/b&gt; leads" in html
    assert "<script>alert" not in html
    hostile = Finding(
        rule("x"),
        "</script><img src=x onerror=alert(1)>",
        "hubspot",
        fields=(COUNTRY,),
        examples=(Example("</td><svg onload=alert(1)>", {"<i>": "<u>'\"</u>"}),),
    )
    told = page(judge(sample.reading(), [hostile]), BARE)
    assert not {"img", "i", "u"} & {tag for tag, _ in Elements(told).found}
    assert not [a for _, a in Elements(told).found if any(name.startswith("on") for name in a)]


def test_a_name_that_ends_a_script_cannot_end_the_map() -> None:
    flow = replace(sample.welcome(), name="</script><script>alert(1)</script>")
    told = page(judge(sample.reading(sample.stack([flow])), []), BARE)
    assert [tag for tag, _ in Elements(told).found].count("script") == 2
    (data,) = re.findall(r'id="map-data">(.*?)</script>', told, re.DOTALL)
    assert "</script><script>alert(1)</script>" in [node[1] for node in orjson.loads(data)["nodes"]]


def test_the_page_asks_the_network_for_nothing_and_allows_its_own_code_only(html: str) -> None:
    elements = Elements(html).found
    (policy,) = [a["content"] for t, a in elements if a.get("http-equiv")]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not [a for _, a in elements if {"src", "style"} & set(a)]
    links = [a["href"] for t, a in elements if "href" in a]
    assert links
    assert all(link and link.startswith("#") for link in links)
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in html


def test_every_link_of_the_page_leads_to_a_place_on_it(html: str) -> None:
    elements = Elements(html).found
    ids = [a["id"] for _, a in elements if "id" in a]
    assert len(set(ids)) == len(ids)
    assert {a["href"] for _, a in elements if "href" in a} <= {f"#{name}" for name in ids}


def test_headings_tables_and_inputs_are_told_to_those_who_do_not_see(html: str) -> None:
    elements = Elements(html).found
    levels = [int(tag[1]) for tag, _ in elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    labelled = {a.get("for") for tag, a in elements if tag == "label"}
    for tag, attributes in elements:
        if tag == "input" and attributes.get("type") == "search":
            assert attributes["id"] in labelled
        if tag == "th":
            assert attributes.get("scope") in {"col", "row"}
        if attributes.get("class") == "scroll":
            assert attributes.get("tabindex") == "0"
            assert attributes.get("aria-label")


def test_findings_stand_at_the_step_where_they_bite(html: str) -> None:
    (step,) = re.findall(r'id="flow-1-2">(.*?)</div></div>', html, re.DOTALL)
    assert "look at the country" in step
    assert "Field mostly unknown" in step


def test_what_was_not_judged_and_every_column_stand_on_the_page(html: str) -> None:
    assert "hubspot-property-history was not given" in html
    assert "Lifecycle stage" in html
    assert "67 %" in html  # four of six contacts have a country


def test_a_stack_with_nothing_in_it_makes_a_page_too() -> None:
    bare = replace(sample.reading(sample.stack([])), files=(), unread=(), missing=())
    empty = replace(bare.stack, tables=())
    told = page(judge(replace(bare, stack=empty), []), MASKED)
    assert "No finding." in told
    assert "No table was given." in told


def test_the_dictionary_counts_values_and_names_types() -> None:
    (contacts, _) = dictionary(sample.stack())
    found = {each.column.name: each for each in contacts.columns}
    assert (found["country"].filled, found["country"].distinct) == (4, 3)
    assert found["email"].type == "email"
    assert found["country"].read_by == ("hubspot/11", "hubspot/12")
    assert found["lifecyclestage"].written_by == ("hubspot/11",)


def made(steps: dict[str, tuple[str | None, ...]]) -> Flow:
    """A flow of steps, each with where it leads."""
    return Flow(
        "x", "1", "x", "x", Live.ON, "contact", (), next(iter(steps)),
        {name: Step(name, StepKind.BRANCH if len(to) > 1 else StepKind.WAIT, name, "t",
                    edges=tuple(Edge(each, label=f"{name}>{each}") for each in to))
         for name, to in steps.items()},
    )  # fmt: skip


def told(items: object) -> list[object]:
    """An outline as nested lists of names; "^x" points back, "~x" on."""
    found: list[object] = []
    for item in items:  # type: ignore[attr-defined]
        if isinstance(item, Pointer):
            found.append(f"{'^' if item.back else '~'}{item.step}")
        else:
            assert isinstance(item, ShownStep)
            found.append(item.step.id)
            found += [told(path.items) for path in item.paths]
    return found


def test_branches_that_come_together_go_on_once() -> None:
    laid = outline(made({"a": ("b", "c"), "b": ("d",), "c": ("d",), "d": ()}))
    assert told(laid.starts[0]) == ["a", ["b"], ["c"], "d"]


def test_a_loop_is_a_line_that_points_back() -> None:
    laid = outline(made({"a": ("b",), "b": ("c", None), "c": ("a",)}))
    assert told(laid.starts[0]) == ["a", "b", ["c", "^a"], []]


def test_every_step_is_drawn_once_and_what_nothing_leads_to_at_the_end() -> None:
    laid = outline(made({"a": ("b", "c"), "b": ("e",), "c": ("d", "e"), "d": (), "e": (), "z": ()}))
    names = re.findall(r"'([a-z])'", str(told(laid.starts[0])))
    assert sorted(names) == ["a", "b", "c", "d", "e"]
    assert [step.id for step in laid.unreached] == ["z"]


def test_a_step_that_is_not_in_the_file_is_said() -> None:
    laid = outline(made({"a": ("gone",)}))
    assert told(laid.starts[0]) == ["a", "~gone"]


def test_branches_nested_a_thousand_deep_are_drawn_without_end() -> None:
    steps: dict[str, tuple[str | None, ...]] = {f"s{n}": (f"s{n + 1}", f"t{n}") for n in range(390)}
    steps |= {f"t{n}": () for n in range(5)}
    assert outline(made(steps)).starts
    deep = {f"s{n}": (f"s{n + 1}",) for n in range(5000)}
    assert outline(made(deep)).starts
