"""n8n workflows: defaults that the file leaves out, edges, failure, expressions traced back."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from leadline.blueprint.graph.flow import (
    IN_CLEAR,
    LITERAL_BRACES,
    NO_WAY_OUT,
    Blank,
    Comparison,
    Every,
    Failure,
    Flow,
    Live,
    StepKind,
    TriggerKind,
    Understanding,
)
from leadline.inspection.flows import registry
from tests.unit.flows.reading import (
    comparisons,
    document,
    read_all,
    read_by,
    read_one,
    ways,
    written,
)


def registrations() -> Any:
    return document("n8n-registrations.json")


def node(name: str, kind: str, version: float = 1, **more: Any) -> dict[str, Any]:
    full = kind if "." in kind else f"n8n-nodes-base.{kind}"
    return {"name": name, "type": full, "typeVersion": version, "parameters": {}, **more}


def workflow(*nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The nodes one behind the other."""
    names = [n["name"] for n in nodes]
    connections = {
        name: {"main": [[{"node": after, "type": "main", "index": 0}]]}
        for name, after in itertools.pairwise(names)
    }
    return {"id": "w", "name": "W", "nodes": list(nodes), "connections": connections, **more}


def only(kind: str, version: float, parameters: dict[str, Any]) -> Any:
    flow = read_one(workflow(node("A", kind, version, parameters=parameters)))
    return flow.steps["A"]


def test_a_workflow_is_read_with_its_starts_its_state_and_its_error_workflow() -> None:
    flow = read_one(registrations())
    assert (flow.key, flow.live, flow.error_flow) == ("n8n/Kx81", Live.ON, "Err9")
    first, second = flow.triggers
    assert (first.kind, first.starts_at) == (TriggerKind.WEBHOOK, "Webhook")
    assert "answers 200 before anything has run" in first.words
    assert (second.kind, second.words) == (TriggerKind.SCHEDULE, "every 6 hours")
    assert flow.start == "Webhook"
    assert any("pinned test data at 1 nodes" in note for note in flow.notes)
    assert any("from Gone" in note for note in flow.notes)


def test_no_secret_header_pinned_datum_or_text_is_kept() -> None:
    flow = read_one(registrations())
    assert "CANARY" not in repr(flow)
    assert flow.steps["Save contact"].secrets == ("hubspotAppToken (HubSpot live)",)
    assert flow.steps["Fetch score"].secrets == ("header X-Api-Key", "parameter key")


def test_secrets_that_stand_in_the_definition_are_named_as_such() -> None:
    steps = read_one(registrations()).steps
    clear = {step.id for step in steps.values() if IN_CLEAR in step.notes}
    assert clear == {"Tidy", "Fetch score", "Script"}
    assert steps["Tidy"].secrets == ("field apiKey",)
    assert steps["Script"].secrets == ("apiToken in the code",)
    header = {"name": "Authorization", "value": "={{ $env.KEY }}"}
    computed = only("httpRequest", 4.2, {"headerParameters": {"parameters": [header]}})
    assert computed.secrets == ("computed header Authorization",)
    assert IN_CLEAR not in computed.notes


def test_an_upsert_without_resource_and_operation_writes_contacts() -> None:
    step = read_one(registrations()).steps["Save contact"]
    assert step.kind is StepKind.WRITE
    assert written(step) == [
        ("hubspot.contact.email", None, "set"),
        ("hubspot.contact.firstname", None, "set"),
        ("hubspot.contact.lifecyclestage", "lead", "set"),
        ("hubspot.contact.webinar_topic", None, "set"),
    ]


def test_expressions_are_traced_through_nodes_to_where_the_items_come_from() -> None:
    steps = read_one(registrations()).steps
    assert read_by(steps["Save contact"]) == {
        "n8n.Webhook.body.mail",
        "n8n.Webhook.body.name",
        "n8n.Webhook.body.topic",
    }
    assert read_by(steps["Tell sales"]) == {"hubspot.contact.company"}
    assert read_by(steps["Script"]) == {"n8n.Odd.email"}


