"""Whatever flows come, every check, answer and picture of them is given, and the same each time."""

from __future__ import annotations

import json
from types import MappingProxyType
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.blueprint.flow_checks.facts import Facts, Share
from leadline.blueprint.flow_checks.registry import judge
from leadline.blueprint.graph import as_json, as_mermaid, as_svg, as_text
from leadline.blueprint.graph.build import build
from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Consent,
    Edge,
    EdgeKind,
    Every,
    Failure,
    FieldRef,
    Flow,
    Happened,
    Live,
    Membership,
    Neither,
    Send,
    Some,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Unclear,
    Understanding,
    Write,
)
from leadline.blueprint.graph.inventory import Inventory, Sync
from leadline.blueprint.graph.questions import impact, origin
from leadline.blueprint.graph.resolve import resolve
from leadline.blueprint.graph.sentences import tell
from leadline.blueprint.graph.single_points import single_points
from leadline.blueprint.graph.walk import reached
from tests.unit.blueprint import from_json

IDS = st.sampled_from(["1", "2", "3", "4", "5", "missing"])
WORDS = st.sampled_from(["", "a", "is known", '"<b>&', "x\x00\ny", "#35;|", "ä" * 400])
FIELDS = st.builds(
    FieldRef, st.sampled_from(["hubspot", "n8n"]), st.sampled_from(["contact", ""]), WORDS
)
COMPARISONS = st.builds(
    Comparison,
    FIELDS,
    st.sampled_from(["IS_ANY_OF", "IS_NONE_OF", "IS_KNOWN", "?"]),
    WORDS,
    st.lists(WORDS, max_size=2).map(tuple),
    st.booleans(),
    st.sampled_from(Blank),
)
LEAVES = st.one_of(
    COMPARISONS,
    st.builds(Membership, IDS, st.booleans(), WORDS),
    st.builds(Happened, WORDS, st.booleans(), WORDS),
    st.builds(Consent, WORDS, st.booleans(), WORDS),
    st.builds(Unclear, WORDS, st.lists(FIELDS, max_size=1).map(tuple)),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda kind, parts: kind(tuple(parts)),
        st.sampled_from([Every, Some, Neither]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=5,
)
EDGES = st.builds(Edge, st.none() | IDS, st.sampled_from(EdgeKind), WORDS, st.none() | CONDITIONS)
TRIGGERS = st.builds(
    Trigger,
    st.sampled_from(TriggerKind),
    WORDS,
    st.none() | CONDITIONS,
    st.lists(FIELDS, max_size=1).map(tuple),
    st.none() | st.booleans(),
    st.none() | IDS,
)
STEPS = st.builds(
    Step,
    IDS.filter(lambda name: name != "missing"),
    st.sampled_from(StepKind),
    WORDS,
    WORDS,
    st.sampled_from(Understanding),
    st.lists(EDGES, max_size=3).map(tuple),
    st.lists(FIELDS, max_size=1).map(tuple),
    st.lists(st.builds(Write, FIELDS, st.none() | WORDS), max_size=2).map(tuple),
    st.lists(
        st.builds(
            Send, st.just("email"), WORDS, WORDS, checks_consent=st.sampled_from([None, False])
        ),
        max_size=1,
    ).map(tuple),
    calls_flows=st.lists(IDS, max_size=1).map(tuple),
    system=st.sampled_from(["", "slack", "hubspot"]),
    failure=st.sampled_from(Failure),
    enabled=st.booleans(),
)


@st.composite
def flows(draw: st.DrawFn) -> tuple[Flow, ...]:
    """Up to three flows; ids of steps, flows and lists are the same few, so that they meet."""
    made: list[Flow] = []
    for name in draw(st.lists(IDS, min_size=1, max_size=3, unique=True)):
        steps = draw(st.lists(STEPS, max_size=4, unique_by=lambda step: step.id))
        made.append(
            Flow(
                draw(st.sampled_from(["hubspot", "n8n"])),
                name,
                draw(WORDS),
                "file.json",
                draw(st.sampled_from(Live)),
                draw(st.sampled_from(["contact", ""])),
                tuple(draw(st.lists(TRIGGERS, max_size=2))),
                draw(st.none() | IDS),
                MappingProxyType({step.id: step for step in steps}),
                draw(st.none() | CONDITIONS),
            )
        )
    return tuple(made)


KNOWN = Facts(
    people=MappingProxyType({"hubspot/1": 500, "n8n/2": 9_000}),
    unknown=MappingProxyType({FieldRef("hubspot", "contact", "a"): Share(9, 10)}),
    syncs=(Sync(FieldRef("hubspot", "contact", "a"), FieldRef("n8n", "contact", "a"), "sync"),),
)


@settings(max_examples=30, deadline=None)
@given(flows())
def test_checks_say_something_readable_or_nothing_about_any_flow(made: tuple[Flow, ...]) -> None:
    keys = {flow.key for flow in made}
    findings = judge(made, KNOWN)
    assert findings == judge(made, KNOWN)
    for finding in findings:
        assert finding.message.endswith(".")
        assert len(finding.message) < 200
        assert "\n" not in finding.message
        assert {broken.flow for broken in finding.breaks} <= keys


@settings(max_examples=30, deadline=None)
@given(flows())
def test_the_map_answers_for_every_node_of_any_flows(made: tuple[Flow, ...]) -> None:
    graph = build(made, Inventory(syncs=KNOWN.syncs))
    assert all(link.source in graph.nodes and link.target in graph.nodes for link in graph.links)
    for node in graph.nodes:
        answer = impact(graph, node)
        assert node not in {stop.node.id for stop in answer.stops}
        assert as_text.of_node(answer)
        assert as_text.of_origin(graph, node, origin(graph, node))
        assert resolve(graph, node).nodes == (node,)
        ElementTree.fromstring(as_svg.around(graph, node))
        as_mermaid.around(graph, node)
    assert as_text.whole(graph)
    single_points(graph)


@settings(max_examples=30, deadline=None)
@given(flows())
def test_every_flow_can_be_told_drawn_and_written(made: tuple[Flow, ...]) -> None:
    findings = judge(made, KNOWN)
    for one in made:
        ElementTree.fromstring(as_svg.of_flow(one, findings))
        assert as_mermaid.of_flow(one).startswith("flowchart TD\n")
        told = {line.step for line in tell(one)}
        hidden = {trigger.starts_at for trigger in one.triggers}
        assert reached(one) <= told | hidden
        written = json.loads(json.dumps(as_json.of_flow(one)))
        assert json.dumps(as_json.of_flow(from_json.flow(written))) == json.dumps(written)
