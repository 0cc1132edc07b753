"""The map and flows as text, Mermaid, SVG, JSON and sentences; hostile names stay names."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.flow_checks.registry import judge
from leadline.blueprint.graph import as_json, as_mermaid, as_svg, as_text
from leadline.blueprint.graph.build import build
from leadline.blueprint.graph.flow import (
    Blank,
    Consent,
    Edge,
    EdgeKind,
    Every,
    Flow,
    Live,
    Neither,
    Some,
    StepKind,
    Trigger,
    TriggerKind,
    Understanding,
)
from leadline.blueprint.graph.inventory import Inventory, Sync
from leadline.blueprint.graph.questions import impact, origin
from leadline.blueprint.graph.sentences import as_lines, tell
from leadline.blueprint.graph.single_points import single_points
from tests.unit.blueprint import from_json
from tests.unit.blueprint.flows import (
    branch,
    call,
    enroll,
    flow,
    happened,
    in_list,
    is_,
    is_not,
    mail,
    manual,
    on_change,
    on_criteria,
    on_form,
    otherwise,
    ref,
    step,
    stop,
    wait,
    when,
    write,
)

WEBINAR = flow(
    "Webinar",
    on_form("form webinar"),
    mail("1", "Your link", "2"),
    branch("2", when(is_("country", "DE"), "3"), when(in_list("9"), "4"), otherwise(None)),
    mail("3", "Hallo", "5"),
    mail("4", "Hello", "5"),
    write("5", "lifecyclestage", "lead", "6"),
    call("6", "slack", "7", Edge("8", EdgeKind.ERROR), kind=StepKind.NOTIFY),
    stop("7"),
    enroll("8", "nurture"),
)
HOSTILE = (
    "\"]; click n0 href 'javascript:alert(1)' <script>alert(1)</script> & `x` #35; {{y}} "
    "\x00\x1b[31m\n|end"
)


def hostile() -> Flow:
    nodes = mail("1", HOSTILE, "2"), branch("2", when(is_(HOSTILE, HOSTILE), "1", HOSTILE))
    return flow(HOSTILE, on_criteria(is_(HOSTILE, HOSTILE)), *nodes, system="hub<spot")


def test_a_flow_is_told_in_sentences_with_branches_indented() -> None:
    assert as_text.of_flow(WEBINAR) == (
        "Webinar (hubspot, on).\n"
        "It starts: when form webinar is filled in.\n"
        "Send Your link.\n"
        "Which path?\n"
        "  If country is any of DE:\n"
        "    Send Hallo.\n"
        "  If the contact is in list 9:\n"
        "    Send Hello.\n"
        "  Otherwise:\n"
        "    The path ends.\n"
        "Then, for all who are still in:\n"
        "Set lifecyclestage to lead.\n"
        "Call slack.\n"
        "  If that fails:\n"
        "    Enrol into nurture.\n"
        "End here.\n"
    )


def test_loops_dead_steps_unknown_steps_and_what_keeps_people_out_are_told() -> None:
    odd = step(
        "3", StepKind.OPAQUE, "", "1", source_type="1-77", understanding=Understanding.OPAQUE
    )
    off = mail("2", "Off", "3", enabled=False)
    one = flow("A", on_change("x"), mail("1", "m", "2"), off, odd, mail("9", "dead"),
               live=Live.UNSAID, keeps_out=is_("x", "1"), goal=is_("y", "1"),
               lists_kept_out=("4",))  # fmt: skip
    text = as_lines(tell(one))
    for said in (
        "on or off, the file does not say",
        "Kept out: x is any of 1.",
        "Kept out: members of list 4.",
        "Whoever meets the goal leaves at once: y is any of 1.",
        "Send Off. (This step is switched off.)",
        "Does something that is not known here (type 1-77).",
        'Go on at "send m", told above.',
        "Nothing leads to these steps:\n  Send dead.",
    ):
        assert said in text


def test_conditions_read_as_sentences_whatever_their_nesting() -> None:
    nested = Every(
        (
            Some((is_("x", "1"), Neither((is_("y", "2"), happened("mail opened"))))),
            Consent("news", True, "agreed to news"),
            is_not("z", "3", blank=Blank.PASSES),
        )
    )
    (line,) = [
        x for x in tell(flow("A", on_criteria(nested), mail("1", "m"))) if "It starts" in x.text
    ]
    assert line.text.endswith(
        "if (x is any of 1; or (none of these holds: (y is any of 2); (mail opened))); "
        "and agreed to news; and z is none of 3. Once only."
    )


def test_a_path_that_only_skips_the_others_goes_straight_on() -> None:
    ways = branch("1", when(is_("x", "1"), "2"), otherwise("3"))
    text = as_text.of_flow(flow("A", on_form(), ways, mail("2", "m", "3"), stop("3")))
    assert text.endswith("  Otherwise:\n    Straight on.\nThen, for all:\nEnd here.\n")


def test_a_trigger_with_a_node_of_its_own_is_told_and_drawn_once() -> None:
    node = step("Hook", StepKind.JOINT, "starts: a webhook", "1")
    off = step("Old hook", StepKind.JOINT, "starts: an old webhook", "1", enabled=False)
    ways = [
        Trigger(TriggerKind.WEBHOOK, f"a webhook {n}", starts_at=n) for n in ("Hook", "Old hook")
    ]
    one = flow("A", ways, node, off, mail("1", "m"), system="n8n")
    assert as_text.of_flow(one).count("webhook") == 2
    drawn = as_svg.of_flow(one)
    assert drawn.count("<rect") == 3
    assert "would start, switched off" in drawn
    assert as_mermaid.of_flow(one).count("webhook") == 2


def test_every_step_is_told_and_told_once() -> None:
    told = [line.step for line in tell(WEBINAR) if line.step and not line.text.endswith(":")]
    assert sorted(told) == sorted(WEBINAR.steps)


def test_a_thousand_branches_in_a_row_are_told() -> None:
    ways = [branch(str(n), when(is_("x", "1"), "end"), otherwise(str(n + 1))) for n in range(1000)]
    one = flow("Deep", on_form(), *ways, stop("1000"), stop("end"))
    assert len(tell(one)) > 1000


def test_the_texts_of_the_map_and_its_answers() -> None:
    other = flow("Sales", on_criteria(is_("lifecyclestage", "lead")), mail("1", "Hi"))
    syncs = (Sync(ref("salesforce.lead.Country"), ref("country"), "Salesforce sync"),)
    graph = build((WEBINAR, other), Inventory(syncs=syncs))
    stage = "hubspot.contact.lifecyclestage"
    assert as_text.of_node(impact(graph, stage)) == (
        f"field {stage}\n"
        "read or started by:\n"
        '  flow "Sales" (on): starts on it\n'
        "written, filled or sent by:\n"
        '  flow "Webinar" (on): writes lead (step 5)\n'
        "if it goes:\n"
        '  flow "Sales" (on) stops: nothing can start it any more.\n'
        "  message Hi stops: nothing sends it any more.\n"
    )
    assert as_text.of_origin(graph, stage, origin(graph, stage)) == (
        f'{stage} is filled by\n  flow "Webinar" (on) as lead (step 5)\n'
    )
    country = "hubspot.contact.country"
    assert as_text.of_origin(graph, country, origin(graph, country)) == (
        f"{country} is filled by\n  the sync Salesforce sync\n    from salesforce.lead.Country\n"
    )
    whole = as_text.whole(graph)
    assert '  flow "Webinar" (on)\n    starts on form webinar\n' in whole
    assert "1 object: contact (2 fields)" in whole
    assert as_text.of_single_points(single_points(graph, 1)).startswith(
        "event form webinar: 1 flow hangs on it"
    )


def test_mermaid_shows_ways_in_branches_and_failure() -> None:
    text = as_mermaid.of_flow(WEBINAR)
    assert text.startswith('flowchart TD\n  t0(["when form webinar is filled in"])\n  t0 --> n0\n')
    assert '  n1 -->|"country is any of DE"| n2\n' in text
    assert '  n5 -.->|"on failure"| n7\n' in text


def test_the_whole_map_folds_fields_into_objects_and_a_node_has_its_neighbours() -> None:
    graph = build((WEBINAR,))
    whole = as_mermaid.whole(graph)
    assert "lifecyclestage" not in whole
    assert '[("contact")]' in whole
    near = as_mermaid.around(graph, "hubspot.contact.lifecyclestage")
    assert '"lifecyclestage"' in near
    assert '-->|"writes"|' in near


def test_no_name_of_a_file_can_break_out_of_mermaid() -> None:
    one = hostile()
    graph = build((one,))
    texts = [as_mermaid.of_flow(one), as_mermaid.whole(graph), as_mermaid.around(graph, one.key)]
    node = re.compile(r'  +(?:n|t|s)\d+[\[\](){}<>/|]*"[^"<>`|\[\]{}\\]*"[\[\](){}<>/|]*')
    arrow = re.compile(r'  \w+ (?:-->|-\.->)(?:\|"[^"<>`|\[\]{}\\]*"\|)? \w+')
    frame = re.compile(r'flowchart \w\w|  style n0 .*|  end|  subgraph s\d+\["[^"<>`|\[\]{}]*"\]')
    for text in texts:
        for line in text.splitlines():
            assert any(p.fullmatch(line) for p in (node, arrow, frame)), line


@pytest.mark.parametrize("one", [WEBINAR, hostile()], ids=["plain", "hostile"])
def test_svg_is_well_formed_without_script_style_or_outside_request(one: Flow) -> None:
    graph = build((one,))
    findings = judge((one,), Facts())
    for text in (as_svg.of_flow(one, findings), as_svg.around(graph, one.key)):
        root = ElementTree.fromstring(text)
        names = {element.tag.partition("}")[2] for element in root.iter()}
        assert names <= {
            "svg",
            "g",
            "title",
            "defs",
            "marker",
            "path",
            "rect",
            "text",
            "tspan",
            "circle",
        }
        for element in root.iter():
            for name, value in element.attrib.items():
                assert not name.startswith("on")
                assert "href" not in name
                assert "http" not in value
        assert "currentColor" in text


def test_svg_marks_findings_at_their_steps_in_their_colour() -> None:
    one = flow("A", on_change("x"), write("1", "x", None, "2"), mail("2", "m"), mail("3", "dead"))
    text = as_svg.of_flow(one, judge((one,), Facts()))
    assert "var(--leadline-blocking" in text
    assert "var(--leadline-warning" in text
    assert "blocking: &quot;A&quot; writes x, which is what starts it" in text
    assert "leadline-mark" not in as_svg.of_flow(one)


def test_svg_draws_circles_ends_and_empty_flows() -> None:
    loop = flow("A", on_form(), mail("1", "m", "2"), wait("2", 60, "1"))
    assert as_svg.of_flow(loop).count("<rect") == 3
    ends = flow(
        "A", on_form(), branch("1", when(is_("x", "1"), "2"), otherwise(None)), mail("2", "m")
    )
    assert "leaves here" in as_svg.of_flow(ends)
    ElementTree.fromstring(as_svg.of_flow(flow("Nothing", ())))


def test_a_node_with_many_neighbours_counts_the_rest() -> None:
    flows = [flow(f"F{n}", on_change("x"), mail("1", "m")) for n in range(60)]
    text = as_svg.around(build(flows), "hubspot.contact.x")
    assert "36 more" in text


@pytest.mark.parametrize(
    "one", [WEBINAR, hostile(), flow("Empty", manual())], ids=lambda f: f.id[:9]
)
def test_json_holds_all_of_a_flow_and_is_stable(one: Flow) -> None:
    text = json.dumps(as_json.of_flow(one))
    assert from_json.flow(json.loads(text)) == one
    assert json.dumps(as_json.of_flow(from_json.flow(json.loads(text)))) == text


def test_the_map_as_json_does_not_depend_on_the_order_of_files() -> None:
    other = flow("Sales", on_criteria(is_("lifecyclestage", "lead")), mail("1", "Hi"))
    one = json.dumps(as_json.of_graph(build((WEBINAR, other))))
    assert one == json.dumps(as_json.of_graph(build((other, WEBINAR))))
    assert {"nodes", "links"} == set(json.loads(one))