def test_conditions_name_their_field_and_let_blanks_through_where_javascript_does() -> None:
    edges = read_one(registrations()).steps["Has email"].edges
    assert [(e.kind.value, e.label, e.to) for e in edges] == [
        ("branch", "true", "Save contact"),
        ("else", "false", None),
    ]
    assert isinstance(edges[0].condition, Every)
    known, country = comparisons(edges[0].condition)
    assert known.words == "body.mail is known"
    assert (country.negative, country.blank, country.values) == (True, Blank.PASSES, ("US",))


def test_failure_is_told_by_the_node_with_its_defaults() -> None:
    steps = read_one(registrations()).steps
    assert steps["Save contact"].failure is Failure.HANDLED
    assert ("error", "Warn") in ways(steps["Save contact"])
    assert "tries 5 times, 1000 ms apart" in steps["Save contact"].notes
    assert steps["Fetch score"].failure is Failure.IGNORED
    assert any("every answer for success" in note for note in steps["Fetch score"].notes)
    assert steps["Patch"].failure is Failure.STOPS
    assert steps["Tidy"].failure is Failure.CANNOT


def test_a_request_says_host_and_method_and_what_it_writes_in_hubspot() -> None:
    steps = read_one(registrations()).steps
    call = steps["Fetch score"].call
    assert call is not None
    assert (call.method, call.host) == ("GET", "score.example.com")
    assert steps["Patch"].system == "hubspot"
    assert written(steps["Patch"]) == [
        ("hubspot.contact.lead_score", None, "set"),
        ("hubspot.contact.hs_lead_status", "OPEN", "set"),
    ]


def test_mail_to_a_fixed_address_is_for_the_team_and_to_a_computed_one_for_the_subject() -> None:
    steps = read_one(registrations()).steps
    assert (steps["Warn"].kind, steps["Warn"].people) == (StepKind.NOTIFY, ("ops@acme.example",))
    mail = steps["Mail"]
    assert (mail.kind, mail.enabled) == (StepKind.SEND, False)
    assert mail.sends[0].checks_consent is False


def test_helpers_of_agents_are_no_steps_of_the_run_and_odd_edges_are_noted() -> None:
    flow = read_one(registrations())
    assert flow.steps["Model"].edges == ()
    assert "helps Agent (ai_languageModel)" in flow.steps["Model"].notes[0]
    assert any("leads to Renamed" in note for note in flow.steps["Agent"].notes)
    assert ways(flow.steps["Agent"]) == [("next", "Odd")]
    assert {"connection: onError", "node type: n8n-nodes-acme.thing"} <= set(flow.not_understood)


def test_every_node_is_a_step_and_counted() -> None:
    flow = read_one(registrations())
    assert len(flow.steps) == 18
    assert registry.counts([flow]) == (14, 3, 1)
    assert flow.steps["Note"].enabled is False
    assert read_by(flow.steps["Odd"]) == {"n8n.Agent.text"}


def test_a_sub_workflow_that_is_not_waited_for_says_so() -> None:
    step = read_one(registrations()).steps["Sub"]
    assert (step.kind, step.calls_flows) == (StepKind.ENROLL, ("Wf22",))
    assert any("never comes back" in note for note in step.notes)
    itself = only("executeWorkflow", 1, {"workflowId": "={{ $workflow.id }}"})
    assert "calls itself" in itself.notes
    assert itself.calls_flows == ("w",)


@pytest.mark.parametrize(
    ("url", "kind", "channels"),
    [
        ("https://api.sendgrid.com/v3/mail/send", StepKind.SEND, ["email"]),
        ("https://hooks.slack.com/services/CANARY", StepKind.NOTIFY, []),
        ("https://api.example.com/mail/send", StepKind.CALL, []),
    ],
)
def test_a_request_to_an_address_that_sends_is_a_message(
    url: str, kind: StepKind, channels: list[str]
) -> None:
    step = only("httpRequest", 4.2, {"method": "POST", "url": url})
    assert (step.kind, [send.channel for send in step.sends]) == (kind, channels)
    assert "CANARY" not in repr(step)


