"""A project's workflows as neutral flows, and the map that is made of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from benchmarks.ground.projects import project_files
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.flow_checks.registry import judge
from leadline.blueprint.graph import as_json, as_mermaid, as_text
from leadline.blueprint.graph.asking import Asked, all_of, fields_read
from leadline.blueprint.graph.build import Graph, Link, NodeKind, Relation
from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    EdgeKind,
    Failure,
    Flow,
    Happened,
    StepKind,
    TriggerKind,
)
from leadline.blueprint.graph.of_project import flows_of
from leadline.blueprint.graph.project_map import project_map
from leadline.blueprint.graph.questions import Impact, impact, origin
from leadline.blueprint.graph.resolve import resolve
from leadline.blueprint.graph.single_points import single_points
from leadline.project.files import Files
from leadline.project.known import Known, Seen, Volume
from leadline.project.parse import parse
from leadline.project.project import Project
from tests.unit.blueprint.project_files import FILES, project


@pytest.fixture(scope="module")
def acme() -> Project:
    return project()


@pytest.fixture(scope="module")
def launch(acme: Project) -> Flow:
    return next(flow for flow in flows_of(acme) if flow.id == "launch")


@pytest.fixture(scope="module")
def graph(acme: Project) -> Graph:
    return project_map(acme, "prod")


def asked(graph: Graph, name: str) -> Impact:
    (node,) = resolve(graph, name).nodes
    return impact(graph, node)


def link(graph: Graph, source: str, relation: Relation, target: str) -> Link:
    ours = {name: name for name in graph.nodes}
    ends = [
        resolve(graph, name).nodes[0] if name not in ours else name for name in (source, target)
    ]
    return next(x for x in graph.out[ends[0]] if x.relation is relation and x.target == ends[1])


def test_what_starts_a_workflow_says_the_event_who_is_let_in_and_how_often(launch: Flow) -> None:
    (trigger,) = launch.triggers
    assert trigger.kind is TriggerKind.EVENT
    assert trigger.words == "when launch.joined happens, once per event.launch"
    assert trigger.again is True
    assert [str(ref) for ref in fields_read(trigger.condition)] == ["Leadline.contact.size"]
    assert str(launch.once_per) == "Leadline.launch.joined.launch"


def test_what_ends_a_run_and_what_counts_as_success_are_kept(launch: Flow) -> None:
    assert launch.stops == Happened("launch.left", True, "launch.left happens")
    assert launch.success == Happened("launch.seen", True, "launch.seen happens")


def test_a_send_keeps_what_its_message_shows_its_stand_ins_and_its_deadline(launch: Flow) -> None:
    step = launch.steps["welcome"]
    (sent,) = step.sends
    assert {str(ref) for ref in sent.reads} == {
        "Leadline.contact.first_name",
        "Leadline.launch.joined.title",
    }
    assert {str(ref) for ref in step.reads} == {str(r) for r in sent.reads} | {
        "Leadline.contact.email",
        "Leadline.launch.joined.starts_at",
    }
    assert [str(ref) for ref in step.stand_ins] == ["Leadline.contact.first_name"]
    assert step.deadline == "not after 1 hour before event.starts_at"
    assert step.system == "mail"


def test_a_save_writes_by_the_names_of_the_system_and_reads_what_it_depends_on(
    launch: Flow,
) -> None:
    step = launch.steps["crm"]
    writes = {w.field.name: (w.value, w.mode, w.only, *map(str, w.source)) for w in step.writes}
    assert writes == {
        "topic": (None, "set", "", "Leadline.launch.joined.title"),
        "lifecyclestage": ("lead", "set", "forward"),
        "visits": (None, "increment", ""),
    }
    read = {str(ref) for ref in step.reads}
    assert {"hubspot.contact.lifecyclestage", "hubspot.contact.visits"} <= read


@pytest.mark.parametrize(
    ("step", "failure", "words"),
    [
        ("welcome", Failure.RETRIED, (21_600, "carries on", ())),
        ("crm", Failure.HANDLED, (86_400, "dead letter", ("ann@acme.example",))),
        ("seen", Failure.STOPS, (1_800, "ends the run", ())),
        ("tell", Failure.HANDLED, (3_600, 'goes to "end"', ())),
    ],
)
def test_each_failure_policy_is_kept(
    launch: Flow, step: str, failure: Failure, words: tuple[float, str, tuple[str, ...]]
) -> None:
    found = launch.steps[step]
    assert found.failure is failure
    assert found.policy is not None
    assert (found.policy.for_s, found.policy.then, found.policy.tells) == words


def test_a_wait_keeps_what_it_waits_for_and_both_ways_on(launch: Flow) -> None:
    seen = launch.steps["seen"]
    assert (seen.kind, seen.system, seen.sees) == (StepKind.WAIT, "hubspot", "crm")
    assert [(e.to, e.kind) for e in seen.edges] == [("who", EdgeKind.NEXT), (None, EdgeKind.ELSE)]
    wait = launch.steps["wait"]
    came, vain = wait.edges
    assert [str(ref) for ref in fields_read(came.condition)] == ["Leadline.launch.seen.minutes"]
    assert (vain.to, vain.kind) == ("tell", EdgeKind.ELSE)


def test_a_failure_that_goes_to_a_step_is_an_edge(launch: Flow) -> None:
    assert [(e.to, e.kind) for e in launch.steps["tell"].edges] == [
        ("end", EdgeKind.NEXT),
        ("end", EdgeKind.ERROR),
    ]


def test_a_choice_keeps_every_branch_and_where_the_unknown_goes(launch: Flow) -> None:
    edges = launch.steps["who"].edges
    assert [(e.to, e.kind, e.label) for e in edges] == [
        ("wait", EdgeKind.BRANCH, ""),
        ("ours", EdgeKind.ELSE, "where it cannot be known"),
        ("on", EdgeKind.ELSE, ""),
    ]


def test_who_is_unknown_passes_a_none_only_where_the_phrase_says_so(launch: Flow) -> None:
    condition = launch.steps["who"].edges[0].condition
    assert condition is not None
    blanks = {
        one.words: Asked(one, turned).blank
        for one, turned in all_of(condition)
        if isinstance(one, Comparison)
    }
    assert blanks == {"is DE": Blank.FAILS, "is not AT or unknown": Blank.FAILS}


def test_steps_stand_in_the_order_of_the_file(launch: Flow) -> None:
    names = ["welcome", "crm", "seen", "who", "wait", "on", "ours", "tell", "end"]
    assert list(launch.steps) == names


def test_checks_of_flows_read_a_project_too(acme: Project) -> None:
    found = {finding.rule.code for finding in judge(flows_of(acme), Facts())}
    assert "no-error-path" in found  # "then: stop" tells nobody
    assert not found & {"flow-missing", "never-entered", "send-without-consent"}


def test_the_map_holds_what_no_workflow_uses_too() -> None:
    idle = {"workflows/launch.yaml": NOTHING, "workflows/nurture.yaml": NOTHING}
    found = project_map(project({**FILES, "messages/spare.md": "Hello.\n", **idle}), "prod")
    assert {"mail", "slack", "Leadline/message/spare", "Leadline/event/launch.seen"} <= set(
        found.nodes
    )


NOTHING = "name: A\nstarts: { when: launch.joined }\nsteps:\n  - { step: end, stop: done }\n"


def test_an_event_starts_ends_wakes_and_is_counted(graph: Graph) -> None:
    ties = {
        (graph.nodes[x.source].name, x.relation)
        for x in graph.into["Leadline/launch"]
        if graph.nodes[x.source].kind is NodeKind.EVENT
    }
    assert ties == {
        ("launch.joined", Relation.STARTS),
        ("launch.left", Relation.ENDS),
        ("launch.seen", Relation.WAKES),
        ("launch.seen", Relation.COUNTS),
    }


def test_each_tie_says_owner_interval_lag_limit_and_volume(graph: Graph) -> None:
    start = link(graph, "launch.joined", Relation.STARTS, "Leadline/launch").terms
    assert start.owner == "ann@acme.example"
    assert start.volume is not None
    assert (start.volume.per_day, start.volume.most, start.volume.in_s) == (None, 500, 60.0)
    sync = link(graph, "hubspot.contact.topic", Relation.COPIES, "Leadline.contact.topic").terms
    assert (sync.owner, sync.every_s, sync.lag_s) == ("ann@acme.example", 900.0, 30.0)
    write = link(graph, "Leadline/nurture", Relation.WRITES, "hubspot.contact.topic").terms
    assert (write.owner, write.lag_s) == ("bob@acme.example", 30.0)
    assert [(x.name, x.most) for x in write.limits] == [("ten seconds", 190), ("day", 625_000)]
    assert write.volume == start.volume  # nobody is enrolled who was not let in
    posts = link(graph, "Leadline/launch", Relation.POSTS, "slack/channel/sales").terms
    assert [(x.most, x.in_s, x.each) for x in posts.limits] == [
        (1, 1.0, "channel"),
        (300, 60.0, "connection"),
    ]


def test_limits_are_those_of_the_environment_and_the_teams_own_figure(acme: Project) -> None:
    free = project_map(acme, "dev").nodes["hubspot"].terms.limits
    assert [x.most for x in free] == [100, 250_000, 5]
    (mail,) = project_map(acme, "prod").nodes["mail"].terms.limits
    assert (mail.most, mail.in_s) == (20, 1.0)


def test_what_was_counted_stands_on_the_map(acme: Project) -> None:
    known = Known(
        date(2026, 11, 1),
        1_000,
        {"country": Seen(250, 1_000)},
        {"launch.joined": Volume(40.5, 300, timedelta(minutes=1))},
    )
    graph = project_map(replace(acme, known=known), "prod")
    assert graph.nodes["Leadline.contact"].records == 1_000
    assert graph.nodes["Leadline.contact.country"].records == 750
    volume = graph.nodes["Leadline/nurture"].terms.volume
    assert volume is not None
    assert (volume.per_day, volume.most) == (40.5, 500)  # the team expects more than was seen


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("hubspot.contact.lifecyclestage", "Leadline.contact.stage"),
        ("contact.stage", "Leadline.contact.stage"),
        ("stage", "Leadline.contact.stage"),
        ("launch", "Leadline/launch"),
        ("workflows/launch.yaml", "Leadline/launch"),
        ("Nurture", "Leadline/nurture"),
        ("messages/hot", "Leadline/message/hot"),
        ("launch.left", "Leadline/event/launch.left"),
        ("event.minutes", "Leadline.launch.seen.minutes"),
        ("slack", "slack"),
        ("sales", "slack/channel/sales"),
        ("ann@acme.example", "owner/ann@acme.example"),
    ],
)
def test_one_resolver_finds_everything_by_any_of_its_names(
    graph: Graph, name: str, node: str
) -> None:
    assert resolve(graph, name).nodes == (node,)


def test_an_unknown_name_offers_what_people_would_write(graph: Graph) -> None:
    assert resolve(graph, "contact.stge").message == (
        'Nothing on the map is called "contact.stge". Did you mean "contact.stage"?'
    )


def test_a_field_is_one_thing_by_our_name_and_the_systems(graph: Graph) -> None:
    answer = asked(graph, "hubspot.contact.lifecyclestage")
    assert answer == asked(graph, "contact.stage")
    assert [(n.node.id, n.every_s, n.lag_s) for n in answer.names] == [
        ("hubspot.contact.lifecyclestage", 900.0, 30.0)
    ]
    assert [(use.node.name, use.steps) for use in answer.writes] == [("Launch", ("crm",))]
    (fails,) = answer.fails
    assert (fails.node.name, fails.steps) == ("Launch", ("crm",))
    assert fails.then == "retries 1 day, then dead letter, and tells ann@acme.example"


def test_the_system_of_record_is_named(graph: Graph) -> None:
    told = as_text.of_node(asked(graph, "contact.email"))
    assert "also called hubspot.contact.email, whose value counts, read every 15 minutes" in told
    assert [name.leads for name in asked(graph, "contact.stage").names] == [False]


def test_a_wait_to_see_a_write_tells_the_lag_of_its_system(graph: Graph) -> None:
    terms = link(graph, "hubspot", Relation.READS, "Leadline/launch").terms
    assert (terms.lag_s, [x.most for x in terms.limits]) == (30.0, [190, 625_000])


def test_a_system_that_is_down_says_each_step_and_what_then_applies(graph: Graph) -> None:
    fails = {(f.node.name, f.steps): f.then for f in asked(graph, "hubspot").fails}
    assert fails == {
        ("Launch", ("crm",)): "retries 1 day, then dead letter, and tells ann@acme.example",
        ("Launch", ("seen",)): "waits 30 minutes at most, then ends the run",
        ("Nurture", ("note",)): "retries 1 day, then ends the run",
    }


def test_without_its_event_a_workflow_and_those_it_enrols_stop(graph: Graph) -> None:
    stops = {stop.node.name for stop in asked(graph, "launch.joined").stops if stop.sure}
    assert {"Launch", "Nurture", "welcome", "hot"} <= stops


def test_an_event_that_is_awaited_is_missed_at_its_wait(graph: Graph) -> None:
    (stop,) = asked(graph, "launch.seen").stops
    assert (stop.why, stop.sure, stop.steps) == (
        "it waits for launch.seen in vain",
        False,
        ("wait",),
    )


def test_where_a_value_comes_from_is_followed_to_the_event(graph: Graph) -> None:
    told = as_text.of_origin(
        graph, "Leadline.contact.topic", origin(graph, "Leadline.contact.topic")
    )
    assert told.splitlines() == [
        "contact.topic is filled by",
        '  workflow "Launch" (step ours)',
        "    from launch.joined.title",
        "  the sync hubspot contact",
        "    from hubspot.contact.topic",
        '  workflow "Launch" (step crm)',
        "    from launch.joined.title",
        '  workflow "Nurture" (step note)',
    ]
    title = "Leadline.launch.joined.title"
    assert as_text.of_origin(graph, title, origin(graph, title)) == (
        "launch.joined.title: it comes with the event launch.joined.\n"
    )


def test_a_person_has_what_she_answers_for(graph: Graph) -> None:
    assert as_text.of_node(asked(graph, "ann@acme.example")) == (
        "owner ann@acme.example\n"
        "answers for:\n"
        "  system hubspot\n"
        '  workflow "Launch"\n'
        "if this person goes: nobody answers for these, and notices to them reach nobody.\n"
    )


def test_single_points_name_systems_events_and_people() -> None:
    found, problems = parse(Files(project_files(12, 3, 20, 7)))
    assert found is not None, problems
    points = {p.node.id: len(p.flows) for p in single_points(project_map(found, "prod"))}
    assert points["mail"] == points["slack"] == points["hubspot"] == 12
    assert points["owner/marketing-ops@acme.example"] == 8


def test_the_json_of_the_map_says_the_way_of_each_link(graph: Graph) -> None:
    links = json.loads(json.dumps(as_json.of_graph(graph)))["links"]
    ways = {(x["source"], x["target"]): x["way"] for x in links if x["relation"] != "calls"}
    assert ways["Leadline/event/launch.joined", "Leadline/launch"] == "trigger"
    assert ways["Leadline/nurture", "hubspot.contact.topic"] == "write"
    assert ways["hubspot.contact.topic", "Leadline.contact.topic"] == "sync"
    assert ways["Leadline.contact.country", "Leadline/launch"] == "read"


def test_the_map_as_mermaid_names_limits_at_systems_and_pace_at_ties(graph: Graph) -> None:
    text = as_mermaid.whole(graph)
    assert '[["mail, limit 20 a second"]]' in text
    assert '-->|"starts, at most 500 a minute"|' in text
    assert '-->|"is copied to, every 15 minutes, shows after 30 seconds"|' in text


def test_workflows_of_ten_thousand_steps_are_mapped() -> None:
    steps = "".join(f"  - {{ step: s{n}, set: {{ contact.topic: x }} }}\n" for n in range(10_000))
    text = f"{LONG}{steps}  - {{ step: on, enroll_in: nurture }}\n"
    graph = project_map(project({**FILES, "workflows/launch.yaml": text}), "prod")
    uses = {use.node.name: len(use.steps) for use in asked(graph, "contact.topic").writes}
    assert uses["Long"] == 10_000


LONG = "name: Long\nstarts: { when: launch.joined, once_per: event.launch }\nsteps:\n"
