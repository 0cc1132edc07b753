"""HubSpot flows: shapes on disk, filters, actions, and what the format cannot tell."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Every,
    Failure,
    Happened,
    Live,
    Membership,
    Neither,
    Some,
    StepKind,
    TriggerKind,
    Understanding,
)
from leadline.inspection.flows import registry
from leadline.inspection.recognition import Content
from tests.unit.flows.reading import (
    comparisons,
    document,
    read_all,
    read_by,
    read_one,
    ways,
    written,
)


def webinar() -> Any:
    return document("hubspot-webinar.json")


def flow_of(*actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "name": "One",
        "isEnabled": True,
        "type": "CONTACT_FLOW",
        "flowType": "WORKFLOW",
        "objectTypeId": "0-1",
        "startActionId": "1",
        "actions": list(actions),
        **more,
    }


def action(type_id: str, number: str = "1", **fields: Any) -> dict[str, Any]:
    return {
        "type": "SINGLE_CONNECTION",
        "actionId": number,
        "actionTypeId": type_id,
        "actionTypeVersion": 0,
        "fields": fields,
    }


def asking(operator: str, **operation: Any) -> Comparison:
    """The comparison that a filter on lifecyclestage becomes."""
    branch = {
        "filterBranchType": "AND",
        "filters": [
            {
                "filterType": "PROPERTY",
                "property": "lifecyclestage",
                "operation": {"operator": operator, **operation},
            }
        ],
    }
    criteria = {"type": "LIST_BASED", "listFilterBranch": branch}
    (trigger,) = read_one(flow_of(enrollmentCriteria=criteria)).triggers
    assert isinstance(trigger.condition, Comparison)
    return trigger.condition


def test_a_flow_is_read_with_its_way_in_its_way_out_and_who_is_kept_out() -> None:
    flow = read_one(webinar())
    assert (flow.key, flow.live, flow.object, flow.start) == (
        "hubspot/1702941",
        Live.ON,
        "contact",
        "2",
    )
    assert flow.lists_kept_out == ("441", "502")
    assert isinstance(flow.goal, Comparison)
    assert flow.goal.values == ("opportunity",)
    (trigger,) = flow.triggers
    assert (trigger.kind, trigger.again) == (TriggerKind.CRITERIA, False)
    assert flow.updated_at == "2026-03-03T15:40:55.020Z"
    assert any("no trigger is chosen" in note for note in flow.notes)
    assert any("leave midway" in note for note in flow.notes)
    assert any("out of 1 other" in note for note in flow.notes)
    assert flow.not_understood == ("action type: 1-555000",)


def test_criteria_name_each_field_of_each_object_and_what_they_do_to_blanks() -> None:
    (trigger,) = read_one(webinar()).triggers
    asked = {str(c.field): c for c in comparisons(trigger.condition)}
    assert set(asked) == {
        "hubspot.contact.lifecyclestage",
        "hubspot.contact.country",
        "hubspot.contact.renewal_date",
        "hubspot.contact.email",
        "hubspot.company.industry",
    }
    stage = asked["hubspot.contact.lifecyclestage"]
    assert (stage.negative, stage.blank, stage.values) == (True, Blank.FAILS, ("customer",))
    assert stage.words == "lifecyclestage is none of customer"
    country = asked["hubspot.contact.country"]
    assert (country.negative, country.blank) == (True, Blank.UNSAID)
    renewal = asked["hubspot.contact.renewal_date"]
    assert [str(other) for other in renewal.others] == ["hubspot.contact.contract_start"]
    known = asked["hubspot.contact.email"]
    assert (known.negative, known.values, known.blank) == (False, (), Blank.FAILS)
    parts = trigger.condition.parts if isinstance(trigger.condition, Every) else ()
    assert Membership("88", inside=False, words="is not in list 88") in parts
    assert any(isinstance(p, Happened) and p.event == "4-1639801" for p in parts)


def test_every_action_says_what_it_touches() -> None:
    steps = read_one(webinar()).steps
    assert len(steps) == 14
    assert steps["2"].wait_s == 86400
    assert steps["2"].words == "wait 1 day"
    assert steps["3"].sends[0].content == "5500112"
    assert written(steps["5"]) == [
        ("hubspot.contact.lifecyclestage", "marketingqualifiedlead", "set")
    ]
    assert written(steps["6"]) == [("hubspot.company.hs_lead_status", None, "set")]
    assert read_by(steps["6"]) == {"hubspot.contact.webinar_topic"}
    assert read_by(steps["10"]) == {
        "hubspot.contact.firstname",
        "hubspot.company.name",
        "hubspot.contact.phone",
    }
    assert steps["10"].people == ("7788990",)
    assert steps["11"].people == ("4455",)
    assert read_by(steps["11"]) == {"hubspot.contact.hubspot_owner_id"}
    assert steps["12"].lists == ("901",)
    assert steps["14"].calls_flows == ("1702777",)
    assert (steps["15"].kind, steps["15"].people) == (StepKind.CREATE, ("31337",))
    assert written(steps["15"])[0] == ("hubspot.deal.dealstage", "appointmentscheduled", "set")


def test_branches_have_their_conditions_and_the_rest_its_own_way() -> None:
    steps = read_one(webinar()).steps
    assert ways(steps["4"]) == [("branch", "5"), ("else", None)]
    (size,) = comparisons(steps["4"].edges[0].condition)
    assert size.words == "numberofemployees is greater than 200"
    assert steps["4"].edges[1].label == "the rest"
    assert ways(steps["8"]) == [("branch", "9"), ("branch", "10"), ("else", "2")]
    assert ways(steps["9"]) == [("jump", "10")]
    assert ways(steps["14"]) == [("next", None)]


def test_code_and_webhooks_give_names_only_and_a_branch_on_the_result_is_their_failure_path() -> (
    None
):
    flow = read_one(webinar())
    code, hook = flow.steps["7"], flow.steps["9"]
    assert (code.kind, code.understanding) == (StepKind.CODE, Understanding.READ)
    assert (code.secrets, read_by(code)) == (("crmToken",), {"hubspot.contact.jobtitle"})
    assert any("may write to HubSpot" in note for note in code.notes)
    assert code.failure is Failure.HANDLED
    assert hook.call is not None
    assert (hook.call.method, hook.call.host) == ("POST", "hooks.example.com")
    assert (hook.secrets, hook.failure) == (("hookKey", "parameter key"), Failure.RETRIED)
    assert "CANARY" not in repr(flow)


def test_an_unknown_action_stays_as_opaque_with_its_edge_and_what_it_certainly_reads() -> None:
    step = read_one(webinar()).steps["13"]
    assert (step.kind, step.understanding) == (StepKind.OPAQUE, Understanding.OPAQUE)
    assert ways(step) == [("next", "14")]
    assert read_by(step) == {"hubspot.contact.company"}
    assert registry.counts([read_one(webinar())]) == (12, 1, 1)


def test_the_accounts_own_list_names_what_our_table_does_not_know() -> None:
    own = {
        "results": [
            {
                "actionTypeId": "1-555000",
                "actionName": "Send WhatsApp message",
                "inputFieldDefinitions": [{"typeDefinition": {"name": "channel"}}],
            },
            {"actionTypeId": "0-18224765", "actionName": "Archive note"},
        ]
    }
    assert registry.recognise(own, "action-types.json") is not None
    step = read_one(webinar(), dictionary=own).steps["13"]
    assert (step.words, step.understanding) == ("Send WhatsApp message", Understanding.READ)
    deletes = flow_of(action("0-18224765"))
    assert read_one(deletes).steps["1"].kind is StepKind.DELETE
    assert read_one(deletes, dictionary=own).steps["1"].words == "Archive note"


def test_the_number_of_an_action_is_believed_only_with_its_fields() -> None:
    sets = {"property_name": "city", "value": {"type": "STATIC_VALUE", "staticValue": "Ulm"}}
    under_wrong_number = read_one(flow_of(action("0-38", **sets))).steps["1"]
    assert under_wrong_number.kind is StepKind.WRITE
    assert "0-38" in under_wrong_number.notes[0]
    list_number = read_one(flow_of(action("0-13", **sets))).steps["1"]
    assert written(list_number) == [("hubspot.contact.city", "Ulm", "set")]
    without_fields = read_one(flow_of(action("0-5", property="deal_tier"))).steps["1"]
    assert without_fields.understanding is Understanding.OPAQUE


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "STATIC_VALUE", "staticValue": "Ulm"}, ("Ulm", "set", set())),
        ({"type": "STATIC_VALUE", "staticValue": ""}, (None, "clear", set())),
        ({"type": "STATIC_VALUE", "staticValue": "ann@example.com"}, (None, "set", set())),
        ({"type": "STATIC_APPEND_VALUE", "staticAppendValue": "a"}, ("a", "add", set())),
        (
            {"type": "STATIC_VALUE", "staticValue": "{{ enrolled_object.zip }} x"},
            (None, "set", {"hubspot.contact.zip"}),
        ),
        ({"type": "INCREMENT", "incrementAmount": 1}, (None, "increment", {"hubspot.contact.p"})),
        (
            {"type": "FETCHED_OBJECT_PROPERTY", "propertyToken": "{{ fetched_objects.f1.name }}"},
            (None, "set", {"hubspot.company.name"}),
        ),
        ({"type": "TIMESTAMP", "timestampType": "EXECUTION_TIME"}, (None, "set", set())),
    ],
)
def test_a_value_says_what_is_written_how_and_from_what(value: Any, expected: Any) -> None:
    sources = [{"name": "f1", "type": "ASSOCIATION", "objectTypeId": "0-2"}]
    flow = flow_of(action("0-5", property_name="p", value=value), dataSources=sources)
    step = read_one(flow).steps["1"]
    (write,) = step.writes
    assert (write.value, write.mode, read_by(step)) == expected


def test_what_a_data_source_reads_to_find_its_record_is_read_where_it_is_used() -> None:
    source = {
        "name": "f1",
        "type": "ENROLLED_RECORD_PROPERTY_FILTER",
        "objectTypeId": "0-3",
        "enrolledRecordPropertyName": "deal_code",
        "propertyName": "code",
    }
    value = {"type": "FETCHED_OBJECT_PROPERTY", "propertyToken": "fetched_objects.f1.amount"}
    flow = flow_of(action("0-5", property_name="p", value=value), dataSources=[source])
    assert read_by(read_one(flow).steps["1"]) == {
        "hubspot.deal.amount",
        "hubspot.contact.deal_code",
        "hubspot.deal.code",
    }


def test_an_association_of_the_accounts_own_is_not_taken_for_one_of_hubspots() -> None:
    association = {"associationCategory": "USER_DEFINED", "associationTypeId": 279}
    value = {"type": "STATIC_VALUE", "staticValue": "x"}
    own = action("0-5", property_name="p", value=value, association=association)
    assert written(read_one(flow_of(own)).steps["1"]) == [("hubspot.?.p", "x", "set")]


@pytest.mark.parametrize(
    ("operator", "said", "negative", "blank"),
    [
        ("IS_NONE_OF", True, True, Blank.PASSES),
        ("IS_NONE_OF", False, True, Blank.FAILS),
        ("IS_NONE_OF", None, True, Blank.UNSAID),
        ("IS_ANY_OF", None, False, Blank.FAILS),
        ("IS_ANY_OF", True, False, Blank.PASSES),
        ("HAS_NEVER_BEEN_ANY_OF", "false", True, Blank.FAILS),
        ("IS_UNKNOWN", False, False, Blank.PASSES),
        ("NOT_HAS_PROPERTY", None, False, Blank.PASSES),
    ],
)
def test_what_blanks_do_is_told_by_the_file_or_unsaid(
    operator: str, said: Any, negative: bool, blank: Blank
) -> None:
    found = asking(operator, values=["customer"], includeObjectsWithNoValueSet=said)
    assert (found.negative, found.blank) == (negative, blank)


def test_a_comparison_of_when_a_field_changed_is_no_comparison_of_its_values() -> None:
    point = {"timeType": "PROPERTY_REFERENCED", "property": "createdate"}
    found = asking("IS_AFTER", propertyParser="UPDATED_AT", timePoint=point, value="x")
    assert found.values == ()
    assert found.words.startswith("the time when lifecyclestage changed is after")
    assert [str(other) for other in found.others] == ["hubspot.contact.createdate"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("OR", Some), ("AND", Every), ("NOT_ANY", Neither), ("NOT_ALL", Neither)],
)
def test_branches_of_filters_keep_their_logic(kind: str, expected: type) -> None:
    def asks(name: str) -> dict[str, Any]:
        operation = {"operator": "IS_KNOWN"}
        return {"filterType": "PROPERTY", "property": name, "operation": operation}

    branch = {"filterBranchType": kind, "filters": [asks("a"), asks("b")], "filterBranches": []}
    criteria = {"type": "LIST_BASED", "listFilterBranch": branch}
    (trigger,) = read_one(flow_of(enrollmentCriteria=criteria)).triggers
    assert isinstance(trigger.condition, expected)
    inner = trigger.condition.parts if isinstance(trigger.condition, Neither) else ()
    assert (len(inner) == 1) == (kind == "NOT_ALL")


def changed(name: str, operator: str, **operation: Any) -> dict[str, Any]:
    return {
        "filterBranchType": "UNIFIED_EVENTS",
        "eventTypeId": "4-655002",
        "operator": "HAS_COMPLETED",
        "filters": [
            {
                "property": "hs_name",
                "filterType": "PROPERTY",
                "operation": {"operator": "IS_EQUAL_TO", "operationType": "STRING", "value": name},
            },
            {
                "property": "hs_value",
                "filterType": "PROPERTY",
                "operation": {"operator": operator, **operation},
            },
        ],
    }


def test_a_changed_property_is_read_by_its_name_in_the_value_of_the_filter() -> None:
    criteria = {
        "type": "EVENT_BASED",
        "shouldReEnroll": False,
        "eventFilterBranches": [
            changed("lifecyclestage", "IS_ANY_OF", values=["lead"]),
            changed("city", "IS_KNOWN"),
        ],
        "listMembershipFilterBranches": [],
    }
    first, second = read_one(flow_of(enrollmentCriteria=criteria)).triggers
    assert first.kind is TriggerKind.FIELD_CHANGED
    assert [str(r) for r in first.reads] == ["hubspot.contact.lifecyclestage"]
    (value,) = comparisons(first.condition)
    assert (str(value.field), value.values) == ("hubspot.contact.lifecyclestage", ("lead",))
    assert second.words == "city changes"
    assert comparisons(second.condition) == []


def test_who_enrolls_again_does_so_by_a_change_of_what_was_chosen() -> None:
    known = {"filterType": "PROPERTY", "property": "email", "operation": {"operator": "IS_KNOWN"}}
    criteria = {
        "type": "LIST_BASED",
        "shouldReEnroll": True,
        "listFilterBranch": {"filterBranchType": "AND", "filters": [known]},
        "reEnrollmentTriggersFilterBranches": [changed("lifecyclestage", "IS_KNOWN")],
    }
    (trigger,) = read_one(flow_of(enrollmentCriteria=criteria)).triggers
    assert trigger.again is True
    assert [str(r) for r in trigger.reads] == ["hubspot.contact.lifecyclestage"]


def test_joining_a_list_is_a_way_in() -> None:
    membership = {
        "filterBranchType": "AND",
        "filters": [{"filterType": "IN_LIST", "listId": 12, "operator": "IN_LIST"}],
    }
    criteria = {
        "type": "EVENT_BASED",
        "eventFilterBranches": [],
        "listMembershipFilterBranches": [membership],
    }
    (trigger,) = read_one(flow_of(enrollmentCriteria=criteria)).triggers
    assert trigger.kind is TriggerKind.LIST
    assert trigger.condition == Membership("12", inside=True, words="is in list 12")


@pytest.mark.parametrize(
    ("more", "kind", "reads"),
    [
        ({}, TriggerKind.MANUAL, []),
        ({"enrollmentCriteria": {"type": "MANUAL"}}, TriggerKind.MANUAL, []),
        ({"enrollmentCriteria": {"type": "SCHEDULED"}}, TriggerKind.OPAQUE, []),
        ({"enrollmentSchedule": {"type": "DAILY"}}, TriggerKind.SCHEDULE, []),
        (
            {"enrollmentSchedule": {"type": "PROPERTY_BASED", "dateProperty": "renewal"}},
            TriggerKind.DATE,
            ["hubspot.contact.renewal"],
        ),
        (
            {"eventAnchor": {"type": "CONTACT_PROPERTY_ANCHOR", "contactProperty": "webinar_at"}},
            TriggerKind.DATE,
            ["hubspot.contact.webinar_at"],
        ),
    ],
)
def test_each_way_in_has_its_kind_and_its_reads(more: Any, kind: TriggerKind, reads: Any) -> None:
    (trigger,) = read_one(flow_of(**more)).triggers
    assert (trigger.kind, [str(r) for r in trigger.reads]) == (kind, reads)


@pytest.mark.parametrize(
    "shape",
    [
        lambda flow: flow,
        lambda flow: [flow],
        lambda flow: {"results": [flow]},
        lambda flow: {"result": flow},
        lambda flow: {"status": "COMPLETE", "results": [flow], "startedAt": "", "completedAt": ""},
        lambda flow: {"id": "1", "revisionId": "3", "revisionCreatedAt": "", "flow": flow},
    ],
)
def test_a_flow_is_found_in_every_shape_on_disk(shape: Any) -> None:
    assert len(read_one(shape(webinar())).steps) == 14


def test_a_body_without_an_id_is_read_under_the_name_of_its_file() -> None:
    body = webinar()
    for key in ("id", "createdAt", "flowType", "objectTypeId", "name"):
        del body[key]
    flow = read_one(body, "nurture.json")
    assert (flow.id, flow.object) == ("nurture.json", "contact")


def test_the_listing_is_no_set_of_definitions() -> None:
    line = {"id": "1", "name": "A", "isEnabled": True, "flowType": "WORKFLOW", "revisionId": "2"}
    listing = {"results": [{**line, "id": str(n)} for n in range(57)], "paging": {}}
    recognition = registry.recognise(listing, "flows.json")
    assert recognition is not None
    assert recognition.content is Content.LISTING
    flows, (unread,) = read_all(listing)
    assert flows == ()
    assert unread.what.startswith("57 known, 0 readable")
    index = [{"id": "1", "name": "A", "file": "1.json"}]
    found = registry.recognise(index, "backup/_index.json")
    assert found is not None
    assert found.content is Content.LISTING


def test_what_the_batch_answer_could_not_give_is_named() -> None:
    errors = [{"category": "OBJECT_NOT_FOUND", "context": {"ids": ["77"]}}]
    flows, (unread,) = read_all({"results": [webinar()], "numErrors": 1, "errors": errors})
    assert len(flows) == 1
    assert "flow 77: OBJECT_NOT_FOUND" in unread.what


def test_actions_that_nothing_leads_to_are_kept_and_loose_ends_are_noted() -> None:
    flow = webinar()
    flow["actions"][0]["connection"]["nextActionId"] = "99"
    flow["actions"].append(copy.deepcopy(flow["actions"][0]))
    found = read_one(flow)
    assert "15" in found.steps
    assert ways(found.steps["2"]) == [("next", None)]
    assert "action 99" in found.steps["2"].notes[0]
    assert "2 (2)" in found.steps
    assert "two actions have the number 2" in found.notes


def test_unknown_keys_and_types_are_named() -> None:
    flow = webinar()
    flow["canaryMode"] = {"secret": "CANARY"}
    flow["actions"][0]["retryPolicy"] = "CANARY"
    flow["actions"].append({"type": "PARALLEL", "actionId": "16", "ways": [{"nextActionId": "2"}]})
    found = read_one(flow)
    assert {"flow: canaryMode", "action: retryPolicy", "action: PARALLEL"} <= set(
        found.not_understood
    )
    assert ways(found.steps["16"]) == [("next", "2")]
    assert "CANARY" not in repr(found)


def test_an_older_workflow_counts_in_milliseconds_and_says_what_it_leaves_out() -> None:
    old = {
        "workflows": [
            {
                "id": 12,
                "name": "Old",
                "type": "DRIP_DELAY",
                "enabled": True,
                "insertedAt": 1,
                "updatedAt": 2,
                "contactListIds": {"enrolled": 1},
                "migrationStatus": {"flowId": 900},
                "segmentCriteria": [[{"property": "city", "operator": "EQ", "value": "Ulm"}]],
                "actions": [
                    {"type": "DELAY", "delayMillis": 7_200_000},
                    {
                        "type": "SET_CONTACT_PROPERTY",
                        "propertyName": "city",
                        "newValue": "Ulm",
                    },
                    {
                        "type": "WEBHOOK",
                        "url": "https://a.example.com/x",
                        "method": "POST",
                        "authCreds": {"user": "u", "password": "CANARY"},
                    },
                    {"type": "UNSUPPORTED_ACTION"},
                ],
            }
        ]
    }
    flow = read_one(old)
    assert (flow.key, flow.live) == ("hubspot/900", Live.ON)
    assert flow.steps["1"].wait_s == 7200
    assert written(flow.steps["2"]) == [("hubspot.contact.city", "Ulm", "set")]
    assert ways(flow.steps["1"]) == [("next", "2")]
    assert flow.steps["4"].understanding is Understanding.OPAQUE
    assert [str(r) for r in flow.triggers[0].reads] == ["hubspot.contact.city"]
    assert "CANARY" not in repr(flow)


def test_ten_thousand_actions_in_a_circle_are_read() -> None:
    actions: list[dict[str, Any]] = []
    for number in range(10_000):
        edge = {"edgeType": "GOTO", "nextActionId": str((number + 1) % 10_000)}
        actions.append({**action("0-1", str(number), delta="5"), "connection": edge})
    flow = read_one(flow_of(*actions, startActionId="0"))
    assert len(flow.steps) == 10_000
    assert ways(flow.steps["9999"]) == [("jump", "0")]


def test_filters_nested_without_end_are_not_followed() -> None:
    branch: dict[str, Any] = {"filterBranchType": "AND", "filters": []}
    for _ in range(400):
        branch = {"filterBranchType": "AND", "filterBranches": [branch]}
    criteria = {"type": "LIST_BASED", "listFilterBranch": branch}
    flow = read_one(json.loads(json.dumps(flow_of(enrollmentCriteria=criteria))))
    assert any("nested" in what for what in flow.not_understood)