def test_braces_without_an_equals_sign_are_noted() -> None:
    step = only("slack", 2.2, {"text": "Hello {{ $json.name }}"})
    assert step.notes == (LITERAL_BRACES,)
    assert step.reads == ()


BODY = {"operation": "send", "toEmail": "={{ $json.email }}", "subject": "Offer"}


@pytest.mark.parametrize(
    ("html", "noted"),
    [
        ("<p>See our offers of this week.</p>", True),
        ("=<p>Dear {{ $json.name }}, see our offers.</p>", True),
        ("<p>Offers.</p><a href='https://x.example/unsubscribe'>Unsubscribe</a>", False),
        ("<p>Angebote.</p> <a href='https://x.example/a'>Abmelden</a>", False),
        ("={{ $json.html }}", False),
        ("", False),
    ],
)
def test_a_mail_whose_text_offers_no_way_out_is_noted(html: str, noted: bool) -> None:
    step = only("emailSend", 2.1, {**BODY, "html": html})
    assert (NO_WAY_OUT in step.notes) is noted


def test_a_mail_by_sendgrid_keeps_what_was_noted_of_its_braces() -> None:
    body = {"resource": "mail", "operation": "send", "contentValue": "<p>Dear {{ $json.name }}</p>"}
    assert LITERAL_BRACES in only("sendGrid", 1, body).notes


@pytest.mark.parametrize(("version", "labels"), [(3, ["done", "loop"]), (2, ["loop", "done"])])
def test_the_outputs_of_a_loop_change_places_with_the_version(
    version: float, labels: list[str]
) -> None:
    step = only("splitInBatches", version, {})
    assert [edge.label for edge in step.edges] == labels


@pytest.mark.parametrize(
    ("kind", "version", "parameters", "wait_s"),
    [
        ("wait", 1, {}, 3600),
        ("wait", 1.1, {}, 5),
        ("wait", 1.1, {"amount": 3, "unit": "days"}, 259200),
        ("wait", 1.1, {"resume": "webhook"}, None),
    ],
)
def test_a_wait_has_the_default_of_its_version(
    kind: str, version: float, parameters: Any, wait_s: float | None
) -> None:
    assert only(kind, version, parameters).wait_s == wait_s


COMPANY = {"resource": "company", "name": "A"}
CONTACT = {"resource": "contact", "email": "=x"}
FIELDS = ("status", "FNAME")
MERGED = {"mergeFieldsValues": [{"name": "FNAME", "value": "=x"}]}
MEMBER = {"list": "9", "status": "subscribed", "mergeFieldsUi": MERGED}


@pytest.mark.parametrize(
    ("kind", "version", "parameters", "words", "fields"),
    [
        ("hubspot", 1, {"stage": "won"}, "create deal", ["hubspot.deal.dealstage"]),
        ("hubspot", 2, COMPANY, "create company", ["hubspot.company.name"]),
        ("salesforce", 1, {"company": "A"}, "create lead", ["salesforce.lead.Company"]),
        ("mailchimp", 1, MEMBER, "create member", [f"mailchimp.member.{f}" for f in FIELDS]),
        ("sendGrid", 1, CONTACT, "upsert contact", ["sendgrid.contact.email"]),
        ("googleSheets", 4, {}, "read sheet", []),
        ("mautic", 1, {"email": "=x"}, "create contact", ["mautic.contact.email"]),
    ],
)
def test_resource_and_operation_default_by_node_and_version(
    kind: str, version: float, parameters: Any, words: str, fields: list[str]
) -> None:
    step = only(kind, version, parameters)
    assert step.words.startswith(words)
    assert [str(write.field) for write in step.writes] == fields


