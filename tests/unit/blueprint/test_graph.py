"""The map and what it answers."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.flow_checks.registry import judge
from leadline.blueprint.graph.build import Graph, NodeKind, Relation, build, of_kind
from leadline.blueprint.graph.flow import (
    Call,
    Flow,
    Happened,
    Live,
    Send,
    Some,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Understanding,
    Write,
)
from leadline.blueprint.graph.inventory import FieldSeen, Inventory, ObjectSeen, Sync
from leadline.blueprint.graph.questions import impact, origin
from leadline.blueprint.graph.resolve import resolve
from leadline.blueprint.graph.single_points import single_points
from tests.unit.blueprint.flows import (
    branch,
    call,
    enroll,
    flow,
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
    wait,
    when,
    write,
)

WEBINAR = flow(
    "Webinar",
    on_form("form webinar"),
    mail("1", "Your link", "2"),
    branch("2", when(is_("country", "DE"), "3"), otherwise("4")),
    write("3", "lifecyclestage", "lead", "5"),
    write("4", "lifecyclestage", "subscriber", "5"),
    enroll("5", "nurture"),
)
NURTURE = flow("Nurture", manual(), mail("1", "Tip"))
SALES = flow("Sales", on_criteria(is_("lifecyclestage", "lead")), call("1", "slack"), id="77")
OTHERS = flow("By list", on_criteria(in_list("5")), mail("1", "List mail"))
LEAD_SYNC = Sync(ref("salesforce.lead.Country"), ref("country"), "Salesforce sync")
TABLES = Inventory(
    objects=(
        ObjectSeen("hubspot", "contact", 900, (FieldSeen(ref("firstname"), "First name", 700),)),
    ),
    syncs=(LEAD_SYNC,),
)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return build((WEBINAR, NURTURE, SALES, OTHERS), TABLES)


def ties(graph: Graph) -> set[tuple[str, Relation, str]]:
    return {(link.source, link.relation, link.target) for link in graph.links}


def test_links_run_the_way_that_data_and_starts_run(graph: Graph) -> None:
    stage = "hubspot.contact.lifecyclestage"
    assert {
        ("hubspot/event/form webinar", Relation.STARTS, "hubspot/webinar"),
        ("hubspot.contact.country", Relation.READS, "hubspot/webinar"),
        ("hubspot/webinar", Relation.WRITES, stage),
        (stage, Relation.STARTS, "hubspot/77"),
        ("hubspot/webinar", Relation.ENROLS, "hubspot/nurture"),
        ("hubspot/webinar", Relation.SENDS, "hubspot/message/Your link"),
        ("hubspot/list/5", Relation.STARTS, "hubspot/by-list"),
        ("salesforce.lead.Country", Relation.COPIES, "hubspot.contact.country"),
        ("hubspot", Relation.HOLDS, "hubspot.contact"),
        ("hubspot.contact", Relation.HOLDS, stage),
        ("hubspot/77", Relation.CALLS, "slack"),
    } <= ties(graph)


def test_a_link_carries_the_steps_that_make_it(graph: Graph) -> None:
    (link,) = [x for x in graph.links if x.relation is Relation.WRITES]
    assert link.steps == ("3", "4")


def test_tables_put_fields_on_the_map_that_no_flow_touches(graph: Graph) -> None:
    node = graph.nodes["hubspot.contact.firstname"]
    assert (node.name, node.records) == ("First name", 700)
    assert graph.nodes["hubspot.contact"].records == 900


def test_steps_that_are_not_known_stay_on_the_map_and_dead_ones_have_no_effect() -> None:
    odd = step("1", StepKind.OPAQUE, "?", understanding=Understanding.OPAQUE, system="acme")
    graph = build([flow("A", on_form(), odd, write("2", "x", "1"))])
    assert graph.nodes["hubspot/a"].opaque == 1
    assert ("hubspot/a", Relation.CALLS, "acme") in ties(graph)
    assert "hubspot.contact.x" not in graph.nodes


def test_hosts_lists_and_missing_flows_are_nodes() -> None:
    posted = step("1", StepKind.CALL, "post", "2", call=Call("POST", "api.example.com"))
    listed = step("2", StepKind.LIST, "add to list 9", "3", lists=("9",))
    graph = build([flow("A", on_form(), posted, listed, enroll("3", "404"))])
    assert graph.nodes["host/api.example.com"].kind is NodeKind.HOST
    assert ("hubspot/a", Relation.LISTS, "hubspot/list/9") in ties(graph)
    assert graph.nodes["hubspot/404"].name == "404 (no file)"


@pytest.mark.parametrize(
    "name",
    [
        "hubspot.contact.lifecyclestage",
        "contact.lifecyclestage",
        "contact.lifecycle_stage",
        "Lifecycle Stage",
        "HUBSPOT.Contact.LifecycleStage",
    ],
)
def test_a_field_is_found_by_the_vendors_name_and_by_ours(graph: Graph, name: str) -> None:
    assert resolve(graph, name).nodes == ("hubspot.contact.lifecyclestage",)


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("Sales", "hubspot/77"),
        ("77", "hubspot/77"),
        ("hubspot/77", "hubspot/77"),
        ("hubspot", "hubspot"),
        ("First name", "hubspot.contact.firstname"),
        ("list 5", "hubspot/list/5"),
        ("your link", "hubspot/message/Your link"),
    ],
)
def test_other_things_are_found_by_name_or_id(graph: Graph, name: str, node: str) -> None:
    assert resolve(graph, name).nodes == (node,)


def test_an_alias_and_a_name_of_two_systems() -> None:
    one = flow(
        "A", on_form(), write("1", "stage", "x", "2"), write("2", "salesforce.lead.Stage", "x")
    )
    graph = build([one])
    assert resolve(graph, "contact.phase", {"contact.phase": "contact.stage"}).nodes == (
        "hubspot.contact.stage",
    )
    assert resolve(graph, "stage").nodes == ("hubspot.contact.stage", "salesforce.lead.Stage")


def test_an_unknown_name_offers_the_nearest(graph: Graph) -> None:
    asked = resolve(graph, "contact.lifecylestage")
    assert asked.nodes == ()
    assert asked.message == (
        'Nothing on the map is called "contact.lifecylestage". '
        'Did you mean "hubspot.contact.lifecyclestage"?'
    )
    assert resolve(graph, "zzzzzz").nearest == ()


def test_impact_of_a_field(graph: Graph) -> None:
    answer = impact(graph, "hubspot.contact.lifecyclestage")
    assert [(use.node.name, use.how) for use in answer.reads] == [("Sales", Relation.STARTS)]
    assert [(use.node.name, use.steps) for use in answer.writes] == [("Webinar", ("3", "4"))]
    assert [(stop.node.name, stop.sure) for stop in answer.stops] == [("Sales", True)]


def test_impact_follows_what_stops(graph: Graph) -> None:
    stops = {
        stop.node.name: stop.sure for stop in impact(graph, "hubspot/event/form webinar").stops
    }
    assert stops == {
        "Webinar": True,
        "Nurture": True,
        "Your link": True,
        "Tip": True,
        "lifecyclestage": False,
    }


def test_a_flow_with_another_way_in_or_another_caller_goes_on() -> None:
    either = flow("A", on_criteria(Some((is_("x", "1"), is_("y", "1")))), mail("1", "m"))
    callers = [flow(n, on_change(f), enroll("1", "end")) for n, f in (("B", "x"), ("C", "z"))]
    graph = build([either, *callers, flow("End", manual(), mail("1", "n"))])
    stops = {stop.node.name: stop.sure for stop in impact(graph, "hubspot.contact.x").stops}
    assert stops == {"A": False, "B": True}


def test_impact_of_a_system_holds_its_flows_and_reaches_others() -> None:
    abroad = flow("Abroad", on_change("x"), mail("1", "n"), system="n8n")
    graph = build([WEBINAR, abroad])
    answer = impact(graph, "hubspot")
    assert {stop.node.name for stop in answer.stops} >= {"Webinar", "Abroad"}
    assert [use.node.name for use in answer.reads] == ["Abroad"]


def test_what_a_thousand_flows_feed_stops_with_the_last_of_them() -> None:
    many = [
        flow(f"F{n}", on_change("x"), mail("1", "shared", "2"), write("2", "y", "1", "3"),
             enroll("3", "end"))
        for n in range(1_000)
    ]  # fmt: skip
    end = flow("End", manual(), mail("1", "last"))
    stops = {s.node.name: s.sure for s in impact(build([*many, end]), "hubspot.contact.x").stops}
    assert (len(stops), stops["shared"], stops["y"], stops["End"]) == (1_004, True, False, True)
    assert stops["last"]
    spared = [*many, flow("Other", on_change("z"), *many[0].steps.values()), end]
    stops = {s.node.name: s.sure for s in impact(build(spared), "hubspot.contact.x").stops}
    assert len(stops) == 1_000


def test_a_flow_that_is_off_does_not_stop(graph: Graph) -> None:
    off = build([replace(SALES, live=Live.OFF)])
    assert impact(off, "hubspot.contact.lifecyclestage").stops == ()


def test_a_field_that_only_lets_people_in_again_closes_no_way_in() -> None:
    again = replace(on_criteria(is_("x", "1"), again=True), reads=(ref("y"),))
    graph = build([flow("A", again, mail("1", "m"))])
    assert [stop.sure for stop in impact(graph, "hubspot.contact.y").stops] == [False]
    assert impact(graph, "hubspot.contact.x").stops[0].sure


def test_where_a_value_comes_from_is_followed_through_flows_and_syncs() -> None:
    graded = step(
        "1", StepKind.WRITE, "grade", writes=(Write(ref("grade"), None, (ref("score"),)),)
    )
    flows = [flow("Grade", on_form(), graded), flow("Hot", on_form(), write("1", "grade", "A"))]
    syncs = (Sync(ref("salesforce.lead.Score"), ref("score"), "Salesforce sync"),)
    graph = build(flows, Inventory(syncs=syncs))
    first, second = origin(graph, "hubspot.contact.grade")
    assert first.by is not None
    assert (first.by.name, first.values) == ("Grade", ())
    (score,) = first.sources
    assert score.node.id == "hubspot.contact.score"
    assert score.sources[0].sources[0].node.id == "salesforce.lead.Score"
    assert second.values == ("A",)


def test_origins_that_go_in_a_circle_end() -> None:
    syncs = (Sync(ref("a"), ref("b"), "there"), Sync(ref("b"), ref("a"), "back"))
    graph = build([], Inventory(syncs=syncs))
    (found,) = origin(graph, "hubspot.contact.a")
    assert found.sources[0].sources[0].sources[0].sources == ()


def test_single_points_of_failure() -> None:
    score = flow("Score", on_form(), write("1", "score", None))
    readers = [
        flow(f"R{n}", on_criteria(is_("score", "hot")), mail("1", f"m{n}")) for n in range(3)
    ]
    graph = build([score, *readers, replace(readers[0], id="off", live=Live.OFF)])
    points = {point.node.id: (len(point.flows), point.why) for point in single_points(graph)}
    assert points["hubspot.contact.score"] == (3, "no other way in")
    assert points["hubspot/score"] == (3, "alone fills score")


def test_an_event_that_starts_without_a_condition_is_found() -> None:
    scheduled = flow("A", Trigger(TriggerKind.SCHEDULE, "every day"), mail("1", "m"))
    graph = build([scheduled])
    assert [n.id for n in of_kind(graph, NodeKind.EVENT)] == ["hubspot/event/every day"]
    assert [s.node.name for s in impact(graph, "hubspot/event/every day").stops] == ["A", "m"]


def test_an_event_asked_at_a_branch_is_read() -> None:
    asked = branch("1", when(Happened("mail opened", True, "mail opened"), "2"), otherwise("2"))
    graph = build([flow("A", on_form(), asked, mail("2", "m"))])
    assert ("hubspot/event/mail opened", Relation.READS, "hubspot/a") in ties(graph)


def large(many: int, steps: int) -> list[Flow]:
    """Flows as wide as real ones: mails, waits, writes, branches and posts in turn."""
    flows: list[Flow] = []
    for n in range(many):
        made: list[Step] = []
        for i in range(steps):
            to = (str(i + 1),) if i + 1 < steps else ()
            name = f"f{(n * 7 + i * 13) % 300}"
            match i % 5:
                case 0:
                    send = Send("email", "hubspot", f"m{n}-{i}", checks_consent=True)
                    made.append(mail(str(i), "m", *to, send=send))
                case 1:
                    made.append(wait(str(i), 3600, *to))
                case 2:
                    made.append(write(str(i), name, "abc"[n % 3], *to))
                case 3:
                    ways = when(is_(name, "a"), to[0]), when(is_not(name, "b"), str(steps - 1))
                    made.append(branch(str(i), *ways, otherwise(to[0])))
                case _:
                    made.append(call(str(i), "slack", *to, kind=StepKind.NOTIFY))
        flows.append(flow(f"Flow {n}", on_criteria(is_(f"f{n % 300}", "a")), *made))
    return flows


def test_two_hundred_flows_of_fifty_steps_take_a_fraction_of_a_second() -> None:
    flows = large(200, 50)
    start = time.process_time()
    graph = build(flows)
    judge(flows, Facts())
    impact(graph, resolve(graph, "contact.f7").nodes[0])
    # A tenth of what is promised for 2,000 flows (3 s), with room for a busy machine.
    assert time.process_time() - start < 1.0