def test_a_search_reads_what_it_filters_by_and_asks_for() -> None:
    filters = {"filtersUi": {"filterValues": [{"propertyName": "email|string", "value": "=x"}]}}
    parameters = {
        "operation": "search",
        "filterGroupsUi": {"filterGroupsValues": [filters]},
        "additionalFields": {"properties": ["lifecyclestage", "city"]},
    }
    step = only("hubspot", 2, parameters)
    assert step.kind is StepKind.READ
    assert read_by(step) == {
        "hubspot.contact.email",
        "hubspot.contact.lifecyclestage",
        "hubspot.contact.city",
    }


def test_older_conditions_and_switches_are_read() -> None:
    old = {"string": [{"value1": "={{ $json.city }}", "operation": "notEqual", "value2": "Ulm"}]}
    flow = read_one(
        workflow(
            node("T", "hubspotTrigger"),
            node("A", "if", 1, parameters={"conditions": old}),
            node(
                "B",
                "switch",
                1,
                parameters={
                    "dataType": "string",
                    "value1": "={{ $json.stage }}",
                    "rules": {"rules": [{"value2": "lead"}, {"value2": "customer", "output": 1}]},
                    "fallbackOutput": 3,
                },
            ),
        )
    )
    first = flow.steps["A"].edges[0].condition
    assert isinstance(first, Comparison)
    assert (str(first.field), first.words) == ("hubspot.contact.city", "city is not Ulm")
    labels = [(e.kind.value, e.label) for e in flow.steps["B"].edges]
    assert labels == [("branch", "output 1"), ("branch", "output 2"), ("else", "the rest")]


@pytest.mark.parametrize(
    ("more", "live"),
    [
        ({}, Live.UNSAID),
        ({"active": True}, Live.ON),
        ({"active": "false"}, Live.OFF),
        ({"active": True, "isArchived": True}, Live.OFF),
        ({"active": False, "activeVersionId": "v"}, Live.ON),
        ({"active": True, "activeVersionId": None}, Live.OFF),
    ],
)
def test_live_is_what_the_file_says_of_it(more: Any, live: Live) -> None:
    assert read_one(workflow(node("T", "webhook", 2), **more)).live is live


def test_a_workflow_that_nothing_can_start_is_not_live() -> None:
    flow = read_one(workflow(node("T", "manualTrigger"), active=True))
    assert flow.live is Live.OFF
    assert any("no enabled trigger" in note for note in flow.notes)


def test_the_published_version_is_what_runs() -> None:
    draft = workflow(node("Draft", "webhook", 2), versionId="2", activeVersionId="1")
    draft["activeVersion"] = {**workflow(node("Live", "webhook", 2)), "versionId": "1"}
    flow = read_one(draft)
    assert list(flow.steps) == ["Live"]
    assert "a later draft exists" in flow.notes[0]
    del draft["activeVersion"]
    assert "the file holds the draft" in read_one(draft).notes[0]


@pytest.mark.parametrize(
    "shape",
    [
        lambda w: w,
        lambda w: [w],
        lambda w: {"data": [w], "nextCursor": None},
        lambda w: {"workflow": w},
        lambda w: {"data": {"workflow": w}},
        lambda w: {key: w[key] for key in ("nodes", "connections", "meta")},
    ],
)
def test_a_workflow_is_found_in_every_shape(shape: Any) -> None:
    assert len(read_one(shape(registrations())).steps) == 18


def test_two_nodes_of_one_name_are_both_kept() -> None:
    flow = read_one(workflow(node("A", "webhook", 2), node("A", "noOp")))
    assert set(flow.steps) == {"A", "A (2)"}
    assert any("two nodes are called A" in note for note in flow.notes)


def test_expressions_are_traced_through_ten_thousand_nodes_without_end() -> None:
    nodes = [node(f"N{n}", "noOp") for n in range(10_000)]
    nodes.append(node("Last", "code", 2, parameters={"jsCode": "$json.email"}))
    flow: Flow = read_one(workflow(*nodes))
    assert len(flow.steps) == 10_001
    assert flow.steps["Last"].understanding is Understanding.READ


def test_what_is_no_workflow_among_workflows_is_named() -> None:
    flows, (unread,) = read_all([registrations(), {"hello": 1}])
    assert len(flows) == 1
    assert "no workflow" in unread.what
